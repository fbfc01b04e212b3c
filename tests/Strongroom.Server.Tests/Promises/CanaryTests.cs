using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Strongroom.Ground.Identifiers;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests.Promises;

/// <summary>
/// No plaintext at rest or in what the product says: a thousand distinctive values go through every door that takes one, the wrong requests
/// included; afterwards every file the product touched, its console, its metrics and its error answers are searched for each of them. Memory
/// is not written out: no core files, no door for a dump.
/// </summary>
public sealed class CanaryTests(PostgresServer postgres)
{
    [Fact]
    public Task A_thousand_values_stand_nowhere_in_clear_on_sqlite() => NowhereAsync(null);

    [Fact]
    [Trait("Suite", "soak")]
    public Task A_thousand_values_stand_nowhere_in_clear_on_postgresql() => NowhereAsync(postgres);

    /// <summary>The search must find what it looks for, or the two tests above prove nothing.</summary>
    [Fact]
    public void A_planted_value_is_found_in_every_encoding_at_every_offset_in_the_midst_of_other_bytes()
    {
        string[] words = ["15412345678", "Quibblethorp Zanzibarius", "沧浪泊舟子墨"];
        var search = new NeedleSearch(words);
        Assert.True(search.Count > 50);
        var noise = new byte[4096];
        new Random(1912).NextBytes(noise);
        Assert.Empty(search.In(noise));
        foreach (var word in words)
        {
            for (var offset = 0; offset < 6; offset++)
            {
                foreach (var raw in new[] { Encoding.UTF8.GetBytes(word), Encoding.Unicode.GetBytes(word), Encoding.BigEndianUnicode.GetBytes(word) })
                {
                    byte[] among = [.. noise[..offset], .. raw, .. noise[..7]];
                    byte[][] written =
                    [
                        among, Encoding.ASCII.GetBytes(Convert.ToBase64String(among)), Encoding.ASCII.GetBytes(Convert.ToHexString(among)),
                        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(among)),
                        Encoding.ASCII.GetBytes(Convert.ToBase64String(among).Replace('+', '-').Replace('/', '_')),
                    ];
                    Assert.All(written, form => Assert.Equal([word], search.In([.. noise, .. form, .. noise])));
                }
            }
        }

        Assert.Equal([words[2]], search.In(System.Text.Json.JsonSerializer.Serialize(new { x = words[2] })));
        Assert.Equal([words[2]], search.In(Uri.EscapeDataString(words[2])));
    }

    private static async Task NowhereAsync(PostgresServer? engine)
    {
        await using var place = await Place.OpenedAsync(engine);
        var outside = Directory.CreateTempSubdirectory("sr-canary-input-").FullName;
        var server = await place.ServeAsync();
        try
        {
            var journey = new CanaryJourney(place, server, outside);
            await journey.WalkAsync();
            var canaries = journey.Canaries;
            Assert.True(canaries.Count >= 1000, $"only {canaries.Count} values were sent");
            Assert.Equal(canaries.Count, canaries.Distinct(StringComparer.Ordinal).Count());
            Assert.Empty(journey.Repeated);

            var search = new NeedleSearch(canaries);
            Assert.Equal([canaries[7]], search.In($"the search knows {canaries[7]}"));
            Assert.Empty(search.In(journey.Said));
            Assert.Empty(search.In(server.Said));
            Assert.Empty(search.In(await server.MetricsAsync()));
            Assert.Empty(Leftovers(place.Root));
            Assert.Empty(Directory.EnumerateFiles(place.Temporary, $"*-{server.Pid}-*"));
            Assert.Matches(@"Max core file size +0 +0 ", await File.ReadAllTextAsync($"/proc/{server.Pid}/limits"));

            // While it serves, with its WAL; and again when it has stopped.
            Assert.Empty(search.InFolder(place.Root, out var living));
            Assert.True(living > 500_000, $"only {living} bytes were there to be searched");
            if (engine is not null)
            {
                await NowhereInPostgresAsync(engine, place, search);
            }

            Assert.Equal(0, await server.StopAsync());
            Assert.Empty(search.In(server.Said));
            Assert.Empty(search.InFolder(place.Root, out _));

            // What must be there shows that the folder searched is the one that was written.
            Assert.NotEmpty(new NeedleSearch(["strongroom.invalid/log"]).InFolder(place.Root, out _));
        }
        finally
        {
            await server.DisposeAsync();
            Directory.Delete(outside, recursive: true);
        }
    }

    /// <summary>Memory images, and whatever a process forgot in its temporary folder.</summary>
    private static IEnumerable<string> Leftovers(string root) => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(file =>
        Path.GetFileName(file) is var name && (name.StartsWith("core", StringComparison.Ordinal) || name.EndsWith(".dmp", StringComparison.Ordinal)
            || name.StartsWith("coredump", StringComparison.Ordinal) || Path.GetDirectoryName(file)!.EndsWith("ASPNETCORE", StringComparison.Ordinal)));

    /// <summary>The files of both databases and the server's WAL and log; every column besides, since large values lie compressed in the files.</summary>
    private static async Task NowhereInPostgresAsync(PostgresServer engine, Place place, NeedleSearch search)
    {
        foreach (var connection in new[] { place.Database, place.Environment["STRONGROOM_KEYRING"] })
        {
            var name = new NpgsqlConnectionStringBuilder(connection).Database!;
            await using var admin = await engine.AdminAsync(name);
            await ExecuteAsync(admin, "CHECKPOINT");
            var folder = (string)(await ScalarAsync(admin, "SHOW data_directory"))!;
            if (Directory.Exists(folder))
            {
                var oid = Convert.ToString(await ScalarAsync(admin, $"SELECT oid FROM pg_database WHERE datname = '{name}'"), CultureInfo.InvariantCulture)!;
                Assert.Empty(search.InFolder(Path.Combine(folder, "base", oid), out var pages));
                Assert.Empty(search.InFolder(Path.Combine(folder, "pg_wal"), out var wal));
                Assert.True(pages > 1_000_000 && wal > 1_000_000, $"{pages} bytes of pages, {wal} of WAL");
                var log = Path.Combine(Path.GetDirectoryName(folder)!, "server.log");
                Assert.Empty(File.Exists(log) ? search.In(Disk.Read(log)) : []);
            }

            Assert.Empty(search.In(await ColumnsAsync(admin)));
        }
    }

    private static async Task<byte[]> ColumnsAsync(NpgsqlConnection admin)
    {
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'strongroom'", admin))
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                tables.Add(rows.GetString(0));
            }
        }

        Assert.NotEmpty(tables);
        var all = new MemoryStream();
        foreach (var table in tables)
        {
            await using var command = new NpgsqlCommand($"SELECT * FROM strongroom.\"{table}\"", admin);
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    all.Write(rows.GetValue(i) switch { byte[] bytes => bytes, var other => Encoding.UTF8.GetBytes(other.ToString()!) });
                    all.WriteByte(0);
                }
            }
        }

        return all.ToArray();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
