using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Strongroom.Keys.Epochs;

/// <summary>
/// A holder's signed word that it no longer has an epoch's secret: the product's signed envelope, {body, sig}, whose body is
/// canonical JSON (RFC 8785: members sorted, no white space; names and numbers here need no escaping).
/// </summary>
public sealed record ErasureStatement(string Holder, UInt128 Installation, int Epoch, long At, byte[] Signature)
{
    /// <summary>The bytes that are signed.</summary>
    public byte[] Body() => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""{"at":{{At}},"epoch":{{Epoch}},"holder":"{{Holder}}","installation":"{{Installation:x32}}","type":"epoch-secret-erased","v":1}"""));

    /// <summary>The envelope as stored and shown, with the holder's key in base64.</summary>
    public string ToJson(ReadOnlySpan<byte> publicKey) =>
        $$"""{"body":{{Encoding.ASCII.GetString(Body())}},"sig":{"alg":"Ed25519","key":"{{Convert.ToBase64String(publicKey)}}","value":"{{Convert.ToBase64String(Signature)}}"""
        + "\"}}";

    /// <summary>True when the holder's registered key signed exactly this.</summary>
    public bool IsSignedBy(ReadOnlySpan<byte> publicKey) => Ed25519.Verify(publicKey, Body(), Signature);

    /// <summary>Reads an envelope; null when it is not one. The key inside proves nothing: check with the registered one.</summary>
    public static ErasureStatement? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var body = document.RootElement.GetProperty("body");
            var signature = document.RootElement.GetProperty("sig").GetProperty("value").GetBytesFromBase64();
            var installation = UInt128.Parse(body.GetProperty("installation").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var statement = new ErasureStatement(
                body.GetProperty("holder").GetString()!, installation, body.GetProperty("epoch").GetInt32(), body.GetProperty("at").GetInt64(), signature);
            // Only the canonical form is accepted: what is shown is then byte for byte what was signed.
            return body.GetRawText() == Encoding.ASCII.GetString(statement.Body()) ? statement : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or OverflowException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }

    internal static ErasureStatement Sign(Ed25519Key key, string holder, UInt128 installation, int epoch, long at)
    {
        var unsigned = new ErasureStatement(holder, installation, epoch, at, []);
        return unsigned with { Signature = key.Sign(unsigned.Body()) };
    }
}
