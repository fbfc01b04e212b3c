using System.Globalization;

namespace Strongroom.Store.Catalogue;

/// <summary>The event a retention term counts from (R65; domain.md §1, column keep).</summary>
internal enum RetentionEvent
{
    /// <summary>C: the customer relation ends.</summary>
    CustomerEnd,

    /// <summary>F: flown or toured.</summary>
    JourneyEnd,

    /// <summary>O: check-out.</summary>
    CheckOut,

    /// <summary>X: the telecom service ends.</summary>
    ServiceEnd,

    /// <summary>K: the case, order or complaint is closed.</summary>
    CaseClosed,

    /// <summary>The value is erased once used; the fact of its use is kept.</summary>
    Used,

    /// <summary>The moment the value was collected.</summary>
    Collected,

    /// <summary>w: consent withdrawn.</summary>
    Withdrawn,

    /// <summary>The last time the customer was reached or answered.</summary>
    LastContact,

    /// <summary>The agreement with the partner ends.</summary>
    AgreementEnd,

    /// <summary>Content was delivered to its recipient.</summary>
    Delivered,

    /// <summary>The person leaves a list that has a term of its own.</summary>
    ListEnded,
}

internal enum TermUnit
{
    Hours,
    Days,
    Months,
    Years,
}

/// <summary>A calendar term such as <c>3y</c>, <c>6m</c>, <c>30d</c>, <c>24h</c> or <c>0d</c>.</summary>
internal readonly record struct Term(int Count, TermUnit Unit) : IComparable<Term>
{
    public const int Longest = 100;

    private const string Letters = "hdmy";

    /// <summary>Accepts a number without leading zeros (at most four digits; 100 years) and one of h, d, m (months), y.</summary>
    public static bool TryParse(string? text, out Term term)
    {
        term = default;
        if (text is not { Length: >= 2 and <= 5 } || Letters.IndexOf(text[^1], StringComparison.Ordinal) is var unit && unit < 0
            || (text[0] == '0' && text.Length > 2)
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || ((TermUnit)unit == TermUnit.Years && count > Longest))
        {
            return false;
        }

        term = new Term(count, (TermUnit)unit);
        return true;
    }

    /// <summary>The instant the term ends when it starts at <paramref name="start"/>; months and years follow the calendar.</summary>
    public DateTimeOffset After(DateTimeOffset start) => Unit switch
    {
        TermUnit.Hours => start.AddHours(Count),
        TermUnit.Days => start.AddDays(Count),
        TermUnit.Months => start.AddMonths(Count),
        _ => start.AddYears(Count),
    };

    /// <summary>By nominal length: a month counts 730 hours, a year 8,760.</summary>
    public int CompareTo(Term other) => NominalHours.CompareTo(other.NominalHours);

    private long NominalHours => Count * Unit switch { TermUnit.Hours => 1L, TermUnit.Days => 24L, TermUnit.Months => 730L, _ => 8_760L };

    public override string ToString() => Count.ToString(CultureInfo.InvariantCulture) + Letters[(int)Unit];
}

/// <summary>How long something stays: until <paramref name="Term"/> after <paramref name="After"/>.</summary>
internal sealed record RetentionTerm(RetentionEvent After, Term Term);

/// <summary>An item's retention. With a second term the earlier end counts (PIPL 19: the shortest time the purpose needs).</summary>
internal sealed record RetentionRule(RetentionEvent After, Term Term, RetentionTerm? Or = null);
