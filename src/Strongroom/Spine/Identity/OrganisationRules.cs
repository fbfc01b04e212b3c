using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>What identity must know of a post; the post's rights are the decision's matter.</summary>
/// <param name="Operating">Works on customers; the data protection officer may hold none of these.</param>
/// <param name="Administers">Manages accounts and configuration: granting it takes two administrators.</param>
internal sealed record PostFacts(PostKey Key, bool Operating, bool Administers)
{
    // Whoever holds one of these could undo what holds the others: a policy adds to them and never takes one away.
    private static readonly FrozenSet<PostKey> Always = new[] { "admin-4a", "data-owner", "dpo", "auditor", "shift-lead" }.Select(PostKey.Of).ToFrozenSet();

    /// <summary>Marked by policy: giving it takes two administrators.</summary>
    public bool Guarded { get; init; }

    /// <summary>One administrator alone neither gives it nor becomes somebody who holds it (R40).</summary>
    public bool TakesTwo => Administers || Guarded || Always.Contains(Key);
}

/// <summary>Duties no one person may hold together (R40): any two different members of <see cref="Between"/>.</summary>
/// <param name="Between">Post keys, or <c>any-operating</c> for every operating post.</param>
internal sealed record DutyConflict(string Key, Bilingual Text, IReadOnlyList<string> Between)
{
    public const string AnyOperating = "any-operating";
}

/// <summary>The posts that exist, and which exclude each other.</summary>
internal sealed record PostBook(IReadOnlyDictionary<PostKey, PostFacts> Posts, IReadOnlyList<DutyConflict> Conflicts)
{
    public static readonly PostBook Empty = new(new Dictionary<PostKey, PostFacts>(), []);
}

/// <summary>Who may become what in the organisation. Pure.</summary>
internal static class OrganisationRules
{
    /// <summary>Nobody administers himself: not his posts, not his state, not his start password.</summary>
    public static Reason? MayAdminister(PersonId actor, PersonId subject) => actor == subject ? Reasons.PeopleSelf : null;

    /// <summary>Suspended people can come back; closed is final.</summary>
    public static Reason? MayBecome(MemberState now, MemberState next) => (now, next) switch
    {
        (MemberState.Closed, _) => Reasons.MemberClosed,
        _ when now == next => Reasons.MemberStateSame,
        _ => null,
    };

    /// <summary>Whether a person who holds these posts may be given another one.</summary>
    /// <param name="held">All assignments of the person, past ones too.</param>
    /// <param name="conflict">The rule that stands against it, when one does.</param>
    public static Reason? MayHold(IReadOnlyList<HeldPost> held, HeldPost wanted, PostBook book, out DutyConflict? conflict)
    {
        conflict = null;
        if (!book.Posts.TryGetValue(wanted.Post, out var facts))
        {
            return Reasons.PostUnknown;
        }

        if (wanted.Until is { } until && until <= wanted.From)
        {
            return Reasons.PostTerm;
        }

        var meanwhile = held.Where(post => Overlaps(post, wanted)).ToList();
        if (meanwhile.Any(post => post.Post == wanted.Post && post.Unit == wanted.Unit))
        {
            return Reasons.PostHeld;
        }

        conflict = book.Conflicts.FirstOrDefault(rule => meanwhile.Any(post => Excludes(rule, facts, FactsOf(post.Post, book))));
        return conflict is null ? null : Reasons.PostsIncompatible;
    }

    /// <summary>True when both posts fall under the rule through different members of it.</summary>
    public static bool Excludes(DutyConflict rule, PostFacts one, PostFacts other)
    {
        if (one.Key == other.Key)
        {
            return false;
        }

        for (var i = 0; i < rule.Between.Count; i++)
        {
            for (var j = 0; j < rule.Between.Count; j++)
            {
                if (i != j && IsMember(rule.Between[i], one) && IsMember(rule.Between[j], other))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a unit may hang below another one (or become a root): in use, of its entity, and no ring. Total on any tree.</summary>
    public static Reason? MayMove(UnitId unit, UnitId? parent, IReadOnlyDictionary<UnitId, UnitContent> units)
    {
        if (parent is not { } above)
        {
            return null;
        }

        if (!units.TryGetValue(unit, out var moved) || !units.TryGetValue(above, out var target)
            || target.State != MemberState.Active || target.Entity != moved.Entity)
        {
            return Reasons.UnitUnknown;
        }

        var seen = new HashSet<UnitId>();
        for (UnitId? at = above; at is { } step && seen.Add(step); at = units.GetValueOrDefault(step)?.Parent)
        {
            if (step == unit)
            {
                return Reasons.UnitCycle;
            }
        }

        return null;
    }

    /// <summary>Ends an assignment now; null when there is none in force or to come.</summary>
    public static IReadOnlyList<HeldPost>? Without(IReadOnlyList<HeldPost> held, PostKey post, UnitId unit, long now)
    {
        var ended = held.FirstOrDefault(item => item.Post == post && item.Unit == unit && (item.Until is null || item.Until > now));
        return ended is null ? null : [.. held.Where(item => item != ended), .. ended.From < now ? new[] { ended with { Until = now } } : []];
    }

    private static PostFacts FactsOf(PostKey post, PostBook book) => book.Posts.GetValueOrDefault(post) ?? new PostFacts(post, Operating: true, Administers: true);

    private static bool IsMember(string member, PostFacts post) =>
        string.Equals(member, post.Key.Value, StringComparison.Ordinal)
        || (post.Operating && string.Equals(member, DutyConflict.AnyOperating, StringComparison.Ordinal));

    private static bool Overlaps(HeldPost one, HeldPost other) =>
        (one.Until is not { } oneEnd || oneEnd > other.From) && (other.Until is not { } otherEnd || otherEnd > one.From);
}
