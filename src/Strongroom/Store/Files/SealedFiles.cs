using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Files;

/// <summary>
/// Writing takes one short transaction for each piece, so a large file never holds the writer lane; only attaching, which makes it
/// data, belongs to the caller's transaction.
/// </summary>
internal sealed class SealedFiles(Database database, RowMacs macs, TimeProvider time) : ISealedFiles
{
    public const int ChunkSize = 256 * 1024;

    private const string Open = "open";

    private const string Whole = "whole";

    public async Task<StoredFile> WriteAsync(CustomerKeys keys, FilePlace place, Stream plain, CancellationToken ct = default)
    {
        var id = FileId.New();
        var row = new FileRow
        {
            Id = id.Bytes,
            Customer = place.Customer.Bytes,
            Record = place.Record.Bytes,
            Item = place.Item.Value,
            Version = place.Version,
            Compartment = Kebab.Of(place.Compartment),
            State = Open,
            Created = time.NowMs(),
        };
        row.Mac = MacOf(row);
        await database.WriteAsync(tx => FileStore.InsertAsync(tx, row), ct);
        await using var pieces = new ChunkWriteStream(
            ChunkSize, (n, bytes) => database.WriteAsync(tx => FileStore.AddChunkAsync(tx, place.Compartment, id, n, bytes), ct));
        await keys.SealFileAsync(ScopeOf(id, place), plain, pieces, ct);
        row.Digest = await pieces.CompleteAsync();
        (row.Chunks, row.Size) = (pieces.Chunks, pieces.Size);
        row.Mac = MacOf(row);
        await database.WriteAsync(tx => FileStore.UpdateAsync(tx, row), ct);
        return Stored(row);
    }

    public async Task<bool> AttachAsync(Tx tx, FileId id, FilePlace place)
    {
        var row = await FileStore.FindAsync(tx, id, forUpdate: true);
        if (row is null || row.State != Open || row.Chunks == 0 || !IsRight(row) || Stored(row).Place != place)
        {
            return false;
        }

        row.State = Whole;
        row.Mac = MacOf(row);
        await FileStore.UpdateAsync(tx, row);
        return true;
    }

    public async Task<StoredFile?> FindAsync(FileId id, CancellationToken ct = default)
    {
        var row = await database.ReadAsync(tx => FileStore.FindAsync(tx, id), ct);
        return row is { State: Whole } && IsRight(row) ? Stored(row) : null;
    }

    public async Task<long> OpenAsync(CustomerKeys keys, StoredFile file, Stream output, CancellationToken ct = default)
    {
        var row = await database.ReadAsync(tx => FileStore.FindAsync(tx, file.Id), ct);
        var chunks = row is { State: Whole } && IsRight(row) && Stored(row).Place == file.Place ? row.Chunks : 0;
        await using var pieces = new ChunkReadStream(
            chunks, n => database.ReadAsync(tx => FileStore.ChunkAsync(tx, file.Place.Compartment, file.Id, n), ct));
        return await keys.OpenFileAsync(ScopeOf(file.Id, file.Place), pieces, output, ct);
    }

    public Task DeleteAsync(Tx tx, IReadOnlyCollection<FileId> files) => FileStore.DeleteAsync(tx, files.Select(file => file.Bytes).ToList());

    public async Task<int> SweepAsync(long createdBefore, CancellationToken ct = default)
    {
        const int batch = 100;
        var swept = 0;
        while (true)
        {
            var gone = await database.WriteAsync(
                async tx =>
                {
                    var found = await FileStore.OpenBeforeAsync(tx, createdBefore, batch);
                    var held = new List<byte[]>();
                    foreach (var id in found)
                    {
                        // Held and looked at again: it may have been attached since it was listed.
                        if ((await FileStore.FindAsync(tx, FileId.From(id), forUpdate: true))?.State == Open)
                        {
                            held.Add(id);
                        }
                    }

                    await FileStore.DeleteAsync(tx, held);
                    return held.Count;
                },
                ct);
            swept += gone;
            if (gone == 0)
            {
                return swept;
            }
        }
    }

    internal bool IsRight(FileRow row) => RowMacs.Same(row.Mac, MacOf(row));

    /// <summary>The id is part of the scope, so two files of one item cannot be exchanged.</summary>
    private static SealScope ScopeOf(FileId id, FilePlace place) => new(
        new KeyOwner(place.Customer.Value), place.Record.Value, $"{place.Item.Value}/{id}", place.Version, place.Compartment);

    private static StoredFile Stored(FileRow row) => new(
        FileId.From(row.Id),
        new FilePlace(
            CustomerId.From(row.Customer), RecordId.From(row.Record), ItemKey.Make(row.Item), (int)row.Version, Kebab.Parse<Compartment>(row.Compartment)),
        row.Size,
        row.Digest,
        row.Created);

    private byte[] MacOf(FileRow row) => macs.Finish(RowMacs.Start("sealed_file")
        .Bytes(row.Id).Bytes(row.Customer).Bytes(row.Record).Name(row.Item).Int64(row.Version).Name(row.Compartment).Name(row.State)
        .Int64(row.Chunks).Int64(row.Size).Bytes(row.Digest).Int64(row.Created));
}
