using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Keys;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>A pinned Ed25519 key of a log, written <c>name+hex(key id)+base64(0x01 ‖ public key)</c> (C2SP signed-note).</summary>
internal sealed class VerifierKey
{
    private const byte Ed25519Type = 1;
    private const int PublicKeySize = 32;

    private readonly byte[] _publicKey;

    /// <exception cref="ArgumentException">Not a key name, or not 32 bytes of key.</exception>
    public VerifierKey(string name, ReadOnlySpan<byte> publicKey)
    {
        if (!SignedNote.IsKeyName(name) || publicKey.Length != PublicKeySize)
        {
            throw new ArgumentException("A verifier key is a name without blanks or plus signs and 32 bytes.", nameof(name));
        }

        Name = name;
        _publicKey = publicKey.ToArray();
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519Type, .. publicKey]));
    }

    public string Name { get; }

    /// <summary>First four bytes of SHA-256(name ‖ LF ‖ 0x01 ‖ public key), big-endian.</summary>
    public uint KeyId { get; }

    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => Ed25519.Verify(_publicKey, message, signature);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String([Ed25519Type, .. _publicKey])}");

    public static bool TryParse(string? text, [NotNullWhen(true)] out VerifierKey? key, out string reason)
    {
        key = null;
        var parts = text?.Split('+', 3) ?? [];
        if (parts.Length != 3 || !SignedNote.IsKeyName(parts[0]))
        {
            reason = "a verifier key is name+keyid+base64";
            return false;
        }

        if (!Base64.TryParse(parts[2], out var encoded) || encoded.Length != 1 + PublicKeySize || encoded[0] != Ed25519Type)
        {
            reason = "the verifier key is not an Ed25519 key (type 1)";
            return false;
        }

        var made = new VerifierKey(parts[0], encoded.AsSpan(1));
        if (!string.Equals(made.ToString(), text, StringComparison.Ordinal))
        {
            reason = "the key id does not belong to the key";
            return false;
        }

        (key, reason) = (made, "");
        return true;
    }
}
