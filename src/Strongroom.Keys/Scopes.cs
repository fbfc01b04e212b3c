using System.Buffers.Binary;

namespace Strongroom.Keys;

/// <summary>A customer, as the keyring knows him: a random 128-bit id.</summary>
public readonly record struct KeyOwner(UInt128 Id)
{
    /// <summary>The 16-byte form used in SQL and in every binding, big-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Id);
        return bytes;
    }

    /// <summary>Reads the 16-byte form.</summary>
    public static KeyOwner FromBytes(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, 16);
        return new(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => Id.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// Exactly which value a seal is for. All of it is authenticated, so a ciphertext moved to another customer, record, item,
/// version or compartment does not open.
/// </summary>
/// <param name="Customer">Must be the customer whose keys are used.</param>
/// <param name="Record">The record's id; zero for the customer itself.</param>
/// <param name="Item">The catalogue key, 1–128 bytes of UTF-8.</param>
/// <param name="Version">The value's version, from 0.</param>
/// <param name="Compartment">Chooses the key.</param>
public readonly record struct SealScope(KeyOwner Customer, UInt128 Record, string Item, int Version, Compartment Compartment);
