using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Store.Intakes;

/// <summary>SQL of intakes and profile reviews.</summary>
internal static class IntakeStore
{
    private const string Columns =
        "id, customer, receipt, form, form_version AS formversion, channel, notice, notice_version AS noticeversion, purposes, "
        + "actor_kind AS actorkind, actor, at, evidence, mac";

    private const string ReviewColumns = "id, customer, record, intake, items, created";

    private static readonly ManyRows<IntakeRow> Many = new("intake", null,
        Column<IntakeRow>.Bytes("id", row => row.Id),
        Column<IntakeRow>.Bytes("customer", row => row.Customer),
        Column<IntakeRow>.Bytes("receipt", row => row.Receipt),
        Column<IntakeRow>.Text("form", row => row.Form),
        Column<IntakeRow>.Number("form_version", row => row.FormVersion),
        Column<IntakeRow>.Bytes("channel", row => row.Channel),
        Column<IntakeRow>.Text("notice", row => row.Notice),
        Column<IntakeRow>.Number("notice_version", row => row.NoticeVersion),
        Column<IntakeRow>.Text("purposes", row => row.Purposes),
        Column<IntakeRow>.Text("actor_kind", row => row.ActorKind),
        Column<IntakeRow>.Bytes("actor", row => row.Actor),
        Column<IntakeRow>.Number("at", row => row.At),
        Column<IntakeRow>.Bytes("evidence", row => row.Evidence),
        Column<IntakeRow>.Bytes("mac", row => row.Mac));

    public static Task InsertAsync(Tx tx, IReadOnlyList<IntakeRow> rows) => tx.InsertAsync(Many, rows);

    public static void Insert(Batch batch, IReadOnlyList<IntakeRow> rows) => batch.Insert(Many, rows);

    public static Task<IReadOnlyList<IntakeRow>> ManyAsync(Tx tx, IEnumerable<byte[]> ids) =>
        tx.QueryAsync<IntakeRow>($"SELECT {Columns} FROM intake WHERE id {tx.AnyOf("ids")}", new { ids = tx.Set(ids) });

    public static Task<IntakeRow?> OfReceiptAsync(Tx tx, ReceiptId receipt) =>
        tx.QueryOneAsync<IntakeRow>($"SELECT {Columns} FROM intake WHERE receipt = @receipt", new { receipt = receipt.Bytes });

    public static Task<IReadOnlyList<IntakeRow>> OfCustomerAsync(Tx tx, CustomerId customer) =>
        tx.QueryAsync<IntakeRow>($"SELECT {Columns} FROM intake WHERE customer = @customer ORDER BY at, id", new { customer = customer.Bytes });

    public static Task InsertReviewAsync(Tx tx, ReviewRow row) => tx.ExecuteAsync(
        """
        INSERT INTO profile_review (id, customer, record, intake, items, state, created)
        VALUES (@Id, @Customer, @Record, @Intake, @Items, 'open', @Created)
        """,
        row);

    public static Task<IReadOnlyList<ReviewRow>> OpenReviewsAsync(Tx tx, int max) => tx.QueryAsync<ReviewRow>(
        $"SELECT {ReviewColumns} FROM profile_review WHERE state = 'open' ORDER BY created, id LIMIT @max", new { max });

    public static Task<ReviewRow?> OpenReviewAsync(Tx tx, ReviewId id) => tx.QueryOneAsync<ReviewRow>(
        $"SELECT {ReviewColumns} FROM profile_review WHERE id = @id AND state = 'open'{tx.ForUpdate}", new { id = id.Bytes });

    public static Task CloseReviewAsync(Tx tx, ReviewId id, string state, PersonId by, long now) => tx.ExecuteAsync(
        "UPDATE profile_review SET state = @state, decided = @now, by = @by WHERE id = @id",
        new { state, now, by = by.Bytes, id = id.Bytes });
}

internal sealed class IntakeRow
{
    public byte[] Id { get; init; } = [];

    public byte[] Customer { get; init; } = [];

    public byte[] Receipt { get; init; } = [];

    public string Form { get; init; } = "";

    public long FormVersion { get; init; }

    public byte[] Channel { get; init; } = [];

    public string Notice { get; init; } = "";

    public long NoticeVersion { get; init; }

    public string Purposes { get; init; } = "";

    public string ActorKind { get; init; } = "";

    public byte[] Actor { get; init; } = [];

    public long At { get; init; }

    public byte[]? Evidence { get; init; }

    public byte[] Mac { get; set; } = [];

    public static IntakeRow Of(IntakeRecord intake) => new()
    {
        Id = intake.Id.Bytes,
        Customer = intake.Customer.Bytes,
        Receipt = intake.Receipt.Bytes,
        Form = intake.Form.Value,
        FormVersion = intake.FormVersion,
        Channel = intake.Channel.Bytes,
        Notice = intake.Notice.Value,
        NoticeVersion = intake.NoticeVersion,
        Purposes = string.Join(',', intake.Purposes.Select(purpose => purpose.Value)),
        ActorKind = Kebab.Of(intake.Actor.Kind),
        Actor = Ground.Id.Bytes(intake.Actor.Id ?? UInt128.Zero),
        At = intake.At,
        Evidence = intake.Evidence,
    };

    public IntakeRecord ToRecord() => new(
        IntakeId.From(Id),
        CustomerId.From(Customer),
        ReceiptId.From(Receipt),
        FormKey.Make(Form),
        FormVersion,
        ChannelId.From(Channel),
        NoticeKey.Make(Notice),
        NoticeVersion,
        [.. Purposes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(PurposeKey.Make)],
        new LogActor(Kebab.Parse<LogActorKind>(ActorKind), ActorOf(Actor)),
        At,
        Evidence);

    private static UInt128? ActorOf(byte[] bytes) => PersonId.From(bytes) is { Value: var value } && value != UInt128.Zero ? value : null;
}

internal sealed record ReviewRow(byte[] Id, byte[] Customer, byte[] Record, byte[] Intake, string Items, long Created)
{
    public static ReviewRow Of(ProfileReview review) => new(
        review.Id.Bytes, review.Customer.Bytes, review.Record.Bytes, review.Intake.Bytes,
        string.Join(',', review.Items.Select(item => item.Value)), review.Created);

    public ProfileReview ToReview() => new(
        Ground.Id.FromBytes<ReviewId>(Id), CustomerId.From(Customer), RecordId.From(Record), IntakeId.From(Intake),
        [.. Items.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(ItemKey.Make)], Created);
}
