using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>A lawful way in (R26).</summary>
[JsonConverter(typeof(KebabEnum<CollectChannel>))]
internal enum CollectChannel
{
    Website,
    App,
    CallCentre,
    Counter,
    Paper,
    FileImport,
    Api,
}

/// <summary>How a value gets onto the form.</summary>
[JsonConverter(typeof(KebabEnum<InputBy>))]
internal enum InputBy
{
    Typed,
    Reader,
    Camera,
    Voice,
    Paper,
    File,
    System,
}

/// <summary>What a submission carries besides items, as proof of how it came about.</summary>
[JsonConverter(typeof(KebabEnum<FormEvidence>))]
internal enum FormEvidence
{
    FormNumber,
    EnteredBy,
    CheckedBy,
    Signature,
    CallReference,
    Recording,
    DocumentReader,
    FileDigest,
}

/// <summary>One item of a form.</summary>
/// <param name="OneOf">Label: at least one item with the same label is given.</param>
internal sealed record FormItem(ItemKey Item, bool Required, string? OneOf, InputBy By);

/// <summary>One consent a form asks for: exactly one purpose, never ticked in advance (R23, R26; PIPL 14, 16).</summary>
/// <param name="Separate">Asked on its own, for <paramref name="Items"/> (PIPL 29).</param>
internal sealed record FormConsent(PurposeKey Purpose, ConsentForm Form, bool Separate, Listed<ItemKey> Items);

/// <summary>A collection form (R2, R20): items that its purposes need, the notice shown with it and the consents it asks for.</summary>
internal sealed record FormDefinition(
    FormKey Key,
    Bilingual Title,
    CollectChannel Channel,
    Listed<RecordTypeKey> Records,
    Listed<PurposeKey> Purposes,
    NoticeKey Notice,
    Listed<FormEvidence> Evidence,
    Listed<FormItem> Items,
    Listed<FormConsent> Consents);
