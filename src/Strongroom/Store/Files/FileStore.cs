using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;

namespace Strongroom.Store.Files;

internal sealed class FileRow
{
    public byte[] Id { get; init; } = [];

    public byte[] Customer { get; init; } = [];

    public byte[] Record { get; init; } = [];

    public string Item { get; init; } = "";

    public long Version { get; init; }

    public string Compartment { get; init; } = "";

    public string State { get; set; } = "";

    public long Chunks { get; set; }

    public long Size { get; set; }

    public byte[] Digest { get; set; } = [];

    public long Created { get; init; }

    public byte[] Mac { get; set; } = [];
}

/// <summary>SQL of sealed files and their chunks.</summary>
internal static class FileStore
{
    private const string Columns = "id, customer, record, item, version, compartment, state, chunks, size, digest, created, mac";

    public static Task InsertAsync(Tx tx, FileRow row) => tx.ExecuteAsync(
        """
        INSERT INTO sealed_file (id, customer, record, item, version, compartment, state, chunks, size, digest, created, mac)
        VALUES (@id, @customer, @record, @item, @version, @compartment, @state, @chunks, @size, @digest, @created, @mac)
        """,
        new
        {
            id = row.Id, customer = row.Customer, record = row.Record, item = row.Item, version = row.Version, compartment = row.Compartment,
            state = row.State, chunks = row.Chunks, size = row.Size, digest = row.Digest, created = row.Created, mac = row.Mac,
        });

    public static Task<FileRow?> FindAsync(Tx tx, FileId id, bool forUpdate = false) => tx.QueryOneAsync<FileRow>(
        $"SELECT {Columns} FROM sealed_file WHERE id = @id{(forUpdate ? tx.ForUpdate : "")}", new { id = id.Bytes });

    public static Task<IReadOnlyList<FileRow>> OfCustomersAsync(Tx tx, IEnumerable<byte[]> customers) => tx.QueryAsync<FileRow>(
        $"SELECT {Columns} FROM sealed_file WHERE customer {tx.AnyOf("customers")}", new { customers = tx.Set(customers) });

    public static Task<IReadOnlyList<byte[]>> OpenBeforeAsync(Tx tx, long before, int max) => tx.QueryAsync<byte[]>(
        "SELECT id FROM sealed_file WHERE state = 'open' AND created < @before ORDER BY created LIMIT @max", new { before, max });

    public static Task UpdateAsync(Tx tx, FileRow row) => tx.ExecuteAsync(
        "UPDATE sealed_file SET state = @state, chunks = @chunks, size = @size, digest = @digest, mac = @mac WHERE id = @id",
        new { state = row.State, chunks = row.Chunks, size = row.Size, digest = row.Digest, mac = row.Mac, id = row.Id });

    public static async Task AddChunkAsync(Tx tx, Compartment compartment, FileId file, long n, byte[] bytes)
    {
        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        await tx.ExecuteAsync(
            $"INSERT INTO {CompartmentTables.Chunks(compartment)} (file, n, bytes) VALUES (@file, @n, @bytes)",
            new { file = file.Bytes, n, bytes });
    }

    public static async Task<byte[]?> ChunkAsync(Tx tx, Compartment compartment, FileId file, long n)
    {
        await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
        return await tx.QueryOneAsync<byte[]>(
            $"SELECT bytes FROM {CompartmentTables.Chunks(compartment)} WHERE file = @file AND n = @n", new { file = file.Bytes, n });
    }

    public static async Task DeleteAsync(Tx tx, IReadOnlyCollection<byte[]> files)
    {
        foreach (var compartment in CompartmentTables.All)
        {
            await using var role = await tx.AsRoleAsync(CompartmentTables.Role(compartment));
            await tx.ExecuteAsync(
                $"DELETE FROM {CompartmentTables.Chunks(compartment)} WHERE file {tx.AnyOf("files")}", new { files = tx.Set(files) });
        }

        await tx.ExecuteAsync($"DELETE FROM sealed_file WHERE id {tx.AnyOf("files")}", new { files = tx.Set(files) });
    }
}
