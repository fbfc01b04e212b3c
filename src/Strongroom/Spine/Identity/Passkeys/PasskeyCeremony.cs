using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Passkeys;

/// <param name="Options">For <c>navigator.credentials</c>, as JSON.</param>
/// <param name="State">What the answer will be compared with.</param>
internal sealed record PasskeyChallenge(JsonElement Options, string State);

internal sealed record PasskeyAttested(byte[] Credential, byte[] PublicKey, long Counter, bool BackupEligible, IReadOnlyList<string> Transports);

internal sealed record PasskeyAsserted(PasskeyContent Passkey, long Counter);

/// <summary>
/// The framework's own WebAuthn (PasskeyHandler): relying party and origin pinned to the installation's public origin, never taken from a
/// request; user verification required; no frames of other sites.
/// </summary>
internal sealed class PasskeyCeremony
{
    private readonly IOptions<IdentityPasskeyOptions>? _options;

    public PasskeyCeremony(IdentityOptions options)
    {
        // A relying party is a domain: with a bare address, or with none said, there are no passkeys (WebAuthn §5.1.2).
        if (!Uri.TryCreate(options.PublicOrigin, UriKind.Absolute, out var origin) || origin.HostNameType != UriHostNameType.Dns || origin.Scheme != Uri.UriSchemeHttps)
        {
            return;
        }

        var pinned = origin.GetLeftPart(UriPartial.Authority);
        _options = Options.Create(new IdentityPasskeyOptions
        {
            ServerDomain = origin.Host,
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            AuthenticatorTimeout = TimeSpan.FromMinutes(5),
            ValidateOrigin = asked => ValueTask.FromResult(!asked.CrossOrigin && string.Equals(asked.Origin, pinned, StringComparison.Ordinal)),
        });
    }

    public bool IsOpen => _options is not null;

    public async Task<PasskeyChallenge> OfferAsync(PasskeyUser person, HttpContext http)
    {
        using var manager = Manager(person);
        var entity = new PasskeyUserEntity { Id = person.Id.ToString(), Name = person.Account, DisplayName = person.Display };
        var made = await Handler(manager).MakeCreationOptionsAsync(entity, http).ConfigureAwait(false);
        return new PasskeyChallenge(JsonSerializer.Deserialize<JsonElement>(made.CreationOptionsJson), made.AttestationState!);
    }

    /// <summary>Null when the answer does not fit the offer.</summary>
    public async Task<PasskeyAttested?> AttestAsync(PasskeyUser person, JsonElement credential, string state, HttpContext http)
    {
        using var manager = Manager(person);
        var result = await Handler(manager).PerformAttestationAsync(
            new PasskeyAttestationContext { CredentialJson = credential.GetRawText(), AttestationState = state, HttpContext = http }).ConfigureAwait(false);
        return result is { Succeeded: true, Passkey: { } made, UserEntity: { } owner } && owner.Id == person.Id.ToString()
            ? new PasskeyAttested(made.CredentialId, made.PublicKey, made.SignCount, made.IsBackupEligible, made.Transports ?? [])
            : null;
    }

    /// <param name="person">Null: whoever owns a passkey of this site; nothing about accounts stands in the challenge.</param>
    /// <param name="over">What the answer signs, 32 bytes; null: a random challenge.</param>
    public async Task<PasskeyChallenge> ChallengeAsync(PasskeyUser? person, HttpContext http, byte[]? over = null)
    {
        using var manager = Manager(person);
        var made = await Handler(manager).MakeRequestOptionsAsync(person, http).ConfigureAwait(false);
        var (options, state) = over is null ? (made.RequestOptionsJson, made.AssertionState!) : Over(made.RequestOptionsJson, made.AssertionState!, over);
        return new PasskeyChallenge(JsonSerializer.Deserialize<JsonElement>(options), state);
    }

    /// <summary>The framework draws its challenges itself; here it is put in both places where it stands, and both must have held the same.</summary>
    internal static (string Options, string State) Over(string options, string state, byte[] challenge)
    {
        var (asked, kept) = (JsonNode.Parse(options)!.AsObject(), JsonNode.Parse(state)!.AsObject());
        var place = kept.Select(member => member.Key).First(name => string.Equals(name, "challenge", StringComparison.OrdinalIgnoreCase));
        var (drawn, held) = (asked["challenge"]!.GetValue<string>(), kept[place]!.GetValue<string>());
        if (held != drawn && !Base64Url.DecodeFromChars(drawn).AsSpan().SequenceEqual(Convert.FromBase64String(held)))
        {
            throw new InvalidOperationException("The framework's challenge stands elsewhere than it did.");
        }

        asked["challenge"] = Base64Url.EncodeToString(challenge);
        kept[place] = held == drawn ? Base64Url.EncodeToString(challenge) : Convert.ToBase64String(challenge);
        return (asked.ToJsonString(), kept.ToJsonString());
    }

    /// <summary>Null when the answer does not fit the challenge or is not by a passkey of this person.</summary>
    public async Task<PasskeyAsserted?> AssertAsync(PasskeyUser person, JsonElement credential, string state, HttpContext http)
    {
        using var manager = Manager(person);
        var result = await Handler(manager).PerformAssertionAsync(
            new PasskeyAssertionContext { CredentialJson = credential.GetRawText(), AssertionState = state, HttpContext = http }).ConfigureAwait(false);
        return result is { Succeeded: true, Passkey: { } used }
            && person.Passkeys.FirstOrDefault(passkey => passkey.Credential.AsSpan().SequenceEqual(used.CredentialId)) is { } passkey
            ? new PasskeyAsserted(passkey, used.SignCount)
            : null;
    }

    /// <summary>Whom a passkey found by itself belongs to, as it says; the signature is yet to prove it.</summary>
    public static PersonId? OwnerOf(JsonElement credential)
    {
        try
        {
            return credential is { ValueKind: JsonValueKind.Object }
                && credential.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object
                && response.TryGetProperty("userHandle", out var handle) && handle.ValueKind == JsonValueKind.String
                && PersonId.TryParse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(handle.GetString())), null, out var person)
                ? person
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private PasskeyHandler<PasskeyUser> Handler(UserManager<PasskeyUser> manager) =>
        new(manager, _options ?? throw new InvalidOperationException("There is no public origin; ask IsOpen first."));

    private static UserManager<PasskeyUser> Manager(PasskeyUser? person) =>
        new(new OnePersonStore(person), null!, null!, [], [], null!, null!, null!, NullLogger<UserManager<PasskeyUser>>.Instance);
}
