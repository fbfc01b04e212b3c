using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Monitoring;

/// <summary>Takes part in reading the log: sees each entry of a person once, in the transaction that remembers how far the reading came.</summary>
internal interface ILogConsumer
{
    /// <summary>What is read from elsewhere comes before the transaction.</summary>
    Task PrepareAsync(CancellationToken ct);

    Task TakeAsync(Tx tx, IReadOnlyList<LogHeader> entries);
}

/// <summary>
/// Reads the log as it grows, a bounded piece at a time. The mark is a compare-and-set in the transaction of what was made of the piece, so
/// nothing is counted twice, whoever reads and wherever it stops.
/// </summary>
internal sealed class LogFeed(Database database, IEnumerable<ILogConsumer> consumers)
{
    private const long Piece = 1_000;

    private long entries;

    /// <summary>Entries of people this node has read so far; who waits for news compares it.</summary>
    public long Read => Interlocked.Read(ref entries);

    /// <summary>Reads what is new.</summary>
    /// <returns>How many entries of people were read.</returns>
    public async Task<int> PassAsync(CancellationToken ct)
    {
        if (!await database.ReadAsync(UsageStore.IsWholeAsync, ct))
        {
            // The first time, or the counts were lost: from the beginning.
            await database.WriteAsync(UsageStore.BeginAsync, ct);
        }

        var read = 0;
        var prepared = false;
        foreach (var chain in await database.ReadAsync(UsageStore.ChainsAsync, ct))
        {
            for (var mark = chain; mark.Counted < mark.Seq;)
            {
                if (!prepared)
                {
                    foreach (var consumer in consumers)
                    {
                        await consumer.PrepareAsync(ct);
                    }

                    prepared = true;
                }

                var until = Math.Min(mark.Seq, mark.Counted + Piece);
                if (await TakeAsync(mark, until, ct) is not { } taken)
                {
                    break;
                }

                read += taken;
                Interlocked.Add(ref entries, taken);
                mark = mark with { Counted = until };
            }
        }

        return read;
    }

    /// <returns>Null: another node read this piece.</returns>
    private async Task<int?> TakeAsync(ChainMark mark, long until, CancellationToken ct)
    {
        var leaves = await database.ReadAsync(tx => UsageStore.LeavesAsync(tx, mark.Chain, mark.Counted, until), ct);
        var headers = new List<LogHeader>(leaves.Count);
        foreach (var leaf in leaves)
        {
            // One that does not read was written by nobody of us; the sequencer stops at it and says so.
            if (LogHeader.TryParse(leaf, out var header))
            {
                headers.Add(header);
            }
        }

        try
        {
            await database.WriteAsync(async tx =>
            {
                if (!await UsageStore.AdvanceAsync(tx, mark, until))
                {
                    throw new CountedElsewhereException();
                }

                foreach (var consumer in consumers)
                {
                    await consumer.TakeAsync(tx, headers);
                }
            }, ct);
            return headers.Count;
        }
        catch (CountedElsewhereException)
        {
            return null;
        }
    }

    private sealed class CountedElsewhereException : Exception;
}

/// <summary>Counts what people do: the small table behind last use, habits and alerts (R34, R36, R52).</summary>
internal sealed class UsageCounter(
    Database database, Members members, IPolicySnapshots policies, IItemWeights weights, IRouteFacts routes, MonitoringOptions options, TimeProvider time) : ILogConsumer
{
    private UsageSetting? setting;

    public async Task PrepareAsync(CancellationToken ct)
    {
        var snapshot = await policies.CurrentAsync(ct);
        var access = snapshot.Access;
        var posts = (await database.ReadAsync(tx => members.ListAsync<PersonContent>(tx, Members.Person), ct))
            .ToDictionary(person => PersonId.From(person.Id), person => person.Content.Posts);
        setting = new UsageSetting(
            options.OffsetMinutes, await weights.NowAsync(ct), routes.Administration,
            (person, at) => HoursRules.IsOff(person, posts.GetValueOrDefault(person) ?? [], access?.Hours ?? [], snapshot, at, options));
    }

    public async Task TakeAsync(Tx tx, IReadOnlyList<LogHeader> entries)
    {
        var counted = new Dictionary<UsageMark, (long N, long Last)>();
        foreach (var entry in entries)
        {
            foreach (var mark in UsageRules.Of(entry, setting!))
            {
                var (n, last) = counted.GetValueOrDefault(mark);
                counted[mark] = (n + 1, Math.Max(last, entry.At));
            }
        }

        foreach (var entry in entries.Where(UsageRules.Touches))
        {
            var mark = new UsageMark(entry.Fact.Actor.Id!.Value, UsageRules.DayOf(entry.At, options.OffsetMinutes), UsageRules.Customers);
            if (await UsageStore.FirstAsync(tx, Ground.Id.Bytes(mark.Person), mark.Day, entry.Customer!.Value.Bytes))
            {
                var (n, last) = counted.GetValueOrDefault(mark);
                counted[mark] = (n + 1, Math.Max(last, entry.At));
            }
        }

        foreach (var (mark, (n, last)) in counted.OrderBy(pair => (pair.Key.Person, pair.Key.Day)).ThenBy(pair => pair.Key.What, StringComparer.Ordinal))
        {
            await UsageStore.AddAsync(tx, Ground.Id.Bytes(mark.Person), mark.Day, mark.What, n, last);
        }
    }

    /// <summary>Forgets days beyond the term.</summary>
    public Task SweepAsync(CancellationToken ct) =>
        database.WriteAsync(tx => UsageStore.ForgetAsync(tx, UsageRules.DayOf(time.NowMs(), options.OffsetMinutes), options.KeepDays), ct);
}

/// <summary>When somebody is off duty. Pure.</summary>
internal static class HoursRules
{
    /// <summary>
    /// By roster where one of his posts works by it, shifts across midnight and grace included: whoever works at night is not off duty for that, and
    /// who is not on shift by day is. Else by the windows of his posts.
    /// </summary>
    public static bool IsOff(PersonId person, IReadOnlyList<HeldPost> posts, IReadOnlyList<HoursRule> hours, PolicySnapshot snapshot, long at, MonitoringOptions options)
    {
        var (bound, free) = (posts.Where(held => snapshot.Rosters.Binds(held.Post)).ToList(), posts.Where(held => !snapshot.Rosters.Binds(held.Post)).ToList());

        // What lies beyond the days of the roster that are read says nothing: the windows stand for it.
        if (bound.Count == 0 || !snapshot.Rosters.Knows(at))
        {
            return IsOff(posts, hours, at, options);
        }

        var onShift = bound.Exists(held => snapshot.Organisation.Units.GetValueOrDefault(held.Unit) is { } reach && snapshot.Rosters.WasOnShift(person, held.Post, reach.Below, at));
        return !onShift && (free.Count == 0 || IsOff(free, hours, at, options));
    }

    /// <summary>Outside every window of his posts; a post without windows is on duty by day.</summary>
    public static bool IsOff(IReadOnlyList<HeldPost> posts, IReadOnlyList<HoursRule> hours, long at, MonitoringOptions options)
    {
        var windows = hours.Where(rule => posts.Any(held => held.Post == rule.Post)).ToList();
        if (windows.Count > 0)
        {
            return !windows.Exists(window => window.Holds(at));
        }

        var minute = (at + (options.OffsetMinutes * 60_000L)) % UsageRules.DayMs / 60_000;
        return minute < options.DayFromMinute || minute >= options.DayUntilMinute;
    }
}
