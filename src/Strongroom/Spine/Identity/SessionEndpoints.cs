using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>Signing in and out, the own session and password.</summary>
internal sealed class SessionEndpoints(SignIn signIn, OwnAccount own)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapPost("/sign-in", (SignInRequest ask, HttpContext http, SessionEndpoints self, CancellationToken ct) => self.SignInAsync(ask, http, ct))
            .RequirePolicy(Doors.Anonymous).Records(IdentityFacts.SignedIn, IdentityFacts.SignInRefused).WithName("sign-in");
        v1.MapPost("/sign-out", (Actor actor, HttpContext http, SessionEndpoints self, CancellationToken ct) => self.SignOutAsync(actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.SignedOut).BeforeReady().WithName("sign-out");
        v1.MapGet("/session", (Actor actor, SessionEndpoints self, CancellationToken ct) => self.WhoAmIAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).BeforeReady().WithName("session");
        v1.MapPost("/session/password", (PasswordRequest ask, Actor actor, HttpContext http, SessionEndpoints self, CancellationToken ct) =>
                self.ChangePasswordAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.PasswordChanged).BeforeReady().WithName("session-password");
        v1.MapGet("/sessions", (Actor actor, SessionEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("sessions");
        v1.MapDelete("/sessions/{id}", (SessionId id, Actor actor, SessionEndpoints self, CancellationToken ct) => self.EndAsync(id, actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.SessionEnded).WithName("session-end");
    }

    private async Task<Results<Ok<SessionView>, ProblemHttpResult>> SignInAsync(SignInRequest ask, HttpContext http, CancellationToken ct)
    {
        var outcome = await signIn.AskAsync(ask.Account, ask.Password, ActorPipeline.OriginOf(http), http.Request.Cookies[SessionCookies.Device], ask.Code, ct);
        switch (outcome)
        {
            case SignInOutcome.In { Session: var session } entered when await own.ViewAsync(session.Id, ct) is { } view:
                SessionCookies.Set(http.Response, entered.Secret);
                if (entered.Device is { } device)
                {
                    SessionCookies.SetDevice(http.Response, device);
                }

                return TypedResults.Ok(view);
            case SignInOutcome.Wait wait:
                http.Response.Headers.RetryAfter = ActorPipeline.Seconds((wait.Milliseconds + 999) / 1000);
                return Problem.Of(Reasons.SignInWait).ToResult();
            case SignInOutcome.Busy:
                http.Response.Headers.RetryAfter = "5";
                return Problem.Of(Reasons.SignInBusy).ToResult();
            case SignInOutcome.StartOver:
                return Problem.Of(Reasons.StartPasswordOver).ToResult();
            default:
                return Problem.Of(Reasons.SignInFailed).ToResult();
        }
    }

    private async Task<NoContent> SignOutAsync(Actor actor, HttpContext http, CancellationToken ct)
    {
        await own.SignOutAsync(actor, ct);
        SessionCookies.Clear(http.Response);
        return TypedResults.NoContent();
    }

    private async Task<Results<Ok<SessionView>, ProblemHttpResult>> WhoAmIAsync(Actor actor, CancellationToken ct) =>
        actor.Session is { } session && await own.ViewAsync(session, ct) is { } view ? TypedResults.Ok(view) : Problem.Of(Reasons.SignInNeeded).ToResult();

    private async Task<Results<Ok<SessionView>, ProblemHttpResult>> ChangePasswordAsync(PasswordRequest ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        switch (await own.ChangePasswordAsync(actor, ask.Current, ask.Next, ActorPipeline.OriginOf(http), ct))
        {
            case Outcome<(string Secret, SessionRow Session)>.Done { Value: var (secret, session) } when await own.ViewAsync(session.Id, ct) is { } view:
                SessionCookies.Set(http.Response, secret);
                return TypedResults.Ok(view);
            case Outcome<(string Secret, SessionRow Session)>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.SignInNeeded).ToResult();
        }
    }

    private async Task<Ok<SessionEntry[]>> ListAsync(Actor actor, CancellationToken ct) =>
        TypedResults.Ok((await own.SessionsOfAsync(actor.Person, ct)).Select(row => SessionEntry.Of(row, actor.Session)).ToArray());

    private async Task<Results<NoContent, ProblemHttpResult>> EndAsync(SessionId id, Actor actor, CancellationToken ct) =>
        await own.EndSessionAsync(actor, id, ct) is Outcome<bool>.Refused refused ? refused.Problem.ToResult() : TypedResults.NoContent();
}
