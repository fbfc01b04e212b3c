using System.Data.Common;
using Strongroom.Data;

namespace Strongroom.Keys.Rings;

internal sealed record EpochRow(long N, string State, byte[] SecretDigest, byte[]? General, byte[]? Sensitive, byte[]? System, byte[]? Search);

internal sealed record NewCustomerRow(CustomerRow Of, long Created);

internal sealed record HolderRow(string Name, byte[] PublicKey);

internal sealed record SecretRow(string Name, long Epoch, byte[] Wrapped);

internal sealed record StatementRow(long Epoch, string Holder, string Statement);

/// <summary>All SQL of the keyring. Methods that take a transaction are pieces of a larger act; the others are acts of their own.</summary>
internal sealed class KeyringStore(Database database)
{
    private const string CustomerColumns = "customer, epoch, key_id, general, sensitive, log";

    internal async Task<T> ReadAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct) => await GuardAsync(() => database.ReadAsync(work, ct));

    internal async Task<T> WriteAsync<T>(Func<Tx, Task<T>> work, CancellationToken ct) => await GuardAsync(() => database.WriteAsync(work, ct));

    internal Leases Leases(TimeProvider time) => new(database, time);

    internal static Task<byte[]?> InstallationAsync(Tx tx) => tx.QueryOneAsync<byte[]>("SELECT id FROM key_installation WHERE one = 1");

    internal static Task AddInstallationAsync(Tx tx, byte[] id, long created) =>
        tx.ExecuteAsync("INSERT INTO key_installation (one, id, created) VALUES (1, @id, @created) ON CONFLICT DO NOTHING", new { id, created });

    internal static Task<IReadOnlyList<HolderRow>> HoldersAsync(Tx tx) =>
        tx.QueryAsync<HolderRow>("SELECT name, public_key FROM key_holder ORDER BY name");

    internal static Task AddHolderAsync(Tx tx, string name, byte[] publicKey, long registered) =>
        tx.ExecuteAsync(
            "INSERT INTO key_holder (name, public_key, registered) VALUES (@name, @publicKey, @registered) ON CONFLICT DO NOTHING",
            new { name, publicKey, registered });

    internal static Task<IReadOnlyList<EpochRow>> EpochsAsync(Tx tx) =>
        tx.QueryAsync<EpochRow>("SELECT n, state, secret_digest, general, sensitive, system, search FROM key_epoch ORDER BY n");

    internal static Task AddEpochAsync(Tx tx, EpochRow row, long created) =>
        tx.ExecuteAsync("""
            INSERT INTO key_epoch (n, state, created, secret_digest, general, sensitive, system, search)
            VALUES (@N, 'open', @created, @SecretDigest, @General, @Sensitive, @System, @Search)
            """, new { row.N, created, row.SecretDigest, row.General, row.Sensitive, row.System, row.Search });

    /// <summary>The state, locked against change until the transaction ends, null when there is no such epoch; and how many of the customers were destroyed.</summary>
    internal static async Task<(string? State, long Destroyed)> StandingAsync(Tx tx, long n, IEnumerable<byte[]> customers)
    {
        var batch = tx.Batch();
        var state = batch.Ask("SELECT state FROM key_epoch WHERE n = $1" + batch.ForShare, row => row.GetString(0), n);
        var tombstones = batch.Ask($"SELECT count(*) FROM key_tombstone WHERE customer {batch.AnyOf(1)}", row => row.GetInt64(0), batch.Set(customers));
        await tx.RunAsync(batch);
        return (state.All.Count == 0 ? null : state.All[0], tombstones.All[0]);
    }

    internal static async Task<bool> DrainAsync(Tx tx, long n, long at) =>
        await tx.ExecuteAsync("UPDATE key_epoch SET state = 'draining', drained = @at WHERE n = @n AND state = 'open'", new { n, at }) == 1;

    /// <summary>Seals a draining epoch only when nothing is wrapped under it: the check and the change are one statement.</summary>
    internal static async Task<bool> SealAsync(Tx tx, long n, long at)
    {
        // The row is locked first, so a wrap that holds it shared has committed, and the check below sees what it wrote.
        await tx.QueryOneAsync<string>("SELECT state FROM key_epoch WHERE n = @n" + tx.ForUpdate, new { n });
        return await tx.ExecuteAsync("""
            UPDATE key_epoch SET state = 'sealed', sealed = @at
            WHERE n = @n AND state = 'draining'
              AND NOT EXISTS (SELECT 1 FROM key_customer WHERE epoch = @n)
              AND NOT EXISTS (SELECT 1 FROM key_secret WHERE epoch = @n)
            """, new { n, at }) == 1;
    }

    /// <summary>Ends a sealed epoch for which every registered holder has stated its erasure; its wrapped keys go too.</summary>
    internal static async Task<bool> DestroyEpochAsync(Tx tx, long n, long at) =>
        await tx.ExecuteAsync("""
            UPDATE key_epoch SET state = 'destroyed', destroyed = @at, general = NULL, sensitive = NULL, system = NULL, search = NULL
            WHERE n = @n AND state = 'sealed'
              AND NOT EXISTS (SELECT 1 FROM key_holder h WHERE NOT EXISTS
                (SELECT 1 FROM key_statement s WHERE s.epoch = @n AND s.holder = h.name))
            """, new { n, at }) == 1;

    internal static Task<IReadOnlyList<StatementRow>> StatementsAsync(Tx tx) =>
        tx.QueryAsync<StatementRow>("SELECT epoch, holder, statement FROM key_statement ORDER BY epoch, holder");

    internal static Task AddStatementAsync(Tx tx, long epoch, string holder, long at, string statement) =>
        tx.ExecuteAsync(
            "INSERT INTO key_statement (epoch, holder, at, statement) VALUES (@epoch, @holder, @at, @statement) "
            + "ON CONFLICT (epoch, holder) DO UPDATE SET at = excluded.at, statement = excluded.statement",
            new { epoch, holder, at, statement });

    internal static Task<IReadOnlyList<SecretRow>> SecretsAsync(Tx tx) =>
        tx.QueryAsync<SecretRow>("SELECT name, epoch, wrapped FROM key_secret ORDER BY name");

    internal static Task AddSecretAsync(Tx tx, SecretRow row) =>
        tx.ExecuteAsync("INSERT INTO key_secret (name, epoch, wrapped) VALUES (@Name, @Epoch, @Wrapped)", row);

    internal static Task MoveSecretAsync(Tx tx, SecretRow row, long from) =>
        tx.ExecuteAsync("UPDATE key_secret SET epoch = @Epoch, wrapped = @Wrapped WHERE name = @Name AND epoch = @from",
            new { row.Epoch, row.Wrapped, row.Name, from });

    /// <summary>The rows that exist among these customers.</summary>
    internal static Task<IReadOnlyList<CustomerRow>> CustomersAsync(Tx tx, IEnumerable<byte[]> ids) =>
        tx.QueryAsync<CustomerRow>($"SELECT {CustomerColumns} FROM key_customer WHERE customer {tx.AnyOf("ids")}", new { ids = tx.Set(ids) });

    internal static Task<IReadOnlyList<CustomerRow>> CustomersUnderAsync(Tx tx, long epoch, int max) =>
        tx.QueryAsync<CustomerRow>($"SELECT {CustomerColumns} FROM key_customer WHERE epoch = @epoch ORDER BY customer LIMIT @max", new { epoch, max });

    internal static Task<long> CountUnderAsync(Tx tx, long epoch) =>
        tx.ScalarAsync<long>("SELECT count(*) FROM key_customer WHERE epoch = @epoch", new { epoch });

    /// <summary>How many were inserted; one that exists is left alone.</summary>
    internal static Task<int> AddCustomersAsync(Tx tx, IReadOnlyList<CustomerRow> rows, long created) =>
        tx.InsertAsync(Many, [.. rows.Select(row => new NewCustomerRow(row, created))]);

    private static readonly ManyRows<NewCustomerRow> Many = new("key_customer", "(customer)",
        Column<NewCustomerRow>.Bytes("customer", row => row.Of.Customer),
        Column<NewCustomerRow>.Number("epoch", row => row.Of.Epoch),
        Column<NewCustomerRow>.Bytes("key_id", row => row.Of.KeyId),
        Column<NewCustomerRow>.Bytes("general", row => row.Of.General),
        Column<NewCustomerRow>.Bytes("sensitive", row => row.Of.Sensitive),
        Column<NewCustomerRow>.Bytes("log", row => row.Of.Log),
        Column<NewCustomerRow>.Number("created", row => row.Created));

    /// <summary>Replaces wraps, each only if the row is still under the old epoch with the same key; one destroyed meanwhile stays destroyed.</summary>
    internal static async Task<int> MoveCustomersAsync(Tx tx, IReadOnlyList<CustomerRow> rows, long from)
    {
        if (tx.Engine == Engine.Postgres)
        {
            return await tx.ExecuteAsync("""
                UPDATE key_customer AS k SET epoch = @epoch, general = v.general, sensitive = v.sensitive, log = v.log
                FROM unnest(@ids, @keyIds, @general, @sensitive, @log) AS v (customer, key_id, general, sensitive, log)
                WHERE k.customer = v.customer AND k.epoch = @from AND k.key_id = v.key_id
                """, Columns(tx, rows, 0, from));
        }

        var moved = 0;
        foreach (var row in rows)
        {
            moved += await tx.ExecuteAsync("""
                UPDATE key_customer SET epoch = @Epoch, general = @General, sensitive = @Sensitive, log = @Log
                WHERE customer = @Customer AND epoch = @from AND key_id = @KeyId
                """, new { row.Customer, row.Epoch, row.KeyId, row.General, row.Sensitive, row.Log, from });
        }

        return moved;
    }

    internal static async Task DestroyCustomersAsync(Tx tx, IReadOnlyList<byte[]> ids, long at)
    {
        if (tx.Engine == Engine.Postgres)
        {
            await tx.ExecuteAsync(
                "INSERT INTO key_tombstone (customer, at) SELECT v, @at FROM unnest(@ids) AS v ON CONFLICT DO NOTHING", new { at, ids = tx.Set(ids) });
        }
        else
        {
            foreach (var id in ids)
            {
                await tx.ExecuteAsync("INSERT INTO key_tombstone (customer, at) VALUES (@id, @at) ON CONFLICT DO NOTHING", new { id, at });
            }
        }

        await tx.ExecuteAsync($"DELETE FROM key_customer WHERE customer {tx.AnyOf("ids")}", new { ids = tx.Set(ids) });
    }

    internal static Task<IReadOnlyList<byte[]>> OrphansAsync(Tx tx, long before, int max) =>
        tx.QueryAsync<byte[]>(
            "SELECT customer FROM key_customer WHERE confirmed IS NULL AND created < @before ORDER BY created, customer LIMIT @max", new { before, max });

    internal static Task ConfirmAsync(Tx tx, IEnumerable<byte[]> ids, long at) =>
        tx.ExecuteAsync($"UPDATE key_customer SET confirmed = @at WHERE confirmed IS NULL AND customer {tx.AnyOf("ids")}", new { at, ids = tx.Set(ids) });

    private static object Columns(Tx tx, IReadOnlyList<CustomerRow> rows, long created, long from) => new
    {
        epoch = rows[0].Epoch,
        created,
        from,
        ids = tx.Set(rows.Select(r => r.Customer)),
        keyIds = tx.Set(rows.Select(r => r.KeyId)),
        general = tx.Set(rows.Select(r => r.General)),
        sensitive = tx.Set(rows.Select(r => r.Sensitive)),
        log = tx.Set(rows.Select(r => r.Log)),
    };

    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DbException e)
        {
            throw new KeysUnavailableException(KeysFault.KeyringUnreachable, e.GetType().Name, e);
        }
    }
}
