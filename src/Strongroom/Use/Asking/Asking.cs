using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;
using Strongroom.Use.Sessions;
using Strongroom.Use.Volume;

namespace Strongroom.Use.Asking;

/// <summary>
/// The way of every use (architecture.md, The one decision): one snapshot of the customer, the policy of that snapshot's epoch, the
/// decision, the log entry. When anything the decision rested on moves before the entry is durable, all of it is done again.
/// </summary>
internal sealed class Asking(
    Database database,
    IKnowledge knowledge,
    ICustomers customers,
    IIntakePurposes intakes,
    Grants grants,
    ServiceSessions sessions,
    Volumes volumes,
    IAuditLog log,
    IEnumerable<ICommitGuards> guards,
    StoreAlarms alarms,
    UseOptions options,
    TimeProvider time)
{
    public const int MostDecisions = 3;

    private const int MostMerges = 4;

    /// <summary>Decides and records. A refusal is recorded as well, so the answer to it is as durable as any other.</summary>
    public async Task<Ruled> RuleAsync(Caller caller, Ask ask, CancellationToken ct)
    {
        for (var decisions = 0; decisions < MostDecisions; decisions++)
        {
            if (await JudgeAsync(caller, ask, again: decisions > 0, ct) is not { } judged)
            {
                return new Ruled.Refused(Problem.Of(Reasons.SignInNeeded));
            }

            switch (await RecordAsync(judged, ct))
            {
                case AppendOutcome.Logged logged when judged.Decision.IsPermit:
                    return new Ruled.Permitted(judged, logged.Entry);
                case AppendOutcome.Logged or AppendOutcome.Counted:
                    return new Ruled.Refused(judged.Decision.ToProblem());
                default:
                    continue;
            }
        }

        return new Ruled.Refused(Problem.Of(Reasons.AccessUnsettled));
    }

    /// <summary>Decides an act that is done later: the decision when it would be permitted now, which nothing records, else the refusal, which is recorded.</summary>
    public async Task<(Judged? Foreseen, Problem? Refusal)> ForeseeAsync(Caller caller, Ask ask, CancellationToken ct)
    {
        for (var decisions = 0; decisions < MostDecisions; decisions++)
        {
            if (await JudgeAsync(caller, ask, again: decisions > 0, ct) is not { } judged)
            {
                return (null, Problem.Of(Reasons.SignInNeeded));
            }

            if (judged.Decision.IsPermit)
            {
                return (judged, null);
            }

            if (await RecordAsync(judged, ct) is not AppendOutcome.Changed)
            {
                return (null, judged.Decision.ToProblem());
            }
        }

        return (null, Problem.Of(Reasons.AccessUnsettled));
    }

    /// <summary>Decides without recording; for acts that record inside their own change. Null: the caller is nobody by now.</summary>
    /// <param name="again">The caller is looked up anew first.</param>
    public async Task<Judged?> JudgeAsync(Caller caller, Ask ask, bool again, CancellationToken ct)
    {
        using var span = Trace.Start("decide", Kebab.Of(ask.Act));
        var actor = again ? await caller.AgainAsync(caller.Actor, ct) : caller.Actor;
        for (var looks = 0; ; looks++)
        {
            if (actor.IsAnonymous)
            {
                return null;
            }

            var customer = ask.Customer is { } id ? await ReadAsync(id, await ScopeAsync(ask, actor, ct), ct) : null;
            var known = await knowledge.AtAsync(Math.Max(actor.ConfigEpoch, customer?.ConfigEpoch ?? 0), ct);
            if (known.Epoch == actor.ConfigEpoch || looks == MostDecisions)
            {
                // Were they still apart, the guard of the entry finds it.
                return await JudgeAsync(ask, actor, known, customer, ct);
            }

            actor = await caller.AgainAsync(actor, ct);
        }
    }

    /// <summary>
    /// Writes the entry of a decision, consuming the approval it rests on in the same transaction. <see cref="AppendOutcome.Changed"/>
    /// means: nothing was written, decide again.
    /// </summary>
    public async Task<AppendOutcome> RecordAsync(Judged judged, CancellationToken ct)
    {
        if (judged.Decision.Approval is null && !(judged.Decision.IsPermit && judged.Ask.Beside is not null))
        {
            return await log.AppendAsync(judged.Fact, judged.Guard, ct);
        }

        try
        {
            return await database.WriteAsync<AppendOutcome>(
                async tx => new AppendOutcome.Logged(await log.AppendAsync(tx, await HoldAsync(tx, judged) ?? throw new ChangedException(), ct)), ct);
        }
        catch (ChangedException)
        {
            return new AppendOutcome.Changed();
        }
    }

    /// <summary>
    /// In a change's own transaction: the entry to write, when all that the decision rested on still stands. Raises its counts, consumes
    /// its approval and writes what stands beside. Null: the transaction must be undone and the decision made again.
    /// </summary>
    public async Task<LogFact?> HoldAsync(Tx tx, Judged judged)
    {
        if (!await StillAsync(tx, judged.Guard))
        {
            return null;
        }

        var rows = new List<RowDigest>(judged.Fact.Rows);
        if (judged is { Decision.Approval: { } approval, Scope: { } scope })
        {
            if (await grants.ConsumeAsync(tx, approval, scope, judged.Actor.Person) is not { } used)
            {
                return null;
            }

            rows.Add(used);
        }

        if (judged is { Decision.IsPermit: true, Ask.Beside: { } beside })
        {
            if (await beside(tx) is not { } written)
            {
                return null;
            }

            rows.Add(written);
        }

        if (judged.Ask.Under is not { } under)
        {
            return judged.Fact with { Rows = rows };
        }

        return await grants.StandsAsync(tx, under) ? judged.Fact with { Rows = rows, Approvals = [.. judged.Fact.Approvals, under] } : null;
    }

    /// <summary>Whether a guard holds in this transaction; raises its counts.</summary>
    public async Task<bool> StillAsync(Tx tx, CommitGuard asked) => (await guards.FailingAsync(tx, [asked])).Count == 0;

    /// <summary>The customer, or the one it was merged into.</summary>
    public async Task<CustomerSnapshot?> ReadAsync(CustomerId id, ReadScope scope, CancellationToken ct)
    {
        var read = await customers.ReadAsync(id, scope, ct);
        for (var hops = 0; read?.MergedInto is { } into; hops++)
        {
            read = hops < MostMerges ? await customers.ReadAsync(into, scope, ct) : null;
        }

        return read;
    }

    private async Task<Judged> JudgeAsync(Ask ask, Actor actor, Knowledge known, CustomerSnapshot? customer, CancellationToken ct)
    {
        var now = time.NowMs();
        if (customer is not null && MayHideMinor(ask, known, customer))
        {
            customer = await ReadAsync(customer.Id, ReadScope.Everything, ct);
        }

        if (customer is { Faults.Count: > 0 })
        {
            await alarms.RaiseAsync(customer.Faults, ct);
        }

        var session = ask.Session is { } id ? await sessions.FindAsync(id, ct) : null;
        if (ask.Candidate && session is not null && customer is not null)
        {
            session = CallerRules.For(session, customer.Id);
        }

        var service = actor.Kind == ActorKind.Person && session?.Holder == actor.Person ? session.Facts(now, options.Tries) : null;
        var purpose = ask.Purpose ?? (service is null ? null : session!.Purpose);
        var held = customer is null ? [] : HeldItem.Of(customer, known, ask.Records, ask.Items);
        var scope = ScopeOf(ask, customer, purpose, held, known);
        var question = AccessFacts.Build(
            actor,
            new AccessAsk
            {
                Act = ask.Act,
                Customer = FactsOf(customer, known),
                Purpose = purpose,
                PurposeKnown = purpose is { } stated ? known.Purpose(stated) : null,
                Items = await ItemsAsync(ask, customer, held, known, purpose, ct),
                Clear = ask.Clear,
                Session = service,
                HasTicket = ask.Ticket is { Length: > 0 },
                Approval = await grants.FindAsync(ask, actor, scope, ct),
                Batch = ask.Batch,
                Confirmed = ask.Confirmed,
                Volume = await VolumeAsync(ask, actor, ct),
            },
            known.Policy,
            now,
            time.SureMs());
        var decision = AccessRules.Decide(question);
        return new Judged(
            ask, actor, known, customer, question.Customer?.Minor == true, held, service is null ? null : session, question, decision,
            GuardOf(ask, actor, known, customer, service is null ? null : session, question, decision), FactOf(ask, actor, question, decision))
        {
            Scope = scope,
        };
    }

    private static CustomerFacts? FactsOf(CustomerSnapshot? customer, Knowledge known)
    {
        var facts = customer?.ToFacts();
        return facts is null ? null : facts with { Minor = facts.Minor || HeldItem.ShowsMinor(customer!, known) };
    }

    private async Task<IReadOnlyList<ItemFacts>> ItemsAsync(Ask ask, CustomerSnapshot? customer, IReadOnlyList<HeldItem> held, Knowledge known, PurposeKey? purpose, CancellationToken ct)
    {
        var collected = await intakes.OfAsync([.. held.Select(item => item.Value.Intake).Distinct()], ct);
        var items = held.Select(item => item.Facts(collected.GetValueOrDefault(item.Value.Intake), known, purpose)).ToList();
        if (ask is { EvenAbsent: true, Items: { } wanted })
        {
            items.AddRange(wanted.Where(key => held.All(item => item.Value.Key != key)).Select(known.Item).OfType<ItemKnown>()
                .Select(item => item.Facts with { Elsewhere = customer?.Records.Any(record => record.Items.Any(one => one.Key == item.Definition.Key)) == true }));
        }

        return items;
    }

    /// <summary>
    /// Approvals name what is shown in clear, or what is used where nothing is shown; of a batch, everything. A correction's names the items wherever
    /// the customer has them: one put into a record that had none stands beside the others.
    /// </summary>
    private static GrantScope? ScopeOf(Ask ask, CustomerSnapshot? customer, PurposeKey? purpose, IReadOnlyList<HeldItem> held, Knowledge known) =>
        customer is null || purpose is not { } stated ? null : new GrantScope(
            ask.Act, customer.Id, stated,
            ask.Act == Act.Correct ? HeldItem.Of(customer, known, null, ask.Items)
            : ask.Clear.Count > 0 && !ask.Batch ? [.. held.Where(item => ask.Clear.Contains(item.Value.Key))] : held)
        {
            Values = ask.Values,
        };

    /// <summary>
    /// All values of a child lie with the sensitive ones. Where only the general ones were read and something asked for is missing,
    /// that may be why.
    /// </summary>
    private static bool MayHideMinor(Ask ask, Knowledge known, CustomerSnapshot customer) =>
        !ask.Whole && ask.Items is { } wanted
        && wanted.Any(key => known.Item(key)?.Definition.Level.Compartment() == Keys.Compartment.General)
        && !wanted.All(key => customer.Records.Any(record => record.Items.Any(item => item.Key == key)));

    private async Task<ReadScope> ScopeAsync(Ask ask, Actor actor, CancellationToken ct)
    {
        if (ask.Whole || ask.Items is not { } wanted)
        {
            return ReadScope.Everything;
        }

        var known = await knowledge.AtAsync(actor.ConfigEpoch, ct);
        var compartments = wanted.Select(key => known.Item(key)?.Definition.Level.Compartment()).ToHashSet();
        return new ReadScope(compartments.Contains(Keys.Compartment.General), compartments.Contains(Keys.Compartment.Sensitive));
    }

    private async Task<VolumeFacts?> VolumeAsync(Ask ask, Actor actor, CancellationToken ct)
    {
        // A day's limits are a person's (domain.md §4); a client has its quota, and both have the limit of one operation.
        var finds = ask.Act == Act.Find;
        if (actor.Kind == ActorKind.Client || (!finds && ask.Clear.Count == 0))
        {
            return new VolumeFacts(0, ask.Customers, new Dictionary<int, int>());
        }

        var counts = await volumes.OfAsync(actor.OwnId(), ct);
        var today = new Dictionary<int, int>();
        foreach (var (limit, n) in counts.Starting(PeriodRules.Day(time.SureMs(), options.OffsetMinutes).Name, UseFacts.RevealPrefix))
        {
            if (int.TryParse(limit, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var key))
            {
                today[key] = n;
            }
        }

        return new VolumeFacts(counts.Of(PeriodRules.Hour(time.SureMs()).Name, UseFacts.FindCount), ask.Customers, today);
    }

    private CommitGuard GuardOf(Ask ask, Actor actor, Knowledge known, CustomerSnapshot? customer, ServiceSession? session, AccessQuestion question, Decision decision)
    {
        var guard = actor.Guard() with
        {
            ConfigEpoch = known.Epoch,
            Customer = customer is null ? null : (customer.Id, customer.Version),
        };
        var counts = customer is null ? null : ask.Counts?.Invoke(customer.Id, session);
        return decision.IsPermit ? guard with { Volumes = [.. counts ?? [], .. CountsOf(actor, question, decision)] } : guard;
    }

    /// <summary>A search counts each time; a customer revealed other than to a verified caller once a day for each limit.</summary>
    private IEnumerable<VolumeGuard> CountsOf(Actor actor, AccessQuestion question, Decision decision)
    {
        if (actor.Kind == ActorKind.Client)
        {
            yield break;
        }

        var byApproval = decision.Approval is not null;
        if (question.Act == Act.Find)
        {
            var (hour, until) = PeriodRules.Hour(question.Sure);
            var limits = question.Actor!.Grants.Where(grant => grant.Rule.Acts.Contains(Act.Find)).Select(grant => grant.Rule.FindsPerHour ?? int.MaxValue);
            yield return new VolumeGuard(actor.OwnId(), hour, UseFacts.FindCount, 1, byApproval ? int.MaxValue : limits.DefaultIfEmpty(0).Max(), until);
        }

        if (question.Customer is not { } customer || (question.Session is { Verified: true } session && session.Customer == customer.Id))
        {
            yield break;
        }

        var (day, over) = PeriodRules.Day(question.Sure, options.OffsetMinutes);
        var limitsRevealed = question.Items
            .Where(item => decision.Shows(item.Record?.Id, item.Item) == Shown.Clear && question.Clear.Contains(item.Item))
            .Select(item => item.VolumeLimit).Distinct();
        foreach (var limit in limitsRevealed)
        {
            yield return new VolumeGuard(
                actor.OwnId(), day, FactName.Of(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{UseFacts.RevealPrefix}{limit}")), 1,
                byApproval ? int.MaxValue : limit, over, customer.Id.Value);
        }
    }

    /// <summary>The entry: what was asked when refused, what is shown when permitted, and which of it in clear.</summary>
    private static LogFact FactOf(Ask ask, Actor actor, AccessQuestion question, Decision decision)
    {
        var shown = !decision.IsPermit || ask.Act != Act.View
            ? question.Items.Select(item => item.Item)
            : question.Items.Where(item => decision.Shows(item.Record?.Id, item.Item) != Shown.Withheld).Select(item => item.Item);
        IEnumerable<CustomerListId> lists = decision.IsPermit && question.Customer is { } seen ? seen.Lists.OrderBy(list => list.Value) : [];
        var clear = question.Items.Where(item => ask.Act == Act.View && decision.Shows(item.Record?.Id, item.Item) == Shown.Clear).Select(item => item.Item);
        return new LogFact
        {
            Act = FactName.Of(ask.Fact),
            Actor = actor.AsLogActor(),
            Customer = question.Customer?.Id ?? ask.Customer,
            Purpose = question.Purpose,
            Items = [.. shown.Distinct().Take(MostNamed)],
            Decision = decision.Overall,
            Reasons = [.. decision.ReasonCodes, .. decision.IsPermit ? MarksOf(ask, question) : [], .. clear.Distinct().Take(MostNamed).Select(item => $"clear.{item.Value}"), .. lists.Select(list => $"{UsageRules.ListCode}{list}")],
            Approvals = decision.Approval is { } approval ? [approval] : [],
            Authorisations = decision.Authorisations,
            Zone = actor.Zone,
            Details = ask.Ticket is { Length: > 0 } ticket ? new LogDetails { Ticket = ticket } : null,
        };
    }

    /// <summary>What a permitted act rested on besides approvals, and which part of a list of records was shown.</summary>
    private static IEnumerable<string> MarksOf(Ask ask, AccessQuestion question)
    {
        if (ask.Confirmed.Count > 0)
        {
            yield return UseFacts.ByCode;
        }

        foreach (var scene in SceneRules.ByCode(question))
        {
            yield return UseFacts.ScenePrefix + scene;
        }

        if (ask.Month is { } month)
        {
            yield return UseFacts.MonthPrefix + month;
        }
    }

    // A header is at most 8 KiB; no customer has anywhere near as many items.
    private const int MostNamed = 80;

    private sealed class ChangedException : Exception;
}
