using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Spine.Audit;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Intakes;

/// <summary>
/// What document readers attested, and the digests by which a submission is told (R41, decision 0032). Only keyed digests are kept: who has the database
/// reads no document from it, and makes no reading that was not one.
/// </summary>
internal sealed class DocumentReadings(RowMacs macs)
{
    private const string Table = "document_reading";

    private static readonly byte[] Unnamed = [0];

    /// <summary>The keyed digest of one document in one person's hands at one channel. Equal for every spelling of the same number.</summary>
    public byte[] MarkOf(PersonId holder, ChannelId channel, ItemDefinition item, string value) => macs.Finish(RowMacs.Start("document_reading_value")
        .Bytes(holder.Bytes).Bytes(channel.Bytes).Name(item.Key.Value).Bytes(Utf8(Normal(item, value))));

    /// <summary>
    /// The keyed digest of a submission, 64 lower hex digits: form and its version, channel, the customer it names, every value with its record, whom it is
    /// related to, and the source it comes from. One more or another makes another.
    /// </summary>
    public string DigestOf(
        FormKey form, long version, ChannelId channel, CustomerId? subject, IEnumerable<(RecordTypeKey Record, ItemDefinition Item, string Value)> values,
        IEnumerable<(string Kind, CustomerId Customer)> relations, IReadOnlyList<string> source)
    {
        var frame = RowMacs.Start("typed_submission").Name(form.Value).Int64(version).Bytes(channel.Bytes).Bytes(subject?.Bytes ?? []);
        foreach (var (record, item, value) in values.OrderBy(one => one.Record).ThenBy(one => one.Item.Key))
        {
            frame.Name(record.Value).Name(item.Key.Value).Bytes(Utf8(Normal(item, value)));
        }

        foreach (var (kind, customer) in relations.OrderBy(one => one.Kind, StringComparer.Ordinal).ThenBy(one => one.Customer.Value))
        {
            frame.Name("relation").Name(kind).Bytes(customer.Bytes);
        }

        foreach (var part in source)
        {
            frame.Name("source").Bytes(Utf8(part));
        }

        return Convert.ToHexStringLower(macs.Finish(frame));
    }

    /// <param name="until">UTC milliseconds.</param>
    public async Task<RowDigest> AddAsync(Tx tx, ClientId client, PersonId holder, ChannelId channel, ItemDefinition item, string value, long until)
    {
        var row = new DocumentReadingRow
        {
            Id = ReadingId.New().Bytes, Client = client.Bytes, Holder = holder.Bytes, Channel = channel.Bytes, Item = item.Key.Value, Until = until,
            Mark = MarkOf(holder, channel, item, value),
        };
        row.Mac = MacOf(row);
        await DocumentReadingStore.InsertAsync(tx, row);
        return DigestOf(row);
    }

    /// <summary>Which of these documents a reader attested: not used yet, or by this very submission, which is then being repeated.</summary>
    /// <param name="claim">Its idempotency key, as it is kept; null: none.</param>
    public async Task<IReadOnlyList<bool>> ReadAsync(Tx tx, IReadOnlyList<byte[]> marks, byte[]? claim, long now)
    {
        var kept = await KeptAsync(tx, marks, forUpdate: false);
        return [.. marks.Select(mark => kept.Exists(row => row.Mark.AsSpan().SequenceEqual(mark)
            && (row.Spent is null ? now < row.Until : claim is not null && row.Spent.AsSpan().SequenceEqual(claim))))];
    }

    /// <summary>Uses each of these readings up; null when one is not there any more.</summary>
    public async Task<IReadOnlyList<RowDigest>?> SpendAsync(Tx tx, IReadOnlyList<byte[]> marks, byte[]? claim, long now)
    {
        var kept = await KeptAsync(tx, marks, forUpdate: true);
        var spent = new List<RowDigest>();
        foreach (var mark in marks)
        {
            if (kept.Find(row => row.Spent is null && now < row.Until && row.Mark.AsSpan().SequenceEqual(mark)) is not { } row)
            {
                return null;
            }

            row.Spent = claim ?? Unnamed;
            row.Mac = MacOf(row);
            await DocumentReadingStore.SpendAsync(tx, row);
            spent.Add(DigestOf(row));
        }

        return spent;
    }

    /// <summary>Forgets readings once no repeated request can name them any more.</summary>
    public static Task<int> ForgetAsync(Tx tx, long endedBefore) => DocumentReadingStore.ForgetAsync(tx, endedBefore);

    private async Task<List<DocumentReadingRow>> KeptAsync(Tx tx, IReadOnlyList<byte[]> marks, bool forUpdate) =>
        marks.Count == 0 ? [] : [.. (await DocumentReadingStore.OfAsync(tx, marks, forUpdate)).Where(row => RowMacs.Same(row.Mac, MacOf(row)))];

    private static RowDigest DigestOf(DocumentReadingRow row) => new(Table, ReadingId.From(row.Id).Value, row.Spent is null ? 1 : 2, row.Mac);

    private byte[] MacOf(DocumentReadingRow row) => macs.Finish(RowMacs.Start(Table)
        .Bytes(row.Id).Bytes(row.Client).Bytes(row.Holder).Bytes(row.Channel).Name(row.Item).Bytes(row.Mark).Bytes(row.Spent ?? []).Int64(row.Until));

    private static string Normal(ItemDefinition item, string value) => ItemKinds.Of(item.Kind).TryNormalise(value, out var normal) ? normal : value;

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
