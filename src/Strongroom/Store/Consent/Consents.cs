using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Consent;

/// <summary>Applies consent events: the rule decides, the history keeps, the customer's row carries what counts now.</summary>
internal sealed class Consents(RowMacs macs) : IConsents
{
    public async Task<ConsentOutcome> RecordAsync(Tx tx, ConsentSubmission submission)
    {
        var row = await CustomerStore.ForUpdateAsync(tx, submission.Customer);
        if (row is null || !macs.IsRight(row) || row.LifeState == LifeState.Destroyed
            || !ConsentSummary.TryRead(row.Consents, out var stored))
        {
            return new ConsentOutcome.NotThere();
        }

        var outcome = Apply(row, stored, submission, out var written);
        if (outcome is ConsentOutcome.Recorded)
        {
            await CustomerStore.SaveAndTellAsync(tx, macs, row);
            await ConsentStore.InsertAsync(tx, written);
        }

        return outcome;
    }

    public ConsentOutcome Apply(CustomerRow row, IReadOnlyDictionary<PurposeKey, ConsentNow> stored, ConsentSubmission submission, out List<ConsentRow> written)
    {
        var current = stored.ToDictionary();
        written = [];
        foreach (var taken in submission.Events)
        {
            var happened = taken.Event;
            if (row.LifeState != LifeState.Active && happened.Kind is not (ConsentEventKind.Refuse or ConsentEventKind.Withdraw or ConsentEventKind.Supersede))
            {
                return new ConsentOutcome.WrongState(row.LifeState);
            }

            var step = ConsentRules.Apply(current.GetValueOrDefault(happened.Purpose), happened);
            if (step is ConsentStep.Refused refused)
            {
                return new ConsentOutcome.Refused(happened.Purpose, refused.Code);
            }

            var now = step is ConsentStep.Moved moved ? moved.Now : ((ConsentStep.Unchanged)step).Now;
            current[happened.Purpose] = now;
            written.Add(Row(submission, taken, now.State, row.Version + 1, written.Count));
        }

        row.Consents = ConsentSummary.Write(current.Values);
        return new ConsentOutcome.Recorded(row.Version + 1, written.Select(history => new ConsentRowRef(
            ConsentId.From(history.Id), PurposeKey.Make(history.Purpose), Kebab.Parse<ConsentState>(history.State), ConsentVerifier.DigestOf(history))).ToList());
    }

    public async Task<ConsentHistory> HistoryAsync(Tx tx, CustomerId customer) => Checked(await ConsentStore.OfCustomerAsync(tx, customer), customer);

    public async Task<ConsentHistory> OfReceiptAsync(Tx tx, CustomerId customer, ReceiptId receipt) =>
        Checked(await ConsentStore.OfReceiptAsync(tx, receipt), customer);

    internal bool IsRight(ConsentRow row) => RowMacs.Same(row.Mac, MacOf(row));

    private ConsentHistory Checked(IReadOnlyList<ConsentRow> rows, CustomerId customer)
    {
        var good = new List<ConsentRecord>();
        var faults = new List<ConsentId>();
        foreach (var row in rows)
        {
            if (!IsRight(row))
            {
                faults.Add(ConsentId.From(row.Id));
            }
            else if (row.Customer.AsSpan().SequenceEqual(customer.Bytes))
            {
                good.Add(Record(row));
            }
        }

        return new ConsentHistory(good, faults);
    }

    private ConsentRow Row(ConsentSubmission submission, ConsentTaken taken, ConsentState state, long version, int n)
    {
        var row = new ConsentRow
        {
            Id = taken.Event.Id.Bytes,
            Customer = submission.Customer.Bytes,
            Version = version,
            N = n,
            Receipt = submission.Receipt.Bytes,
            Purpose = taken.Event.Purpose.Value,
            Event = Kebab.Of(taken.Event.Kind),
            State = Kebab.Of(state),
            At = taken.Event.At,
            Until = taken.Event.Until,
            Form = taken.Event.Form is { } form ? Kebab.Of(form) : null,
            Notice = taken.Event.Notice?.Value,
            NoticeVersion = taken.Event.NoticeVersion,
            Intake = submission.Intake.Bytes,
            Recorded = submission.Recorded,
            Evidence = taken.SealedReference is { } reference ? SHA256.HashData(reference) : null,
            Reference = taken.SealedReference,
        };
        row.Mac = MacOf(row);
        return row;
    }

    private byte[] MacOf(ConsentRow row) => macs.Finish(RowMacs.Start("consent")
        .Bytes(row.Id).Int64(row.Version).Int64(row.N).Bytes(row.Customer).Bytes(row.Receipt).Name(row.Purpose).Name(row.Event).Name(row.State)
        .Int64(row.At).Byte(row.Until is null ? (byte)0 : (byte)1).Int64(row.Until ?? 0).Name(row.Form ?? "").Name(row.Notice ?? "")
        .Int64(row.NoticeVersion).Bytes(row.Intake).Int64(row.Recorded).Bytes(row.Evidence ?? []).Bytes(row.Reference ?? []));

    private static ConsentRecord Record(ConsentRow row) => new(
        ConsentId.From(row.Id),
        CustomerId.From(row.Customer),
        row.Version,
        ReceiptId.From(row.Receipt),
        IntakeId.From(row.Intake),
        row.Recorded,
        new ConsentEvent(
            PurposeKey.Of(row.Purpose),
            Kebab.Parse<ConsentEventKind>(row.Event),
            row.At,
            ConsentId.From(row.Id),
            row.Form is null ? null : Kebab.Parse<ConsentForm>(row.Form),
            row.Until,
            row.Notice is null ? null : NoticeKey.Of(row.Notice),
            (int)row.NoticeVersion),
        Kebab.Parse<ConsentState>(row.State),
        row.Evidence,
        row.Reference);
}
