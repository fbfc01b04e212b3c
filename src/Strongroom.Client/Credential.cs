using System.Net.Http.Headers;

namespace Strongroom.Client;

/// <summary>How a call proves who makes it. Its text is in no log: <see cref="ToString"/> says the kind alone.</summary>
public sealed class Credential
{
    private const string Cookie = "__Host-strongroom";
    private readonly string secret;
    private readonly bool isSession;

    private Credential(string secret, bool isSession)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);

        // Said without the text: an exception of the HTTP library would quote it.
        this.secret = secret.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? throw new FormatException("A credential has printable ASCII characters only. Does the file end with a line break, or hold something else?")
            : secret;
        this.isSession = isSession;
    }

    /// <summary>An API client's token, <c>sr_…</c>.</summary>
    public static Credential Token(string token) => new(token, isSession: false);

    /// <summary>A signed-in person's session, for an agent's desktop that acts for him: the value of the cookie that signing in gave.</summary>
    public static Credential Session(string cookie) => new(cookie, isSession: true);

    public override string ToString() => isSession ? "session" : "token";

    internal void Sign(HttpRequestMessage request)
    {
        if (!isSession)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            return;
        }

        request.Headers.Add("Cookie", $"{Cookie}={secret}");
        request.Headers.Add("X-Strongroom", "1");
    }
}
