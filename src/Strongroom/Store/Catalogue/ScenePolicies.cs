using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Catalogue;

/// <summary>The policy rows that a catalogue's vault scenes stand for (R41, domain.md §4).</summary>
internal static class ScenePolicies
{
    private const long Minute = 60_000, Hour = 60 * Minute;

    /// <summary>
    /// What sets the scenes of domain.md off. A scene of a pack's own that is not here has no act yet: it can be asked for, and opens nothing.
    /// </summary>
    private static readonly FrozenDictionary<string, SceneTriggerRow> Triggers = new Dictionary<string, SceneTriggerRow>
    {
        ["unverified_reveal"] = new(SceneTrigger.Unverified),
        ["id_image"] = new(SceneTrigger.Items, Keys("id_image", "live_photo")),
        ["cdr"] = new(SceneTrigger.Items, Keys("cdr")),
        ["history"] = new(SceneTrigger.Old, Keys("itinerary", "stay"), OlderDays: 90),
        ["vip"] = new(SceneTrigger.Listed),
        ["threshold"] = new(SceneTrigger.Volume),
        ["batch_query"] = new(SceneTrigger.Many),
        ["export"] = new(SceneTrigger.Act, Acts: [Act.Export]),
        ["import"] = new(SceneTrigger.Import),
        ["batch_change"] = new(SceneTrigger.ChangeMany),
        ["contact_change"] = new(SceneTrigger.Change, Keys("mobile", "msisdn", "imsi_iccid")),
        ["no_reader"] = new(SceneTrigger.Typed),
        ["priv_login"] = new(SceneTrigger.SignIn),
        ["grant_high"] = new(SceneTrigger.Authorise),
        ["policy_off"] = new(SceneTrigger.Policy),
        ["transfer"] = new(SceneTrigger.Act, Acts: [Act.Transfer, Act.Share]),
        ["destroy_restore"] = new(SceneTrigger.Act, Acts: [Act.Destroy]),
        ["break_glass"] = new(SceneTrigger.Emergency),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>After these, information is elsewhere or gone, or the rules are: who approves signs with his passkey.</summary>
    private static readonly FrozenSet<string> Signed = new[] { "policy_off", "transfer", "destroy_restore", "authority" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Customers in one break-glass at most.</summary>
    private const int EmergencyCustomers = 5;

    /// <param name="passkeys">Approvers have passkeys: the strongest scenes are signed with them.</param>
    /// <param name="coOperators">How many who could approve must be on duty for each step: two, but in a company that has only one.</param>
    public static IEnumerable<PolicyContent> Of(InformationCatalogue catalogue, bool passkeys, int coOperators = CoOperatorRow.Usual) =>
        catalogue.Scenes.Select(scene => PolicyContent.Of(PolicyKind.Scene, scene.Key, Row(scene, passkeys, coOperators)));

    private static SceneRow Row(SceneDefinition scene, bool passkeys, int coOperators)
    {
        var trigger = Triggers.GetValueOrDefault(scene.Key) ?? new SceneTriggerRow(SceneTrigger.None);
        var emergency = trigger.On == SceneTrigger.Emergency;
        var modes = Modes(scene, emergency, trigger.On is SceneTrigger.Import or SceneTrigger.ChangeMany);
        var remote = modes.Contains(SceneMode.Remote) || modes.Contains(SceneMode.OnSite);
        return new SceneRow(
            scene.Key, scene.Title.Zh, scene.Title.En, trigger, modes, Steps(scene),
            // A certificate is what holds for the term: the approval of it is used once.
            trigger.On == SceneTrigger.SignIn ? Validity(scene) with { Uses = 1 } : Validity(scene),
            emergency ? EmergencyCustomers : scene.Limit.Customers,
            scene.Booked,
            Escalation: remote ? new EscalationRow(5 * Minute, 15 * Minute, Hour, new ApproverRow(PostKey.Of("data-owner"))) : null,
            CoOperator: emergency ? null : new CoOperatorRow(Strength.SecondFactor, 5 * Minute, AtLeast: coOperators, Signs: passkeys && Signed.Contains(scene.Key)),
            ReviewMs: emergency ? Ms(scene.ReviewWithin) ?? 24 * Hour : null,
            ByCode: trigger.On is SceneTrigger.Change or SceneTrigger.Items && scene.Modes.Contains(VaultMode.CustomerOtp));
    }

    /// <summary>
    /// A code to the customer's own number is no mode of an approval: where it stands in for one, the row says so (<see cref="SceneRow.ByCode"/>). A file that a person
    /// imports or changes customers by is approved remotely by its digest, too: an order names customers and no values.
    /// </summary>
    private static IReadOnlyList<SceneMode> Modes(SceneDefinition scene, bool emergency, bool file) => emergency ? [SceneMode.None] :
    [
        .. scene.Modes.Select(mode => mode switch
        {
            VaultMode.Remote => SceneMode.Remote,
            VaultMode.OnSite => SceneMode.OnSite,
            VaultMode.WorkOrder => SceneMode.WorkOrder,
            _ => (SceneMode?)null,
        }).OfType<SceneMode>().DefaultIfEmpty(SceneMode.OnSite).Concat(file ? [SceneMode.Remote] : []).Distinct(),
    ];

    /// <summary>Where all must agree each is a step of its own; else one of them is enough.</summary>
    private static IReadOnlyList<ApprovalStepRow> Steps(SceneDefinition scene)
    {
        var who = scene.CoOperators.Select(kind => Who(kind, scene.OtherUnit && kind == scene.CoOperators[0])).ToList();
        return scene.All ? [.. who.Select(one => new ApprovalStepRow([one]))] : [new ApprovalStepRow(who)];
    }

    private static ApproverRow Who(CoOperator kind, bool otherUnit) => new(PostKey.Of(kind switch
    {
        CoOperator.ShiftLead => "shift-lead",
        CoOperator.DataOwner or CoOperator.ListOwner => "data-owner",
        CoOperator.OperationsLead => "operations",
        CoOperator.Security => "admin-4a",
        CoOperator.Dpo => "dpo",
        _ => "legal",
    }), Unit: otherUnit ? ApproverUnit.Other : kind == CoOperator.ShiftLead ? ApproverUnit.OwnOrAbove : ApproverUnit.Entity);

    private static SceneValidityRow Validity(SceneDefinition scene) =>
        new(Math.Min(SceneRow.LongestMs, Ms(scene.Validity.Term) ?? SceneRow.LongestMs), scene.Validity.Uses ?? (scene.Validity.Term is null ? 1 : null));

    private static long? Ms(Term? term) => term is { } some ? some.After(DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds() : null;

    private static ItemKey[] Keys(params string[] items) => [.. items.Select(ItemKey.Of)];
}
