using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>
/// Keeps other sites from acting with a person's cookie, besides SameSite=Strict: a changing request with a cookie needs the
/// header <c>X-Strongroom: 1</c> (which no form can send and no other origin may, for there is no CORS) and must not be marked as
/// coming from elsewhere (Fetch Metadata; OWASP CSRF Prevention Cheat Sheet).
/// </summary>
internal static class CsrfRules
{
    public const string Header = "X-Strongroom";

    public static bool IsSafeMethod(string method) => method is "GET" or "HEAD" or "OPTIONS";

    /// <summary>True when a browser says that another site sent this request. Non-browsers say nothing and pass here.</summary>
    /// <param name="ownOrigin">The origin under which this server is reached, e.g. https://localhost:8443.</param>
    public static bool IsCrossSite(string? secFetchSite, string? origin, string ownOrigin)
    {
        if (!string.IsNullOrEmpty(secFetchSite) && secFetchSite is not ("same-origin" or "none"))
        {
            return true;
        }

        return !string.IsNullOrEmpty(origin) && !string.Equals(origin, ownOrigin, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>True when a request that carries a session cookie may act.</summary>
    public static bool MayAct(string method, string? header, string? secFetchSite, string? origin, string ownOrigin) =>
        IsSafeMethod(method) || (string.Equals(header, "1", StringComparison.Ordinal) && !IsCrossSite(secFetchSite, origin, ownOrigin));
}
