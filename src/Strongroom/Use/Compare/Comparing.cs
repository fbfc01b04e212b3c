using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Use.Asking;
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

        var (counts, left) = await CountsAsync(customer, ask.Session, ct);
        if (left <= 0)
        {
            return await RefusedAsync(customer, ask, caller, ct);
        }

        var wanted = new Ask(Act.Compare, UseFacts.Compare)
        {
            Customer = customer,
            Purpose = ask.Purpose,
            Items = ask.Items.Keys.ToHashSet(),
            EvenAbsent = true,
            Ticket = ask.Ticket,
            Session = ask.Session,
            Counts = counts,
        };
        switch (await asking.RuleAsync(caller, wanted, ct))
        {
            case Ruled.Permitted { Judged: var judged } permitted:
                return new Compared.Done(judged, await MatchAsync(judged, ask, ct), left - 1, permitted.Entry);

            // Somebody used the last try at the same time: the entry was not written, and looking again says so.
            case Ruled.Refused { Problem.Code: var code } when code == Reasons.AccessUnsettled.Code && (await CountsAsync(customer, ask.Session, ct)).Left <= 0:
                return await RefusedAsync(customer, ask, caller, ct);
            case Ruled.Refused refused:
                return new Compared.Refused(refused.Problem);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<IReadOnlyDictionary<ItemKey, Match>> MatchAsync(Judged judged, CompareRequest ask, CancellationToken ct)
    {
        var texts = await opener.OpenAsync(judged.Held, ct);
        return ask.Items.ToDictionary(said => said.Key, said => CompareRules.Compare(
            judged.Knowledge.Item(said.Key)!.Kind,
            said.Value,
            judged.Held.Select((item, i) => (item, text: texts[i])).Where(pair => pair.item.Value.Key == said.Key).Select(pair => pair.text)));
    }

    /// <summary>The counts this try raises, and how many tries are left. A session has its own; a customer has one over all of them.</summary>
    private async Task<(IReadOnlyList<VolumeGuard> Counts, int Left)> CountsAsync(CustomerId customer, ServiceSessionId? session, CancellationToken ct)
    {
        var now = time.NowMs();
        var (hour, until) = PeriodRules.Hour(now);
        var mostForCustomer = session is null ? options.Tries : options.TriesPerCustomerHour;
        var used = (await volumes.OfAsync(customer.Value, ct)).Of(hour, UseFacts.CompareCount);
        var counts = new List<VolumeGuard> { new(customer.Value, hour, UseFacts.CompareCount, 1, mostForCustomer, until) };
        var left = mostForCustomer - used;
        if (session is { } id)
        {
            left = Math.Min(left, options.Tries - (await volumes.OfAsync(id.Value, ct)).Of(SessionPeriod, UseFacts.CompareCount));
            counts.Add(new VolumeGuard(id.Value, SessionPeriod, UseFacts.CompareCount, 1, options.Tries, now + options.SessionMs + PeriodRules.DayMs));
        }

        return (counts, left);
    }

    private const string SessionPeriod = "session";

    private async Task<Compared> RefusedAsync(CustomerId customer, CompareRequest ask, Caller caller, CancellationToken ct)
    {
        var actor = caller.Actor;
        await log.AppendAsync(
            new LogFact
            {
                Act = FactName.Of(UseFacts.Compare),
                Actor = actor.AsLogActor(),
                Customer = customer,
                Purpose = ask.Purpose,
                Items = [.. ask.Items.Keys],
                Decision = Verdict.Deny,
                Reasons = [Reasons.CompareTries.Code],
                Zone = actor.Zone,
            },
            guard: null,
            ct);
        return new Compared.Refused(Problem.Of(Reasons.CompareTries));
    }
}
