using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Clock;

/// <param name="At">UTC milliseconds.</param>
/// <param name="Generation">Rises when an instant is taken back by an administrator.</param>
internal sealed record ClockMark(long At, long Generation, byte[] Mac)
{
    public static ClockMark Of(IMac mac, long at, long generation) =>
        new(at, generation, mac.Mac(MacUse.ControlRow, new ControlMessage("clock_mark").Number(at).Number(generation).ToArray()));

    public bool IsRight(IMac mac) => System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Mac, Of(mac, At, Generation).Mac);
}

/// <summary>SQL of the one row that keeps the newest known instant.</summary>
internal static class ClockStore
{
    public static Task<ClockMark?> ReadAsync(Tx tx) => tx.QueryOneAsync<ClockMark>("SELECT at, generation, mac FROM clock_mark WHERE id = 1");

    /// <summary>Puts a mark in the place of the one that was read; nothing when somebody else was first.</summary>
    public static async Task<bool> PutAsync(Tx tx, ClockMark? was, ClockMark now) => await tx.ExecuteAsync(
        was is null
            ? "INSERT INTO clock_mark (id, at, generation, mac) VALUES (1, @at, @generation, @mac) ON CONFLICT (id) DO NOTHING"
            : "UPDATE clock_mark SET at = @at, generation = @generation, mac = @mac WHERE id = 1 AND at = @wasAt AND generation = @wasGeneration AND mac = @wasMac",
        new { at = now.At, generation = now.Generation, mac = now.Mac, wasAt = was?.At, wasGeneration = was?.Generation, wasMac = was?.Mac }) == 1;
}
