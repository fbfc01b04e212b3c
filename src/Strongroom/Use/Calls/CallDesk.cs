using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;
using Strongroom.Use.Find;
using Strongroom.Use.Sessions;
using Strongroom.Use.View;

namespace Strongroom.Use.Calls;

/// <summary>
/// The agent's side of a call from the telephone system: what rings for him, taking it, and who the caller may be. The number is looked up here, with his
/// own rights and limits; he sees it masked, and it leaves for nowhere (R118).
/// </summary>
internal sealed class CallDesk(
    Database database, IKnowledge knowledge, Asking.Asking asking, WaitingCalls calls, ServiceSessions sessions, ServiceSessionEndpoints service, FindCustomer find,
    ViewCustomer view, IAuditLog log, TimeProvider time)
{
    private const string NameKind = "name";

    public static void Map(IEndpointRouteBuilder v1)
    {
        // Asked every few seconds: what a call shows is an entry once, when it first rings, and a desk left alone does not stay signed in by it.
        v1.MapGet("/calls", (Caller caller, CallDesk self, CancellationToken ct) => ServiceSessionEndpoints.Answer(self.ListAsync(caller, ct)))
            .RequirePolicy(Doors.ServiceSessions).Records(UseFacts.CallRang).WithName("calls").AskedByPages();
        v1.MapPost("/calls/{id}/take", (CallId id, Caller caller, CallDesk self, CancellationToken ct) => ServiceSessionEndpoints.Answer(self.TakeAsync(id, caller, ct)))
            .RequirePolicy(Doors.ServiceSessions).Records(UseFacts.SessionOpened, UseFacts.CallRefused).WithName("call-take");
        v1.MapPost("/calls/{id}/candidates", (CallId id, Caller caller, CallDesk self, CancellationToken ct) => ServiceSessionEndpoints.Answer(self.CandidatesAsync(id, caller, ct)))
            .RequirePolicy(Doors.ServiceSessions).Records(UseFacts.Find, UseFacts.View, UseFacts.CallRefused).WithName("call-candidates");
    }

    internal async Task<Outcome<CallList>> ListAsync(Caller caller, CancellationToken ct)
    {
        var now = time.NowMs();
        var own = await database.ReadAsync(tx => calls.OfAsync(tx, caller.Actor.Person, now), ct);
        var first = own.Where(call => call.StateAt(now) == CallState.Waiting && call.Rang is null).Select(call => call.Id).ToList();
        if (first.Count > 0 && !await RungAsync(first, caller.Actor, now, ct))
        {
            return Reasons.AccessUnsettled;
        }

        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        return new CallList([.. own.Select(call => (Call: call, State: call.StateAt(now))).Where(one => one.State is not null)
            .Select(one => ViewOf(one.Call, one.State!.Value, known))]);
    }

    /// <summary>Takes a call that waits: the agent's own session decides everything, and the call is his in the same transaction, once.</summary>
    internal async Task<Outcome<CallTaken>> TakeAsync(CallId id, Caller caller, CancellationToken ct)
    {
        if (await database.ReadAsync(tx => calls.FindAsync(tx, id), ct) is not { } seen || !Waits(seen, caller.Actor))
        {
            return await RefusedAsync(caller.Actor, ct);
        }

        var (reference, number) = (calls.Reference(seen), calls.Number(seen));
        var opened = await service.OpenAsync(new SessionRequest(reference, seen.Purpose, null, seen.Channel), caller, ct, async (tx, session) =>
            await calls.HoldAsync(tx, id) is { } held && Waits(held, caller.Actor) ? await calls.SaveAsync(tx, CallRules.Taken(held, session)) : null);
        switch (opened)
        {
            case Outcome<SessionAnswer>.Done { Value: var session }:
                var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
                return new CallTaken(id, reference, number is null ? null : CallNumbers.Masked(number, known), session);
            case Outcome<SessionAnswer>.Refused { Problem: var problem } when problem.Code == Reasons.CallOver.Code:
                return await RefusedAsync(caller.Actor, ct);
            case Outcome<SessionAnswer>.Refused refused:
                return refused.Problem;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>
    /// Who the caller may be by his number, while the call's session runs: found as if the agent had typed it, counted and recorded as that. Several are
    /// told apart by their masked names; more than five ask for one more detail (domain.md §5).
    /// </summary>
    internal async Task<Outcome<CallCandidates>> CandidatesAsync(CallId id, Caller caller, CancellationToken ct)
    {
        var now = time.NowMs();
        if (await database.ReadAsync(tx => calls.FindAsync(tx, id), ct) is not { Session: { } opened } call || call.Agent != caller.Actor.Person
            || call.StateAt(now) != CallState.Taken || await sessions.FindAsync(opened, ct) is not { } session || !session.IsOpen(now))
        {
            return await RefusedAsync(caller.Actor, ct);
        }

        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        if (calls.Number(call) is not { } number)
        {
            return new CallCandidates([]);
        }

        foreach (var item in CallNumbers.Items(number, known))
        {
            switch (await find.FindAsync(new FindRequest(item, number, session.Purpose, Session: opened), caller, ct))
            {
                case (_, { } problem):
                    return problem;
                case ({ Customers: [var only] }, _):
                    return new CallCandidates([new CallCandidate(only.Id, null)]);
                case ({ Customers: { Count: > 1 } several }, _):
                    return new CallCandidates(await NamedAsync(several, session, caller, known, ct));
            }
        }

        return new CallCandidates([]);
    }

    private async Task<IReadOnlyList<CallCandidate>> NamedAsync(
        IReadOnlyList<FoundCustomer> found, ServiceSession session, Caller caller, Knowledge known, CancellationToken ct)
    {
        var names = known.Catalogue.Items.Where(item => item.Kind == NameKind).Select(item => item.Key).ToHashSet();
        var named = new List<CallCandidate>();
        foreach (var one in found)
        {
            var look = new Ask(Act.View, UseFacts.View)
            {
                Customer = one.Id, Purpose = session.Purpose, Items = names, Session = session.Id, Candidate = true, Customers = found.Count,
            };
            var (seen, _) = await view.PreviewAsync(caller, look, ct);
            named.Add(new CallCandidate(one.Id, seen?.Answer.Records.SelectMany(record => record.Items.Values).FirstOrDefault(item => item.Shown == Shown.Masked)?.Value));
        }

        return named;
    }

    /// <summary>Records that these calls were shown, each once; false: who asks is somebody else by now.</summary>
    private Task<bool> RungAsync(IReadOnlyList<CallId> first, Actor actor, long now, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        if (!await asking.StillAsync(tx, actor.Guard()))
        {
            return false;
        }

        foreach (var id in first)
        {
            if (await calls.HoldAsync(tx, id) is { Rang: null } call && call.StateAt(now) == CallState.Waiting)
            {
                var row = await calls.SaveAsync(tx, CallRules.Rung(call, now));
                await log.AppendAsync(
                    tx, new LogFact { Act = FactName.Of(UseFacts.CallRang), Actor = actor.AsLogActor(), Purpose = call.Purpose, Channel = call.Channel, Zone = actor.Zone, Rows = [row] }, ct);
            }
        }

        return true;
    }, ct);

    private bool Waits(WaitingCall call, Actor actor) =>
        actor.Kind == ActorKind.Person && call.Agent == actor.Person && call.StateAt(time.NowMs()) == CallState.Waiting;

    private async Task<Problem> RefusedAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(
            new LogFact { Act = FactName.Of(UseFacts.CallRefused), Actor = actor.AsLogActor(), Decision = Verdict.Deny, Reasons = [Reasons.CallOver.Code], Zone = actor.Zone }, guard: null, ct);
        return Problem.Of(Reasons.CallOver);
    }

    private CallView ViewOf(WaitingCall call, CallState state, Knowledge known)
    {
        var waits = state == CallState.Waiting;
        var number = waits ? calls.Number(call) : null;
        return new CallView(
            call.Id, state, call.Purpose, call.Begun, call.Until, waits ? calls.Reference(call) : null, number is null ? null : CallNumbers.Masked(number, known), call.Session);
    }
}
