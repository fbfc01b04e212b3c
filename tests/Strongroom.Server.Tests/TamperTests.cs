using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>What an administrator of the database does to the files, and what <c>strongroom verify</c> says of it.</summary>
public sealed class TamperTests(TamperTests.Fixture fixture, PostgresServer postgres) : IClassFixture<TamperTests.Fixture>
{
    private readonly Place place = fixture.Place;
    private readonly string auditor = fixture.Auditor;

    /// <summary>A stopped installation with a little history. Tests change copies of it.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal Place Place { get; private set; } = null!;

        internal string Auditor { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Place = await Place.OpenedAsync();
            Auditor = (await Template.OfAsync(null)).Staff.Auditor.Id;
        }

        public ValueTask DisposeAsync() => Place.DisposeAsync();
    }

    [Fact]
    public async Task Verify_passes_over_data_folder_and_anchor_and_names_what_was_changed()
    {
        foreach (var where in new[] { place.Data, place.Anchor })
        {
            var sound = await VerifyAsync(where);
            Assert.True(sound.Code == 0, sound.All);
        }

        // The checkpoint of the anchor proves freshness of the data folder.
        var fresh = await VerifyAsync(place.Data, "--trusted", Path.Combine(place.Anchor, "checkpoint"));
        Assert.True(fresh.Code == 0, fresh.All);

        var (index, id) = ((long)Query("SELECT count(*) / 2 FROM log_entry")!, "");
        id = Convert.ToHexStringLower((byte[])Query($"SELECT id FROM log_entry ORDER BY chain, seq LIMIT 1 OFFSET {index}")!);
        await BrokenAsync("verify.entry", id, database => FlipOneByte(database, id));
        await BrokenAsync("verify.entry", id, $"UPDATE log_entry SET act = 'nothing-happened' WHERE id = x'{id}'");
        await BrokenAsync("verify.entry", id, $"UPDATE log_entry SET actor = x'{new string('0', 32)}' WHERE id = x'{id}'");
        await BrokenAsync("verify.", null, $"DELETE FROM log_entry WHERE id = x'{id}'");
        await BrokenAsync("verify.", null, "DELETE FROM log_checkpoint WHERE size = (SELECT max(size) FROM log_checkpoint)", "--trusted", Path.Combine(place.Anchor, "checkpoint"));
        await BrokenAsync("verify.", null, "UPDATE log_tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND n = 0");
    }

    [Fact]
    public async Task A_right_that_the_database_administrator_gave_himself_is_named_by_verify()
    {
        var person = $"kind = 'person' AND id = x'{auditor}'";
        await BrokenAsync("verify.control", auditor, $"UPDATE control_row SET content = replace(content, 'auditor', 'admin-4a') WHERE {person}");
        await BrokenAsync("verify.control", auditor, $"DELETE FROM control_row WHERE {person}");
        await BrokenAsync("verify.control", null, $"INSERT INTO control_row SELECT kind, x'{new string('1', 32)}', version, content, changed, mac FROM control_row WHERE {person}");

        // An older version put back with its genuine MAC.
        await BrokenAsync("verify.control", auditor,
            $"DELETE FROM control_row WHERE {person}; INSERT INTO control_row SELECT kind, id, version, content, changed, mac FROM control_row_old WHERE {person} ORDER BY version LIMIT 1");
    }

    [Fact]
    public async Task A_finding_that_was_put_there_or_counts_that_were_lowered_by_hand_are_named_by_verify()
    {
        await BrokenAsync("verify.case", new string('1', 32), $"INSERT INTO case_row (kind, id, state, sort, version, changed, content, mac) VALUES ('finding', x'{new string('1', 32)}', 'explained', 0, 1, 0, '{{}}', x'00')");
        await BrokenAsync("verify.usage", null, "INSERT INTO usage_mark (chain, seq) SELECT chain, seq + 1000 FROM log_chain WHERE true ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq");
        await BrokenAsync("verify.usage", null, "INSERT INTO usage_mark (chain, seq) SELECT chain, seq FROM log_chain WHERE true ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq; DELETE FROM usage_day WHERE what = 'm:acts'");
    }

    [Fact]
    public async Task On_postgresql_verify_compares_log_and_rows_in_a_snapshot_it_cannot_write_to()
    {
        await using var there = await Place.OpenedAsync(postgres);
        await using var admin = await postgres.AdminAsync(new NpgsqlConnectionStringBuilder(there.Database).Database);
        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand($"SET search_path = strongroom; {sql}", admin);
            await command.ExecuteNonQueryAsync();
        }

        async Task FindsAsync(string? code, string sql, string undo)
        {
            await ExecuteAsync(sql);
            var ran = await there.RunAsync("verify", "--database", "--key", there.LogKey);
            Assert.True(ran.Code == (code is null ? 0 : 1), $"{code}: exit {ran.Code.ToString(CultureInfo.InvariantCulture)}, {ran.All}");
            Assert.Contains(code ?? "", ran.Error, StringComparison.Ordinal);
            await ExecuteAsync(undo);
        }

        var one = new string('1', 32);
        await FindsAsync(null, "SELECT 1", "SELECT 1");
        await FindsAsync(
            "verify.control", $"INSERT INTO control_row SELECT kind, decode('{one}', 'hex'), version, content, changed, mac FROM control_row WHERE kind = 'person' LIMIT 1",
            $"DELETE FROM control_row WHERE id = decode('{one}', 'hex')");
        await FindsAsync(
            "verify.case", $"INSERT INTO case_row (kind, id, state, sort, version, changed, content, mac) VALUES ('finding', decode('{one}', 'hex'), 'explained', 0, 1, 0, '{{}}', '\\x00')",
            $"DELETE FROM case_row WHERE id = decode('{one}', 'hex')");
        await FindsAsync(
            "verify.usage", "CREATE TABLE marks AS SELECT * FROM usage_mark; INSERT INTO usage_mark (chain, seq) SELECT chain, seq + 1000 FROM log_chain ON CONFLICT (chain) DO UPDATE SET seq = excluded.seq",
            "DELETE FROM usage_mark; INSERT INTO usage_mark SELECT * FROM marks; DROP TABLE marks");

        // From a file, and never from the command line.
        var file = Path.Combine(there.Root, "connection");
        await File.WriteAllTextAsync(file, there.Database + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var open = await there.RunAsync("verify", "--database", file, "--key", there.LogKey);
        Assert.True(open.Code == 2 && open.Error.Contains("chmod 600", StringComparison.Ordinal), open.All);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(0, (await there.RunAsync("verify", "--database", file, "--key", there.LogKey)).Code);
        foreach (var wrong in new[] { new[] { "--database", there.Database }, [], [there.Anchor, "--database"] })
        {
            var refused = await there.RunAsync(["verify", .. wrong, "--key", there.LogKey]);
            Assert.True(refused.Code == 2, refused.All);
        }
    }

    [Fact]
    public async Task The_server_denies_on_an_altered_row_and_raises_an_alarm()
    {
        var copy = place.CopyOfData("served");
        Execute(Path.Combine(copy, "strongroom.db"), $"UPDATE control_row SET content = replace(content, 'auditor', 'admin-4a') WHERE kind = 'person' AND id = x'{auditor}'");
        await using var server = await ServerProcess.StartAsync(place, copy);
        (await server.Nobody().SignInAsync("auditor", Caller.PasswordOf("auditor"))).Refused(401, "signin.failed");

        // The others work on, and the alarm names the row in the log.
        var admin = server.Nobody();
        (await admin.SignInAsync(place.Administrators[0].Account, Caller.PasswordOf(place.Administrators[0].Account))).Good();
        (await admin.PostAsync("/v1/account-requests", new { person = new { account = "second-auditor", name = "A", locale = "en" }, posts = Array.Empty<object>() })).Good();
        Assert.Equal(0, await server.StopAsync());
        Assert.NotEqual(0L, Query("SELECT count(*) FROM log_entry WHERE act LIKE 'control-%'", copy));
    }

    [Fact]
    public async Task Check_walks_the_customers_of_a_stopped_server_and_names_the_row_that_was_moved()
    {
        await using var there = await Place.OpenedAsync();
        string customer;
        await using (var server = await there.ServeAsync())
        {
            var (_, business) = await there.PeopleAtAsync(server);
            customer = (await Business.CollectAsync(server.Client(business.Token), business.BookingOf(1))).Good()["customer"]!.GetValue<string>();
            await Business.CollectAsync(server.Client(business.Token), business.BookingOf(2));
            var served = await there.RunAsync("check", "--data", there.Data);
            Assert.True(served.Code == 2 && served.Error.Length > 0, served.All);
            Assert.Equal(0, await server.StopAsync());
        }

        var sound = await there.RunAsync("check", "--data", there.Data, "--open-every", "1");
        Assert.True(sound.Code == 0, sound.All);
        Assert.Matches(@"2 customers, \d+ records, \d+ items, [1-9]\d* opened", sound.Out);

        var database = Path.Combine(there.Data, "strongroom.db");
        Execute(database, $"UPDATE sensitive_item SET record = record, packed = (SELECT o.packed FROM sensitive_item o WHERE o.customer <> x'{customer}') WHERE customer = x'{customer}'");
        var broken = await there.RunAsync("check", "--data", there.Data);
        Assert.True(broken.Code == 1, broken.All);
        Assert.Contains($"pack customer {customer} row ", broken.Out, StringComparison.Ordinal);
        using var log = Open(database);
        using var entries = new SqliteCommand("SELECT count(*) FROM log_entry WHERE act = 'store-checked'", log);
        Assert.Equal(2L, entries.ExecuteScalar());
        Assert.Equal(2, (await there.RunAsync("check", "--data", there.Data, "--open-every", "-1")).Code);
    }

    private Task BrokenAsync(string code, string? named, string sql, params string[] more) => BrokenAsync(code, named, database => Execute(database, sql), more);

    private async Task BrokenAsync(string code, string? named, Action<string> tamper, params string[] more)
    {
        var copy = place.CopyOfData("copy");
        var database = Path.Combine(copy, "strongroom.db");
        tamper(database);
        var ran = await VerifyAsync(copy, more);
        Assert.True(ran.Code == 1, $"{code}: exit {ran.Code.ToString(CultureInfo.InvariantCulture)}, {ran.All}");
        Assert.Contains(code, ran.Error, StringComparison.Ordinal);
        Assert.Contains(named ?? "", ran.Error, StringComparison.Ordinal);
        Directory.Delete(copy, recursive: true);
    }

    private static void FlipOneByte(string database, string entry)
    {
        using var connection = Open(database);
        using var read = new SqliteCommand($"SELECT body FROM log_entry WHERE id = x'{entry}'", connection);
        var body = (byte[])read.ExecuteScalar()!;
        body[body.Length / 2] ^= 1;
        using var write = new SqliteCommand($"UPDATE log_entry SET body = @body WHERE id = x'{entry}'", connection);
        write.Parameters.AddWithValue("@body", body);
        Assert.Equal(1, write.ExecuteNonQuery());
    }

    private static void Execute(string database, string sql)
    {
        using var connection = Open(database);
        using var command = new SqliteCommand(sql, connection);
        Assert.True(command.ExecuteNonQuery() > 0, sql);
    }

    private object? Query(string sql, string? folder = null)
    {
        using var connection = Open(Path.Combine(folder ?? place.Data, "strongroom.db"));
        using var command = new SqliteCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private Task<Ran> VerifyAsync(string where, params string[] more) => place.RunAsync(["verify", where, "--key", place.LogKey, .. more]);
}
