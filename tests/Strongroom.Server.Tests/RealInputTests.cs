using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests;

namespace Strongroom.Server.Tests;

/// <summary>
/// The real input the product must carry: 714 passengers of 1912 as airline bookings and 7,043 subscribers as telecom subscriptions,
/// by the shipped mappings, from the files as they are.
/// </summary>
public sealed partial class RealInputTests
{
    private const string Braund = "Braund, Mr. Owen Harris";

    [Fact]
    public async Task Passengers_of_1912_are_imported_found_masked_shown_refused_proven_and_nowhere_in_clear()
    {
        var file = Repository.Shared("data/passengers-1912.csv");
        await using var import = await Import.BeginAsync("airline", "import-bookings", "passengers-1912.map.yaml", ["name", "paper_ticket", "fare", "cabin_no", "port"]);

        var ran = await import.RunAsync(file);
        Assert.True(ran.Code == 0, ran.All);
        Assert.Equal((714L, 714L, 0L, 0L), Counts(ran));
        Assert.Equal(714, Lines(file));
        Assert.Equal((714L, 714L), import.Stored("booking"));

        // Once more: everybody is known, nobody is doubled.
        Assert.Equal((714L, 0L, 714L, 0L), Counts(await import.RunAsync(file)));
        Assert.Equal((714L, 714L), import.Stored("booking"));

        var staff = import.Business.Staff;
        var found = Assert.Single(await Business.FindAsync(staff.BackOffice, "name", Braund));
        Assert.Equal([found], await Business.FindAsync(import.Client, "name", Braund));
        await MaskedForTheAgentAsync(import, found);
        await ClearForTheEntitledAsync(import, found);

        var refused = await staff.BackOffice.PostAsync($"/v1/customers/{found}/view", new { purpose = "market", items = new[] { "name" } });
        Assert.Equal(403, (int)refused.Status);
        Assert.Contains(refused.Json["reasons"]!.AsArray(), r => r!["code"]!.GetValue<string>() is "purpose.no_basis" or "purpose.not_collected" or "consent.missing");
        Assert.DoesNotContain("Braund", refused.Text, StringComparison.Ordinal);

        await ProvenAndNowhereAsync(import);
    }

    [Fact]
    public async Task Telecom_subscribers_import_to_the_line_and_a_killed_import_resumes_without_doubling_anyone()
    {
        var file = Repository.Shared("data/telecom-subscribers.csv");
        await using var import = await Import.BeginAsync("telecom", "import-subscriptions", "telecom-subscribers.map.yaml", ["account_no"]);

        // The importer killed after some rows, then the server under another run, then in peace.
        await import.KilledAsync(file, afterRecords: 500);
        var half = import.Stored("subscription").Records;
        Assert.InRange(half, 500, 7042);
        var second = import.StartAsync(file);
        await import.WaitForAsync(half + 1000);
        await import.RestartServerAsync();
        Assert.NotEqual(0, (await second).Code);

        var ran = await import.RunAsync(file);
        Assert.True(ran.Code == 0, ran.All);
        var (rows, created, known, rejected) = Counts(ran);
        Assert.Equal((7043L, 0L), (rows, rejected));
        Assert.Equal(7043, created + known);
        Assert.Equal((7043L, 7043L), import.Stored("subscription"));
        Assert.Empty(Disk.FilesWith(import.Place.Data, "7590-VHVEG", "5575-GNVDE"));
    }

    [Fact]
    public async Task Broken_rows_in_the_middle_are_rejected_by_line_and_column_without_values_and_the_rest_goes_on()
    {
        await using var import = await Import.BeginAsync("airline", "import-bookings", "passengers-1912.map.yaml", ["name"]);
        var file = Path.Combine(import.Place.Root, "broken.csv");
        await File.WriteAllTextAsync(file, """"
            PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked
            1,0,3,"Kanari, Mr. Good",male,22,1,0,A/5 21171,7.25,,S
            2,0,3,"Kanari, Mr. Badage",male,kanari-age,1,0,A/5 21172,7.25,,S
            3,0,3
            4,0,3,"Kanari, Mr. Noticket",male,22,1,0,,7.25,,S
            5,0,3,"Kanari, Mrs. Good ""Too""",female,22,1,0,A/5 21175,7.25,C85,Q
            """", TestContext.Current.CancellationToken);

        var ran = await import.RunAsync(file);
        Assert.Equal((5L, 2L, 0L, 3L), Counts(ran));
        var rejects = await File.ReadAllTextAsync(import.Rejects, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("kanari", rejects + ran.All, StringComparison.OrdinalIgnoreCase);
        foreach (var line in new[] { "3", "4", "5" })
        {
            Assert.Matches(new Regex($"^{line},", RegexOptions.Multiline), rejects);
        }

        Assert.Contains("Age", rejects, StringComparison.Ordinal);
        Assert.Contains("Ticket", rejects, StringComparison.Ordinal);
        Assert.Matches(new Regex(@"\p{IsCJKUnifiedIdeographs}"), rejects);
        Assert.Equal((2L, 2L), import.Stored("booking"));
    }

    private static async Task MaskedForTheAgentAsync(Import import, string found)
    {
        var agent = import.Business.Staff["call-agent"];
        var session = (await agent.PostAsync("/v1/service-sessions", new { reference = "CALL-1912", purpose = "fulfil", customer = found })).Good()["id"]!.GetValue<string>();
        var name = Item(await agent.PostAsync($"/v1/customers/{found}/view", new { items = new[] { "name" }, session }), "name");
        Assert.Equal("masked", name["shown"]!.GetValue<string>());
        Assert.DoesNotContain("Owen", name.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Harris", name.ToJsonString(), StringComparison.Ordinal);
        var insists = await agent.PostAsync($"/v1/customers/{found}/view", new { items = new[] { "name" }, clear = new[] { "name" }, session });
        Assert.DoesNotContain("Owen", insists.Text, StringComparison.Ordinal);
    }

    private static async Task ClearForTheEntitledAsync(Import import, string found)
    {
        var staff = import.Business.Staff;
        await staff.AuthoriseAsync("back-office", null, "fulfil", "name", "paper_ticket");
        var answer = await staff.BackOffice.PostAsync(
            $"/v1/customers/{found}/view", new { purpose = "fulfil", items = new[] { "name", "paper_ticket" }, clear = new[] { "name", "paper_ticket" } });
        Assert.Equal((Braund, "clear"), (Item(answer, "name")["value"]!.GetValue<string>(), Item(answer, "name")["shown"]!.GetValue<string>()));
        Assert.Equal("A/5 21171", Item(answer, "paper_ticket")["value"]!.GetValue<string>());

        // Without a purpose, nothing.
        var aimless = await staff.BackOffice.PostAsync($"/v1/customers/{found}/view", new { items = new[] { "name" } });
        Assert.Equal(403, (int)aimless.Status);
        Assert.Contains("purpose.missing", aimless.Text, StringComparison.Ordinal);
    }

    private static async Task ProvenAndNowhereAsync(Import import)
    {
        var place = import.Place;
        Assert.Empty(Disk.FilesWith(place.Root, "Braund"));
        Assert.DoesNotContain("Braund", import.Server.Said + await import.Server.MetricsAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await import.Server.StopAsync());
        Assert.Empty(Disk.FilesWith(place.Root, "Braund"));
        foreach (var where in new[] { place.Data, place.Anchor })
        {
            var verified = await place.RunAsync("verify", where, "--key", place.LogKey);
            Assert.True(verified.Code == 0, verified.All);
        }

        // One byte of one entry.
        var (id, body) = import.AnyEntry();
        body[body.Length / 3] ^= 1;
        import.Overwrite(id, body);
        var broken = await place.RunAsync("verify", place.Data, "--key", place.LogKey);
        Assert.Equal(1, broken.Code);
        Assert.Contains(id, broken.Error, StringComparison.Ordinal);
    }

    private static JsonNode Item(Answer view, string item) =>
        view.Good()["records"]!.AsArray().Select(r => r!["items"]![item]).First(i => i is not null)!;

    private static (long Rows, long Created, long Known, long Rejected) Counts(Ran ran)
    {
        var match = Said().Match(ran.Out);
        Assert.True(match.Success, ran.All);
        long N(int group) => long.Parse(match.Groups[group].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return (N(1), N(2), N(3), N(4));
    }

    private static int Lines(string file) => File.ReadLines(file).Count(line => line.Length > 0) - 1;

    [GeneratedRegex(@"([\d,]+) rows: ([\d,]+) created, ([\d,]+) known, ([\d,]+) rejected")]
    private static partial Regex Said();

    /// <summary>One installation with one form open for one file, and the command line pointed at it.</summary>
    private sealed class Import : IAsyncDisposable
    {
        private readonly string form, map;

        private Import(Place place, ServerProcess server, Business business, string token, string form, string map)
        {
            (Place, Server, Business, Token, this.form) = (place, server, business, token, form);
            this.map = Path.Combine(Repository.Root, "samples", map);
        }

        public Place Place { get; }

        public ServerProcess Server { get; private set; }

        public Business Business { get; }

        public string Rejects => Path.Combine(Place.Root, "rejects.csv");

        public Caller Client => Server.Client(Token);

        private string Token { get; }

        public static async Task<Import> BeginAsync(string pack, string form, string map, string[] items)
        {
            var place = await Place.InitAsync(packs: pack);
            var server = await place.ServeAsync();
            var staff = await Staff.HireAsync(place, server, "data-owner", "dpo", "auditor", "back-office", "call-agent");
            var (business, token) = await Business.OpenImportAsync(staff, form, items);
            return new Import(place, server, business, token, form, map);
        }

        public Task<Ran> RunAsync(string file) => StartAsync(file);

        public async Task<Ran> StartAsync(string file) => await Cli.RunAsync(Place.Environment, await ArgumentsAsync(file));

        /// <summary>SIGKILL to the importer once the server holds that many records.</summary>
        public async Task KilledAsync(string file, long afterRecords)
        {
            using var process = Process.Start(Cli.Command(Place.Environment, await ArgumentsAsync(file)))!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await WaitForAsync(afterRecords);
            Assert.False(process.HasExited, "the import was over before it could be killed");
            process.Kill();
            await process.WaitForExitAsync();
            await Task.WhenAll(output, error);
        }

        public async Task WaitForAsync(long records)
        {
            var patience = Stopwatch.StartNew();
            while (Scalar("SELECT count(*) FROM record_source") < records)
            {
                Assert.True(patience.Elapsed < TimeSpan.FromMinutes(3), "the import does not move");
                await Task.Delay(5);
            }
        }

        public async Task RestartServerAsync()
        {
            await Server.KillAsync();
            await Server.DisposeAsync();
            Server = await Place.ServeAsync();
        }

        /// <summary>Customers, and records of one type.</summary>
        public (long Customers, long Records) Stored(string type) => (Scalar("SELECT count(*) FROM customer"), Scalar($"SELECT count(*) FROM record WHERE type = '{type}'"));

        public (string Id, byte[] Body) AnyEntry()
        {
            using var connection = Open(SqliteOpenMode.ReadOnly);
            using var command = new SqliteCommand("SELECT id, body FROM log_entry ORDER BY chain, seq LIMIT 1 OFFSET 50", connection);
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            return (Convert.ToHexStringLower((byte[])reader.GetValue(0)), (byte[])reader.GetValue(1));
        }

        public void Overwrite(string entry, byte[] body)
        {
            using var connection = Open(SqliteOpenMode.ReadWrite);
            using var command = new SqliteCommand($"UPDATE log_entry SET body = @body WHERE id = x'{entry}'", connection);
            command.Parameters.AddWithValue("@body", body);
            Assert.Equal(1, command.ExecuteNonQuery());
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Place.DisposeAsync();
        }

        private async Task<string[]> ArgumentsAsync(string file)
        {
            var (ca, token) = (Path.Combine(Place.Root, "ca.pem"), Path.Combine(Place.Root, "token"));
            await Server.Nobody().GetAsync("/healthz");
            await File.WriteAllTextAsync(ca, Server.CertificatePem);
            await File.WriteAllTextAsync(token, Token);
            return ["import", file, "--form", form, "--map", map, "--server", Server.Url.ToString(), "--ca", ca, "--token-file", token, "--rejects", Rejects];
        }

        private long Scalar(string sql)
        {
            using var connection = Open(SqliteOpenMode.ReadOnly);
            using var command = new SqliteCommand(sql, connection);
            return (long)command.ExecuteScalar()!;
        }

        private SqliteConnection Open(SqliteOpenMode mode)
        {
            var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Place.Data, "strongroom.db"), Mode = mode, Pooling = false }.ToString());
            connection.Open();
            return connection;
        }
    }
}
