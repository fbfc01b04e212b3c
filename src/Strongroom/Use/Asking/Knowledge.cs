using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Ground.Masks;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;

namespace Strongroom.Use.Asking;

/// <summary>What one configuration epoch says about everything a decision asks. Immutable; made once for an epoch and shared by its requests.</summary>
internal sealed class Knowledge
{
    private readonly FrozenDictionary<ItemKey, ItemKnown> items;
    private readonly FrozenDictionary<PurposeKey, PurposeFacts> purposes;
    private readonly FrozenDictionary<PostKey, RoleRule[]> roles;

    /// <param name="policy">Null when the rules did not load in full: then nothing is permitted.</param>
    public Knowledge(long epoch, AccessPolicy? policy, InformationCatalogue catalogue, OrganisationBook organisation)
    {
        (Epoch, Policy, Catalogue, Organisation) = (epoch, policy, catalogue, organisation);
        items = catalogue.Items.ToFrozenDictionary(item => item.Key, item => ItemKnown.Of(item, policy));
        purposes = catalogue.Purposes.ToFrozenDictionary(purpose => purpose.Key, FactsOf);
        roles = (policy?.Roles ?? []).GroupBy(role => role.Post).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        CombinedKeys = catalogue.CombinedKeys();
    }

    public long Epoch { get; }

    public AccessPolicy? Policy { get; }

    public InformationCatalogue Catalogue { get; }

    public OrganisationBook Organisation { get; }

    public IReadOnlyList<CombinedKey> CombinedKeys { get; }

    public ItemKnown? Item(ItemKey key) => items.GetValueOrDefault(key);

    public PurposeFacts? Purpose(PurposeKey key) => purposes.GetValueOrDefault(key);

    public IReadOnlyList<RoleRule> RolesOf(PostKey post) => roles.GetValueOrDefault(post) ?? [];

    private static PurposeFacts FactsOf(PurposeDefinition purpose) => new(purpose.Key, purpose.Bases)
    {
        AlsoConsent = purpose.AlsoConsent,
        SeparateConsent = purpose.SeparateConsent,
    };
}

/// <summary>An item of the catalogue with what is made of it once.</summary>
/// <param name="Facts">As the decision sees it, still without record and provenance.</param>
internal sealed record ItemKnown(ItemDefinition Definition, ItemSpec Spec, ItemKind Kind, Mask Mask, ItemFacts Facts)
{
    public static ItemKnown Of(ItemDefinition item, AccessPolicy? policy)
    {
        var mask = Mask.Parse(item.Mask);
        var facts = new ItemFacts(null, item.Key, item.Level, item.Category, item.Mark)
        {
            NeverShown = mask.NeverInClear,
            Purposes = item.Purposes.ToFrozenSet(),
            VolumeLimit = item.Volume,
        };
        return new ItemKnown(item, item.Spec(), ItemKinds.Of(item.Kind), mask, facts);
    }
}

/// <summary>Where the knowledge of an epoch comes from.</summary>
internal interface IKnowledge
{
    /// <summary>The knowledge of <paramref name="epoch"/>, or of a later one when the configuration has moved on.</summary>
    ValueTask<Knowledge> AtAsync(long epoch, CancellationToken ct = default);
}

/// <summary>For which purposes an item was taken in: those of the form or import (R3, R19).</summary>
internal interface IIntakePurposes
{
    /// <summary>Intakes that are unknown or altered are absent: their values were collected for nothing.</summary>
    Task<IReadOnlyDictionary<IntakeId, IReadOnlySet<PurposeKey>>> OfAsync(IReadOnlyCollection<IntakeId> ids, CancellationToken ct = default);
}
