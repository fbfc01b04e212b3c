using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;
using Strongroom.Use.Calls;
using Strongroom.Use.Compare;

namespace Strongroom.Use.Sessions;

/// <summary>Service sessions over HTTP: begin, say who is served, verify him, close. Each step is an entry in its change's transaction (R118).</summary>
internal sealed class ServiceSessionEndpoints(
    Database database, IKnowledge knowledge, Asking.Asking asking, Comparing comparing, ServiceSessions sessions, WaitingCalls calls, IAuditLog log, UseOptions options, TimeProvider time)
{
    private const int LongestReference = 128, LongestNote = 1000;

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/service-sessions", (SessionRequest ask, Caller caller, ServiceSessionEndpoints self, CancellationToken ct) => Answer(self.OpenAsync(ask, caller, ct)))
            .RequirePolicy(Doors.ServiceSessions).Records(UseFacts.SessionOpened).WithName("service-session-open");
        v1.MapPost("/service-sessions/{id}/customer", (ServiceSessionId id, SessionCustomerRequest ask, Caller caller, ServiceSessionEndpoints self, CancellationToken ct) =>
                Answer(self.AttachAsync(id, ask.Customer, caller, ct)))
            .RequirePolicy(Doors.ServiceSessions).Records(UseFacts.SessionCustomer).WithName("service-session-customer");
        v1.MapPost("/service-sessions/{id}/verify", (ServiceSessionId id, VerifyRequest ask, Caller caller, ServiceSessionEndpoints self, CancellationToken ct) =>
                Answer(self.VerifyAsync(id, ask, caller, ct)))
            .RequirePolicy(Doors.ServiceSessions).Records(UseFacts.Compare, UseFacts.CallerVerified, UseFacts.CallerNotVerified).WithName("service-session-verify");
        v1.MapPost("/service-sessions/{id}/close", (ServiceSessionId id, SessionCloseRequest? ask, Caller caller, ServiceSessionEndpoints self, CancellationToken ct) =>
                Answer(self.CloseAsync(id, ask?.Note, caller, ct)))
            .RequirePolicy(Doors.ServiceSessions).Records(UseFacts.SessionClosed).WithName("service-session-close");
    }

    /// <param name="beside">The call it is opened for, taken in the same transaction; null from it: it waits for nobody, or not for this caller.</param>
    internal async Task<Outcome<SessionAnswer>> OpenAsync(
        SessionRequest ask, Caller caller, CancellationToken ct, Func<Tx, ServiceSession, Task<RowDigest?>>? beside = null)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        if (Errors(ask, known) is { Count: > 0 } errors)
        {
            return Problem.Of(errors);
        }

        CustomerId? served = null;
        if (ask.Customer is { } customer)
        {
            switch (await ReachAsync(customer, ask.Purpose, caller, ct))
            {
                case Outcome<CustomerId>.Done done:
                    served = done.Value;
                    break;
                case Outcome<CustomerId>.Refused refused:
                    return refused.Problem;
            }
        }

        var now = time.NowMs();
        var id = ServiceSessionId.New();
        var session = new ServiceSession(
            id, 1, caller.Actor.Person, served, ask.Purpose, ask.Channel, sessions.SealReference(id, ask.Reference), 0,
            new HashSet<CallerProof>(), null, now, now + options.SessionMs);
        return await database.WriteAsync<Outcome<SessionAnswer>>(async tx =>
        {
            if (!await asking.StillAsync(tx, caller.Actor.Guard()))
            {
                return Reasons.AccessUnsettled;
            }

            var taken = beside is null ? null : await beside(tx, session);
            if (beside is not null && taken is null)
            {
                return Reasons.CallOver;
            }

            await sessions.AddAsync(tx, session);
            return Of(session, await log.AppendAsync(tx, FactOf(UseFacts.SessionOpened, session, caller.Actor, ask.Reference) with { Rows = taken is null ? [] : [taken] }, ct));
        }, ct);
    }

    internal async Task<Outcome<SessionAnswer>> AttachAsync(ServiceSessionId id, CustomerId customer, Caller caller, CancellationToken ct)
    {
        if (await OpenOneAsync(id, caller, ct) is not { } seen)
        {
            return Reasons.SessionEnded;
        }

        return await ReachAsync(customer, seen.Purpose, caller, ct) switch
        {
            Outcome<CustomerId>.Done { Value: var served } =>
                await ChangeAsync(id, caller, session => CallerRules.For(session, served), _ => UseFacts.SessionCustomer, ct),
            Outcome<CustomerId>.Refused refused => refused.Problem,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    internal async Task<Outcome<VerifyAnswer>> VerifyAsync(ServiceSessionId id, VerifyRequest ask, Caller caller, CancellationToken ct)
    {
        if (await OpenOneAsync(id, caller, ct) is not { } session)
        {
            return Reasons.SessionEnded;
        }

        if (session.Customer is not { } customer)
        {
            return Reasons.SessionNoCustomer;
        }

        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        var useless = ask.Items.Where(said => said.Value is { } one && known.Item(said.Key) is { } item && CompareRules.Proves(item, one.Part) is null)
            .Select(said => Reasons.VerifyItem.At($"items.{said.Key.Value}")).ToList();
        if (useless.Count > 0)
        {
            return Problem.Of(useless);
        }

        switch (await comparing.TryAsync(customer, new CompareRequest(ask.Items, session.Purpose, null, id), caller, ct))
        {
            case Compared.Refused refused:
                return refused.Problem;
            case Compared.Done done:
                var proved = done.Items.Where(pair => pair.Value == Match.Match)
                    .Select(pair => CompareRules.Proves(done.Judged.Knowledge.Item(pair.Key)!, ask.Items[pair.Key]!.Part)).OfType<CallerProof>().ToList();
                return await ChangeAsync(
                    id, caller, current => current.Customer == customer ? CallerRules.Tried(current, proved, options.Tries, time.NowMs()) : current,
                    current => current.VerifiedAt is null ? UseFacts.CallerNotVerified : UseFacts.CallerVerified, ct) switch
                {
                    Outcome<SessionAnswer>.Done { Value: var answer } => new VerifyAnswer(answer.Verified, done.Items, done.TriesLeft, answer),
                    Outcome<SessionAnswer>.Refused refused => refused.Problem,
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>
    /// Ends the call. The note is kept sealed with the entry and refuses identity, card and phone numbers (domain.md §5). When the telephone system hung
    /// up first, the session is over and opens nothing; only the note is still taken, once and for a moment.
    /// </summary>
    internal async Task<Outcome<SessionAnswer>> CloseAsync(ServiceSessionId id, string? note, Caller caller, CancellationToken ct)
    {
        if (note is { Length: > LongestNote })
        {
            return Problem.Of([Reasons.FieldLong.At("note")]);
        }

        if (note is not null && IdentifierScanner.LooksLikeIdentifier(note))
        {
            return Problem.Of([Reasons.NoteIdentifier.At("note")]);
        }

        return await database.WriteAsync<Outcome<SessionAnswer>>(async tx =>
        {
            if (!await asking.StillAsync(tx, caller.Actor.Guard()))
            {
                return Reasons.AccessUnsettled;
            }

            // Call before session, as where the telephone system hangs up: nobody waits for the other.
            var (now, call) = (time.NowMs(), await calls.HoldOfAsync(tx, id));
            if (await sessions.HoldAsync(tx, id) is not { } held || !(IsOwn(held, caller.Actor) || CallRules.TakesNote(call, held, caller.Actor, now, options.WrapUpMs)))
            {
                return Reasons.SessionEnded;
            }

            var closed = held.IsOpen(now) ? held with { Version = held.Version + 1, Until = now } : held;
            if (closed != held)
            {
                await sessions.SaveAsync(tx, closed);
            }

            IReadOnlyList<RowDigest> rows = call is null ? [] : [await calls.SaveAsync(tx, CallRules.WrappedUp(call, now))];
            var fact = FactOf(UseFacts.SessionClosed, closed, caller.Actor, null, string.IsNullOrWhiteSpace(note) ? null : note) with { Rows = rows };
            return Of(closed, await log.AppendAsync(tx, fact, ct));
        }, ct);
    }

    /// <summary>The caller's own session while it is open.</summary>
    private async Task<ServiceSession?> OpenOneAsync(ServiceSessionId id, Caller caller, CancellationToken ct) =>
        await sessions.FindAsync(id, ct) is { } session && IsOwn(session, caller.Actor) ? session : null;

    private bool IsOwn(ServiceSession session, Actor actor) =>
        actor.Kind == ActorKind.Person && session.Holder == actor.Person && session.IsOpen(time.NowMs());

    /// <summary>One step of a session with its entry.</summary>
    private Task<Outcome<SessionAnswer>> ChangeAsync(
        ServiceSessionId id, Caller caller, Func<ServiceSession, ServiceSession> change, Func<ServiceSession, string> fact, CancellationToken ct) =>
        database.WriteAsync<Outcome<SessionAnswer>>(async tx =>
        {
            if (!await asking.StillAsync(tx, caller.Actor.Guard()))
            {
                return Reasons.AccessUnsettled;
            }

            if (await sessions.HoldAsync(tx, id) is not { } held || !IsOwn(held, caller.Actor))
            {
                return Reasons.SessionEnded;
            }

            var changed = change(held);
            if (changed != held)
            {
                await sessions.SaveAsync(tx, changed);
            }

            return Of(changed, await log.AppendAsync(tx, FactOf(fact(changed), changed, caller.Actor, null), ct));
        }, ct);

    /// <summary>
    /// Naming somebody gives the agent the rights of serving him, so he must be there and of an own company; otherwise the same logged
    /// 404 as everywhere. Comparing is the least of those rights. Answers who it is by now: after a merge, the other one.
    /// </summary>
    private async Task<Outcome<CustomerId>> ReachAsync(CustomerId customer, PurposeKey purpose, Caller caller, CancellationToken ct)
    {
        var ask = new Ask(Act.Compare, UseFacts.SessionCustomer) { Customer = customer, Purpose = purpose, Items = new HashSet<ItemKey>() };
        if (await asking.JudgeAsync(caller, ask, again: false, ct) is not { } judged)
        {
            return Reasons.SignInNeeded;
        }

        // Where a post reaches only the customer being served, the session about to be named is what reaches him.
        var found = judged.Customer;
        var decision = AccessRules.Decide(judged.Question with
        {
            Session = found is null ? null : new ServiceFacts(found.Id, caller.Actor.Person, Verified: false, long.MaxValue),
        });
        if (decision.IsPermit && found is not null)
        {
            return found.Id;
        }

        await log.AppendAsync(
            judged.Fact with { Decision = decision.Overall, Reasons = [.. decision.ReasonCodes], Authorisations = [] },
            judged.Guard with { Volumes = [] }, ct);
        return decision.ToProblem();
    }

    private static List<FieldError> Errors(SessionRequest ask, Knowledge known)
    {
        var errors = new List<FieldError>();
        CheckReference(ask.Reference, errors);
        if (known.Purpose(ask.Purpose) is null)
        {
            errors.Add(Reasons.BadField.At("purpose"));
        }

        return errors;
    }

    public static void CheckReference(string reference, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(reference))
        {
            errors.Add(Reasons.FieldMissing.At("reference"));
        }
        else if (reference.Length > LongestReference)
        {
            errors.Add(Reasons.FieldLong.At("reference"));
        }
    }

    private static LogFact FactOf(string fact, ServiceSession session, Actor actor, string? reference, string? note = null) => new()
    {
        Act = FactName.Of(fact),
        Actor = actor.AsLogActor(),
        Customer = session.Customer,
        Purpose = session.Purpose,
        Channel = session.Channel,
        Reasons = [.. session.Matched.Order().Select(proof => $"proved.{Kebab.Of(proof)}")],
        Zone = actor.Zone,
        Details = reference is null && note is null ? null : new LogDetails { Ticket = reference, Reason = note },
    };

    private static SessionAnswer Of(ServiceSession session, EntryId entry) => new(
        session.Id, session.Customer, session.Purpose, session.VerifiedAt is not null, [.. session.Matched.Order()], session.Opened, session.Until, entry);

    public static async Task<Results<Ok<T>, ProblemHttpResult>> Answer<T>(Task<Outcome<T>> outcome) => await outcome switch
    {
        Outcome<T>.Done done => TypedResults.Ok(done.Value),
        Outcome<T>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
