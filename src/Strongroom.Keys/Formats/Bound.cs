using System.Buffers.Binary;
using System.Text;

namespace Strongroom.Keys.Formats;

/// <summary>
/// Length-prefixed fields, for everything that is authenticated or derived from: a 2-byte big-endian length, then the bytes.
/// The first field is the domain, so that no two formats can ever be taken for each other.
/// </summary>
internal ref struct Bound(Span<byte> buffer)
{
    /// <summary>Enough for every format here: the longest name is 128 bytes.</summary>
    internal const int MaxLength = 320;

    /// <summary>Longest item key or secret name, in UTF-8 bytes.</summary>
    internal const int MaxName = 128;

    private readonly Span<byte> buffer = buffer;
    private int length;

    internal readonly ReadOnlySpan<byte> Written => buffer[..length];

    internal void Add(scoped ReadOnlySpan<byte> field)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer[length..], checked((ushort)field.Length));
        field.CopyTo(buffer[(length + 2)..]);
        length += 2 + field.Length;
    }

    internal void Add(byte field) => Add([field]);

    internal void Add(int field)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, field);
        Add(bytes);
    }

    internal void Add(UInt128 field)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, field);
        Add(bytes);
    }

    internal void AddName(string name)
    {
        Span<byte> bytes = stackalloc byte[MaxName];
        if (name.Length == 0 || !Encoding.UTF8.TryGetBytes(name, bytes, out var written))
        {
            throw new ArgumentException("A bound name has 1 to 128 bytes of UTF-8", nameof(name));
        }

        Add(bytes[..written]);
    }
}
