using System.Buffers.Binary;
using Strongroom.Data;

namespace Strongroom.Spine.Policies;

/// <summary>Rows of <c>roster_day</c>.</summary>
internal static class RosterDayStore
{
    public static Task AddAsync(Tx tx, ControlKey key, string roster, int day) => tx.ExecuteAsync(
        "INSERT INTO roster_day (id, roster, day) VALUES (@id, @roster, @day) ON CONFLICT (id) DO NOTHING", new { id = key.IdBytes, roster, day = (long)day });

    /// <summary>Names of the rosters with their first and last day.</summary>
    public static async Task<IReadOnlyList<RosterSpanRow>> SpansAsync(Tx tx) =>
        [.. await tx.QueryAsync<RosterSpanRow>("SELECT roster, MIN(day) AS first, MAX(day) AS last FROM roster_day GROUP BY roster ORDER BY roster")];

    /// <summary>Keys of the days between two, both included.</summary>
    public static async Task<IReadOnlyList<UInt128>> BetweenAsync(Tx tx, int from, int until) =>
        [.. (await tx.QueryAsync<byte[]>("SELECT id FROM roster_day WHERE day >= @from AND day <= @until", new { from = (long)from, until = (long)until })).Select(id => BinaryPrimitives.ReadUInt128BigEndian(id))];
}

/// <summary>Days since 1970-01-01. Set by name: SQLite tells no type of MIN and MAX where there is no row, and a constructor asks for one.</summary>
internal sealed class RosterSpanRow
{
    public string Roster { get; init; } = "";

    public long First { get; init; }

    public long Last { get; init; }
}
