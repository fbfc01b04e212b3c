using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Catalogue;

/// <summary>The policy rows that a catalogue's posts and conflicts stand for (domain.md §3): what <c>init</c> writes first and the security desk edits later.</summary>
internal static class PostPolicies
{
    private static readonly PostKey Admin = PostKey.Of("admin-4a"), Officer = PostKey.Of("dpo"), Lead = PostKey.Of("shift-lead"), Owner = PostKey.Of("data-owner");

    private const long Minute = 60_000, Day = 24 * 60 * Minute;

    /// <param name="administerBy">What administration asks for here: a second administrator proves himself as strongly, and lately.</param>
    /// <param name="office">Prefixes of the company's own networks besides the private ones.</param>
    /// <param name="coOperators">How many who could approve a use must be on duty.</param>
    public static IReadOnlyList<PolicyContent> Of(
        InformationCatalogue catalogue, Strength administerBy = Strength.Passkey, IReadOnlyList<string>? office = null, int coOperators = CoOperatorRow.Usual) =>
    [
        .. catalogue.Posts.Select(post => PolicyContent.Of(PolicyKind.Role, post.Key.Value, Role(post))),
        .. catalogue.Conflicts.Where(Speaks).Select(conflict => PolicyContent.Of(
            PolicyKind.Conflict, conflict.Key, new ConflictRow(conflict.Key, conflict.Title.Zh, conflict.Title.En, [.. conflict.Between]))),
        // Nothing in clear without training and agreement in force, whatever the post (R76, R81).
        PolicyContent.Of(PolicyKind.Duty, "standard", new DutyRow(DutyContent.Training), new DutyRow(DutyContent.Nda)),
        // Where work is done until the company says so itself: its private networks; from anywhere else with a permit, and less (R44).
        PolicyContent.Of(PolicyKind.Network, "zones", [.. Zones(office)]),
        PolicyContent.Of<ApprovalRow>(PolicyKind.Approval, "standard",
        [
            Approval("authorisation.grant", "data-owner"),
            Approval("form.publish", "data-owner"),
            Approval("notice.publish", "dpo"),
            Approval("purpose.change", "dpo"),
            Approval("post.grant", "admin-4a") with { CoOperator = SecondAdministrator(administerBy) },
            Approval("account.recover", "admin-4a") with { CoOperator = SecondAdministrator(administerBy) },
            Approval("sso.link", "admin-4a") with { CoOperator = SecondAdministrator(administerBy) },
            Approval("client.tickets", "admin-4a") with { CoOperator = SecondAdministrator(administerBy) },
            Approval("zones.change", "dpo"),
            Approval("rosters.bind", "dpo"),
            Approval("remote.grant", "admin-4a"),
            .. UsesByOne.Select(act => Use(act, coOperators, new ApprovalStepRow([new ApproverRow(Lead, Unit: ApproverUnit.OwnOrAbove)]))),
            .. UsesByTwo.Select(act => Use(act, coOperators, new ApprovalStepRow([new ApproverRow(Owner)]), new ApprovalStepRow([new ApproverRow(Officer)]))),
        ]),
        .. ScenePolicies.Of(catalogue, passkeys: administerBy == Strength.Passkey, coOperators),
    ];

    private static readonly string[] Private = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"];

    private static IEnumerable<NetworkRow> Zones(IReadOnlyList<string>? office) =>
    [
        new("office", [.. Private, .. office ?? []], Clear: Level.Critical, Administer: true),
        new("vpn", [], Clear: Level.Sensitive, Remote: true),
        new("internet", [], Clear: Level.Low, Remote: true),
    ];

    /// <summary>Acts that take one colleague: what a post sees masked or beyond its limits, needed in full for once.</summary>
    private static readonly Act[] UsesByOne = [Act.View, Act.Find, Act.Compare, Act.Correct, Act.Contact, Act.Print];

    /// <summary>Acts after which information is elsewhere or gone: the data owner, then the data protection officer.</summary>
    private static readonly Act[] UsesByTwo = [Act.Export, Act.Transfer, Act.Share, Act.Destroy];

    /// <summary>No answer in 5 minutes goes to the next, in 15 to the data owner as duty lead, in an hour it is over (domain.md §4). He proved himself lately.</summary>
    private static ApprovalRow Use(Act act, int coOperators, params ApprovalStepRow[] steps) => new(
        ApprovalActs.Use(act), [], Day, Uses: 1, steps,
        new EscalationRow(5 * Minute, 15 * Minute, 60 * Minute, new ApproverRow(Owner)),
        new CoOperatorRow(Strength.SecondFactor, 5 * Minute, AtLeast: coOperators));

    private static CoOperatorRow SecondAdministrator(Strength strength) => new(strength, 5 * Minute, OnDuty: false);

    private static ApprovalRow Approval(string act, string approver) => new(act, [PostKey.Of(approver)], 7 * Day);

    private static RoleRow Role(PostDefinition post) => new(
        post.Key,
        Acts(post),
        Cells(post.Levels),
        Enum.Parse<Scope>(post.Scope.ToString()),
        post.Verified is { } verified ? Cells(verified) : null,
        FindsPerHour: post.Find.PerHour,
        Operating: post.Operating,
        Administers: post.Key == Admin,
        OnlyConfirmed: post.Change == ChangeBy.ContactByOtp);

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

        if (post.Change == ChangeBy.ContactByOtp)
        {
            acts.Add(Act.Correct);
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
