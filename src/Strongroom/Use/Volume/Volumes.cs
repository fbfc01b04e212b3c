using System.Globalization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Use.Volume;

/// <summary>Names and ends of the periods that counts are kept for. Pure.</summary>
internal static class PeriodRules
{
    public const long HourMs = 3_600_000;

    public const long DayMs = 24 * HourMs;

    /// <summary>The clock hour in UTC.</summary>
    public static (string Name, long Until) Hour(long now)
    {
        var hour = Math.Max(0, now) / HourMs;
        return ("h" + hour.ToString(CultureInfo.InvariantCulture), (hour + 1) * HourMs);
    }

    /// <summary>The calendar day at the company's place.</summary>
    public static (string Name, long Until) Day(long now, int offsetMinutes)
    {
        var offset = offsetMinutes * 60_000L;
        var day = Math.Max(0, now + offset) / DayMs;
        return ("d" + day.ToString(CultureInfo.InvariantCulture), ((day + 1) * DayMs) - offset);
    }
}

/// <summary>What was counted for one actor, customer or session, in periods that still run.</summary>
internal sealed class Counts(IReadOnlyDictionary<(string Period, string What), long> counted)
{
    public static readonly Counts None = new(new Dictionary<(string, string), long>());

    public int Of(string period, FactName what) => (int)Math.Min(int.MaxValue, counted.GetValueOrDefault((period, what.Value)));

    /// <summary>Everything of one period whose name begins so, by the rest of the name.</summary>
    public IEnumerable<(string Name, int N)> Starting(string period, string prefix) => counted
        .Where(pair => pair.Key.Period == period && pair.Key.What.StartsWith(prefix, StringComparison.Ordinal))
        .Select(pair => (pair.Key.What[prefix.Length..], (int)Math.Min(int.MaxValue, pair.Value)));
}

/// <summary>Reads counts of many requests in one query, and raises them in the transaction of the log entry.</summary>
internal sealed class Volumes : ICommitGuards
{
    private readonly TimeProvider time;
    private readonly ReadLane<UInt128, Counts> lane;

    public Volumes(Database database, TimeProvider time)
    {
        this.time = time;
        lane = new(whose => database.ReadAsync(tx => LoadAsync(tx, whose)));
    }

    public async Task<Counts> OfAsync(UInt128 whose, CancellationToken ct = default) => await lane.GetAsync(whose, ct) ?? Counts.None;

    public Func<IReadOnlySet<int>>? Ask(Batch batch, IReadOnlyList<CommitGuard> guards) => null;

    public async Task<IReadOnlySet<int>> TakeAsync(Tx tx, IReadOnlyList<CommitGuard> guards)
    {
        var failing = new HashSet<int>();

        // One order for everybody, so that two nodes do not wait for each other in a ring.
        foreach (var i in Enumerable.Range(0, guards.Count).Where(i => guards[i].Volumes.Count > 0).OrderBy(i => guards[i].Volumes.Min(volume => volume.Whose)))
        {
            if (!await TakeAllAsync(tx, guards[i].Volumes))
            {
                failing.Add(i);
            }
        }

        return failing;
    }

    private static async Task<bool> TakeAllAsync(Tx tx, IReadOnlyList<VolumeGuard> volumes)
    {
        var taken = new List<VolumeGuard>();
        foreach (var volume in volumes.OrderBy(volume => volume.Whose).ThenBy(volume => volume.What.Value, StringComparer.Ordinal))
        {
            var took = await VolumeStore.TakeAsync(tx, volume);
            if (took == Took.Now)
            {
                taken.Add(volume);
            }

            if (took != Took.Refused)
            {
                continue;
            }

            foreach (var back in taken)
            {
                await VolumeStore.GiveBackAsync(tx, back);
            }

            return false;
        }

        return true;
    }

    private async Task<IReadOnlyDictionary<UInt128, Counts>> LoadAsync(Tx tx, IReadOnlyList<UInt128> whose) =>
        (await VolumeStore.OfAsync(tx, whose, time.SureMs()))
            .GroupBy(row => PersonId.From(row.Whose).Value)
            .ToDictionary(group => group.Key, group => new Counts(group.ToDictionary(row => (row.Period, row.What), row => row.N)));
}
