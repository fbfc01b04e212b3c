using System.Text;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Ground.Masks;

/// <summary>Mainland addresses down to the district (区县); street, house and flat are hidden.</summary>
internal static class AddressMask
{
    private static readonly string[] _municipalities = ["北京", "天津", "上海", "重庆"];

    // Written in full or short; the longer form of each is tried first.
    private static readonly string[] _provinces =
    [
        "内蒙古自治区", "广西壮族自治区", "西藏自治区", "宁夏回族自治区", "新疆维吾尔自治区", "黑龙江省", "河北省", "山西省", "辽宁省", "吉林省", "江苏省",
        "浙江省", "安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "海南省", "四川省", "贵州省", "云南省", "陕西省",
        "甘肃省", "青海省", "台湾省", "内蒙古", "黑龙江", "广西", "西藏", "宁夏", "新疆", "河北", "山西", "辽宁", "吉林", "江苏", "浙江", "安徽",
        "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南", "四川", "贵州", "云南", "陕西", "甘肃", "青海",
    ];

    private static readonly string[] _cityEndings = ["自治州", "地区", "市", "盟"];
    private static readonly string[] _districtEndings = ["自治县", "自治旗", "新区", "区", "县", "旗", "市"];

    // Estates, campuses and the like end in 区 too, and they are part of the street address.
    private static readonly string[] _notDistricts =
        ["小区", "社区", "园区", "校区", "厂区", "院区", "景区", "住宅区", "生活区", "别墅区", "家属区", "宿舍区", "军区", "片区", "街区", "苑区"];

    public static string? District(string value)
    {
        if (IdentifierText.Fold(value) is not { } folded)
        {
            return null;
        }

        var text = IdentifierText.Without(folded, " ,");
        var end = Head(text);
        if (end == 0)
        {
            return null;
        }

        var district = Part(text, end, _districtEndings, longest: 15);
        end = district > 0 && !Array.Exists(_notDistricts, estate => text.AsSpan(0, district).EndsWith(estate)) ? district : end;

        // When nothing follows there is nothing to hide, and what looks like a district may be all the address there is.
        return text.Length - end >= 2 ? text[..end] + Mask.Hidden : null;
    }

    /// <summary>Where province and city end; 0 when the address does not start with a known province or municipality.</summary>
    private static int Head(string text)
    {
        foreach (var name in _municipalities)
        {
            if (text.StartsWith(name, StringComparison.Ordinal))
            {
                var end = text.AsSpan(name.Length).StartsWith("市") ? name.Length + 1 : name.Length;
                return text.AsSpan(end).StartsWith(name + "市") ? end + name.Length + 1 : end;
            }
        }

        foreach (var name in _provinces)
        {
            if (text.StartsWith(name, StringComparison.Ordinal))
            {
                return Part(text, name.Length, _cityEndings, longest: 11);
            }
        }

        return 0;
    }

    /// <summary>The end of the next part: the nearest ending after at least one other character, Han characters only; 0 when there is none.</summary>
    private static int Part(string text, int start, string[] endings, int longest)
    {
        for (var i = start + 1; i < text.Length && i < start + longest; i++)
        {
            if (!Rune.TryGetRuneAt(text, i - 1, out var rune) || !IdentifierText.IsHan(rune))
            {
                return 0;
            }

            foreach (var ending in endings)
            {
                // A part longer than seven characters has one of the long endings: 自治州, 自治县, 自治旗.
                if (text.AsSpan(i).StartsWith(ending) && (ending.Length == 3 || i + ending.Length - start <= 7))
                {
                    return i + ending.Length;
                }
            }
        }

        return 0;
    }
}
