using System.Collections.Frozen;

namespace Strongroom.Ground.Identifiers;

/// <summary>
/// Prefecture codes of GB/T 2260 (first four digits of an identity number). Codes retired long ago stay on the cards of the living,
/// so an unknown one lowers the confidence and never refuses.
/// </summary>
internal static class Regions
{
    // Province code, then its prefectures: single codes and inclusive ranges.
    private static readonly string[] _table =
    [
        "11 01-02", "12 01-02", "13 01-11,21-33", "14 01-11,21-27", "15 01-09,21-29",
        "21 01-14", "22 01-08,24", "23 01-12,27",
        "31 01-02", "32 01-13", "33 01-11,25-26", "34 01-18,21-26", "35 01-09,21-22", "36 01-11,21-25", "37 01-17,22-29",
        "41 01-17,21-30,90", "42 01-03,05-13,21-28,90", "43 01-13,21-31", "44 01-09,12-20,51-53", "45 01-14,21-33", "46 01-04,90",
        "50 01-02", "51 01,03-11,13-20,21-34", "52 01-06,21-27", "53 01,03-09,21-34", "54 01-06,21-26",
        "61 01-10,21-27", "62 01-12,21-30", "63 01-02,21-28", "64 01-05,21-22", "65 01-02,04-05,21-32,40-43,90",
    ];

    private static readonly FrozenSet<int> _provinces =
        _table.Select(line => Two(line)).Concat([71, 81, 82, 83, 91]).ToFrozenSet();

    private static readonly FrozenSet<int> _prefectures = _table.SelectMany(Prefectures).ToFrozenSet();

    public static bool IsProvince(ReadOnlySpan<char> id) => _provinces.Contains(Two(id));

    public static Confidence Confidence(ReadOnlySpan<char> id)
    {
        var province = Two(id);
        var prefecture = (province * 100) + Two(id[2..]);
        return _prefectures.Contains(prefecture) || id.StartsWith("810000") || id.StartsWith("820000") || id.StartsWith("830000")
            ? Identifiers.Confidence.High
            : _provinces.Contains(province) || id[0] == '9' ? Identifiers.Confidence.Medium : Identifiers.Confidence.Low;
    }

    private static IEnumerable<int> Prefectures(string line) =>
        from part in line[3..].Split(',')
        let first = Two(part)
        let last = Two(part.AsSpan(part.Length - 2))
        from number in Enumerable.Range(first, last - first + 1)
        select (Two(line) * 100) + number;

    private static int Two(ReadOnlySpan<char> text) => ((text[0] - '0') * 10) + (text[1] - '0');
}
