using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;
using Strongroom.Use.Sessions;

namespace Strongroom.Use.Calls;

/// <summary>
/// What the telephone system says (domain.md §5, ring and hang-up; decision 0029). It rings an agent and hangs up, and can do nothing else: the service
/// session is the agent's own, opened by his session and rights, so a token of this scope opens no customer.
/// </summary>
internal sealed class Telephony(
    Database database, IKnowledge knowledge, Asking.Asking asking, WaitingCalls calls, ServiceSessions sessions, Members members, Secrets secrets,
    IdempotencyStore idempotency, IAuditLog log, UseOptions options, TimeProvider time)
{
    /// <summary>Calls that ring for one agent at once.</summary>
    private const int MostWaiting = 5;

    private const string Route = "POST /v1/calls", Made = "call", Entry = "entry";

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/calls", (CallRequest ask, [FromHeader(Name = "Idempotency-Key")] string? key, Caller caller, Telephony self, CancellationToken ct) =>
                ServiceSessionEndpoints.Answer(self.OpenAsync(ask, key, caller, ct)))
            .RequirePolicy(Doors.Calls).Records(UseFacts.CallOpened, UseFacts.CallRefused).WithName("call-open");
        v1.MapPost("/calls/{id}/close", (CallId id, Caller caller, Telephony self, CancellationToken ct) => ServiceSessionEndpoints.Answer(self.CloseAsync(id, caller, ct)))
            .RequirePolicy(Doors.Calls).Records(UseFacts.CallClosed, UseFacts.CallRefused).WithName("call-close");
    }

    /// <param name="key">Idempotency key: the same again rings nobody a second time.</param>
    internal async Task<Outcome<CallAnnounced>> OpenAsync(CallRequest ask, string? key, Caller caller, CancellationToken ct)
    {
        var actor = caller.Actor;
        for (var looks = 0; looks < Asking.Asking.MostDecisions; looks++)
        {
            if (actor is not { Kind: ActorKind.Client, Client: { } client })
            {
                return Reasons.SignInNeeded;
            }

            var known = await knowledge.AtAsync(actor.ConfigEpoch, ct);
            if (Errors(ask, key, known) is { Count: > 0 } errors)
            {
                return Problem.Of(errors);
            }

            if (!actor.Purposes.Contains(ask.Purpose) || (ask.Channel is { } channel && !actor.Channels.Contains(channel)))
            {
                await log.AppendAsync(Refused(actor, Reasons.ClientScope.Code), guard: null, ct);
                return Reasons.ClientScope;
            }

            var claim = key is null ? null : idempotency.Claim(actor.OwnId(), Route, key, JsonSerializer.SerializeToUtf8Bytes(ask, ControlRows.Json));
            if (await AnnounceAsync(ask, actor, client, known, claim, ct) is { } answer)
            {
                return await RecordedAsync(answer, actor, ct);
            }

            actor = await caller.AgainAsync(actor, ct);
        }

        return Reasons.AccessUnsettled;
    }

    /// <returns>Null: rules or people moved meanwhile, and it is to be decided again.</returns>
    private Task<Outcome<CallAnnounced>?> AnnounceAsync(CallRequest ask, Actor actor, ClientId client, Knowledge known, IdempotencyClaim? claim, CancellationToken ct) =>
        database.WriteAsync<Outcome<CallAnnounced>?>(async tx =>
        {
            if (!await asking.StillAsync(tx, actor.Guard() with { ConfigEpoch = known.Epoch }))
            {
                return null;
            }

            // A repetition rings nobody: it is answered from what the first one left, whatever has become of the agent.
            if (claim is not null && !await IsNewAsync(tx, claim))
            {
                return await idempotency.BeginAsync(tx, claim) switch
                {
                    EarlierOutcome.Done earlier => await EarlierAsync(tx, earlier, client),
                    EarlierOutcome.Mismatch => Reasons.IdempotencyMismatch,
                    _ => null,
                };
            }

            // Who is not there is looked for in the same way as who is.
            var account = secrets.HashAccount(AccountNames.Fold(ask.Agent)!);
            var id = await AccountClaimStore.FindAsync(tx, account) ?? PersonId.New();
            var agent = (await members.LoadAsync<PersonContent>(tx, Members.Person, id.Value))?.Content;
            var (now, sure) = (time.NowMs(), time.SureMs());
            var reach = AccessFacts.FactsOf(actor, known.Policy, now, sure).Entities;

            // The claim is only a signpost; the row itself must say whose account it is.
            agent = agent?.AccountMac.AsSpan().SequenceEqual(account) == true ? agent : null;
            if (!CallRules.MayRing(id, agent, PolicyTable.PostsOf(Doors.ServiceSessions), reach, known.Policy, now, sure))
            {
                return Reasons.CallAgent;
            }

            // One at a time is what an agent serves: whoever announces many drowns the real ones.
            if (await WaitingCallStore.WaitingAsync(tx, id, now) >= MostWaiting)
            {
                return Reasons.CallAgent;
            }

            if (claim is not null && await idempotency.BeginAsync(tx, claim) is not EarlierOutcome.None)
            {
                return null;
            }

            var call = CallOf(ask, client, id, now);
            var entry = await log.AppendAsync(
                tx, FactOf(UseFacts.CallOpened, call, actor) with { Rows = [await calls.AddAsync(tx, call)], Details = new LogDetails { Ticket = ask.Reference } }, ct);
            if (claim is not null)
            {
                await idempotency.FinishAsync(tx, claim, 200, new Dictionary<string, string> { [Made] = call.Id.ToString(), [Entry] = entry.ToString() });
            }

            return new CallAnnounced(call.Id, call.Until, entry);
        }, ct);

    private static async Task<bool> IsNewAsync(Tx tx, IdempotencyClaim claim)
    {
        var batch = tx.Batch();
        var free = IdempotencyStore.AskFree(batch, [claim]);
        await tx.RunAsync(batch);
        return free()[0];
    }

    private async Task<Outcome<CallAnnounced>> EarlierAsync(Tx tx, EarlierOutcome.Done earlier, ClientId client) =>
        CallId.TryParse(earlier.Ids.GetValueOrDefault(Made), null, out var id) && EntryId.TryParse(earlier.Ids.GetValueOrDefault(Entry), null, out var entry)
        && await calls.FindAsync(tx, id) is { } call && call.Client == client
            ? new CallAnnounced(id, call.Until, entry)
            : Reasons.CallOver;

    /// <summary>
    /// The caller hung up: the call no longer waits, and the service session that was opened for it is over. Whatever the agent had opened is refused from
    /// here on; his note is still taken (<see cref="CallRules.TakesNote"/>).
    /// </summary>
    internal async Task<Outcome<CallClosed>> CloseAsync(CallId id, Caller caller, CancellationToken ct)
    {
        var actor = caller.Actor;
        for (var looks = 0; looks < Asking.Asking.MostDecisions; looks++)
        {
            if (actor is not { Kind: ActorKind.Client, Client: { } client })
            {
                return Reasons.SignInNeeded;
            }

            if (await HangUpAsync(id, actor, client, ct) is { } answer)
            {
                return await RecordedAsync(answer, actor, ct);
            }

            actor = await caller.AgainAsync(actor, ct);
        }

        return Reasons.AccessUnsettled;
    }

    /// <returns>Null: rules or people moved meanwhile, and it is to be decided again.</returns>
    private Task<Outcome<CallClosed>?> HangUpAsync(CallId id, Actor actor, ClientId client, CancellationToken ct) => database.WriteAsync<Outcome<CallClosed>?>(async tx =>
    {
        if (!await asking.StillAsync(tx, actor.Guard()))
        {
            return null;
        }

        var now = time.NowMs();
        if (await calls.HoldAsync(tx, id) is not { } call || call.Client != client)
        {
            return Reasons.NotFound;
        }

        if (call.Ended is { } ended)
        {
            return new CallClosed(id, ended);
        }

        var session = call.Session is { } opened ? await sessions.HoldAsync(tx, opened) : null;
        if (session?.IsOpen(now) == true)
        {
            await sessions.SaveAsync(tx, session with { Version = session.Version + 1, Until = now });
        }

        var over = CallRules.Over(call, now, options.WrapUpMs);
        await log.AppendAsync(tx, FactOf(UseFacts.CallClosed, over, actor) with { Customer = session?.Customer, Rows = [await calls.SaveAsync(tx, over)] }, ct);
        return new CallClosed(id, now);
    }, ct);

    /// <summary>A refusal is an entry by itself: past its limit in an hour, whoever tries names is only counted.</summary>
    private async Task<Outcome<T>> RecordedAsync<T>(Outcome<T> answer, Actor actor, CancellationToken ct)
    {
        if (answer is Outcome<T>.Refused { Problem: { } problem } && (problem.Code == Reasons.CallAgent.Code || problem.Code == Reasons.NotFound.Code))
        {
            await log.AppendAsync(Refused(actor, problem.Code), guard: null, ct);
        }

        return answer;
    }

    private static List<FieldError> Errors(CallRequest ask, string? key, Knowledge known)
    {
        var errors = new List<FieldError>();
        ServiceSessionEndpoints.CheckReference(ask.Reference, errors);
        if (AccountNames.Fold(ask.Agent) is null)
        {
            errors.Add(Reasons.BadField.At("agent"));
        }

        if (known.Purpose(ask.Purpose) is null)
        {
            errors.Add(Reasons.BadField.At("purpose"));
        }

        var number = ask.Number is { } typed ? CallNumbers.Normal(typed) : null;
        if (ask.Number is not null && number is null)
        {
            errors.Add(CallNumbers.Fault("number"));
        }

        if (errors.TrueForAll(error => error.At != "reference") && !CallNumbers.IsReference(ask.Reference, number))
        {
            errors.Add(Reasons.BadField.At("reference"));
        }

        if (key is not null && !IdempotencyStore.IsValid(key))
        {
            errors.Add(Reasons.BadField.At("Idempotency-Key"));
        }

        return errors;
    }

    private WaitingCall CallOf(CallRequest ask, ClientId client, PersonId agent, long now)
    {
        var id = CallId.New();
        var number = ask.Number is { } typed ? calls.SealNumber(id, CallNumbers.Normal(typed)!) : null;
        return new WaitingCall(id, 1, client, agent, ask.Purpose, ask.Channel, calls.SealReference(id, ask.Reference), number, now, now + options.CallMs);
    }

    private static LogFact FactOf(string fact, WaitingCall call, Actor actor) => new()
    {
        Act = FactName.Of(fact), Actor = actor.AsLogActor(), Purpose = call.Purpose, Channel = call.Channel, Zone = actor.Zone,
    };

    private static LogFact Refused(Actor actor, string reason) => new()
    {
        Act = FactName.Of(UseFacts.CallRefused), Actor = actor.AsLogActor(), Decision = Verdict.Deny, Reasons = [reason], Zone = actor.Zone,
    };
}
