using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Rosters;

/// <param name="Days">Days that the file speaks of.</param>
/// <param name="Unchanged">Those that were there already in the same words; swaps of theirs stay.</param>
/// <param name="SwapsReplaced">Swaps that went with the days the file says anew.</param>
internal sealed record RosterTaken(int Shifts, int Days, int Unchanged, int SwapsReplaced);

/// <summary>One colleague works another's shift.</summary>
/// <param name="Day">The unit's day on which the shift begins: 2026-11-23.</param>
/// <param name="Start">UTC milliseconds at which it begins; needed when he has two that day.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SwapRequest(DateOnly Day, PersonId Person, PersonId With, string Reason, long? Start = null);

/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive.</param>
internal sealed record ShiftView(PersonId Person, PostKey Post, UnitId Unit, long From, long Until, PersonId? Instead, PersonId? SwappedBy);

internal sealed record RosterDayView(string Roster, DateOnly Day, IReadOnlyList<ShiftView> Shifts);

/// <param name="First">First day that was taken in.</param>
/// <param name="Last">Last day that was taken in.</param>
internal sealed record RosterSpan(string Roster, DateOnly First, DateOnly Last);

internal sealed record RosterList(IReadOnlyList<RosterSpan> Rosters);

/// <summary>Somebody who works now and can be asked.</summary>
internal sealed record DutyNow(PersonId Person, string Name, UnitId Unit, PostKey Post, long From, long Until);

/// <summary>Facts about rosters in the log.</summary>
internal static class RosterFacts
{
    public const string Imported = "roster-imported";
    public const string Swapped = "shift-swapped";
    public const string Read = "roster-read";
    public const string DutyRead = "duty-now-read";
}
