using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Ground.Json;

/// <summary>Signs with the key whose public half is named in the document. Ed25519, 64 bytes.</summary>
internal delegate byte[] SignMessage(ReadOnlySpan<byte> message);

/// <summary>Ed25519 verification; Ground knows no cryptography library, so the caller passes Strongroom.Keys.Ed25519.Verify.</summary>
internal delegate bool VerifySignature(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

/// <summary>
/// The envelope of receipts, manifests, certificates and sealed quarters: {body, sig: {key, alg: "Ed25519", value}}. The signature is over
/// "strongroom/signed-document/v1", the document type and the RFC 8785 form of the body, so a receipt never passes for a certificate.
/// </summary>
internal sealed record SignedDocument
{
    public const string Algorithm = "Ed25519";

    private static readonly SearchValues<char> _hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> _kebab = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> _base64 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    [JsonPropertyName("body")]
    [JsonPropertyOrder(0)]
    public required JsonElement Body { get; init; }

    [JsonPropertyName("sig")]
    [JsonPropertyOrder(1)]
    public required DocumentSignature Signature { get; init; }

    /// <param name="type">Kebab-case document type, such as consent-receipt.</param>
    /// <param name="publicKey">32 bytes; its id goes into the envelope.</param>
    /// <exception cref="CanonicalJsonException">The body has no canonical form.</exception>
    public static SignedDocument Create(string type, JsonElement body, ReadOnlySpan<byte> publicKey, SignMessage sign) => new()
    {
        Body = body.Clone(),
        Signature = new DocumentSignature(KeyId(publicKey), Algorithm, Convert.ToBase64String(sign(Message(type, body)))),
    };

    /// <summary>Reads an envelope; null when it is not exactly {body, sig: {key, alg, value}} without duplicate members.</summary>
    public static SignedDocument? Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, CanonicalJson.Strict);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Anything but <see cref="SignatureVerdict.Valid"/> for another type, another key, a changed body or a value not understood.</summary>
    /// <param name="type">The type the caller expects; a constant, never read from the document.</param>
    public SignatureVerdict Verify(string type, ReadOnlySpan<byte> publicKey, VerifySignature verify)
    {
        var value = new byte[64];
        if (Signature is not { Algorithm: Algorithm } || !Convert.TryFromBase64String(Signature.Value, value, out var length) || length != 64)
        {
            return SignatureVerdict.Malformed;
        }

        if (!string.Equals(Signature.Key, KeyId(publicKey), StringComparison.Ordinal))
        {
            return SignatureVerdict.OtherKey;
        }

        try
        {
            return verify(publicKey, Message(type, Body), value) ? SignatureVerdict.Valid : SignatureVerdict.Invalid;
        }
        catch (CanonicalJsonException)
        {
            return SignatureVerdict.Malformed;
        }
    }

    /// <summary>The envelope as canonical UTF-8 JSON.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(
        $$$"""{"body":{{{CanonicalJson.ToText(Body)}}},"sig":{"alg":"Ed25519","key":"{{{Signature.Key}}}","value":"{{{Signature.Value}}}"}}""");

    /// <summary>First 16 hex digits of SHA-256 over the public key: names a key, proves nothing.</summary>
    public static string KeyId(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 8));

    private static SignedDocument? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || root.GetPropertyCount() != 2
            || !root.TryGetProperty("body", out var body) || !root.TryGetProperty("sig", out var sig)
            || sig.ValueKind != JsonValueKind.Object || sig.GetPropertyCount() != 3)
        {
            return null;
        }

        return Member(sig, "key") is { } key && Member(sig, "alg") is { } algorithm && Member(sig, "value") is { } value
            && key.Length == 16 && !key.AsSpan().ContainsAnyExcept(_hex)
            && !value.AsSpan().ContainsAnyExcept(_base64)
            ? new SignedDocument { Body = body.Clone(), Signature = new DocumentSignature(key, algorithm, value) }
            : null;
    }

    private static string? Member(JsonElement sig, string name) =>
        sig.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[] Message(string type, JsonElement body)
    {
        if (type.Length is 0 or > 64 || type.AsSpan().ContainsAnyExcept(_kebab))
        {
            throw new ArgumentException("A document type is kebab-case.", nameof(type));
        }

        return [.. Encoding.ASCII.GetBytes("strongroom/signed-document/v1\n" + type + "\n"), .. CanonicalJson.ToBytes(body)];
    }
}

/// <param name="Key"><see cref="SignedDocument.KeyId"/> of the signing key.</param>
/// <param name="Value">64 bytes in base64.</param>
internal sealed record DocumentSignature(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("alg")] string Algorithm,
    [property: JsonPropertyName("value")] string Value);

/// <summary>The default is not a pass.</summary>
internal enum SignatureVerdict
{
    Malformed,
    OtherKey,
    Invalid,
    Valid,
}
