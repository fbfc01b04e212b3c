using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Strongroom.Spine.Hosts;

/// <summary>An Ed25519 public key in OpenSSH's form (RFC 8709).</summary>
/// <param name="Point">32 bytes.</param>
internal sealed record HostKey(byte[] Point)
{
    public const string Kind = "ssh-ed25519";

    /// <summary>Of a line in <c>authorized_keys</c>; a longer comment than this is none of ours to carry.</summary>
    public const int LongestLine = 500;

    private const int PointBytes = 32;

    public byte[] Blob => new SshMessage().Text(Kind).Bytes(Point).ToArray();

    /// <summary>As <c>ssh-keygen -l</c> shows it.</summary>
    public string Fingerprint => $"SHA256:{Convert.ToBase64String(SHA256.HashData(Blob)).TrimEnd('=')}";

    /// <summary>Null: no Ed25519 key on one line, or a byte more or less than one.</summary>
    public static HostKey? Parse(string? line)
    {
        if (line?.Trim() is not { Length: <= LongestLine } trimmed || trimmed.AsSpan().ContainsAny('\r', '\n') || trimmed.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is not [Kind, var text, ..])
        {
            return null;
        }

        if (!Base64.IsValid(text))
        {
            return null;
        }

        var head = new SshMessage().Text(Kind).ToArray();
        var blob = Convert.FromBase64String(text);
        return blob.Length == head.Length + sizeof(uint) + PointBytes && blob.AsSpan().StartsWith(head) && BinaryPrimitives.ReadUInt32BigEndian(blob.AsSpan(head.Length)) == PointBytes
            ? new HostKey(blob[^PointBytes..])
            : null;
    }
}

/// <summary>Fields as RFC 4251 §5 writes them.</summary>
internal sealed class SshMessage
{
    private readonly MemoryStream bytes = new();

    public SshMessage Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public SshMessage Bytes(ReadOnlySpan<byte> field)
    {
        Number((uint)field.Length);
        bytes.Write(field);
        return this;
    }

    public SshMessage Number(uint number)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(four, number);
        bytes.Write(four);
        return this;
    }

    public SshMessage Number(ulong number)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(eight, number);
        bytes.Write(eight);
        return this;
    }

    /// <summary>A positive integer: no leading zeros, but one where the first bit would make it negative.</summary>
    public SshMessage Integer(ReadOnlySpan<byte> bigEndian)
    {
        var digits = bigEndian.TrimStart((byte)0);
        return digits.IsEmpty || digits[0] < 0x80 ? Bytes(digits) : Bytes([0, .. digits]);
    }

    public byte[] ToArray() => bytes.ToArray();
}
