using System.Buffers.Binary;
using Strongroom.Data;

namespace Strongroom.Spine.Policies;

/// <summary>Rows of <c>roster_day</c>.</summary>
internal static class RosterDayStore
{
    public static Task AddAsync(Tx tx, ControlKey key, string roster, int day) => tx.ExecuteAsync(
        "INSERT INTO roster_day (id, roster, day) VALUES (@id, @roster, @day) ON CONFLICT (id) DO NOTHING", new { id = key.IdBytes, roster, day = (long)day });

    /// <summary>Keys of the days between two, both included.</summary>
    public static async Task<IReadOnlyList<UInt128>> BetweenAsync(Tx tx, int from, int until) =>
        [.. (await tx.QueryAsync<byte[]>("SELECT id FROM roster_day WHERE day >= @from AND day <= @until", new { from = (long)from, until = (long)until })).Select(id => BinaryPrimitives.ReadUInt128BigEndian(id))];
}
