using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Policies;

/// <summary>One shift of one person, in instants; local times were worked out when it was taken in.</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive.</param>
internal sealed record ShiftContent(PersonId Person, PostKey Post, UnitId Unit, long From, long Until)
{
    /// <summary>Whose shift it was before it was swapped; null: it was not.</summary>
    public PersonId? Instead { get; init; }

    /// <summary>Who entered the swap.</summary>
    public PersonId? SwappedBy { get; init; }
}

/// <summary>Content of the control row <c>roster-day</c>: one day of one roster (R44). Taking the same day in again replaces it.</summary>
/// <param name="Day">Days since 1970-01-01, of the units' own calendar.</param>
/// <param name="Digest">SHA-256 of what was taken in, lower hex: the same again changes nothing, swaps stay.</param>
internal sealed record RosterDayContent(string Roster, int Day, string Digest, IReadOnlyList<ShiftContent> Shifts)
{
    public const string Kind = "roster-day";

    [JsonIgnore]
    public ControlKey Key => KeyOf(Roster, Day);

    public static ControlKey KeyOf(string roster, int day) => ControlKey.Named(Kind, string.Create(CultureInfo.InvariantCulture, $"{roster}/{day}"));
}

/// <summary>A post whose holders work by roster.</summary>
/// <param name="EarlyMs">How long before a shift one may begin.</param>
/// <param name="LateMs">How long after it one may finish what is open.</param>
internal sealed record RosterRule(PostKey Post, long EarlyMs, long LateMs);

/// <summary>
/// The shifts around now, and which posts depend on them. Bounded: it holds the days from two before to two after the one it was read on. What
/// it does not hold nobody works. Immutable.
/// </summary>
internal sealed class RosterBook
{
    public const int DaysAround = 2;
    public const long DayMs = 86_400_000;

    public static readonly RosterBook Empty = new([], [], 0);

    private readonly Dictionary<PostKey, RosterRule> rules = [];
    private readonly FrozenDictionary<PersonId, ShiftContent[]> shifts;

    /// <param name="readAt">UTC milliseconds at which the days were chosen.</param>
    public RosterBook(IEnumerable<RosterRule> bound, IEnumerable<ShiftContent> days, long readAt)
    {
        foreach (var rule in bound)
        {
            // Two rules for a post: the shorter grace of both.
            rules[rule.Post] = rules.TryGetValue(rule.Post, out var known)
                ? new RosterRule(rule.Post, Math.Min(known.EarlyMs, rule.EarlyMs), Math.Min(known.LateMs, rule.LateMs))
                : rule;
        }

        ReadAt = readAt;
        shifts = days.GroupBy(shift => shift.Person).ToFrozenDictionary(group => group.Key, group => group.OrderBy(shift => shift.From).ToArray());
    }

    public long ReadAt { get; }

    public int Count => shifts.Values.Sum(list => list.Length);

    /// <summary>Whether these are still the days around now. A day of another calendar may begin 14 hours before the one of UTC and end 12 after it.</summary>
    public bool Covers(long now) => (rules.Count == 0 && shifts.Count == 0) || (now >= ReadAt - 60_000 && now < ReadAt + DayMs);

    public bool Binds(PostKey post) => rules.ContainsKey(post);

    /// <summary>Whether he may work in this post now: it depends on no roster, or a shift of his runs, grace included.</summary>
    /// <param name="units">The unit in which the post is held and those below it.</param>
    public bool OnShift(PersonId person, PostKey post, IReadOnlySet<UnitId> units, long now)
    {
        if (!rules.TryGetValue(post, out var rule))
        {
            return true;
        }

        return Covers(now) && IsWithin(rule, person, post, units, now);
    }

    /// <summary>Whether the days that were read say who worked at this instant, shifts from the evening before included.</summary>
    public bool Knows(long at) => at >= ReadAt - DayMs && at < ReadAt + DayMs;

    /// <summary>Whether a shift of his ran at an instant that <see cref="Knows"/>, grace included; for what is looked at afterwards.</summary>
    public bool WasOnShift(PersonId person, PostKey post, IReadOnlySet<UnitId> units, long at) => Knows(at) && rules.TryGetValue(post, out var rule) && IsWithin(rule, person, post, units, at);

    private bool IsWithin(RosterRule rule, PersonId person, PostKey post, IReadOnlySet<UnitId> units, long at) => shifts.TryGetValue(person, out var own) && own.Any(shift =>
        shift.Post == post && units.Contains(shift.Unit) && shift.From - rule.EarlyMs <= at && at < shift.Until + rule.LateMs);

    /// <summary>The shifts that run now, without grace: who can be asked.</summary>
    public IEnumerable<ShiftContent> Now(long now) =>
        Covers(now) ? shifts.Values.SelectMany(list => list).Where(shift => shift.From <= now && now < shift.Until) : [];
}

/// <summary>The days of rosters as rows.</summary>
internal static class RosterDays
{
    /// <summary>Days since 1970-01-01.</summary>
    public static int DayOf(long ms) => (int)Math.Floor((double)ms / RosterBook.DayMs);

    public static int DayOf(DateOnly day) => day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    public static DateOnly DateOf(int day) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day);

    public static async Task<IReadOnlyList<ControlRow<RosterDayContent>>> LoadAsync(Tx tx, ControlStore control, int from, int until)
    {
        var rows = await control.LoadManyAsync<RosterDayContent>(tx, RosterDayContent.Kind, [.. await RosterDayStore.BetweenAsync(tx, from, until)]);

        // The index is only a signpost; the row itself must say which day it is.
        return [.. rows.Where(row => row.Key == row.Content.Key && row.Content.Day >= from && row.Content.Day <= until)];
    }

    public static async Task<RosterBook> BookAsync(Tx tx, ControlStore control, IReadOnlyList<RosterRule> bound, long now)
    {
        var today = DayOf(now);
        var days = await LoadAsync(tx, control, today - RosterBook.DaysAround, today + RosterBook.DaysAround);
        return bound.Count == 0 && days.Count == 0 ? RosterBook.Empty : new RosterBook(bound, days.SelectMany(day => day.Content.Shifts), now);
    }
}

/// <summary>Who can be asked now.</summary>
internal sealed record DutyShift(PersonId Person, UnitId Unit, PostKey Post, long From, long Until);

/// <summary>Who is on duty (R44, R45): for co-operators and for whoever looks for a colleague. Answers from the snapshot alone.</summary>
internal interface IOnDuty
{
    /// <summary>The shifts that run now, in every legal entity.</summary>
    IReadOnlyList<DutyShift> Now(PolicySnapshot policy, long now);

    /// <summary>Whether somebody who holds this post works in it now: inside its hours, and on shift when the post works by roster. No grace.</summary>
    bool IsOnDuty(PolicySnapshot policy, PersonId person, HeldPost held, long now);
}

/// <summary>Pure.</summary>
internal sealed class OnDuty : IOnDuty
{
    public IReadOnlyList<DutyShift> Now(PolicySnapshot policy, long now) =>
        [.. policy.Rosters.Now(now).Select(shift => new DutyShift(shift.Person, shift.Unit, shift.Post, shift.From, shift.Until))];

    public bool IsOnDuty(PolicySnapshot policy, PersonId person, HeldPost held, long now) => WorksNow(policy, person, held, now);

    internal static bool WorksNow(PolicySnapshot policy, PersonId person, HeldPost held, long now)
    {
        var windows = (policy.Access?.Hours ?? []).Where(rule => rule.Post == held.Post).ToList();
        return held.InForce(now) && (windows.Count == 0 || windows.Exists(window => window.Holds(now)))
            && (!policy.Rosters.Binds(held.Post)
                || (policy.Organisation.Units.GetValueOrDefault(held.Unit) is { } reach
                    && policy.Rosters.Now(now).Any(shift => shift.Person == person && shift.Post == held.Post && reach.Below.Contains(shift.Unit))));
    }
}
