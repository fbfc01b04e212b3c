using System.Collections.Frozen;
using System.Text;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Ground.Masks;

/// <summary>Masks of people's names: the surname of a Chinese name, initials of one in an alphabet.</summary>
internal static class NameMask
{
    private static readonly FrozenSet<string> _compoundSurnames = (
        "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 " +
        "宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 " +
        "微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 " +
        "吴铭 纳兰 歐陽 司馬 東方 獨孤 南宮 諸葛 尉遲 赫連 鍾離 長孫 鮮于 軒轅 呼延 東郭 西門 納蘭").Split(' ').ToFrozenSet();

    public static string? Any(string value) => IdentifierText.Fold(value) is { Length: > 0 } folded ? Chinese(folded) ?? Alphabetic(folded) : null;

    public static string? Latin(string value) => IdentifierText.Fold(value) is { Length: > 0 } folded ? Alphabetic(folded) : null;

    /// <summary>Another person: the masked name, else the masked mobile number; an id or a document stays hidden.</summary>
    public static string? Person(string value) => PersonReference.Read(value) switch
    {
        { Name: { } name } => Any(name),
        { Mobile: { } mobile } => ValueMasks.Mobile(mobile),
        _ => null,
    };

    /// <summary>张三 → 张*, 欧阳娜娜 → 欧阳**. A name of another shape keeps one character and hides its length.</summary>
    private static string? Chinese(string folded)
    {
        var runes = IdentifierText.Without(folded, " ").EnumerateRunes().ToArray();
        if (runes.Length < 2 || !Array.TrueForAll(runes, rune => IdentifierText.IsHan(rune) || rune.Value == 0xB7) || !IdentifierText.IsHan(runes[0]))
        {
            return null;
        }

        if (runes.Length > 4 || Array.Exists(runes, rune => rune.Value == 0xB7))
        {
            return runes[0] + "***";
        }

        var surname = runes.Length > 2 && _compoundSurnames.Contains(runes[0].ToString() + runes[1]) ? 2 : 1;
        return string.Concat(runes.Take(surname)) + new string('*', runes.Length - surname);
    }

    /// <summary>
    /// Initials of the first two words: "Zhang Xiaoming" → "Z*** X***". A word of one letter shows nothing, for its initial is all of it.
    /// </summary>
    private static string? Alphabetic(string folded)
    {
        foreach (var rune in folded.EnumerateRunes())
        {
            if (!IsAlphabetic(rune) && !" ,/.'-()\"`".Contains((char)rune.Value, StringComparison.Ordinal))
            {
                return null;
            }
        }

        var words = folded.Split([' ', ',', '/', '(', ')', '"'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.EnumerateRunes().Any(Rune.IsLetter)).Take(2).Select(Initial).ToArray();
        var comma = folded.IndexOf(',', StringComparison.Ordinal) > 0 ? ", " : " ";
        return words.Length == 0 ? null : string.Join(comma, words);
    }

    private static string Initial(string word)
    {
        var letters = word.EnumerateRunes().Where(Rune.IsLetter).Take(2).ToArray();
        return (letters.Length < 2 ? "" : letters[0].ToString()) + "***";
    }

    // Latin, Greek, Cyrillic and their extensions: letters that make words. One syllable of another script is too much of a name.
    private static bool IsAlphabetic(Rune rune) =>
        rune.Value is < 0x0530 or (>= 0x1E00 and < 0x2000) && Rune.IsLetter(rune);
}
