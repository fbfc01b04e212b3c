using System.Buffers.Binary;
using System.Text;

namespace Strongroom.Store.Compartments;

/// <summary>Writes the store's binary forms: big-endian numbers, and everything of variable size length-prefixed,
/// so that two different contents never give the same bytes (MACs and packs depend on it).</summary>
internal sealed class FrameWriter
{
    private byte[] buffer = new byte[256];

    private int used;

    public FrameWriter Byte(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public FrameWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Room(2), value);
        return this;
    }

    public FrameWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), value);
        return this;
    }

    public FrameWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Room(8), value);
        return this;
    }

    public FrameWriter Id(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128BigEndian(Room(16), value);
        return this;
    }

    /// <summary>One length byte, then ASCII: for machine names, which are at most 40 characters.</summary>
    public FrameWriter Name(string value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, byte.MaxValue);
        Byte((byte)value.Length);
        Encoding.ASCII.GetBytes(value, Room(value.Length));
        return this;
    }

    /// <summary>Four length bytes, then the bytes.</summary>
    public FrameWriter Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>What was written so far; gone with the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, used);

    public byte[] ToArray() => buffer.AsSpan(0, used).ToArray();

    private Span<byte> Room(int size)
    {
        if (used + size > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, used + size));
        }

        var room = buffer.AsSpan(used, size);
        used += size;
        return room;
    }
}

/// <summary>Reads what <see cref="FrameWriter"/> wrote. Total: anything short or out of bounds turns <see cref="Good"/> off
/// and gives zeros; it never throws and never reads past the end.</summary>
internal ref struct FrameReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> rest = source;

    public bool Good { get; private set; } = true;

    /// <summary>Everything was well formed and nothing is left over.</summary>
    public readonly bool Finished => Good && rest.IsEmpty;

    public byte Byte() => Take(1) is [var value] ? value : (byte)0;

    public ushort UInt16() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : (ushort)0;

    public int Int32() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadInt32BigEndian(bytes) : 0;

    public long Int64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    public UInt128 Id() => Take(16) is { Length: 16 } bytes ? BinaryPrimitives.ReadUInt128BigEndian(bytes) : UInt128.Zero;

    /// <summary>A machine name of <see cref="Ground.Name"/>; anything else is not good.</summary>
    public string Name()
    {
        var text = Encoding.ASCII.GetString(Take(Byte()));
        Good &= Ground.Name.IsValid(text);
        return Good ? text : "";
    }

    /// <summary>Like <see cref="Name"/>, but may be empty.</summary>
    public string? NameOrNone()
    {
        if (Good && rest is [0, ..])
        {
            Byte();
            return null;
        }

        return Name();
    }

    public byte[] Bytes(int longest)
    {
        var size = Int32();
        if (size < 0 || size > longest)
        {
            Good = false;
        }

        return Good ? Take(size).ToArray() : [];
    }

    public void Fail() => Good = false;

    private ReadOnlySpan<byte> Take(int size)
    {
        if (!Good || size > rest.Length)
        {
            Good = false;
            return [];
        }

        var taken = rest[..size];
        rest = rest[size..];
        return taken;
    }
}
