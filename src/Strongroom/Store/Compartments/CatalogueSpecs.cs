using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Store.Catalogue;

namespace Strongroom.Store.Compartments;

/// <summary>What sealing takes from the catalogue.</summary>
internal static class CatalogueSpecs
{
    public static ItemSpec Spec(this ItemDefinition item) => new(
        item.Key,
        item.Level.Compartment(),
        ItemKinds.Of(item.Kind),
        item.Search is SearchMode.Exact or SearchMode.ExactAskSecond,
        item.Identifies);

    /// <summary>The catalogue's combined search keys; a key is sensitive when any of its parts is.</summary>
    /// <exception cref="InvalidOperationException">A part names an item the catalogue does not have: it was not loaded by its rules.</exception>
    public static IReadOnlyList<CombinedKey> CombinedKeys(this InformationCatalogue catalogue) => catalogue.SearchKeys.Select(key => new CombinedKey(
        key.Key,
        key.Parts.Select(part => Item(catalogue, part).Level).Max().Compartment(),
        key.Parts.Select(part => new CombinedPart(part.Item, part.Member, ItemKinds.Of(part.Normalise))).ToList())).ToList();

    private static ItemDefinition Item(InformationCatalogue catalogue, SearchPart part) =>
        catalogue.Item(part.Item) ?? throw new InvalidOperationException($"The catalogue has no item {part.Item}.");
}
