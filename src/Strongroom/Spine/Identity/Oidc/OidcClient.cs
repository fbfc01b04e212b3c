using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Strongroom.Spine.Identity.Oidc;

/// <summary>Who the provider says it is.</summary>
/// <param name="AuthTime">Unix seconds at which the provider last asked the person; null when it does not say.</param>
internal sealed record OidcSubject(string Subject, string? Acr, IReadOnlyList<string> Amr, long? AuthTime = null);

/// <summary>Talks to one provider: discovery, token endpoint, ID token (OpenID Connect Core §3.1.3). Follows no redirect and trusts no body but a signed one.</summary>
internal sealed class OidcClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly ConfigurationManager<OpenIdConnectConfiguration> _metadata;
    private readonly JsonWebTokenHandler _tokens = new() { MapInboundClaims = false };

    public OidcClient(OidcProvider provider)
    {
        Provider = provider;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience })
        {
            Timeout = Patience, MaxResponseContentBufferSize = 256 * 1024,
        };
        var documents = new HttpDocumentRetriever(_http) { RequireHttps = !provider.Issuer.IsLoopback };
        _metadata = new ConfigurationManager<OpenIdConnectConfiguration>(
            provider.Issuer.ToString().TrimEnd('/') + "/.well-known/openid-configuration", new OpenIdConnectConfigurationRetriever(), documents);
    }

    public OidcProvider Provider { get; }

    /// <summary>The provider's metadata; null while it cannot be reached or names another issuer.</summary>
    public async Task<OpenIdConnectConfiguration?> MetadataAsync(CancellationToken ct)
    {
        try
        {
            var metadata = await _metadata.GetConfigurationAsync(ct).ConfigureAwait(false);
            return string.Equals(metadata.Issuer.TrimEnd('/'), Provider.Issuer.ToString().TrimEnd('/'), StringComparison.Ordinal) ? metadata : null;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or HttpRequestException or ArgumentException)
        {
            return null;
        }
    }

    public static string AuthorizeUrl(OpenIdConnectConfiguration metadata, OidcProvider provider, string callback, string state, string nonce, string challenge)
    {
        var query = new Dictionary<string, string>
        {
            ["response_type"] = "code", ["client_id"] = provider.ClientId, ["redirect_uri"] = callback, ["scope"] = "openid",
            ["state"] = state, ["nonce"] = nonce, ["code_challenge"] = challenge, ["code_challenge_method"] = "S256",
        };
        if (provider.Strong.Count > 0)
        {
            // What is to count as two factors must have been asked for just now, not hours ago in another tab.
            query["max_age"] = OidcRules.FreshSeconds.ToString(CultureInfo.InvariantCulture);
        }

        var joined = string.Join('&', query.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        return metadata.AuthorizationEndpoint + (metadata.AuthorizationEndpoint.Contains('?', StringComparison.Ordinal) ? "&" : "?") + joined;
    }

    /// <summary>Turns the code into a verified subject; null when anything about it does not hold.</summary>
    public async Task<OidcSubject?> RedeemAsync(OpenIdConnectConfiguration metadata, string code, string verifier, string callback, string nonce, CancellationToken ct)
    {
        if (await TokenAsync(metadata, code, verifier, callback, ct).ConfigureAwait(false) is not { } idToken)
        {
            return null;
        }

        var result = await ValidateAsync(metadata, idToken).ConfigureAwait(false);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The provider may have rotated its keys: once more with what it publishes now.
            _metadata.RequestRefresh();
            result = await MetadataAsync(ct).ConfigureAwait(false) is { } fresh ? await ValidateAsync(fresh, idToken).ConfigureAwait(false) : result;
        }

        if (!result.IsValid || result.SecurityToken is not JsonWebToken { Subject.Length: > 0 } token
            || !OidcRules.NonceFits(nonce, Text(token, "nonce"))
            || (Text(token, "azp") is { } party && party != Provider.ClientId))
        {
            return null;
        }

        return new OidcSubject(token.Subject, Text(token, "acr"), [.. token.Claims.Where(claim => claim.Type == "amr").Select(claim => claim.Value)],
            token.TryGetPayloadValue<long>("auth_time", out var asked) ? asked : null);
    }

    public void Dispose() => _http.Dispose();

    private Task<TokenValidationResult> ValidateAsync(OpenIdConnectConfiguration metadata, string idToken) => _tokens.ValidateTokenAsync(idToken, new TokenValidationParameters
    {
        ValidIssuer = metadata.Issuer,
        ValidAudience = Provider.ClientId,
        IssuerSigningKeys = metadata.SigningKeys,
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.EcdsaSha256],
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ClockSkew = TimeSpan.FromMinutes(1),
    });

    private async Task<string?> TokenAsync(OpenIdConnectConfiguration metadata, string code, string verifier, string callback, CancellationToken ct)
    {
        if (!Uri.TryCreate(metadata.TokenEndpoint, UriKind.Absolute, out var endpoint) || !(endpoint.Scheme == Uri.UriSchemeHttps || endpoint.IsLoopback))
        {
            return null;
        }

        using var ask = new HttpRequestMessage(HttpMethod.Post, endpoint)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = callback, ["code_verifier"] = verifier,
            }),
        };
        var secret = $"{Uri.EscapeDataString(Provider.ClientId)}:{Uri.EscapeDataString(Provider.ClientSecret)}";
        ask.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret)));
        try
        {
            using var answer = await _http.SendAsync(ask, ct).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<TokenAnswer>(ct).ConfigureAwait(false))?.IdToken : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    private static string? Text(JsonWebToken token, string claim) => token.TryGetPayloadValue<string>(claim, out var value) ? value : null;

    private sealed record TokenAnswer([property: JsonPropertyName("id_token")] string? IdToken);
}
