using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews;

/// <summary>A decision on lines as it is asked for.</summary>
/// <param name="Until">Reduce a post: its end, UTC milliseconds.</param>
/// <param name="Items">Reduce an authorisation: what is left of it.</param>
internal sealed record LineDecision(LineVerdict Verdict, string? Reason, long? Until = null, IReadOnlyList<ItemKey>? Items = null);

/// <summary>The rules of access reviews (domain.md §8). Pure.</summary>
internal static class CampaignRules
{
    public const int UnusedDays = 90;

    private const long DayMs = 86_400_000;

    private static readonly int[] RemindDays = [7, 3, 1];

    /// <summary>What the reviewer finds chosen: revoke what nobody used in 90 days, unless it is younger than that.</summary>
    public static LineVerdict? Preset(HeldRight right, long uses, long now) =>
        LayUnused(right, uses, UnusedDays, now) ? LineVerdict.Revoke : null;

    /// <summary>Whether a right lay unused through the whole of so many days; one given since then had no time to be used.</summary>
    public static bool LayUnused(HeldRight right, long uses, int days, long now) => uses == 0 && !(right.From > now - (days * DayMs));

    /// <summary>Whether a review asks about rights that another one asks about too: then both would let them rest, and neither know how they were.</summary>
    public static bool Overlap(CampaignContent other, EntityId? entity, UnitId? unit) =>
        (other.Entity is null || entity is null || other.Entity == entity) && (other.Unit is null || unit is null || other.Unit == unit);

    /// <summary>Unused first, then by level, the highest first.</summary>
    public static long Order(LineContent line) => ((line.Unused ? 0L : 1L) * 10) + (4 - (int)line.Right.Level);

    /// <summary>Whether somebody has yet to decide. A decided line stays: else whoever comes later alone undoes what was revoked.</summary>
    public static bool Awaits(LineState state) => state is LineState.Open or LineState.Suspended or LineState.Escalated;

    /// <summary>Why these lines cannot be decided so; null: they can.</summary>
    public static Reason? Fault(LineDecision decision, IReadOnlyList<LineContent> lines, long opened, long now)
    {
        if (decision.Verdict == LineVerdict.Confirm && lines.Count > 1 && lines.Any(line => line.Right.Level >= Level.Sensitive))
        {
            return Reasons.ReviewBulk;
        }

        var needsReason = decision.Verdict != LineVerdict.Confirm || lines.Any(line => Preset(line.Right, line.Uses, opened) is not null);
        if (needsReason && string.IsNullOrWhiteSpace(decision.Reason))
        {
            return Reasons.ReviewReason;
        }

        return decision.Verdict == LineVerdict.Reduce && !lines.All(line => Reduces(decision, line.Right, now)) ? Reasons.ReviewReduce : null;
    }

    private static bool Reduces(LineDecision decision, HeldRight right, long now) => right.Kind switch
    {
        RightKind.Post => decision is { Until: { } until, Items: null } && until > now && !(right.Until <= until),
        RightKind.Authorisation => decision is { Until: null, Items: { Count: > 0 } items }
            && items.Count < right.Items.Count && items.Distinct().Count() == items.Count && items.All(right.Items.Contains),
        _ => false,
    };

    /// <summary>The reminder that is due: 7, 3 or 1 days before the deadline, each once, the latest when several have passed.</summary>
    public static int? ReminderDue(CampaignContent campaign, long now)
    {
        if (now >= campaign.Deadline)
        {
            return null;
        }

        var passed = RemindDays.Where(days => now >= campaign.Deadline - (days * DayMs) && campaign.Deadline - (days * DayMs) > campaign.Opened).ToList();
        return passed.Count > 0 && passed.Min() is var latest && !campaign.Reminded.Contains(latest) ? latest : null;
    }

    /// <summary>
    /// The sample: the lines whose SHA-256 of seed and id is smallest, rounded up. Whoever knows seed and lines draws the same, whoever lacks
    /// the seed cannot know which it will be.
    /// </summary>
    public static IReadOnlySet<CaseId> Sample(string seed, IEnumerable<CaseId> lines, int perMille)
    {
        var all = lines.ToList();
        var size = (int)(((long)all.Count * perMille) + 999) / 1_000;
        return all.Select(id => (Id: id, Rank: Convert.ToHexString(Rank(seed, id)))).OrderBy(pair => pair.Rank, StringComparer.Ordinal).Take(size).Select(pair => pair.Id).ToHashSet();
    }

    /// <summary>Whether one entry is drawn when a share of all is: by itself, so that the order in which entries come does not matter.</summary>
    public static bool IsDrawn(string seed, UInt128 id, int perMille) =>
        perMille >= 1_000 || System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(Rank(seed, CaseId.From(id))) / (ulong.MaxValue / 1_000UL) < (ulong)Math.Max(0, perMille);

    private static byte[] Rank(string seed, CaseId id) => SHA256.HashData(new ControlMessage("review-sample").Bytes(Encoding.ASCII.GetBytes(seed)).Bytes(id.Bytes).ToArray());
}
