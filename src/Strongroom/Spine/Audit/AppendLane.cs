using System.Threading.Channels;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>
/// Group commit of entries that stand alone: whoever waits while one transaction commits goes into the next one together. Guards are
/// checked for the whole group in that transaction.
/// </summary>
internal sealed class AppendLane : IAsyncDisposable
{
    private const int LargestGroup = 256;
    private const int MostWaiting = 8192;

    // The chain of entries that stand alone; those of changes have others.
    private const int EntryLane = 0;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly Database _database;
    private readonly LogChains _chains;
    private readonly string _node;
    private readonly IReadOnlyList<ICommitGuards> _guards;
    private readonly Action _written;
    private readonly HeadRoom? _room;
    private readonly Task _loop;

    public AppendLane(Database database, LogChains chains, string node, IEnumerable<ICommitGuards> guards, HeadRoom? room, Action written)
    {
        (_database, _chains, _node, _guards, _room, _written) = (database, chains, node, [.. guards], room, written);
        _loop = Task.Run(LoopAsync);
    }

    /// <exception cref="LogUnavailableException">Not written, or nobody knows whether it was.</exception>
    public async Task<AppendOutcome> AppendAsync(EntryDraft? draft, TallyRow? tally, CommitGuard? guard, CancellationToken ct)
    {
        var waiting = new Waiting(draft, tally, guard);
        try
        {
            await _queue.Writer.WriteAsync(waiting, ct);
        }
        catch (ChannelClosedException e)
        {
            throw new LogUnavailableException(e);
        }

        return await waiting.Done.Task.WaitAsync(ct);
    }

    /// <summary>Entries that wait for a commit.</summary>
    public int Length => _queue.Reader.Count;

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task LoopAsync()
    {
        var group = new List<Waiting>(LargestGroup);
        while (await _queue.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < LargestGroup && _queue.Reader.TryRead(out var next))
            {
                group.Add(next);
            }

            var waiting = group.ConvertAll(one => one.Done);
            try
            {
                var (changed, head) = await CommitAsync(group);
                _chains.Learn(head);
                _written();
                Tell(group, changed);
                Together.Answer(waiting, [.. group.Select((one, i) => changed.Contains(i) ? new AppendOutcome.Changed() : one.Outcome)]);
            }
            catch (Exception e)
            {
                // Whatever went wrong, nobody in this group may be answered as if it were logged.
                Together.Fail(waiting, new LogUnavailableException(e));
            }
        }
    }

    private async Task<(IReadOnlySet<int> Changed, ChainHead? Head)> CommitAsync(List<Waiting> group)
    {
        using var span = Trace.Start("log.commit", count: group.Count);
        try
        {
            return await _database.WriteAsync(tx => WriteAsync(tx, group));
        }
        catch (Exception e) when (HeadRoom.IsDiskFull(e) && _room?.GiveUp() == true)
        {
            return await _database.WriteAsync(tx => WriteAsync(tx, group));
        }
    }

    private async Task<(IReadOnlySet<int> Changed, ChainHead? Head)> WriteAsync(Tx tx, List<Waiting> group)
    {
        // One round trip holds the chain and asks what the decisions rested on, in this order: what is read is as new as can be.
        var guarded = Enumerable.Range(0, group.Count).Where(i => group[i].Guard is not null).ToList();
        List<CommitGuard> asked = [.. guarded.Select(i => group[i].Guard!)];
        var batch = tx.Batch();
        var chain = group.Exists(w => w.Draft is not null) ? AuditStore.AskChain(batch, _node, EntryLane) : null;
        var failing = asked.Count > 0 ? _guards.AskAll(batch, asked) : null;
        await tx.RunAsync(batch);
        var changed = failing is null ? [] : (await _guards.TakeAllAsync(tx, asked, failing())).Select(position => guarded[position]).ToHashSet();

        var kept = group.Where((_, i) => !changed.Contains(i)).ToList();
        var drafts = kept.Where(w => w.Draft is not null).Select(w => w.Draft!).ToList();
        var head = drafts.Count > 0 ? await AuditStore.AppendAsync(tx, _chains, _node, EntryLane, chain!.All, drafts) : null;
        await AuditStore.CountAsync(tx, kept.Where(w => w.Tally is not null).GroupBy(w => w.Tally! with { N = 0 })
            .Select(same => same.Key with { N = same.Sum(w => w.Tally!.N) }));
        return (changed, head);
    }

    private static void Tell(List<Waiting> group, IReadOnlySet<int> changed)
    {
        LogMeter.Committed(group.Count);
        for (var i = 0; i < group.Count; i++)
        {
            if (!changed.Contains(i) && group[i].Draft is { } draft)
            {
                LogMeter.Wrote(draft.Header.Fact);
            }
        }
    }

    private sealed record Waiting(EntryDraft? Draft, TallyRow? Tally, CommitGuard? Guard)
    {
        public TaskCompletionSource<AppendOutcome> Done { get; } = Together.Wait<AppendOutcome>();

        public AppendOutcome Outcome => Draft is null ? new AppendOutcome.Counted() : new AppendOutcome.Logged(Draft.Header.Id);
    }
}
