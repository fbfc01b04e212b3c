using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Reviews.Checks;

/// <summary>How a check of the log came about (R53).</summary>
[JsonConverter(typeof(KebabEnum<CheckKind>))]
internal enum CheckKind
{
    /// <summary>日常: what operations and administrators did on a day, sampled by itself.</summary>
    Daily,

    /// <summary>专项: everything of one kind, person or time that the security department asks for.</summary>
    Special,

    /// <summary>抽查: a share of everything.</summary>
    Spot,
}

[JsonConverter(typeof(KebabEnum<CheckState>))]
internal enum CheckState
{
    Open,
    Overdue,
    Done,
}

[JsonConverter(typeof(KebabEnum<CheckVerdict>))]
internal enum CheckVerdict
{
    Normal,
    Question,
    Violation,
}

/// <summary>One check: which entries, drawn how, due when.</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive.</param>
/// <param name="Seed">With the share it draws the same entries again.</param>
/// <param name="Seen">Entries it was drawn from; of a daily check the counts of the day tell.</param>
internal sealed record CheckContent(CheckKind Kind, long From, long Until, string Seed, int PerMille, long Due, PersonId? By, string? Act, PersonId? Person, long Seen)
{
    /// <summary>Days since 1970 at the company's place, of a daily check.</summary>
    public long? Day { get; init; }
}

/// <summary>An entry drawn for checking: its header's machine codes, nothing else.</summary>
internal sealed record CheckItem(EntryId Entry, long At, string Act, Verdict? Decision, string? Zone)
{
    public PersonId? Reviewer { get; init; }

    public long? Reviewed { get; init; }

    /// <summary>Sealed.</summary>
    public byte[]? Reason { get; init; }
}

internal static class CheckLog
{
    public const string Opened = "log-check-opened", Read = "log-checks-read", Drawn = "log-check-drawn", Judged = "log-check-judged", JudgeRefused = "log-check-judge-refused",
        Done = "log-check-done", Overdue = "log-check-overdue";
}

/// <summary>Who judges what. Pure.</summary>
internal static class CheckRules
{
    private static readonly PostKey Operations = PostKey.Of("operations");

    /// <summary>Nobody judges his own act; operations only what operations did by day, the security department's checks are its own.</summary>
    public static Reason? MayJudge(PersonId reviewer, IReadOnlyList<PostKey> posts, PersonId? actor, CheckKind kind)
    {
        if (reviewer == actor)
        {
            return Reasons.ReviewOwn;
        }

        return kind != CheckKind.Daily && posts.All(post => post == Operations) ? Reasons.ReviewNotYours : null;
    }

    /// <summary>Judged of drawn, per mille; nothing drawn is nothing missed.</summary>
    public static int CoveragePerMille(long judged, long drawn) => drawn == 0 ? 1_000 : (int)(judged * 1_000 / drawn);
}
