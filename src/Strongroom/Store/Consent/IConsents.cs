using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Consent;

/// <summary>One event with its evidence (R23).</summary>
/// <param name="SealedReference">The number of the recording or document, sealed by <see cref="Compartments.ItemSealer.SealReference"/>, or null.</param>
internal sealed record ConsentTaken(ConsentEvent Event, byte[]? SealedReference = null);

/// <summary>All consent events of one submission; they share a receipt.</summary>
/// <param name="Recorded">UTC milliseconds at which the system took it in.</param>
internal sealed record ConsentSubmission(
    CustomerId Customer, ReceiptId Receipt, IntakeId Intake, long Recorded, IReadOnlyList<ConsentTaken> Events);

internal abstract record ConsentOutcome
{
    private ConsentOutcome()
    {
    }

    /// <param name="Version">The customer's new version.</param>
    /// <param name="Rows">The history rows written, whose digests must go into the log entry, in this order.</param>
    public sealed record Recorded(long Version, IReadOnlyList<ConsentRowRef> Rows) : ConsentOutcome;

    /// <summary>No such customer, destroyed, or altered behind the system's back.</summary>
    public sealed record NotThere : ConsentOutcome;

    /// <summary>New consent is taken only from an active customer; refusing and withdrawing are always possible.</summary>
    public sealed record WrongState(LifeState State) : ConsentOutcome;

    /// <summary>An event is not allowed; codes of <see cref="ConsentStep.Refused"/>. Nothing was written.</summary>
    public sealed record Refused(PurposeKey Purpose, string Code) : ConsentOutcome;
}

/// <param name="Digest">What the log keeps of the row, see <see cref="ConsentVerifier.DigestOf"/>.</param>
internal sealed record ConsentRowRef(ConsentId Id, PurposeKey Purpose, ConsentState State, byte[] Digest);

/// <summary>One row of the history.</summary>
/// <param name="Version">The customer's version that this event made.</param>
/// <param name="State">The state it led to.</param>
/// <param name="EvidenceDigest">SHA-256 of <paramref name="SealedReference"/>: names the evidence, and cannot be asked whether it is of a given number.</param>
internal sealed record ConsentRecord(
    ConsentId Id,
    CustomerId Customer,
    long Version,
    ReceiptId Receipt,
    IntakeId Intake,
    long Recorded,
    ConsentEvent Event,
    ConsentState State,
    byte[]? EvidenceDigest,
    byte[]? SealedReference);

/// <param name="Faults">Rows whose MAC is wrong; they are left out of <paramref name="Rows"/> and call for an alarm.</param>
internal sealed record ConsentHistory(IReadOnlyList<ConsentRecord> Rows, IReadOnlyList<ConsentId> Faults);

/// <summary>Consents of customers (R22–R24). The current state is read with the customer (<see cref="Customers.CustomerSnapshot.Consents"/>).</summary>
internal interface IConsents
{
    /// <summary>Applies the events in order, all or none, in the caller's transaction: history rows and the customer's summary.</summary>
    Task<ConsentOutcome> RecordAsync(Tx tx, ConsentSubmission submission);

    /// <summary>
    /// What the events make of a customer: his row then carries the new summary, and <paramref name="written"/> is the history, both for his
    /// next version. Nothing is stored here.
    /// </summary>
    ConsentOutcome Apply(CustomerRow row, IReadOnlyDictionary<PurposeKey, ConsentNow> stored, ConsentSubmission submission, out List<ConsentRow> written);

    /// <summary>Every event of a customer, oldest first.</summary>
    Task<ConsentHistory> HistoryAsync(Tx tx, CustomerId customer);

    /// <summary>The events of one receipt, of this customer only.</summary>
    Task<ConsentHistory> OfReceiptAsync(Tx tx, CustomerId customer, ReceiptId receipt);
}
