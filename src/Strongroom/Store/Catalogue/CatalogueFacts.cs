using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Catalogue;

/// <summary>Turns what the store knows into the words of the one decision, so that view, find, correct and explain say the same.</summary>
internal static class CatalogueFacts
{
    private static readonly RecordTypeKey Case = RecordTypeKey.Of("case");
    private static readonly FrozenSet<UnitId> HeadOffice = new[] { UnitId.None }.ToFrozenSet();
    private static readonly FrozenSet<string> NeverShown = new[] { "verifier", "blob" }.ToFrozenSet(StringComparer.Ordinal);

    public static PurposeFacts ToFacts(this PurposeDefinition purpose) => new(purpose.Key, purpose.Bases)
    {
        AlsoConsent = purpose.AlsoConsent,
        SeparateConsent = purpose.SeparateConsent,
        NeverClear = purpose.NeverClear,
    };

    public static CustomerFacts ToFacts(this CustomerSnapshot customer) => new(customer.Id, customer.Entity, customer.State)
    {
        Units = customer.Records.Count == 0 ? HeadOffice : customer.Records.Select(record => record.Unit).ToHashSet(),
        Lists = customer.Lists,
        Consents = customer.Consents.ToDictionary(pair => pair.Key, pair => new ConsentFacts(pair.Value.State, pair.Value.Until)),
        OpenCase = customer.Records.Any(record => record.Type == Case && record.State == LifeState.Active),

        // Only a child's guardian consents for him (PIPL 31); the birth date itself is sealed and not opened to decide.
        Minor = customer.Consents.Values.Any(consent => consent.Form == ConsentForm.Guardian),
    };

    public static RecordFacts ToFacts(this RecordSnapshot record) => new(record.Id, record.Entity, record.State) { Unit = record.Unit, Created = record.Created, Day = record.Day };

    /// <param name="collectedFor">The purposes of the intake or import that brought the value; empty when unknown, and then it is withheld.</param>
    public static ItemFacts ToFacts(this ItemDefinition item, RecordFacts? record, IReadOnlySet<PurposeKey> collectedFor) =>
        new(record, item.Key, item.Level, item.Category, item.Mark)
        {
            NeverShown = NeverShown.Contains(item.Kind) || item.Mask == "never",
            Purposes = item.Purposes.ToHashSet(),
            CollectedFor = collectedFor,
            VolumeLimit = item.Volume,
        };
}
