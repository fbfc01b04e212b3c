using System.Collections.Frozen;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Ground.Masks;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;

namespace Strongroom.Use.Asking;

/// <summary>What one configuration epoch says about everything a decision asks. Immutable; made once for an epoch and shared by its requests.</summary>
internal sealed class Knowledge
{
    private readonly FrozenDictionary<ItemKey, ItemKnown> items;
    private readonly FrozenDictionary<PurposeKey, PurposeFacts> purposes;

    public Knowledge(PolicySnapshot policy, InformationCatalogue catalogue)
    {
        (Policy, Catalogue) = (policy, catalogue);
        items = catalogue.Items.ToFrozenDictionary(item => item.Key, ItemKnown.Of);
        purposes = catalogue.Purposes.ToFrozenDictionary(purpose => purpose.Key, purpose => purpose.ToFacts());
        CombinedKeys = catalogue.CombinedKeys();
    }

    public long Epoch => Policy.Epoch;

    public PolicySnapshot Policy { get; }

    public InformationCatalogue Catalogue { get; }

    public IReadOnlyList<CombinedKey> CombinedKeys { get; }

    public ItemKnown? Item(ItemKey key) => items.GetValueOrDefault(key);

    /// <summary>A record of the customer himself (profile, organisation): whoever handles any record of his needs it.</summary>
    public bool IsOfTheCustomer(RecordTypeKey type) => Catalogue.Record(type)?.Ends.Contains(RetentionEvent.CustomerEnd) == true;

    public bool IsDated(RecordTypeKey type) => RecordDays.ItemOf(Catalogue, type) is not null;

    public PurposeFacts? Purpose(PurposeKey key) => purposes.GetValueOrDefault(key);
}

/// <summary>An item of the catalogue with what is made of it once.</summary>
/// <param name="Facts">As the decision sees it, still without record and provenance.</param>
internal sealed record ItemKnown(ItemDefinition Definition, ItemSpec Spec, ItemKind Kind, Mask Mask, ItemFacts Facts)
{
    public static ItemKnown Of(ItemDefinition item) => new(
        item, item.Spec(), ItemKinds.Of(item.Kind), Mask.Parse(item.Mask), item.ToFacts(null, FrozenSet<PurposeKey>.Empty));
}

/// <summary>Where the knowledge of an epoch comes from.</summary>
internal interface IKnowledge
{
    /// <summary>The knowledge of <paramref name="epoch"/>, or of a later one when the configuration has moved on.</summary>
    ValueTask<Knowledge> AtAsync(long epoch, CancellationToken ct = default);

    /// <summary>The knowledge of the live epoch, for callers who have read none.</summary>
    Task<Knowledge> NowAsync(CancellationToken ct = default);
}

/// <summary>Joins the rules and the catalogue of one epoch, and keeps them until the next.</summary>
internal sealed class KnowledgeBook(Database database, IPolicySnapshots policies, ICatalogues catalogues) : IKnowledge
{
    private const int MostLooks = 5;

    private volatile Knowledge? current;

    public ValueTask<Knowledge> AtAsync(long epoch, CancellationToken ct = default) =>
        current is { } known && known.Epoch >= epoch ? ValueTask.FromResult(known) : new ValueTask<Knowledge>(LoadAsync(epoch, ct));

    public async Task<Knowledge> NowAsync(CancellationToken ct = default) => await AtAsync(await database.ReadAsync(ConfigEpoch.ReadAsync, ct), ct);

    private async Task<Knowledge> LoadAsync(long epoch, CancellationToken ct)
    {
        for (var looks = 0; looks < MostLooks; looks++)
        {
            var policy = await policies.CurrentAsync(epoch, ct);
            var catalogue = await catalogues.AtAsync(policy.Epoch, ct);
            if (catalogue.Epoch == policy.Epoch)
            {
                var known = new Knowledge(policy, catalogue.Catalogue);
                if (current is not { } held || held.Epoch < known.Epoch)
                {
                    current = known;
                }

                return known;
            }

            epoch = catalogue.Epoch;
        }

        throw new StoreException("store.configuration-moving", "配置一直在变化,没能读到完整的一版。", "The configuration kept changing while it was read.");
    }
}

/// <summary>For which purposes an item was taken in: those of the form or import (R3, R19).</summary>
internal interface IIntakePurposes
{
    /// <summary>Intakes that are unknown or altered are absent: their values were collected for nothing.</summary>
    Task<IReadOnlyDictionary<IntakeId, IReadOnlySet<PurposeKey>>> OfAsync(IReadOnlyCollection<IntakeId> ids, CancellationToken ct = default);
}
