using Microsoft.AspNetCore.Http;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity;

/// <summary>
/// The cookies. The prefix <c>__Host-</c> makes the browser insist on Secure, Path=/ and no Domain, so no neighbouring host can plant one
/// (RFC 6265bis §4.1.3.2).
/// </summary>
internal static class SessionCookies
{
    public const string Session = "__Host-strongroom";
    public const string Device = "__Host-strongroom-device";
    public const string Sso = "__Host-strongroom-sso";
    public const string Start = "__Host-strongroom-start";

    /// <summary>Ends with the browser; the server's limits hold whatever the browser keeps.</summary>
    public static void Set(HttpResponse response, string secret) => response.Cookies.Append(Session, secret, Options(null));

    public static void Set(HttpResponse response, Proved proved)
    {
        Set(response, proved.Secret);
        if (proved.Device is { } device)
        {
            SetDevice(response, device);
        }
    }

    /// <summary>Names no one and opens nothing: it only says that this device signed in before.</summary>
    public static void SetDevice(HttpResponse response, string secret) =>
        response.Cookies.Append(Device, secret, Options(TimeSpan.FromMilliseconds(ThrottleRules.KnownFor)));

    /// <summary>Binds a sign-in that was begun to the browser that began it.</summary>
    public static void SetStart(HttpResponse response, string secret) => response.Cookies.Append(Start, secret, Options(TimeSpan.FromMilliseconds(Ceremonies.LastsMs)));

    /// <summary>The same for single sign-on. Lax, because the provider's site sends the browser back; it opens nothing by itself.</summary>
    public static void SetSso(HttpResponse response, string secret)
    {
        var cookie = Options(TimeSpan.FromMilliseconds(Ceremonies.LastsMs));
        cookie.SameSite = SameSiteMode.Lax;
        response.Cookies.Append(Sso, secret, cookie);
    }

    public static void Clear(HttpResponse response) => response.Cookies.Delete(Session, Options(null));

    private static CookieOptions Options(TimeSpan? age) => new()
    {
        HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = age, IsEssential = true,
    };
}
