using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;

namespace Strongroom.Store.Consent;

/// <summary>Who asked: the personal information handler and how to reach it (PIPL 17).</summary>
internal sealed record ReceiptController(EntityId Id, Bilingual Name, string Contact);

/// <summary>The notice the customer was shown, exactly.</summary>
internal sealed record ReceiptNotice(NoticeKey Key, int Version, string Language);

internal sealed record ReceiptItem(ItemKey Item, Bilingual Title, bool Sensitive);

/// <summary>What one purpose means for the customer, taken from the notice and the catalogue.</summary>
internal sealed record ReceiptPurpose(
    PurposeKey Purpose,
    Bilingual Title,
    LegalBasis Basis,
    IReadOnlyList<ReceiptItem> PiiTypes,
    IReadOnlyList<Bilingual> Recipients,
    Bilingual Retention,
    Bilingual Withdrawal);

internal sealed record ReceiptEvent(
    ConsentId Id,
    PurposeKey Purpose,
    ConsentEventKind Event,
    ConsentState State,
    long At,
    long? Until,
    ConsentForm? Form,
    NoticeKey? Notice,
    int NoticeVersion,
    string? EvidenceDigest);

/// <summary>What the history does not hold: the words around the consent.</summary>
internal sealed record ReceiptFrame(ReceiptController Controller, IReadOnlyList<ReceiptNotice> Notices, IReadOnlyList<ReceiptPurpose> Purposes);

/// <summary>
/// A consent receipt after ISO/IEC TS 27560, built from the history rows each time it is fetched and signed then; its proof is the log.
/// Names of members follow the standard.
/// </summary>
internal sealed record ConsentReceipt(
    string SchemaVersion,
    ReceiptId RecordId,
    CustomerId PiiPrincipalId,
    long IssuedAt,
    ReceiptController PiiController,
    IReadOnlyList<ReceiptNotice> PrivacyNotices,
    IReadOnlyList<ReceiptPurpose> PiiProcessing,
    IReadOnlyList<ReceiptEvent> Events)
{
    public const string Schema = "ISO/IEC TS 27560:2023";

    public const string DocumentType = "consent-receipt";

    /// <summary>Null when there is nothing to receipt, a row is altered, or the frame lacks a purpose that has an event: no half receipt is given.</summary>
    public static ConsentReceipt? Build(ConsentHistory history, ReceiptFrame frame)
    {
        var purposes = history.Rows.Select(row => row.Event.Purpose).ToHashSet();
        if (history.Rows.Count == 0 || history.Faults.Count > 0
            || history.Rows.DistinctBy(row => (row.Receipt, row.Customer)).Count() != 1
            || !purposes.IsSubsetOf(frame.Purposes.Select(purpose => purpose.Purpose)))
        {
            return null;
        }

        return new ConsentReceipt(
            Schema,
            history.Rows[0].Receipt,
            history.Rows[0].Customer,
            history.Rows.Max(row => row.Recorded),
            frame.Controller,
            frame.Notices,
            frame.Purposes.Where(purpose => purposes.Contains(purpose.Purpose)).ToList(),
            history.Rows.Select(Event).ToList());
    }

    public SignedDocument Sign(ISigner signer) => SignedDocument.Create(
        DocumentType,
        JsonSerializer.SerializeToElement(this, ReceiptJson.Default.ConsentReceipt),
        signer.PublicKey(SigningKey.Receipt),
        message => signer.Sign(SigningKey.Receipt, message));

    private static ReceiptEvent Event(ConsentRecord row) => new(
        row.Id, row.Event.Purpose, row.Event.Kind, row.State, row.Event.At, row.Event.Until, row.Event.Form, row.Event.Notice,
        row.Event.NoticeVersion, row.EvidenceDigest is null ? null : Convert.ToHexStringLower(row.EvidenceDigest));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ConsentReceipt))]
internal sealed partial class ReceiptJson : JsonSerializerContext;
