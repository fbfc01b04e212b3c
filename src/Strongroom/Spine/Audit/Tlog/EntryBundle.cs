using System.Buffers.Binary;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>Entry bundles of C2SP tlog-tiles: entries one after another, each behind its length as big-endian uint16.</summary>
internal static class EntryBundle
{
    public const int LongestEntry = ushort.MaxValue;

    /// <exception cref="ArgumentException">An entry is longer than 65,535 bytes.</exception>
    public static byte[] Write(IReadOnlyCollection<byte[]> entries)
    {
        var bundle = new byte[entries.Sum(e => 2 + e.Length)];
        var at = 0;
        foreach (var entry in entries)
        {
            if (entry.Length > LongestEntry)
            {
                throw new ArgumentException("A log entry is at most 65,535 bytes.", nameof(entries));
            }

            BinaryPrimitives.WriteUInt16BigEndian(bundle.AsSpan(at), (ushort)entry.Length);
            entry.CopyTo(bundle, at + 2);
            at += 2 + entry.Length;
        }

        return bundle;
    }

    /// <summary>Reads exactly <paramref name="count"/> entries; a rest or a short entry is an error.</summary>
    public static bool TryParse(byte[] bundle, int count, out IReadOnlyList<ReadOnlyMemory<byte>> entries, out string reason)
    {
        var read = new List<ReadOnlyMemory<byte>>(Math.Clamp(count, 0, TileId.FullWidth));
        entries = read;
        var at = 0;
        while (at < bundle.Length)
        {
            var length = bundle.Length - at >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(bundle.AsSpan(at)) : int.MaxValue;
            if (length > bundle.Length - at - 2)
            {
                reason = $"entry {read.Count} of the bundle is cut short";
                return false;
            }

            read.Add(bundle.AsMemory(at + 2, length));
            at += 2 + length;
        }

        reason = read.Count == count ? "" : $"the bundle holds {read.Count} entries, not {count}";
        return read.Count == count;
    }
}
