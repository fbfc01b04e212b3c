using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>How the second person takes part (domain.md §4).</summary>
[JsonConverter(typeof(KebabEnum<SceneMode>))]
internal enum SceneMode
{
    /// <summary>On his own device.</summary>
    Remote,

    /// <summary>At the requester's screen, by passkey or one-time code; opens no session.</summary>
    OnSite,

    /// <summary>Ordered beforehand by the ticket system's client.</summary>
    WorkOrder,

    /// <summary>Nobody at the time: an emergency, reviewed afterwards.</summary>
    None,
}

/// <summary>What makes a use fall under a scene.</summary>
[JsonConverter(typeof(KebabEnum<SceneTrigger>))]
internal enum SceneTrigger
{
    /// <summary>No act of this program yet; a request of it is accepted and opens nothing.</summary>
    None,

    /// <summary>A value of level 3 or 4 that only a verified caller would open.</summary>
    Unverified,

    /// <summary>One of the items in clear.</summary>
    Items,

    /// <summary>One of the items in clear, of a record older than the days named.</summary>
    Old,

    /// <summary>Anything in clear of a customer on a controlled list that does not name the actor.</summary>
    Listed,

    /// <summary>More customers than the volume limit of an item.</summary>
    Volume,

    /// <summary>More customers in one request than the post opens.</summary>
    Many,

    /// <summary>One of the acts, whatever it is about.</summary>
    Act,

    /// <summary>A person changes one of the items that the customer has, or puts another beside it.</summary>
    Change,

    /// <summary>A person imports a file: <see cref="ActRules.FileIsApproved"/>.</summary>
    Import,

    /// <summary>A person changes many customers from a file, which is approved by its digest before a line of it is carried out.</summary>
    ChangeMany,

    /// <summary>A person types a document that a reader should have taken: <see cref="ActRules.DocumentIsRead"/>.</summary>
    Typed,

    /// <summary>Somebody of operations signs in to hosts, by a certificate that is approved with hosts, key and window (<c>Spine/Hosts</c>).</summary>
    SignIn,

    /// <summary>A standing use authorisation over items of level 3 or 4.</summary>
    Authorise,

    /// <summary>A scene or another rule is changed.</summary>
    Policy,

    /// <summary>Break-glass.</summary>
    Emergency,
}

/// <summary>A scene as the decision sees it. One that is switched off allows nothing of what it guards.</summary>
internal sealed record SceneRule(string Key, SceneTrigger On, bool Enabled = true)
{
    public IReadOnlySet<ItemKey> Items { get; init; } = FrozenSet<ItemKey>.Empty;

    public IReadOnlySet<Act> Acts { get; init; } = FrozenSet<Act>.Empty;

    /// <summary>For <see cref="SceneTrigger.Old"/>.</summary>
    public long OlderMs { get; init; }

    /// <summary>The customer may confirm it himself, by a code to the number he had: a change of an item, or one look at it (<see cref="SceneRules.TakesCode"/>).</summary>
    public bool ByCode { get; init; }
}

/// <summary>Scenes in the decision (R41): a use that falls under one needs an approval for exactly that scene. Pure.</summary>
internal static class SceneRules
{
    /// <summary>The scenes an item falls under in this question. An approval plays no part in it.</summary>
    public static IReadOnlyList<SceneRule> Of(AccessCase asked, ItemFacts item)
    {
        List<SceneRule>? found = null;
        foreach (var scene in asked.Question.Policy?.Scenes ?? [])
        {
            if (Applies(asked, item, scene))
            {
                (found ??= []).Add(scene);
            }
        }

        return found ?? (IReadOnlyList<SceneRule>)[];
    }

    /// <summary>A change is confirmed for a correction and a look for a view: a code for the one is none for the other.</summary>
    public static bool TakesCode(SceneRule scene, Act? act) => scene.ByCode && (scene.On, act) is (SceneTrigger.Change, Act.Correct) or (SceneTrigger.Items, Act.View);

    /// <summary>The scenes that the customer's code stands in for in this question; none where he confirmed nothing.</summary>
    public static IEnumerable<string> ByCode(AccessQuestion question) => (question.Policy?.Scenes ?? [])
        .Where(scene => scene.Enabled && TakesCode(scene, question.Act) && scene.Items.Overlaps(question.Confirmed)).Select(scene => scene.Key);

    public static Finding? IsApproved(AccessCase asked, ItemFacts item, SceneRule scene)
    {
        if (scene.On is SceneTrigger.Act or SceneTrigger.Many)
        {
            // Asked once for the whole act.
            return null;
        }

        if (!scene.Enabled)
        {
            return Finding.Cap(asked.Shows ? Shown.Masked : Shown.Withheld, Reasons.SceneOff);
        }

        if (TakesCode(scene, asked.Question.Act) && asked.Question.Confirmed.Contains(item.Item))
        {
            return null;
        }

        if (asked.SceneIsApproved(scene.Key, item))
        {
            asked.RelyOnApproval();
            return null;
        }

        var reason = scene.On switch
        {
            SceneTrigger.Unverified => Reasons.CallerUnverified,
            SceneTrigger.Listed => Reasons.ListMasked,
            SceneTrigger.Volume => Reasons.VolumeStop,
            _ => asked.Question.Approval is null ? Reasons.VaultNeeded : Reasons.ApprovalInvalid,
        };
        return Finding.Needs(reason, NeedKind.Approval, scene.Key);
    }

    private static bool Applies(AccessCase asked, ItemFacts item, SceneRule scene) => scene.On switch
    {
        SceneTrigger.Items => asked.Wants(item) && scene.Items.Contains(item.Item),
        SceneTrigger.Old => asked.Wants(item) && scene.Items.Contains(item.Item) && item.Record is { } record
            && (record.Since is not { } since || asked.Now - since > scene.OlderMs),
        SceneTrigger.Listed => asked.Wants(item) && asked.ListEffect is not null,
        SceneTrigger.Volume => asked.Wants(item) && !ClearRules.IsVolumeLeft(asked, item),
        SceneTrigger.Unverified => asked.Wants(item) && WaitsForTheCaller(asked, asked.Stricter(item)),
        SceneTrigger.Many => asked.Question.Batch,
        SceneTrigger.Change => asked.Question is { Act: Act.Correct, Actor.Client: null } && (item.Record is not null || item.Elsewhere) && scene.Items.Contains(item.Item),
        SceneTrigger.Act => asked.Question.Act is { } act && scene.Acts.Contains(act),
        _ => false,
    };

    private static bool WaitsForTheCaller(AccessCase asked, ItemFacts item) =>
        item.Level >= Level.Sensitive && !asked.CallerVerified && asked.BestRight(item, callerVerified: false) < Right.Reveal && asked.BestRight(item, callerVerified: true) >= Right.Reveal;
}
