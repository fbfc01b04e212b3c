using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Monitoring;

/// <summary>What is counted of one entry.</summary>
/// <param name="What">Name of the count.</param>
internal readonly record struct UsageMark(UInt128 Person, long Day, string What);

/// <summary>What the counting of an entry depends on besides the entry.</summary>
/// <param name="OffsetMinutes">The company's local time: distance from UTC.</param>
/// <param name="OffHours">Whether somebody was off duty at an instant.</param>
internal sealed record UsageSetting(
    int OffsetMinutes, IReadOnlyDictionary<ItemKey, ItemWeight> Items, IReadOnlySet<string> Administration, Func<PersonId, long, bool> OffHours);

/// <summary>Turns entries into counts. Pure.</summary>
internal static class UsageRules
{
    public const long DayMs = 86_400_000;

    public const string Acts = "m:acts", Views = "m:views", Customers = "m:customers", Reveals = "m:reveals", Exports = "m:exports", Refused = "m:refused",
        OffHours = "m:off-hours", Listed = "m:listed", Searches = "m:searches", Administration = "m:administration";

    public const string ActPrefix = "act:", AuthorisationPrefix = "auth:", ListPrefix = "list:";

    /// <summary>Counts that pictures are made of; measures, so that no right is taken for used by one. The range holds under every collation: letters bound it.</summary>
    public const string FigureFirst = "m:fig", FigureEnd = "m:fih", FigurePrefix = "m:fig:",
        PurposePrefix = FigurePrefix + "view:", ReasonPrefix = FigurePrefix + "no:", ConsentPrefix = FigurePrefix + "consent:";

    /// <summary>How an entry names a controlled list that its actor was let through.</summary>
    public const string ListCode = "list-used.";

    private const string ClearPrefix = "clear.";

    /// <summary>Acts by which values leave.</summary>
    public static readonly IReadOnlySet<string> Leaving = new HashSet<string>(StringComparer.Ordinal) { "export", "print", "transfer", "share", "file-opened" };

    /// <summary>Everything a habit can be formed of.</summary>
    public static readonly IReadOnlyList<string> Measures = [Views, Customers, Reveals, Exports, Refused, OffHours, Listed, Searches];

    public static long DayOf(long at, int offsetMinutes) => Math.Max(0, at + (offsetMinutes * 60_000L)) / DayMs;

    /// <summary>UTC milliseconds at which a day of the company begins.</summary>
    public static long BeginOf(long day, int offsetMinutes) => (day * DayMs) - (offsetMinutes * 60_000L);

    /// <summary>0 is Sunday.</summary>
    public static int WeekdayOf(long day) => (int)((day + 4) % 7);

    /// <summary>Nothing for entries of systems, clients and nobody: habits are people's.</summary>
    public static IEnumerable<UsageMark> Of(LogHeader header, UsageSetting setting)
    {
        if (header.Fact.Actor is not { Kind: LogActorKind.Person, Id: { } person })
        {
            return [];
        }

        var day = DayOf(header.At, setting.OffsetMinutes);
        return Names(header, PersonId.From(person), setting).Distinct(StringComparer.Ordinal).Select(what => new UsageMark(person, day, what));
    }

    /// <summary>Whether the entry tells of a customer somebody was let at: each counts once a day.</summary>
    public static bool Touches(LogHeader header) =>
        header is { Customer: not null, Fact: { Actor.Kind: LogActorKind.Person, Decision: Verdict.Permit } };

    private static IEnumerable<string> Names(LogHeader header, PersonId person, UsageSetting setting)
    {
        var fact = header.Fact;
        var permitted = fact.Decision is null or Verdict.Permit;
        yield return Acts;
        if (fact.Decision == Verdict.Deny)
        {
            yield return Refused;
        }

        if (setting.Administration.Contains(fact.Act.Value))
        {
            yield return Administration;
        }

        foreach (var figure in FigureRules.Of(fact))
        {
            yield return figure;
        }

        if (!permitted)
        {
            yield break;
        }

        yield return ActPrefix + fact.Act.Value;
        foreach (var authorisation in fact.Authorisations)
        {
            yield return AuthorisationPrefix + authorisation;
        }

        foreach (var list in fact.Reasons.Where(code => code.StartsWith(ListCode, StringComparison.Ordinal)))
        {
            yield return ListPrefix + list[ListCode.Length..];
            yield return Listed;
        }

        if (fact.Act.Value == "view")
        {
            yield return Views;
        }

        if (fact.Act.Value == "find")
        {
            yield return Searches;
        }

        if (Leaving.Contains(fact.Act.Value))
        {
            yield return Exports;
        }

        if (fact.Reasons.Any(code => code.StartsWith(ClearPrefix, StringComparison.Ordinal) && IsSensitive(code[ClearPrefix.Length..], setting)))
        {
            yield return Reveals;
        }

        if ((header.Customer is not null || fact.Act.Value == "find") && setting.OffHours(person, header.At))
        {
            yield return OffHours;
        }
    }

    /// <summary>An item nobody knows any more counts as sensitive.</summary>
    private static bool IsSensitive(string item, UsageSetting setting) =>
        !Name.TryParse<ItemKey>(item, out var key) || setting.Items.GetValueOrDefault(key) is not { } weight || weight.Level >= Level.Sensitive;
}

/// <summary>What of an entry goes into pictures. Pure.</summary>
internal static class FigureRules
{
    public static IEnumerable<string> Of(LogFact fact)
    {
        if (fact.Decision is Verdict.Deny or Verdict.Needs)
        {
            return fact.Reasons.Where(code => Reasons.Find(code) is not null).Select(code => UsageRules.ReasonPrefix + code);
        }

        return fact.Act.Value switch
        {
            "view" when fact.Purpose is { } purpose => [UsageRules.PurposePrefix + purpose],
            "consent-recorded" or "consent-withdrawn" => [UsageRules.ConsentPrefix + fact.Act],
            _ => [],
        };
    }
}
