using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Strongroom.Spine.Audit.Tlog;

/// <summary>
/// Coordinates of a tile or entry bundle (C2SP tlog-tiles): level 0–63 (entries: <see cref="Entries"/>), index in the level,
/// width 1–256 hashes.
/// </summary>
internal readonly record struct TileId(int Level, long Index, int Width)
{
    public const int FullWidth = 256;
    public const int HeightBits = 8;

    /// <summary>Level of an entry bundle, which stands beside the level-0 tile of the same index.</summary>
    public const int Entries = -1;

    private const int HighestLevel = 63;

    public bool IsPartial => Width != FullWidth;

    /// <summary>Width of the tile in a tree of <paramref name="size"/> leaves: 0 (not there) to 256.</summary>
    public static int WidthAt(int level, long index, long size)
    {
        var shift = HeightBits * Math.Max(level, 0);
        var nodes = shift > 62 ? 0 : size >> shift;
        return (int)Math.Clamp(nodes - index * FullWidth, 0, FullWidth);
    }

    /// <summary>For example <c>tile/0/x001/x234/067</c> or <c>tile/entries/000.p/15</c>.</summary>
    public override string ToString()
    {
        var path = (Index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (var rest = Index / 1000; rest > 0; rest /= 1000)
        {
            path = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:000}/{path}");
        }

        var level = Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture);
        return IsPartial ? string.Create(CultureInfo.InvariantCulture, $"tile/{level}/{path}.p/{Width}") : $"tile/{level}/{path}";
    }

    /// <summary>Reads exactly what <see cref="ToString"/> writes; anything else is no tile.</summary>
    public static bool TryParse([NotNullWhen(true)] string? path, out TileId tile)
    {
        tile = default;
        if (path is not { Length: > 5 and <= 64 } || !path.StartsWith("tile/", StringComparison.Ordinal))
        {
            return false;
        }

        var parts = path.Split('/')[1..];
        var width = FullWidth;
        if (parts is [_, .., var last, var wide] && last.EndsWith(".p", StringComparison.Ordinal))
        {
            if (!TryNumber(wide, out width))
            {
                return false;
            }

            parts = [.. parts[..^2], last[..^2]];
        }

        if (parts.Length < 2 || !TryLevel(parts[0], out var level) || !TryIndex(parts.AsSpan(1), out var index))
        {
            return false;
        }

        // One spelling per tile: leading zeroes, `x000/` prefixes and widths of 0 or 256 fall out here.
        tile = new TileId(level, index, width);
        return string.Equals(tile.ToString(), path, StringComparison.Ordinal) && (width is > 0 and <= FullWidth);
    }

    private static bool TryLevel(string text, out int level)
    {
        level = Entries;
        return text == "entries" || (TryNumber(text, out level) && level <= HighestLevel);
    }

    private static bool TryIndex(ReadOnlySpan<string> parts, out long index)
    {
        index = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var digits = i < parts.Length - 1 ? parts[i] is ['x', .. var rest] ? rest : "" : parts[i];
            if (digits.Length != 3 || !TryNumber(digits, out var three) || index > (long.MaxValue >> HeightBits) / 1000 - 1)
            {
                return false;
            }

            index = index * 1000 + three;
        }

        return true;
    }

    private static bool TryNumber(string digits, out int number) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
