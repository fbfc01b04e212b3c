using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using QRCoder;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>One's own second factors and the proving of them (R37).</summary>
internal sealed class FactorEndpoints(OwnFactors factors, OwnAccount own, IdentityOptions options)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/session");
        v1.MapPost("/step-up", (CodeRequest ask, Actor actor, HttpContext http, FactorEndpoints self, CancellationToken ct) => self.StepUpAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.SteppedUp, IdentityFacts.RecoveryCodeUsed).BeforeReady().WithName("session-step-up");
        v1.MapGet("/factors", (Actor actor, FactorEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).BeforeReady().WithName("session-factors");
        v1.MapPost("/factors/totp", (Actor actor, FactorEndpoints self, CancellationToken ct) => self.OfferAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).BeforeReady().WithName("totp-offer");
        v1.MapPost("/factors/totp/confirm", (TotpEnrolment ask, Actor actor, HttpContext http, FactorEndpoints self, CancellationToken ct) => self.EnrolAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.TotpEnrolled).BeforeReady().WithName("totp-confirm");
        v1.MapPost("/factors/recovery-codes", (Actor actor, FactorEndpoints self, CancellationToken ct) => self.RenewAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.RecoveryCodesMade).WithName("recovery-codes");
    }

    private async Task<Results<Ok<SessionView>, ProblemHttpResult>> StepUpAsync(CodeRequest ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        switch (await factors.ProveAsync(actor, ask.Code, ActorPipeline.OriginOf(http), http.Request.Cookies[SessionCookies.Device], ct))
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

    private async Task<Ok<FactorsView>> ListAsync(Actor actor, CancellationToken ct) => TypedResults.Ok(FactorsView.Of(await factors.OfAsync(actor.Person, ct)));

    private async Task<Results<Ok<TotpOfferView>, ProblemHttpResult>> OfferAsync(Actor actor, CancellationToken ct)
    {
        switch (await factors.OfferTotpAsync(actor, ct))
        {
            case Outcome<TotpOffer>.Done { Value: var offer }:
                var uri = TotpRules.Uri(offer.Secret, options.Product, offer.Account);
                return TypedResults.Ok(new TotpOfferView(TotpRules.Base32(offer.Secret), uri, Picture(uri), offer.Ticket, offer.Expires));
            case Outcome<TotpOffer>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.SignInNeeded).ToResult();
        }
    }

    private async Task<Results<Ok<TotpEnrolled>, ProblemHttpResult>> EnrolAsync(TotpEnrolment ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        switch (await factors.EnrolTotpAsync(actor, ask.Ticket, ask.Code, ActorPipeline.OriginOf(http), http.Request.Cookies[SessionCookies.Device], ct))
        {
            case Outcome<(Proved Proved, IReadOnlyList<string> Codes)>.Done { Value: var (proved, codes) } when await own.ViewAsync(proved.Session.Id, ct) is { } view:
                SessionCookies.Set(http.Response, proved);
                return TypedResults.Ok(new TotpEnrolled(view, codes));
            case Outcome<(Proved Proved, IReadOnlyList<string> Codes)>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.SignInNeeded).ToResult();
        }
    }

    private async Task<Results<Ok<RecoveryCodesMade>, ProblemHttpResult>> RenewAsync(Actor actor, CancellationToken ct) =>
        await factors.RenewRecoveryAsync(actor, ct) switch
        {
            Outcome<IReadOnlyList<string>>.Done done => TypedResults.Ok(new RecoveryCodesMade(done.Value)),
            Outcome<IReadOnlyList<string>>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.SignInNeeded).ToResult(),
        };

    /// <summary>The URI as a QR code; made here, so that the secret goes to no drawing service.</summary>
    internal static string Picture(string uri)
    {
        using var data = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(data);
        return picture.GetGraphic(4);
    }
}
