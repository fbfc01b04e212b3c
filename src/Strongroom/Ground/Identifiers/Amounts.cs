using System.Collections.Frozen;
using System.Globalization;

namespace Strongroom.Ground.Identifiers;

/// <summary>An amount of money: up to 15 digits and an ISO 4217 code. A bare number is in yuan.</summary>
internal static class Money
{
    private static readonly FrozenDictionary<string, int> _minorUnits = new Dictionary<string, int>
    {
        ["CNY"] = 2, ["HKD"] = 2, ["MOP"] = 2, ["TWD"] = 2, ["USD"] = 2, ["EUR"] = 2, ["GBP"] = 2, ["CHF"] = 2, ["AUD"] = 2, ["NZD"] = 2,
        ["CAD"] = 2, ["SGD"] = 2, ["MYR"] = 2, ["THB"] = 2, ["IDR"] = 2, ["PHP"] = 2, ["INR"] = 2, ["RUB"] = 2, ["AED"] = 2, ["SAR"] = 2,
        ["SEK"] = 2, ["NOK"] = 2, ["DKK"] = 2, ["PLN"] = 2, ["CZK"] = 2, ["TRY"] = 2, ["ZAR"] = 2, ["BRL"] = 2, ["MXN"] = 2, ["KZT"] = 2,
        ["JPY"] = 0, ["KRW"] = 0, ["VND"] = 0, ["ISK"] = 0, ["CLP"] = 0, ["KWD"] = 3, ["BHD"] = 3, ["OMR"] = 3, ["JOD"] = 3, ["TND"] = 3,
    }.ToFrozenDictionary();

    /// <summary>"CNY 88.5" written as "CNY 88.50"; null when it is not an amount. An unknown currency keeps its digits for the check.</summary>
    public static string? Normalise(string folded)
    {
        var text = IdentifierText.UpperAscii(IdentifierText.Without(folded, " "));
        var (currency, amount) = text switch
        {
            ['¥' or '￥', .. var rest] => ("CNY", rest),
            [>= 'A' and <= 'Z', _, _, .. var rest] => (text[..3], rest),
            [.. var rest, >= 'A' and <= 'Z', >= 'A' and <= 'Z', >= 'A' and <= 'Z'] => (text[^3..], rest),
            _ => ("CNY", text),
        };
        if (currency.AsSpan().IndexOfAnyExceptInRange('A', 'Z') >= 0 || Number.Parse(amount) is not { } number || Math.Abs(number) >= 1e15m)
        {
            return null;
        }

        var format = _minorUnits.TryGetValue(currency, out var places) && decimal.Round(number, places) == number ? "F" + places : "0.#############################";
        return currency + " " + number.ToString(format, CultureInfo.InvariantCulture);
    }

    public static Verdict Check(string money) =>
        !_minorUnits.TryGetValue(money[..3], out var places) ? Verdict.Invalid(Faults.MoneyCurrency)
        : Number.Parse(money[4..]) is { } number && decimal.Round(number, places) == number ? Verdict.Ok()
        : Verdict.Invalid(Faults.MoneyMinor);
}

/// <summary>A plain decimal number: sign, digits, decimal point; no exponent, no thousands separators.</summary>
internal static class Number
{
    public static string? Normalise(string folded) => Parse(folded)?.ToString("0.#############################", CultureInfo.InvariantCulture);

    public static decimal? Parse(string text) => text.Length <= 29
        && decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
