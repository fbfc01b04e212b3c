using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Strongroom.Bench.Harness;

/// <summary>
/// A PostgreSQL of our own on a free loopback port, fsync on, pgaudit loaded and silent but where a database turns it on. Its parent shell
/// stops it and removes its folder as soon as our end of a pipe closes, so it goes even when the bench is killed
/// or the whole group is signalled.
/// </summary>
internal sealed class PrivatePostgres : IAsyncDisposable
{
    private readonly Process shell;
    private readonly string folder;

    private PrivatePostgres(Process shell, string folder, string bin, string admin) => (this.shell, this.folder, Bin, Admin) = (shell, folder, bin, admin);

    /// <summary>Debian's folder of the server's programs.</summary>
    public string Bin { get; }

    /// <summary>Connection string of the superuser.</summary>
    public string Admin { get; }

    public static async Task<PrivatePostgres> StartAsync(CancellationToken ct)
    {
        var bin = Binaries();
        var folder = Path.Combine("/tmp", "srbench-pg-" + RandomNumberGenerator.GetHexString(8, lowercase: true));
        var port = FreePort();
        var audit = File.Exists(Path.Combine(Path.GetDirectoryName(bin)!, "lib", "pgaudit.so")) ? "-c shared_preload_libraries=pgaudit" : "";
        var script = $"""
            set -e
            mkdir -m 700 {folder}
            trap 'rm -rf {folder}' EXIT
            trap : INT TERM
            {bin}/initdb -D {folder}/data -U postgres -A trust --no-sync -E UTF8 --locale=C >{folder}/initdb.log 2>&1
            {bin}/postgres -D {folder}/data -k {folder} -p {port} -c listen_addresses=127.0.0.1 -c fsync=on -c synchronous_commit=on \
              -c max_connections=400 -c shared_buffers=256MB -c max_wal_size=2GB {audit} >{folder}/server.log 2>&1 </dev/null &
            server=$!
            cat >/dev/null || true
            kill -INT $server || true
            wait $server || true
            """;
        var start = new ProcessStartInfo { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/tmp" };
        string[] command = Environment.IsPrivilegedProcess
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "sh", "-c", script]
            : ["sh", "-c", script];
        start.FileName = command[0];
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        var admin = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "postgres", Database = "postgres", Pooling = false };
        var server = new PrivatePostgres(Process.Start(start)!, folder, bin, admin.ConnectionString);
        await server.WaitAsync(ct);
        return server;
    }

    /// <summary>A fresh database owned by a fresh ordinary login that may create roles.</summary>
    public async Task<string> CreateAsync(string name, CancellationToken ct)
    {
        await ExecuteAsync(Admin, ct,
            $"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD '{name}'",
            $"CREATE DATABASE {name} OWNER {name} TEMPLATE template0",
            $"REVOKE ALL ON DATABASE {name} FROM PUBLIC");
        return new NpgsqlConnectionStringBuilder(Admin) { Database = name, Username = name, Password = name, Pooling = true }.ConnectionString;
    }

    /// <summary>The superuser's connection string to a database.</summary>
    public string AdminOf(string database) => new NpgsqlConnectionStringBuilder(Admin) { Database = database }.ConnectionString;

    public static async Task ExecuteAsync(string connectionString, CancellationToken ct, params string[] statements)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>The first column of every row.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(string connectionString, string sql, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var all = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            all.Add(reader.GetString(0));
        }

        return all;
    }

    /// <summary>Processor time of the whole server so far.</summary>
    public double ProcessorSeconds() => Processor.SecondsOfTree(int.Parse(
        File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture));

    /// <summary>WAL fsyncs of the whole server so far.</summary>
    public async Task<long> SyncsAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(Admin);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("SELECT wal_sync FROM pg_stat_wal", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    public async ValueTask DisposeAsync()
    {
        shell.StandardInput.Close();
        await shell.WaitForExitAsync();
        shell.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Where(d => File.Exists(Path.Combine(d, "bin", "initdb")))
            .MaxBy(d => double.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var v) ? v : 0) is { } newest
            ? Path.Combine(newest, "bin")
            : throw new BenchException("PostgreSQL is not installed (Debian: apt-get install postgresql-15)");

    private async Task WaitAsync(CancellationToken ct)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Admin);
                await connection.OpenAsync(ct);
                return;
            }
            catch (NpgsqlException) when (!shell.HasExited && patience.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(100, ct);
            }
        }
    }
}
