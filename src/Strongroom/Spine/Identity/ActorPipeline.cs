using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>Marks the few endpoints open to a person whose sign-in is not complete: start password or second factor outstanding.</summary>
internal sealed record OpenBeforeReady;

/// <summary>Marks a request whose sender, no proxy of ours, said on whose behalf it comes.</summary>
internal sealed record Hearsay;

/// <summary>
/// Marks the endpoints of the one decision that answer nothing before an entry whose commit compared the configuration epoch: there a
/// client may be taken as this node last saw it, and is looked up anew when the epoch has moved or when anything would be refused.
/// </summary>
internal sealed record SettledByEntry;

/// <summary>Marks what a page asks by itself: it keeps no session alive, so a desk left alone is closed like any other.</summary>
internal sealed record AskedByPages;

internal static class ActorPipelineExtensions
{
    public static TBuilder AskedByPages<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new AskedByPages()));
        return builder;
    }

    public static TBuilder SettledByEntry<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new SettledByEntry()));
        return builder;
    }

    public static TBuilder BeforeReady<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new OpenBeforeReady()));
        return builder;
    }

    /// <summary>Resolves the caller of every request. Stands after routing and before everything that asks who is calling.</summary>
    public static IApplicationBuilder UseActors(this IApplicationBuilder app) => app.UseMiddleware<ActorPipeline>();
}

/// <summary>
/// Who is calling? A bearer token or a session cookie becomes an <see cref="Actor"/> for the endpoint. Order: who (401), from our own
/// pages (403 request.cross_site), own password set (403 password.change_needed), second factor proved (403
/// factor.pending), quota left (429).
/// </summary>
internal sealed class ActorPipeline(RequestDelegate next, Actors actors, ClientQuotas quotas, IAuditLog log, IdentityOptions options)
{
    private const string Bearer = "Bearer ";
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(250);

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
        {
            await next(context);
            return;
        }

        // An endpoint is anonymous only when it says so; one without a policy is left to the door, which does not serve it.
        var policy = endpoint.Metadata.GetMetadata<GuardedBy>()?.Policy;
        var anonymous = policy == Doors.Anonymous;
        var settled = endpoint.Metadata.GetMetadata<SettledByEntry>() is not null;
        var actor = await ResolveAsync(context, fresh: !settled);
        if (settled && (actor.IsAnonymous || policy is null || PolicyTable.Refusal(policy, actor) is not null))
        {
            actor = await ResolveAsync(context, fresh: true);
        }

        context.Features.Set(actor);
        var refusal = actor.IsAnonymous && !anonymous ? Reasons.SignInNeeded : Refusal(context, endpoint, actor);
        if (refusal is null && actor is { Client: { } client, Quota: { } quota } && await quotas.SpendAsync(client, quota, context.RequestAborted) is > 0 and var seconds)
        {
            context.Response.Headers.RetryAfter = Seconds(seconds);
            refusal = Reasons.ClientQuota;
        }

        if (refusal is null && !settled && await TookTimeAsync(context, actor))
        {
            // Rights are those of the moment of the act, not of the moment at which somebody began to send it.
            actor = await ResolveAsync(context, fresh: true);
            context.Features.Set(actor);
            refusal = actor.IsAnonymous ? Reasons.SignInNeeded : null;
        }

        if (refusal is null)
        {
            await next(context);
            return;
        }

        await log.CountRefusalAsync(NetworkZones.Describe(context.Connection.RemoteIpAddress), refusal.Code, context.RequestAborted);
        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await Problem.Of(refusal).ToResult().ExecuteAsync(context);
    }

    /// <summary>
    /// Takes in a JSON body before anything is decided on it, so that a caller who trickles it does not act on rights that ended meanwhile. Only
    /// for who is signed in (strangers could fill memory), and bounded as every body is. True: it was slow, look at the caller again.
    /// </summary>
    private static async Task<bool> TookTimeAsync(HttpContext context, Actor actor)
    {
        var request = context.Request;
        if (actor.IsAnonymous || CsrfRules.IsSafeMethod(request.Method)
            || request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        var began = Stopwatch.GetTimestamp();
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        request.Body = body;
        return Stopwatch.GetElapsedTime(began) > AtOnce;
    }

    /// <summary>Where the request comes from: the address of the last hop we trust, and the client certificate as far as it is in its term.</summary>
    public static Origin OriginOf(HttpContext context)
    {
        var hearsay = context.Features.Get<Hearsay>() is not null;
        var device = DeviceKinds.Of(context.Request.Headers.UserAgent);
        if (context.Connection.ClientCertificate is not { } certificate || !IsInTerm(context, certificate))
        {
            return new Origin(context.Connection.RemoteIpAddress, null) { Hearsay = hearsay, Device = device };
        }

        return new Origin(context.Connection.RemoteIpAddress, Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)))
        {
            Key = Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())), Hearsay = hearsay, Device = device,
        };
    }

    private static bool IsInTerm(HttpContext context, X509Certificate2 certificate)
    {
        var now = (context.RequestServices?.GetService<TimeProvider>() ?? TimeProvider.System).GetUtcNow().UtcDateTime;
        return certificate.NotBefore.ToUniversalTime() <= now && now < certificate.NotAfter.ToUniversalTime();
    }

    public static string Seconds(long seconds) => seconds.ToString(CultureInfo.InvariantCulture);

    private Task<Actor> ResolveAsync(HttpContext context, bool fresh)
    {
        // Whoever sends the header means it: a stale token never falls back to a cookie.
        var header = context.Request.Headers.Authorization;
        if (header.Count > 0)
        {
            return header is [{ } text] && text.StartsWith(Bearer, StringComparison.Ordinal)
                ? actors.OfTokenAsync(text[Bearer.Length..], OriginOf(context), context.RequestAborted, fresh)
                : Task.FromResult(Actor.Nobody);
        }

        var used = context.GetEndpoint()?.Metadata.GetMetadata<AskedByPages>() is null;
        return actors.OfCookieAsync(context.Request.Cookies[SessionCookies.Session], OriginOf(context), context.RequestAborted, used);
    }

    private Reason? Refusal(HttpContext context, Endpoint endpoint, Actor actor)
    {
        var request = context.Request;
        var own = options.PublicOrigin ?? $"{request.Scheme}://{request.Host}";
        string? site = request.Headers["Sec-Fetch-Site"], origin = request.Headers.Origin;
        if (actor.Kind == ActorKind.Person && !CsrfRules.MayAct(request.Method, request.Headers[CsrfRules.Header], site, origin, own))
        {
            return Reasons.CrossSite;
        }

        // Also without a session: nobody signs a visitor in from another site's page.
        if (actor.IsAnonymous && !CsrfRules.IsSafeMethod(request.Method) && CsrfRules.IsCrossSite(site, origin, own))
        {
            return Reasons.CrossSite;
        }

        if (actor.Kind != ActorKind.Person || endpoint.Metadata.GetMetadata<OpenBeforeReady>() is not null || endpoint.Metadata.GetMetadata<GuardedBy>()?.Policy == Doors.Anonymous)
        {
            return null;
        }

        return actor.MustChangePassword ? Reasons.PasswordChangeNeeded : actor.Strength < Strength.SecondFactor ? Reasons.FactorPending : null;
    }
}
