using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Catalogue;

/// <summary>The policy rows that a catalogue's posts and conflicts stand for (domain.md §3): what <c>init</c> writes first and the security desk edits later.</summary>
internal static class PostPolicies
{
    private static readonly PostKey Admin = PostKey.Of("admin-4a"), Officer = PostKey.Of("dpo");
    private const long Day = 24 * 60 * 60 * 1000L;

    public static IReadOnlyList<PolicyContent> Of(InformationCatalogue catalogue) =>
    [
        .. catalogue.Posts.Select(post => PolicyContent.Of(PolicyKind.Role, post.Key.Value, Role(post))),
        .. catalogue.Conflicts.Where(Speaks).Select(conflict => PolicyContent.Of(
            PolicyKind.Conflict, conflict.Key, new ConflictRow(conflict.Key, conflict.Title.Zh, conflict.Title.En, [.. conflict.Between]))),
        PolicyContent.Of(
            PolicyKind.Approval,
            "standard",
            Approval("authorisation.grant", "data-owner"),
            Approval("form.publish", "data-owner"),
            Approval("notice.publish", "dpo"),
            Approval("purpose.change", "dpo"),
            Approval("administrator.grant", "admin-4a"),
            Approval("reveal", "shift-lead"),
            Approval("threshold", "shift-lead")),
    ];

    private static ApprovalRow Approval(string act, string approver) => new(act, [PostKey.Of(approver)], 7 * Day);

    private static RoleRow Role(PostDefinition post) => new(
        post.Key,
        Acts(post),
        Cells(post.Levels),
        Enum.Parse<Scope>(post.Scope.ToString()),
        post.Verified is { } verified ? Cells(verified) : null,
        FindsPerHour: post.Find.PerHour,
        Operating: post.Operating,
        Administers: post.Key == Admin);

    private static IReadOnlyList<Act> Acts(PostDefinition post)
    {
        var acts = new SortedSet<Act>();
        if (Enum.GetValues<Level>().Any(level => post.Levels[level] != PostRight.Nothing))
        {
            acts.UnionWith([Act.View, Act.Compare]);
        }

        if (post.Find.By != FindBy.Nothing)
        {
            acts.Add(Act.Find);
        }

        if (post.Change == ChangeBy.Items)
        {
            acts.UnionWith([Act.Correct, Act.Add]);
        }

        if (post.Operating && !post.Deidentified)
        {
            acts.UnionWith([Act.Contact, Act.Add]);
        }

        if ((post.Operating && !post.Deidentified) || post.Key == Officer)
        {
            acts.UnionWith([Act.Consent, Act.Withdraw, Act.Receipts]);
        }

        if (post.Bulk.Kind == BulkKind.Rows)
        {
            acts.Add(Act.Import);
        }

        if (post.Key == Admin)
        {
            acts.Add(Act.Administer);
        }

        return [.. acts];
    }

    private static Dictionary<string, string> Cells(LevelRights rights) =>
        Enum.GetValues<Level>().ToDictionary(level => ((int)level).ToString(System.Globalization.CultureInfo.InvariantCulture), level => rights[level] switch
        {
            PostRight.Clear => "c",
            PostRight.Reveal => "r",
            PostRight.Vault => "v",
            PostRight.Masked => "m",
            _ => "-",
        });

    /// <summary>Pairs of posts; the pairs about one request or one exam (applicant × approver, examiner × own exam) are the mechanism's own rules.</summary>
    private static bool Speaks(ConflictDefinition conflict) => !conflict.Between.Any(one =>
        one is "applicant" or "approver" or "developer" or "production" or "trainer-examiner" or "own-exam");
}
