using Strongroom.Ground;

namespace Strongroom.Store.Compartments;

/// <summary>One sealed value as it lies in a pack, with its provenance (R19): when it was taken and by which intake.</summary>
/// <param name="Version">Counts from 1 for each item of a record and never goes back, so a removed value cannot be put back under its old number.</param>
/// <param name="At">UTC milliseconds.</param>
/// <param name="Sealed">Empty when the value was removed and only its version number stays.</param>
internal sealed record PackedItem(ItemKey Key, int Version, long At, IntakeId Intake, byte[] Sealed)
{
    public bool IsRemoved => Sealed.Length == 0;
}

/// <summary>
/// The one column that holds all sealed values of a record in one compartment. Format 1:
/// <code>0x01 · count u16 · count × ( key length u8 · key ASCII · version i32 · at i64 · intake 16 · sealed length i32 · sealed )</code>
/// Numbers are big-endian; items stand in strictly ascending ordinal order of their keys, so each content has one form.
/// </summary>
internal static class ItemPack
{
    public const byte Format = 1;

    public const int MostItems = 256;

    /// <summary>Longest sealed value in bytes; longer content is a sealed file.</summary>
    public const int LongestSealed = 64 * 1024;

    /// <exception cref="ArgumentException">Too many items, a value too long, two items with one key, or a version below 1.</exception>
    public static byte[] Write(IEnumerable<PackedItem> items)
    {
        var sorted = items.OrderBy(item => item.Key).ToList();
        if (sorted.Count > MostItems || sorted.Exists(item => item.Sealed.Length > LongestSealed || item.Version < 1))
        {
            throw new ArgumentException("A pack holds at most 256 items of at most 64 KiB, each with a version from 1.", nameof(items));
        }

        var frame = new FrameWriter().Byte(Format).UInt16((ushort)sorted.Count);
        string? last = null;
        foreach (var item in sorted)
        {
            if (string.Equals(last, item.Key.Value, StringComparison.Ordinal))
            {
                throw new ArgumentException("A pack holds each item once.", nameof(items));
            }

            last = item.Key.Value;
            frame.Name(item.Key.Value).Int32(item.Version).Int64(item.At).Id(item.Intake.Value).Bytes(item.Sealed);
        }

        return frame.ToArray();
    }

    /// <summary>Total: false on anything that <see cref="Write"/> would not have written, and then <paramref name="items"/> is empty.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packed, out IReadOnlyList<PackedItem> items)
    {
        items = [];
        var frame = new FrameReader(packed);
        var format = frame.Byte();
        int count = frame.UInt16();
        if (!frame.Good || format != Format || count > MostItems)
        {
            return false;
        }

        var read = new List<PackedItem>(count);
        for (var i = 0; i < count && frame.Good; i++)
        {
            var item = new PackedItem(ItemKey.Make(frame.Name()), frame.Int32(), frame.Int64(), IntakeId.From(frame.Id()), frame.Bytes(LongestSealed));
            if (item.Version < 1 || (read.Count > 0 && read[^1].Key.CompareTo(item.Key) >= 0))
            {
                return false;
            }

            read.Add(item);
        }

        if (!frame.Finished)
        {
            return false;
        }

        items = read;
        return true;
    }
}
