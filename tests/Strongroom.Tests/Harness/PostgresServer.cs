using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;
using Strongroom.Tests.Harness;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Strongroom.Tests.Harness;

/// <summary>
/// One private PostgreSQL for the whole run, started when the first test asks for it: the one named by STRONGROOM_TEST_POSTGRES,
/// else our own from Debian's binaries, on a free loopback port, as user postgres when we are root. Its parent shell stops it and
/// removes its folder as soon as our end of a pipe closes, so it goes even when the test process is killed.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>What belonged to the source's login and compartment roles, or was granted to them, goes to the copy's.</summary>
    private const string HandOver = """
        DO $$
        DECLARE part text; right_ record;
        BEGIN
          FOREACH part IN ARRAY ARRAY['', '_general', '_sensitive'] LOOP
            CONTINUE WHEN NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'SOURCE' || part);
            IF part <> '' THEN
              EXECUTE format('CREATE ROLE %I NOLOGIN', 'COPY' || part);
              EXECUTE format('GRANT %I TO %I', 'COPY' || part, 'COPY');
              ALTER ROLE COPY NOINHERIT;
            END IF;
            EXECUTE format('REASSIGN OWNED BY %I TO %I', 'SOURCE' || part, 'COPY' || part);
            FOR right_ IN
              SELECT format('%s (%I) ON TABLE %s', a.privilege_type, attname, attrelid::regclass) AS what
              FROM pg_attribute, aclexplode(attacl) a WHERE a.grantee = ('SOURCE' || part)::regrole
              UNION ALL
              SELECT format('%s ON SCHEMA %I', a.privilege_type, nspname) FROM pg_namespace, aclexplode(nspacl) a WHERE a.grantee = ('SOURCE' || part)::regrole
            LOOP
              EXECUTE format('GRANT %s TO %I', right_.what, 'COPY' || part);
            END LOOP;
          END LOOP;
        END $$
        """;

    private readonly SemaphoreSlim starting = new(1);
    private readonly ConcurrentBag<string> frozen = [];
    private string? admin;
    private Process? server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A fresh, empty database owned by a fresh ordinary login that may create roles. Skips the test where PostgreSQL is missing.</summary>
    public Task<string> CreateDatabaseAsync() => CreateDatabaseAsync("template0");

    private async Task<string> CreateDatabaseAsync(string template)
    {
        var name = "sr_" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        await using var connection = await AdminAsync();
        foreach (var sql in (string[])[
            $"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD '{name}'",
            $"CREATE DATABASE {name} OWNER {name} TEMPLATE {template}",
            $"REVOKE ALL ON DATABASE {name} FROM PUBLIC"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
        return new NpgsqlConnectionStringBuilder(admin) { Database = name, Username = name, Password = name, Pooling = true }.ConnectionString;
    }

    /// <summary>Makes a database one to be copied: nobody is connected any longer, and its login owns no database that a copy could take along.</summary>
    public async Task FreezeDatabaseAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        await using (var pooled = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(pooled);
        }

        frozen.Add(connectionString);
        await using var connection = await AdminAsync();
        foreach (var sql in (string[])[
            $"ALTER DATABASE {name} OWNER TO CURRENT_USER",
            $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>
    /// A copy of a database that nobody is connected to, as <see cref="CreateDatabaseAsync"/> would have made it: owned by a login of its own,
    /// its compartments by roles of its own. Cheaper than migrating and filling an empty one again.
    /// </summary>
    public async Task<string> CopyDatabaseAsync(string connectionString)
    {
        var source = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        var copied = await CreateDatabaseAsync(source);
        var name = new NpgsqlConnectionStringBuilder(copied).Database!;
        await using var connection = await AdminAsync(name);
        await using var hand = new NpgsqlCommand(HandOver.Replace("SOURCE", source, StringComparison.Ordinal).Replace("COPY", name, StringComparison.Ordinal), connection);
        await hand.ExecuteNonQueryAsync();
        return copied;
    }

    /// <summary>Forgets pooled connections and drops the database, its login and its compartment roles.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        await using var connection = await AdminAsync();
        foreach (var sql in (string[])[
            $"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            $"DROP ROLE IF EXISTS {name}_general, {name}_sensitive, {name}"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>A connection as superuser, for tests that play the database administrator.</summary>
    public async Task<NpgsqlConnection> AdminAsync(string? database = null)
    {
        await EnsureStartedAsync();
        var connection = new NpgsqlConnection(database is null ? admin
            : new NpgsqlConnectionStringBuilder(admin) { Database = database }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            server.Dispose();
        }
        else
        {
            foreach (var template in frozen) await DropDatabaseAsync(template);
        }
        starting.Dispose();
    }

    private async Task EnsureStartedAsync()
    {
        await starting.WaitAsync();
        try
        {
            if (admin is not null) return;
            if (Environment.GetEnvironmentVariable("STRONGROOM_TEST_POSTGRES") is { Length: > 0 } given)
                admin = Unpooled(given);
            else
                admin = await StartAsync(Binaries());
        }
        finally
        {
            starting.Release();
        }
    }

    private static string Binaries()
    {
        var root = Environment.GetEnvironmentVariable("STRONGROOM_TEST_POSTGRES_BIN") ?? "/usr/lib/postgresql";
        var newest = Directory.Exists(root)
            ? Directory.GetDirectories(root)
                .Where(d => File.Exists(Path.Combine(d, "bin", "initdb")))
                .MaxBy(d => double.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var v) ? v : 0)
            : null;
        if (newest is not null) return Path.Combine(newest, "bin");

        const string missing = "PostgreSQL 15 or later is not installed (Debian: apt-get install postgresql-15)";
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail(missing);
        Assert.Skip(missing);
        throw new UnreachableException();
    }

    private async Task<string> StartAsync(string bin)
    {
        var folder = Path.Combine(Path.GetTempPath(), "srpg-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        var port = Ports.Free();
        // initdb, then the server in the background; "cat" ends when the tests close the pipe or die.
        var script = $"""
            set -e
            mkdir -m 700 {folder}
            trap 'rm -rf {folder}' EXIT
            {bin}/initdb -D {folder}/data -U postgres -A trust --no-sync -E UTF8 --locale=C >{folder}/initdb.log 2>&1
            {bin}/postgres -D {folder}/data -k {folder} -p {port} -c listen_addresses=127.0.0.1 -c fsync=on \
              -c max_connections=400 -c shared_buffers=64MB >{folder}/server.log 2>&1 </dev/null &
            server=$!
            cat >/dev/null
            kill -INT $server
            wait $server || true
            """;
        var start = new ProcessStartInfo { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/tmp" };
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "sh", "-c", script]
            : ["sh", "-c", script];
        start.FileName = command[0];
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        server = Process.Start(start)!;

        var connectionString = Unpooled($"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres");
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync();
                return connectionString;
            }
            catch (NpgsqlException) when (!server.HasExited && patience.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(100);
            }
        }
    }

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
