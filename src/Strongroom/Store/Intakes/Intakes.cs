using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Intakes;

internal sealed class Intakes(RowMacs macs) : IIntakes
{
    public Task AddAsync(Tx tx, IntakeRecord intake) => IntakeStore.InsertAsync(tx, [RowOf(intake)]);

    public IntakeRow RowOf(IntakeRecord intake)
    {
        var row = IntakeRow.Of(intake);
        row.Mac = MacOf(row);
        return row;
    }

    public async Task<IReadOnlyDictionary<IntakeId, IntakeRecord>> ReadManyAsync(Tx tx, IReadOnlyCollection<IntakeId> ids) =>
        (await IntakeStore.ManyAsync(tx, ids.Select(id => id.Bytes))).Where(IsRight).Select(row => row.ToRecord()).ToDictionary(intake => intake.Id);

    public async Task<IntakeRecord?> OfReceiptAsync(Tx tx, ReceiptId receipt) =>
        await IntakeStore.OfReceiptAsync(tx, receipt) is { } row && IsRight(row) ? row.ToRecord() : null;

    public async Task<IReadOnlyList<IntakeRecord>> OfCustomerAsync(Tx tx, CustomerId customer) =>
        [.. (await IntakeStore.OfCustomerAsync(tx, customer)).Where(IsRight).Select(row => row.ToRecord())];

    public Task AddReviewAsync(Tx tx, ProfileReview review) => IntakeStore.InsertReviewAsync(tx, ReviewRow.Of(review));

    public async Task<IReadOnlyList<ProfileReview>> OpenReviewsAsync(Tx tx, int max) =>
        [.. (await IntakeStore.OpenReviewsAsync(tx, max)).Select(row => row.ToReview())];

    public async Task<ProfileReview?> CloseReviewAsync(Tx tx, ReviewId id, bool accepted, PersonId by, long now)
    {
        var row = await IntakeStore.OpenReviewAsync(tx, id);
        if (row is not null)
        {
            await IntakeStore.CloseReviewAsync(tx, id, accepted ? "accepted" : "rejected", by, now);
        }

        return row?.ToReview();
    }

    private bool IsRight(IntakeRow row) => RowMacs.Same(row.Mac, MacOf(row));

    private byte[] MacOf(IntakeRow row) => macs.Finish(RowMacs.Start("intake")
        .Bytes(row.Id).Bytes(row.Customer).Bytes(row.Receipt).Name(row.Form).Int64(row.FormVersion).Bytes(row.Channel)
        .Name(row.Notice).Int64(row.NoticeVersion).Bytes(System.Text.Encoding.ASCII.GetBytes(row.Purposes)).Name(row.ActorKind).Bytes(row.Actor)
        .Int64(row.At).Bytes(row.Evidence ?? []));
}
