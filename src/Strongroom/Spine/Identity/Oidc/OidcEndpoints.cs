using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;

namespace Strongroom.Spine.Identity.Oidc;

/// <param name="Provider">One of <c>GET /v1/sign-in/sso</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SsoRequest(string Provider);

/// <summary>An identity that an administrator is to link to somebody's account.</summary>
/// <param name="Subject">As the provider names him in <c>sub</c>; compared exactly.</param>
/// <param name="Expires">UTC milliseconds until which the approval may be used.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SsoLinkAsk(string Provider, string Subject, long Expires);

/// <param name="Approval">A second administrator's, of the same provider and subject.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SsoLinkGrant(string Provider, string Subject, ApprovalId? Approval = null);

/// <param name="Url">Where to send the browser.</param>
internal sealed record SsoBegun(string Url);

internal sealed record SsoProviders(IReadOnlyList<string> Providers);

/// <param name="Session">Of a sign-in; absent when an account was linked.</param>
internal sealed record SsoEnded(bool Linked, SessionView? Session);

/// <summary>Single sign-on: begin, come back, link, unlink (OpenID Connect).</summary>
internal sealed class OidcEndpoints(OidcSignIn sso, OidcLinks links, OwnAccount own)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/sign-in/sso", (OidcEndpoints self) => self.List()).RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("sso-providers");
        v1.MapPost("/sign-in/sso", (SsoRequest ask, HttpContext http, OidcEndpoints self, CancellationToken ct) => self.BeginAsync(ask, null, http, ct))
            .RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("sso-begin");
        v1.MapGet("/sign-in/sso/callback", (string? state, string? code, string? iss, HttpContext http, OidcEndpoints self, CancellationToken ct) => self.ReturnAsync(state, code, iss, http, ct))
            .RequirePolicy(Doors.Anonymous).Records(IdentityFacts.SignedIn, IdentityFacts.SsoLinked, IdentityFacts.SignInRefused).WithName("sso-callback");
        v1.MapPost("/session/sso", (SsoRequest ask, Actor actor, HttpContext http, OidcEndpoints self, CancellationToken ct) => self.BeginAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("sso-link");
        v1.MapDelete("/session/sso/{provider}", (string provider, Actor actor, OidcEndpoints self, CancellationToken ct) => self.UnlinkAsync(provider, actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(IdentityFacts.SsoUnlinked).WithName("sso-unlink");
        v1.MapPost("/people/{id}/sso/request", (PersonId id, SsoLinkAsk ask, Actor actor, OidcEndpoints self, CancellationToken ct) => self.AskAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(ApprovalLog.Requested).WithName("person-sso-request");
        v1.MapPost("/people/{id}/sso", (PersonId id, SsoLinkGrant ask, Actor actor, OidcEndpoints self, CancellationToken ct) => AnswerAsync(self.Links.LinkAsync(actor, id, ask, ct)))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.SsoLinked).WithName("person-sso-link");
        v1.MapDelete("/people/{id}/sso/{provider}", (PersonId id, string provider, Actor actor, OidcEndpoints self, CancellationToken ct) => AnswerAsync(self.Links.UnlinkAsync(actor, id, provider, ct)))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.SsoUnlinked).WithName("person-sso-unlink");
    }

    private OidcLinks Links => links;

    private async Task<Results<Created<ApprovalAsked>, ProblemHttpResult>> AskAsync(PersonId id, SsoLinkAsk ask, Actor actor, CancellationToken ct) =>
        await links.RequestAsync(actor, id, ask, ct) switch
        {
            Outcome<Approval>.Done { Value: var made } => TypedResults.Created($"/v1/approvals/{made.Id}", new ApprovalAsked(made.Id, made.Content.Digest)),
            Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private static async Task<Results<NoContent, ProblemHttpResult>> AnswerAsync(Task<Outcome<Member<PersonContent>>> changing) =>
        await changing is Outcome<Member<PersonContent>>.Refused refused ? refused.Problem.ToResult() : TypedResults.NoContent();

    private Ok<SsoProviders> List() => TypedResults.Ok(new SsoProviders([.. sso.Providers]));

    private async Task<Results<Ok<SsoBegun>, ProblemHttpResult>> BeginAsync(SsoRequest ask, Actor? linking, HttpContext http, CancellationToken ct)
    {
        var browser = Secrets.NewSecret();
        switch (await sso.BeginAsync(ask.Provider, browser, linking, ct))
        {
            case Outcome<string>.Done { Value: var url }:
                SessionCookies.SetSso(http.Response, browser);
                return TypedResults.Ok(new SsoBegun(url));
            case Outcome<string>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.SsoRefused).ToResult();
        }
    }

    /// <summary>The provider sends the browser itself back, by an address: what it gets is the console's page again, never bare JSON.</summary>
    private async Task<Results<Ok<SsoEnded>, RedirectHttpResult, ProblemHttpResult>> ReturnAsync(string? state, string? code, string? iss, HttpContext http, CancellationToken ct)
    {
        var outcome = await EndAsync(state, code, iss, http, ct);
        return http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            ? TypedResults.Redirect(outcome.Result is Ok<SsoEnded> { Value.Linked: var linked } ? linked ? "/console/settings?sso=linked" : "/console/" : "/console/sign-in?sso=refused")
            : outcome.Result switch
            {
                Ok<SsoEnded> ended => ended,
                ProblemHttpResult refused => refused,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
    }

    private async Task<Results<Ok<SsoEnded>, ProblemHttpResult>> EndAsync(string? state, string? code, string? iss, HttpContext http, CancellationToken ct)
    {
        switch (await sso.EndAsync(state, code, iss, http.Request.Cookies[SessionCookies.Sso], ActorPipeline.OriginOf(http), ct))
        {
            case Outcome<OidcOutcome>.Done { Value: OidcOutcome.In { Proved: var proved } } when await own.ViewAsync(proved.Session.Id, ct) is { } view:
                SessionCookies.Set(http.Response, proved);
                return TypedResults.Ok(new SsoEnded(Linked: false, view));
            case Outcome<OidcOutcome>.Done { Value: OidcOutcome.Linked }:
                return TypedResults.Ok(new SsoEnded(Linked: true, null));
            case Outcome<OidcOutcome>.Refused refused:
                return refused.Problem.ToResult();
            default:
                return Problem.Of(Reasons.SsoRefused).ToResult();
        }
    }

    private async Task<Results<NoContent, ProblemHttpResult>> UnlinkAsync(string provider, Actor actor, CancellationToken ct) =>
        await sso.UnlinkAsync(actor, provider, ct) is { } refused ? refused.ToResult() : TypedResults.NoContent();
}
