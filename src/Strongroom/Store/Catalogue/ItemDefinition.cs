using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>How an item may be found. Ordered from most to least findable.</summary>
internal enum SearchMode
{
    /// <summary>By its exact value.</summary>
    Exact,

    /// <summary>By its exact value; more than five hits ask for a second item.</summary>
    ExactAskSecond,

    /// <summary>Only as part of a combined search key.</summary>
    Combined,

    /// <summary>Never.</summary>
    None,
}

/// <summary>Prefix of telecom practice: A user identity and authentication, B data and service content, C service-related.</summary>
internal enum TradeCategory
{
    A,
    B,
    C,
}

/// <summary>One allowed value of an enum item.</summary>
internal sealed record ItemOption(string Key, Bilingual Title);

/// <summary>One kind of information the installation may hold (R14–R16).</summary>
/// <param name="Kind">A name in <c>Ground.Identifiers.ItemKinds</c>: validation and normal form.</param>
/// <param name="Mask">A mask specification of <c>Ground.Masks</c>.</param>
/// <param name="Partners">Items of a combined search this one is found together with.</param>
/// <param name="Identifies">A document number that proves identity: only these match people.</param>
/// <param name="Values">How many plausible values there are, where the kind alone says too much; null: by kind.</param>
/// <param name="Volume">Customers per operation or day at which the vault is demanded: 25, 250 or 2,500 (domain.md §4).</param>
/// <param name="Options">Allowed values of an enum; empty: the business system decides.</param>
/// <param name="ToConfirm">From practice, not read in a primary source; shown as "to confirm".</param>
internal sealed record ItemDefinition(
    ItemKey Key,
    Bilingual Title,
    Category Category,
    Level Level,
    Mark Mark,
    string Kind,
    string Mask,
    SearchMode Search,
    Listed<ItemKey> Partners,
    bool Identifies,
    Listed<PurposeKey> Purposes,
    RetentionRule Retain,
    Listed<ItemOption> Options,
    int? Values,
    int Volume,
    TradeCategory? Trade,
    Bilingual? Note,
    bool ToConfirm)
{
    public const int OrdinaryVolume = 2_500;
}

/// <summary>One part of a search key.</summary>
/// <param name="Member">Member of a record value (JSON), or null for the whole value.</param>
/// <param name="Normalise">Name of the item kind whose normal form is used.</param>
internal sealed record SearchPart(ItemKey Item, string? Member, string Normalise);

/// <summary>Several normalised values searched as one, so that none of them can be guessed alone.</summary>
internal sealed record SearchKey(SearchKeyName Key, Bilingual Title, Listed<SearchPart> Parts);
