using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Use.Asking;
using Strongroom.Use.Sessions;
using Strongroom.Use.Volume;

namespace Strongroom.Use.Compare;

/// <summary>What came of one try.</summary>
internal abstract record Compared
{
    private Compared()
    {
    }

    /// <param name="TriesLeft">After this one.</param>
    public sealed record Done(Judged Judged, IReadOnlyDictionary<ItemKey, Match> Items, int TriesLeft, EntryId Entry) : Compared;

    public sealed record Refused(Problem Problem) : Compared;
}

/// <summary>One try at comparing: counted and recorded before anything is opened, so nobody guesses unseen.</summary>
internal sealed class Comparing(IKnowledge knowledge, Asking.Asking asking, ItemOpener opener, Volumes volumes, IAuditLog log, UseOptions options, TimeProvider time)
{
    public async Task<Compared> TryAsync(CustomerId customer, CompareRequest ask, Caller caller, CancellationToken ct)
    {
        var errors = new List<FieldError>(CompareRules.Errors(ask.Items, await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct)));
        AskRules.CheckTicket(ask.Ticket, errors);
        if (errors.Count > 0)
        {
            return new Compared.Refused(Problem.Of(errors));
        }

        var wanted = new Ask(Act.Compare, UseFacts.Compare)
        {
            Customer = customer,
            Purpose = ask.Purpose,
            Items = ask.Items.Keys.ToHashSet(),
            EvenAbsent = true,
            Ticket = ask.Ticket,
            Session = ask.Session,
            Counts = CountsOf,
        };
        switch (await asking.RuleAsync(caller, wanted, ct))
        {
            case Ruled.Permitted { Judged: var judged } permitted:
                return new Compared.Done(judged, await MatchAsync(judged, ask, ct), Math.Max(0, await LeftAsync(judged, ct)), permitted.Entry);

            // The counts are full, so no entry was written. Only who may compare at all is told that: anybody else gets his refusal above.
            case Ruled.Refused { Problem.Code: var code } when code == Reasons.AccessUnsettled.Code
                && await asking.JudgeAsync(caller, wanted, again: true, ct) is { Decision.IsPermit: true } judged && await LeftAsync(judged, ct) <= 0:
                return await RefusedAsync(judged, ct);
            case Ruled.Refused refused:
                return new Compared.Refused(refused.Problem);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<IReadOnlyDictionary<ItemKey, Match>> MatchAsync(Judged judged, CompareRequest ask, CancellationToken ct)
    {
        var held = judged.Session is { } session ? [.. judged.Held.Where(item => CompareRules.Verifies(item, session, options.SettledMs, time.SureMs()))] : judged.Held;
        var texts = await opener.OpenAsync(held, ct);
        return ask.Items.ToDictionary(said => said.Key, said => CompareRules.Compare(
            judged.Knowledge.Item(said.Key)!.Kind,
            said.Value!,
            held.Select((item, i) => (item, text: texts[i])).Where(pair => pair.item.Value.Key == said.Key).Select(pair => pair.text)));
    }

    /// <summary>
    /// The counts a try raises: the customer's over everybody, and the session's own. Only a session of this actor, open and about this
    /// customer, has the customer's higher limit; named otherwise it counts as none.
    /// </summary>
    /// <param name="customer">After a merge, the one that is left.</param>
    private IReadOnlyList<VolumeGuard> CountsOf(CustomerId customer, ServiceSession? session)
    {
        var now = time.SureMs();
        var (hour, until) = PeriodRules.Hour(now);
        return session?.Customer == customer
            ? [
                new(customer.Value, hour, UseFacts.CompareCount, 1, options.TriesPerCustomerHour, until),
                new(session.Id.Value, SessionPeriod, UseFacts.CompareCount, 1, options.Tries, now + options.SessionMs + PeriodRules.DayMs),
            ]
            : [new(customer.Value, hour, UseFacts.CompareCount, 1, options.Tries, until)];
    }

    /// <summary>How many tries are left by now.</summary>
    private async Task<int> LeftAsync(Judged judged, CancellationToken ct)
    {
        var left = int.MaxValue;
        foreach (var count in CountsOf(judged.Customer!.Id, judged.Session))
        {
            left = (int)Math.Min(left, count.Limit - (await volumes.OfAsync(count.Whose, ct)).Of(count.Period, count.What));
        }

        return left;
    }

    private const string SessionPeriod = "session";

    private async Task<Compared> RefusedAsync(Judged judged, CancellationToken ct)
    {
        await log.AppendAsync(
            judged.Fact with { Decision = Verdict.Deny, Reasons = [Reasons.CompareTries.Code], Approvals = [], Authorisations = [], Details = null }, guard: null, ct);
        return new Compared.Refused(Problem.Of(Reasons.CompareTries));
    }
}
