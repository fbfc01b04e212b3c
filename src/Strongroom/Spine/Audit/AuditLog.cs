using System.Runtime.CompilerServices;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Audit;

/// <summary>Names a customer in the log; null when the customer is unknown or destroyed.</summary>
internal interface ICustomerReferences
{
    Task<CustomerReference?> OfAsync(CustomerId customer, CancellationToken ct);
}

/// <summary>References out of the keyring.</summary>
internal sealed class KeyringReferences(IKeyring keyring) : ICustomerReferences
{
    public async Task<CustomerReference?> OfAsync(CustomerId customer, CancellationToken ct)
    {
        using var keys = await keyring.OpenAsync(new KeyOwner(customer.Value), ct);
        return keys is null ? null : CustomerReference.From(keys.LogReference());
    }
}

/// <summary>Writes the log. Register one per node; <paramref name="written"/> wakes the sequencer.</summary>
internal sealed class AuditLog(
    Database database,
    AuditOptions options,
    LogChains chains,
    ICustomerReferences references,
    ISecretSealer sealer,
    IEnumerable<ICommitGuards> guards,
    TimeProvider time,
    Action written,
    HeadRoom? room = null) : IAuditLog, IAsyncDisposable
{
    // Transactions of changes spread over several chains of a node, so that they need not commit one after another. SQLite has one
    // writer anyway.
    private const int ChangeLanes = 8;

    private readonly AppendLane _lane = new(database, chains, options.Node, guards, room, written);
    private readonly DenialLimit _denials = new(options.DenialsPerHour);

    public async Task<IReadOnlyList<EntryId>> AppendAsync(Tx tx, IReadOnlyList<LogFact> facts, CancellationToken ct = default)
    {
        if (facts.Count == 0)
        {
            return [];
        }

        var drafts = new List<EntryDraft>(facts.Count);
        foreach (var fact in facts)
        {
            drafts.Add(await DraftAsync(fact, ct));
        }

        // The same transaction always gets the same chain: taking two could deadlock with another that takes them the other way round.
        var lane = tx.Engine == Engine.Sqlite ? 0 : 1 + (RuntimeHelpers.GetHashCode(tx) & int.MaxValue) % ChangeLanes;
        try
        {
            await AuditStore.AppendAsync(tx, chains, options.Node, lane, drafts);
        }
        catch (LogAlarmException e)
        {
            throw new LogUnavailableException(e);
        }

        written();
        drafts.ForEach(draft => LogMeter.Wrote(draft.Header.Fact));
        return [.. drafts.Select(d => d.Header.Id)];
    }

    public async Task<AppendOutcome> AppendAsync(LogFact fact, CommitGuard? guard = null, CancellationToken ct = default)
    {
        var now = time.NowMs();
        if (fact is { Decision: Verdict.Deny, Actor.Id: { } actor } && !_denials.Allows(fact.Actor, now))
        {
            var reason = fact.Reasons.FirstOrDefault(LogHeader.IsCode) ?? "denied";
            var tally = new TallyRow(DenialLimit.HourEnd(now), Kebab.Of(fact.Actor.Kind), Id.Format(actor), reason, 1);
            return await _lane.AppendAsync(null, tally, guard, ct);
        }

        return await _lane.AppendAsync(await DraftAsync(fact, ct), null, guard, ct);
    }

    public async Task CountRefusalAsync(string prefix, string reason, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefix.Length, 64);
        if (!LogHeader.IsCode(reason))
        {
            throw new ArgumentException("A reason is a machine code.", nameof(reason));
        }

        const long Minute = 60_000;
        var until = (time.NowMs() / Minute + 1) * Minute;
        await _lane.AppendAsync(null, new TallyRow(until, Kebab.Of(LogActorKind.Anonymous), prefix, reason, 1), null, ct);
    }

    /// <summary>Turns counts whose period has ended into entries; answers how many. Called by the node that holds the sequencer's lease.</summary>
    public Task<int> CloseTalliesAsync(CancellationToken ct) => database.WriteAsync(async tx =>
    {
        const int Most = 500;
        var ended = await AuditStore.TakeTalliesAsync(tx, time.NowMs(), Most);
        await AppendAsync(tx, [.. ended.Select(OfTally)], ct);
        return ended.Count;
    }, ct);

    /// <summary>Erases the details of entries older than an instant (UTC ms) and records that, in one transaction.</summary>
    public Task<int> EraseDetailsAsync(long before, LogActor actor, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        var erased = await AuditStore.EraseDetailsAsync(tx, before);
        if (erased > 0)
        {
            await AppendAsync(tx, [new LogFact { Act = FactName.Of("log-details-erased"), Actor = actor, Count = erased }], ct);
        }

        return erased;
    }, ct);

    /// <summary>Entries that wait for their commit.</summary>
    public int Waiting => _lane.Length;

    public ValueTask DisposeAsync() => _lane.DisposeAsync();

    private static LogFact OfTally(TallyRow tally) => new()
    {
        Act = FactName.Of("refusals-counted"),
        Actor = new LogActor(Kebab.Parse<LogActorKind>(tally.Kind), Id.TryParse<PersonId>(tally.Subject, out var id) ? id.Value : null),
        Decision = Verdict.Deny,
        Reasons = [tally.Reason],
        Count = tally.N,
        Details = Id.TryParse<PersonId>(tally.Subject, out _) ? null : new LogDetails { Address = tally.Subject },
    };

    private async Task<EntryDraft> DraftAsync(LogFact fact, CancellationToken ct)
    {
        var reference = fact.Reference ?? (fact.Customer is { } customer ? await references.OfAsync(customer, ct) : null);
        return EntryDraft.Make(fact, reference, options.Node, time.NowMs(), sealer);
    }
}

/// <summary>How many denials of one actor are written individually per hour; the rest is counted.</summary>
internal sealed class DenialLimit(int perHour)
{
    private const long Hour = 3_600_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<LogActor, int> _written = [];
    private long _hour;

    public static long HourEnd(long now) => (now / Hour + 1) * Hour;

    public bool Allows(LogActor actor, long now)
    {
        lock (_lock)
        {
            if (_hour != now / Hour)
            {
                _hour = now / Hour;
                _written.Clear();
            }

            var count = _written.GetValueOrDefault(actor);
            _written[actor] = Math.Min(count + 1, perHour);
            return count < perHour;
        }
    }
}
