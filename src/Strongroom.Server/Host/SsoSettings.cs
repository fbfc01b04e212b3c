using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Spine.Identity.Oidc;

namespace Strongroom.Server.Host;

/// <summary>One member of <c>sso</c> in <c>strongroom.json</c>: a provider of OpenID Connect.</summary>
/// <param name="SecretFile">File with the client secret, mode 0600; never the secret itself.</param>
/// <param name="TwoFactors">Values of <c>acr</c> or <c>amr</c> that count as two factors; without them one is asked for here as well.</param>
internal sealed record SsoSettings(string Name, string Issuer, string ClientId, string SecretFile, IReadOnlyList<string>? TwoFactors = null)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true };

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="SetupException">An address, name or file of it cannot be used.</exception>
    public OidcProvider Read()
    {
        if (!Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer) || !(issuer.Scheme == Uri.UriSchemeHttps || (issuer.Scheme == Uri.UriSchemeHttp && issuer.IsLoopback))
            || issuer.Query.Length > 0 || issuer.Fragment.Length > 0 || issuer.UserInfo.Length > 0 || !Ground.Name.IsValid(Name) || ClientId.Length == 0)
        {
            throw new SetupException("sso 需要小写短名 name、https 的 issuer 和 clientId。", "sso needs a short lower-case name, an https issuer and a clientId.");
        }

        return new OidcProvider(Name, issuer, ClientId, ReadSecret(), (TwoFactors ?? []).ToHashSet(StringComparer.Ordinal));
    }

    /// <exception cref="SetupException">The file cannot be read, or is no such member.</exception>
    public static SsoSettings FromFile(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SsoSettings>(File.ReadAllBytes(path), Json) ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new SetupException($"{path} 读不懂:需要 name、issuer、clientId 和 secretFile。", $"{path} cannot be read: it takes name, issuer, clientId and secretFile.");
        }
    }

    private string ReadSecret()
    {
        try
        {
            if ((File.GetUnixFileMode(SecretFile) & Others) != 0)
            {
                throw new SetupException($"{SecretFile} 可被他人读取,请 chmod 600。", $"{SecretFile} can be read by others: chmod 600.");
            }

            return File.ReadAllText(SecretFile).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"{SecretFile} 读不到。", $"{SecretFile} cannot be read.");
        }
    }
}
