using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Reviews;

[JsonConverter(typeof(KebabEnum<CampaignState>))]
internal enum CampaignState
{
    Open,

    /// <summary>The deadline has passed; what nobody confirmed rests.</summary>
    Overdue,
    Closed,
}

[JsonConverter(typeof(KebabEnum<LineState>))]
internal enum LineState
{
    Open,
    Confirmed,
    Reduced,
    Revoked,

    /// <summary>Nobody confirmed it in time: the right rests until somebody does.</summary>
    Suspended,

    /// <summary>Nobody confirmed it in time, but without it nobody could administer or decide: it stands, and the officer has been told.</summary>
    Escalated,
}

[JsonConverter(typeof(KebabEnum<LineVerdict>))]
internal enum LineVerdict
{
    Confirm,
    Reduce,
    Revoke,
}

[JsonConverter(typeof(KebabEnum<SecondVerdict>))]
internal enum SecondVerdict
{
    Agree,

    /// <summary>The line is open again.</summary>
    Object,
}

/// <summary>One access review (R36, domain.md §8): who opened it, until when, and what was frozen.</summary>
/// <param name="Deadline">UTC milliseconds.</param>
/// <param name="Lines">How many rights the snapshot holds; closing counts them again.</param>
/// <param name="Seed">Draws the second reviewer's sample; told once everything is decided.</param>
internal sealed record CampaignContent(string Name, PersonId OpenedBy, long Opened, long Deadline, EntityId? Entity, UnitId? Unit, int Lines, string Seed)
{
    /// <summary>Of a thousand lines so many are looked at twice.</summary>
    public const int SharePerMille = 50;

    /// <summary>Reminders sent, as days before the deadline.</summary>
    public IReadOnlyList<int> Reminded { get; init; } = [];

    public PersonId? ClosedBy { get; init; }

    public long? Closed { get; init; }

    /// <summary>The signed report, <c>{body, sig}</c> as canonical JSON.</summary>
    public string? Report { get; init; }
}

/// <summary>A line of an access review: a right as it was frozen, how it was used, and what was decided.</summary>
/// <param name="LastUse">UTC milliseconds; null: never.</param>
/// <param name="Uses">In the last 90 days.</param>
internal sealed record LineContent(HeldRight Right, long? LastUse, long Uses)
{
    public LineVerdict? Verdict { get; init; }

    public PersonId? Decider { get; init; }

    public long? Decided { get; init; }

    /// <summary>The decider's words, sealed: people write names into them.</summary>
    public byte[]? Reason { get; init; }

    /// <summary>The right as the deadline put it to rest: an authorisation's rule, else its kind. Null: it was gone or stands, and nothing is put back.</summary>
    public string? Before { get; init; }

    /// <summary>Version of the resting authorisation's row. It has another one: somebody ended or changed it since, and nothing is put back.</summary>
    public long? Resting { get; init; }

    public PersonId? Second { get; init; }

    public SecondVerdict? SecondVerdict { get; init; }

    /// <summary>Who decided before an objection: he does not decide again.</summary>
    public PersonId? Objected { get; init; }

    [JsonIgnore]
    public bool Unused => Uses == 0;
}

internal static class CampaignLog
{
    public const string Opened = "access-review-opened", Frozen = "access-review-frozen", Read = "access-review-read", Decided = "access-review-decided", DecisionRefused = "access-review-decision-refused",
        Suspended = "access-review-suspended", Seconded = "access-review-seconded", Closed = "access-review-closed", Reminded = "access-review-reminded",
        Overdue = "access-review-overdue", UnusedRead = "unused-rights-read";
}
