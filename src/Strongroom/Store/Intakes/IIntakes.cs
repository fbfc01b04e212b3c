using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Store.Intakes;

/// <summary>Where values came from: form, notice, channel, purposes, and who handed them in (R19, R22, R26).</summary>
/// <param name="Purposes">The purposes they were collected for.</param>
/// <param name="At">UTC milliseconds.</param>
/// <param name="Evidence">Form number, recording reference and the like, sealed under the customer's keys; null when there was none.</param>
internal sealed record IntakeRecord(
    IntakeId Id,
    CustomerId Customer,
    ReceiptId Receipt,
    FormKey Form,
    long FormVersion,
    ChannelId Channel,
    NoticeKey Notice,
    long NoticeVersion,
    IReadOnlyList<PurposeKey> Purposes,
    LogActor Actor,
    long At,
    byte[]? Evidence);

/// <summary>Something of a profile that a person has to look at.</summary>
/// <param name="Record">The restricted record that holds what was handed in.</param>
/// <param name="Items">Keys whose values differ from the profile's, or which the profile does not have.</param>
internal sealed record ProfileReview(ReviewId Id, CustomerId Customer, RecordId Record, IntakeId Intake, IReadOnlyList<ItemKey> Items, long Created);

/// <summary>Provenance of submissions, and the profile differences they left for review.</summary>
internal interface IIntakes
{
    Task AddAsync(Tx tx, IntakeRecord intake);

    /// <summary>The row that <see cref="AddAsync"/> writes, with its MAC.</summary>
    IntakeRow RowOf(IntakeRecord intake);

    /// <summary>Genuine rows only; an altered one is left out, and then its values were collected for nothing.</summary>
    Task<IReadOnlyDictionary<IntakeId, IntakeRecord>> ReadManyAsync(Tx tx, IReadOnlyCollection<IntakeId> ids);

    /// <summary>The intake behind a receipt; null when there is none or it was altered.</summary>
    Task<IntakeRecord?> OfReceiptAsync(Tx tx, ReceiptId receipt);

    /// <summary>Genuine intakes of a customer, oldest first.</summary>
    Task<IReadOnlyList<IntakeRecord>> OfCustomerAsync(Tx tx, CustomerId customer);

    Task AddReviewAsync(Tx tx, ProfileReview review);

    /// <summary>The oldest open reviews.</summary>
    Task<IReadOnlyList<ProfileReview>> OpenReviewsAsync(Tx tx, int max);

    /// <summary>Closes a review; null when it is not open.</summary>
    Task<ProfileReview?> CloseReviewAsync(Tx tx, ReviewId id, bool accepted, PersonId by, long now);
}

/// <summary>One open question about a profile.</summary>
[JsonConverter(typeof(IdJson<ReviewId>))]
internal readonly record struct ReviewId(UInt128 Value) : IId<ReviewId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ReviewId From(UInt128 value) => new(value);

    public static ReviewId New() => Id.New<ReviewId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ReviewId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}
