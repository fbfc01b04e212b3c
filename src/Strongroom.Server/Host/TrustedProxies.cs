using System.Net;
using Strongroom.Spine.Identity;

namespace Strongroom.Server.Host;

/// <summary>
/// Puts the caller's address in place of that of a reverse proxy the operators named, and of no other. Stands before everything that looks at
/// addresses. A request that names somebody else without coming through such a proxy is served, but as from the internet.
/// </summary>
internal sealed class TrustedProxies(RequestDelegate next, Installation installation)
{
    private const string Header = "X-Forwarded-For";

    private readonly IReadOnlyList<string> trusted = Read(installation.Settings.TrustedProxies);

    public Task InvokeAsync(HttpContext context)
    {
        var said = context.Request.Headers[Header];
        var (address, hearsay) = ProxyRules.Caller(context.Connection.RemoteIpAddress, said.Count == 0 ? null : said.ToString(), trusted);
        context.Connection.RemoteIpAddress = address;
        if (hearsay || (said.Count == 0 && context.Request.Headers.ContainsKey("Forwarded")))
        {
            context.Features.Set(new Hearsay());
        }

        return next(context);
    }

    private static IReadOnlyList<string> Read(IReadOnlyList<string> prefixes) => prefixes.FirstOrDefault(prefix => !IPNetwork.TryParse(prefix, out _)) is { } bad
        ? throw new SetupException($"strongroom.json 的 trustedProxies 里有读不懂的网段:{bad}", $"trustedProxies in strongroom.json holds a network that cannot be read: {bad}")
        : prefixes;
}
