using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.QrSignIn;

/// <summary>QR sign-in: the screen starts and takes, the phone looks and allows (R38).</summary>
internal sealed class QrEndpoints(QrSignIns qr, OwnAccount own, IdentityOptions options)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapPost("/sign-in/qr", (HttpContext http, QrEndpoints self, CancellationToken ct) => self.StartAsync(http, ct))
            .RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("qr-start");
        v1.MapPost("/sign-in/qr/take", (QrTicket ask, HttpContext http, QrEndpoints self, CancellationToken ct) => self.TakeAsync(ask, http, ct))
            .RequirePolicy(Doors.Anonymous).Records(IdentityFacts.SignedIn).WithName("qr-take");
        v1.MapPost("/session/qr/look", (QrTicket ask, Actor actor, QrEndpoints self) => self.Look(ask, actor))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("qr-look");
        v1.MapPost("/session/qr/approve", (QrApproval ask, Actor actor, QrEndpoints self, CancellationToken ct) => self.ApproveAsync(ask, actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.QrApproved, IdentityFacts.QrRefused).WithName("qr-approve");
    }

    private async Task<Results<Ok<QrStarted>, ProblemHttpResult>> StartAsync(HttpContext http, CancellationToken ct)
    {
        var browser = Secrets.NewSecret();
        switch (await qr.StartAsync(browser, http.Request.Cookies[SessionCookies.Device], ActorPipeline.OriginOf(http), ct))
        {
            case Outcome<(string Ticket, string Number, long Expires)>.Done { Value: var (ticket, number, expires) }:
                SessionCookies.SetStart(http.Response, browser);
                var origin = options.PublicOrigin ?? $"https://{http.Request.Host}";
                return TypedResults.Ok(new QrStarted(ticket, FactorEndpoints.Picture($"{origin}/console/phone#{ticket}"), number, expires));
            case Outcome<(string Ticket, string Number, long Expires)>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.QrOver).ToResult();
        }
    }

    private async Task<Results<Ok<QrAnswer>, ProblemHttpResult>> TakeAsync(QrTicket ask, HttpContext http, CancellationToken ct)
    {
        switch (await qr.TakeAsync(ask.Ticket, http.Request.Cookies[SessionCookies.Start], ActorPipeline.OriginOf(http), ct))
        {
            case Outcome<Proved?>.Done { Value: null }:
                return TypedResults.Ok(new QrAnswer("waiting", null));
            case Outcome<Proved?>.Done { Value: { } proved } when await own.ViewAsync(proved.Session.Id, ct) is { } view:
                SessionCookies.Set(http.Response, proved);
                return TypedResults.Ok(new QrAnswer("in", view));
            case Outcome<Proved?>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.QrOver).ToResult();
        }
    }

    private Results<Ok<QrSight>, ProblemHttpResult> Look(QrTicket ask, Actor actor) => qr.Look(actor, ask.Ticket) switch
    {
        Outcome<QrSight>.Done done => TypedResults.Ok(done.Value),
        Outcome<QrSight>.Refused refused => refused.Problem.ToResult(),
        _ => Problem.Of(Reasons.QrOver).ToResult(),
    };

    private async Task<Results<NoContent, ProblemHttpResult>> ApproveAsync(QrApproval ask, Actor actor, CancellationToken ct) =>
        await qr.ApproveAsync(actor, ask.Ticket, ask.Number, ct) is Outcome<bool>.Refused refused ? refused.Problem.ToResult() : TypedResults.NoContent();
}
