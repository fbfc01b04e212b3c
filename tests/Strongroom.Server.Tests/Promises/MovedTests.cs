using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests.Promises;

/// <summary>
/// The whole product on a database whose administrator moved ciphertexts, wraps and rows between customers: nobody is shown anything of
/// another, and the log names what was found. Every single place is tried by the suites MovedRows, MovedWraps and MovedCiphertext.
/// </summary>
public sealed class MovedTests(PostgresServer postgres)
{
    [Fact]
    public Task What_was_moved_between_customers_is_shown_to_nobody_and_raises_an_alarm_on_sqlite() => MovedAsync(null);

    [Fact]
    [Trait("Suite", "soak")]
    public Task What_was_moved_between_customers_is_shown_to_nobody_and_raises_an_alarm_on_postgresql() => MovedAsync(postgres);

    private static async Task MovedAsync(PostgresServer? engine)
    {
        await using var place = await Place.OpenedAsync(engine);
        Witness witness;
        Staff staff;
        Business business;
        await using (var first = await place.ServeAsync())
        {
            (staff, business) = await place.PeopleAtAsync(first);
            witness = new Witness(business);
            await witness.CollectAsync(first.Client(business.Token), 9);
            Assert.Equal(0, await first.StopAsync());
        }

        var customers = witness.Taken.OrderBy(t => t.Key).Select(t => t.Value["customer"]!.GetValue<string>()).ToArray();
        string C(int n) => engine is null ? $"x'{customers[n]}'" : $@"'\x{customers[n]}'";
        string Profile(int n) => $"(SELECT id FROM record WHERE customer = {C(n)} AND type = 'profile')";
        var data = (engine, place, Keyring: false);
        await ExecuteAsync(data, $"UPDATE general_item SET packed = (SELECT g.packed FROM general_item g WHERE g.record = {Profile(1)}) WHERE record = {Profile(0)}");
        await ExecuteAsync(data, $"UPDATE general_item SET packed = (SELECT g.packed FROM general_item g WHERE g.record = {Profile(3)}), mac = (SELECT g.mac FROM general_item g WHERE g.record = {Profile(3)}) WHERE record = {Profile(2)}");
        await ExecuteAsync(data with { Keyring = true }, $"UPDATE key_customer SET general = (SELECT k.general FROM key_customer k WHERE k.customer = {C(5)}) WHERE customer = {C(4)}");
        await ExecuteAsync(data, $"UPDATE record SET customer = {C(7)} WHERE customer = {C(6)} AND type = 'profile'");

        await using var server = await place.ServeAsync();
        var client = server.Client(business.Token);
        var names = witness.Taken.OrderBy(t => t.Key).Select(t => business.BookingOf(t.Key)["items"]!["name"]!.GetValue<string>()).ToArray();
        for (var n = 0; n < customers.Length; n++)
        {
            var answer = await client.PostAsync($"/v1/customers/{customers[n]}/view", new { purpose = "fulfil", items = new[] { "name" }, clear = new[] { "name" } });
            var shown = Values(answer).ToList();
            Assert.DoesNotContain(shown, value => value != names[n]);
            Assert.Equal(n is 1 or 3 or 5 or 7 or 8, shown.Contains(names[n]));
            Assert.True(n != 4 || answer.Code == "keys.unavailable", answer.Text);
        }

        var alarms = (await staff.Auditor.At(server).GetAsync("/v1/audit/entries?size=200")).Good()["entries"]!.AsArray()
            .Where(e => e!["act"]!.GetValue<string>() is "customer-row-damaged" or "item-damaged").Select(e => e!["reasons"]!.ToJsonString()).ToList();
        Assert.True(alarms.Count >= 3, string.Join(' ', alarms));
    }

    private static IEnumerable<string> Values(Answer view) => (int)view.Status != 200 ? [] :
        view.Json["records"]!.AsArray().SelectMany(r => r!["items"]!.AsObject()).Select(i => i.Value!["value"]?.GetValue<string>()).OfType<string>();

    private static async Task ExecuteAsync((PostgresServer? Engine, Place Place, bool Keyring) where, string sql)
    {
        if (where.Engine is null)
        {
            var file = Path.Combine(where.Place.Data, where.Keyring ? "keyring.db" : "strongroom.db");
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
            await connection.OpenAsync();
            await using var command = new SqliteCommand(sql, connection);
            Assert.True(await command.ExecuteNonQueryAsync() > 0, sql);
            return;
        }

        var database = where.Keyring ? where.Place.Environment["STRONGROOM_KEYRING"] : where.Place.Database;
        await using var admin = await where.Engine.AdminAsync(new NpgsqlConnectionStringBuilder(database).Database);
        await using (var path = new NpgsqlCommand("SET search_path = strongroom", admin))
        {
            await path.ExecuteNonQueryAsync();
        }

        await using var change = new NpgsqlCommand(sql, admin);
        Assert.True(await change.ExecuteNonQueryAsync() > 0, sql);
    }
}
