using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.Passkeys;

/// <summary>Signing in, stepping up and enrolling with passkeys (WebAuthn level 3; R37, R38).</summary>
internal sealed class PasskeyEndpoints(OwnPasskeys passkeys, PasskeySignIn signIn, OwnAccount own)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapPost("/sign-in/passkey/options", (HttpContext http, PasskeyEndpoints self) => self.ChallengeAnybodyAsync(http))
            .RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("passkey-sign-in-options");
        v1.MapPost("/sign-in/passkey", (PasskeyAnswer ask, HttpContext http, PasskeyEndpoints self, CancellationToken ct) => self.SignInAsync(ask, http, ct))
            .RequirePolicy(Doors.Anonymous).Records(IdentityFacts.SignedIn, IdentityFacts.SignInRefused, IdentityFacts.PasskeyRegressed).WithName("passkey-sign-in");

        var session = v1.MapGroup("/session");
        session.MapPost("/step-up/passkey/options", (Actor actor, HttpContext http, PasskeyEndpoints self, CancellationToken ct) => self.ChallengeAsync(actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).BeforeReady().WithName("passkey-step-up-options");
        session.MapPost("/step-up/passkey", (PasskeyAnswer ask, Actor actor, HttpContext http, PasskeyEndpoints self, CancellationToken ct) => self.StepUpAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.SteppedUp, IdentityFacts.PasskeyRegressed).BeforeReady().WithName("passkey-step-up");
        session.MapPost("/factors/passkeys/options", (Actor actor, HttpContext http, PasskeyEndpoints self, CancellationToken ct) => self.OfferAsync(actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).BeforeReady().WithName("passkey-options");
        session.MapPost("/factors/passkeys", (PasskeyEnrolment ask, Actor actor, HttpContext http, PasskeyEndpoints self, CancellationToken ct) => self.EnrolAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.PasskeyEnrolled).BeforeReady().WithName("passkey-enrol");
        session.MapGet("/factors/passkeys", (Actor actor, PasskeyEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("passkeys");
        session.MapPatch("/factors/passkeys/{id}", (PasskeyId id, PasskeyRename ask, Actor actor, PasskeyEndpoints self, CancellationToken ct) =>
                self.RenameAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.PasskeyRenamed).WithName("passkey-rename");
        session.MapDelete("/factors/passkeys/{id}", (PasskeyId id, Actor actor, PasskeyEndpoints self, CancellationToken ct) => self.RemoveAsync(id, actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.PasskeyRemoved).WithName("passkey-remove");
        session.MapDelete("/factors/totp", (Actor actor, PasskeyEndpoints self, CancellationToken ct) => self.RemoveTotpAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.TotpRemoved).WithName("totp-remove");
    }

    private async Task<Results<Ok<PasskeyOptionsView>, ProblemHttpResult>> ChallengeAnybodyAsync(HttpContext http)
    {
        var browser = Secrets.NewSecret();
        var challenge = await signIn.ChallengeAsync(browser, http);
        if (challenge is Outcome<PasskeyOptionsView>.Done)
        {
            SessionCookies.SetStart(http.Response, browser);
        }

        return Answer(challenge);
    }

    private async Task<Results<Ok<SessionView>, ProblemHttpResult>> SignInAsync(PasskeyAnswer ask, HttpContext http, CancellationToken ct) =>
        await AnswerAsync(await signIn.AskAsync(ask, http.Request.Cookies[SessionCookies.Start], http, ct), http, ct);

    private async Task<Results<Ok<PasskeyOptionsView>, ProblemHttpResult>> ChallengeAsync(Actor actor, HttpContext http, CancellationToken ct) =>
        Answer(await passkeys.ChallengeAsync(actor, http, ct));

    private async Task<Results<Ok<SessionView>, ProblemHttpResult>> StepUpAsync(PasskeyAnswer ask, Actor actor, HttpContext http, CancellationToken ct) =>
        await AnswerAsync(await passkeys.ProveAsync(actor, ask, http, ct), http, ct);

    private async Task<Results<Ok<PasskeyOptionsView>, ProblemHttpResult>> OfferAsync(Actor actor, HttpContext http, CancellationToken ct) =>
        Answer(await passkeys.OfferAsync(actor, http, ct));

    private async Task<Results<Ok<PasskeyEnrolled>, ProblemHttpResult>> EnrolAsync(PasskeyEnrolment ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        switch (await passkeys.EnrolAsync(actor, ask, http, ct))
        {
            case Outcome<(Proved Proved, PasskeyContent Passkey, IReadOnlyList<string> Codes)>.Done { Value: var (proved, passkey, codes) }
                when await own.ViewAsync(proved.Session.Id, ct) is { } view:
                SessionCookies.Set(http.Response, proved);
                return TypedResults.Ok(new PasskeyEnrolled(view, passkeys.ViewOf(actor.Person, passkey, null), codes));
            case Outcome<(Proved Proved, PasskeyContent Passkey, IReadOnlyList<string> Codes)>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.SignInNeeded).ToResult();
        }
    }

    private async Task<Ok<IReadOnlyList<PasskeyView>>> ListAsync(Actor actor, CancellationToken ct) => TypedResults.Ok(await passkeys.ListAsync(actor.Person, ct));

    private Task<Results<NoContent, ProblemHttpResult>> RenameAsync(PasskeyId id, PasskeyRename ask, Actor actor, CancellationToken ct) =>
        AnswerAsync(passkeys.RenameAsync(actor, id, ask.Name, ct));

    private Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(PasskeyId id, Actor actor, CancellationToken ct) =>
        AnswerAsync(passkeys.RemoveAsync(actor, id, ct));

    private Task<Results<NoContent, ProblemHttpResult>> RemoveTotpAsync(Actor actor, CancellationToken ct) => AnswerAsync(passkeys.RemoveTotpAsync(actor, ct));

    private async Task<Results<Ok<SessionView>, ProblemHttpResult>> AnswerAsync(Outcome<Proved> outcome, HttpContext http, CancellationToken ct)
    {
        switch (outcome)
        {
            case Outcome<Proved>.Done { Value: var proved } when await own.ViewAsync(proved.Session.Id, ct) is { } view:
                SessionCookies.Set(http.Response, proved);
                return TypedResults.Ok(view);
            case Outcome<Proved>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.SignInNeeded).ToResult();
        }
    }

    private static Results<Ok<PasskeyOptionsView>, ProblemHttpResult> Answer(Outcome<PasskeyOptionsView> outcome) => outcome switch
    {
        Outcome<PasskeyOptionsView>.Done done => TypedResults.Ok(done.Value),
        Outcome<PasskeyOptionsView>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.SignInNeeded).ToResult(),
    };

    private static async Task<Results<NoContent, ProblemHttpResult>> AnswerAsync(Task<Problem?> change) =>
        await change is { } refused ? refused.ToResult() : TypedResults.NoContent();
}
