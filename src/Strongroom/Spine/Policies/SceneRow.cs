using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Policies;

/// <summary>What sets a scene off.</summary>
/// <param name="Items">For triggers about items.</param>
/// <param name="Acts">For a trigger about acts.</param>
/// <param name="OlderDays">For old records.</param>
internal sealed record SceneTriggerRow(SceneTrigger On, IReadOnlyList<ItemKey>? Items = null, IReadOnlyList<Act>? Acts = null, int? OlderDays = null);

/// <summary>How long a grant holds: a number of uses (for each customer), within a term.</summary>
/// <param name="LongestMs">From its beginning to its end, at most a day.</param>
/// <param name="Uses">Null: as often as needed within the term.</param>
internal sealed record SceneValidityRow(long LongestMs, int? Uses = null);

/// <summary>A rule of kind scene (R41, domain.md §4): what sets it off, who approves how, and what a grant is good for.</summary>
/// <param name="Modes">In order of preference.</param>
/// <param name="Steps">Who approves; for an emergency, who reviews it afterwards.</param>
/// <param name="Customers">Customers in one grant at most; null: as many as any request.</param>
/// <param name="Booked">It may be booked in advance.</param>
/// <param name="Enabled">A scene that is switched off allows nothing of what it guards.</param>
/// <param name="ReviewMs">Only for emergencies: the review is owed within this time.</param>
/// <param name="ByCode">Only for changes and for looks at items: a code that the customer reads out from his number stands in for the second person.</param>
internal sealed record SceneRow(
    string Scene, string Zh, string En, SceneTriggerRow Trigger, IReadOnlyList<SceneMode> Modes, IReadOnlyList<ApprovalStepRow> Steps, SceneValidityRow Validity,
    int? Customers = null, bool Booked = false, bool Enabled = true, EscalationRow? Escalation = null, CoOperatorRow? CoOperator = null, long? ReviewMs = null,
    bool ByCode = false)
{
    /// <summary>Uses of a grant that holds for a term instead of a number.</summary>
    public const int ManyUses = 1_000;

    public const long LongestMs = 24 * 3_600_000L;

    public SceneRule ToRule() => new(Scene, Trigger.On, Enabled)
    {
        Items = (Trigger.Items ?? []).ToHashSet(), Acts = (Trigger.Acts ?? []).ToHashSet(), OlderMs = (Trigger.OlderDays ?? 0) * 86_400_000L, ByCode = ByCode,
    };

    /// <summary>
    /// The rule of a request that falls under these scenes together: every step of each, the narrowest of their limits. Null when one is switched
    /// off, is an emergency, or when they have no mode in common: then nobody can ask.
    /// </summary>
    public static ApprovalRow? Compose(string act, IReadOnlyList<SceneRow> scenes)
    {
        if (scenes.Count == 0 || scenes.Any(scene => !scene.Enabled || scene.Trigger.On == SceneTrigger.Emergency))
        {
            return null;
        }

        var modes = scenes[0].Modes.Where(mode => scenes.All(scene => scene.Modes.Contains(mode))).ToList();
        return modes.Count == 0 ? null : Rule(act, scenes, modes);
    }

    /// <summary>The rule of break-glass: nobody's approval at the time, an hour at most.</summary>
    public ApprovalRow? Emergency(string act) => Enabled && Trigger.On == SceneTrigger.Emergency ? Rule(act, [this], [SceneMode.None]) : null;

    private static ApprovalRow Rule(string act, IReadOnlyList<SceneRow> scenes, IReadOnlyList<SceneMode> modes)
    {
        var steps = scenes.SelectMany(scene => scene.Steps).DistinctBy(step => JsonSerializer.Serialize(step, ControlRows.Json), StringComparer.Ordinal).ToList();
        var second = scenes.Select(scene => scene.CoOperator).OfType<CoOperatorRow>().ToList();
        return new ApprovalRow(
            act, [], scenes.Min(scene => scene.Validity.LongestMs), scenes.Min(scene => scene.Validity.Uses ?? ManyUses), steps,
            scenes.Select(scene => scene.Escalation).OfType<EscalationRow>().OrderBy(up => up.ExpireMs).FirstOrDefault(),
            second.Count == 0 ? null : new CoOperatorRow(
                second.Max(must => must.Strength), second.Min(must => must.MaxAgeMs), second.Exists(must => must.OnDuty), second.Max(must => must.AtLeast), second.Exists(must => must.Signs)),
            modes, scenes.All(scene => scene.Booked), scenes.Min(scene => scene.Customers));
    }
}
