using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Store.Consent;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Audit;

namespace Strongroom.Tests.Store.Consent;

/// <summary>What an administrator of the database does to consents shows in their comparison with the log, without any key.</summary>
public abstract class ConsentVerifierSuite(TestStore store) : StoreWorld(store)
{
    private readonly FakeKeys _logKeys = new();
    private AuditLog _log = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _log = new AuditLog(
            Db, new AuditOptions(AuditSuite.Origin, "node-1"), new LogChains(_logKeys), _logKeys, _logKeys, [], Clock, () => { });
    }

    public override async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _logKeys.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task<ConsentId> SayAsync(CustomerId customer, params ConsentEvent[] events) => Db.WriteAsync(async tx =>
    {
        var said = Assert.IsType<ConsentOutcome.Recorded>(await Consents.RecordAsync(tx, Says(customer, events)));
        await _log.AppendAsync(tx, [new LogFact
        {
            Act = FactName.Of("consent-said"),
            Actor = LogActor.System,
            Rows = [.. said.Rows.Select(row => new RowDigest(ConsentVerifier.Table, row.Id.Value, said.Version, row.Digest))],
        }]);
        return said.Rows[^1].Id;
    });

    private async Task<CustomerId> WithdrawnAsync(Func<CustomerId, Task>? between = null)
    {
        await SayAsync(await CustomerAsync(), Event("market", ConsentEventKind.Give, T0));
        var customer = await CustomerAsync();
        await SayAsync(customer, Event("survey", ConsentEventKind.Give, T0), Event("market", ConsentEventKind.Give, T0));
        await (between?.Invoke(customer) ?? Task.CompletedTask);
        await SayAsync(customer, Event("market", ConsentEventKind.Withdraw, T0 + 1));
        Assert.Null(await Db.ReadAsync(ConsentVerifier.CompareAsync));
        return customer;
    }

    private Task<int> DbaAsync(string sql, object? args = null) => Db.WriteAsync(tx => tx.ExecuteAsync(sql, args));

    private async Task FoundAsync(string what)
    {
        var broken = await Db.ReadAsync(ConsentVerifier.CompareAsync);
        Assert.Equal("verify.control", broken!.Code);
        Assert.Contains(what, broken.Text.En, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM consent WHERE state = 'withdrawn'", "missing")]
    [InlineData("UPDATE consent SET state = 'given' WHERE state = 'withdrawn'", "differs")]
    [InlineData("UPDATE consent SET mac = id WHERE state = 'withdrawn'", "differs")]
    [InlineData("UPDATE consent SET until = 1 WHERE state = 'withdrawn'", "differs")]
    public async Task An_altered_withdrawal_is_named(string sql, string how)
    {
        await WithdrawnAsync();
        var id = await Db.ReadAsync(tx => tx.ScalarAsync<byte[]>("SELECT id FROM consent WHERE state = 'withdrawn'"));
        await DbaAsync(sql);
        await FoundAsync($"{how} consent/{ConsentId.From(id)}");
    }

    [Fact]
    public async Task An_older_customer_row_put_back_is_named_also_after_later_events()
    {
        (long Version, byte[] Consents, byte[] Mac) old = default;
        var customer = await WithdrawnAsync(async id => old = await Db.ReadAsync(tx => tx.ScalarAsync<(long, byte[], byte[])>(
            "SELECT version, consents, mac FROM customer WHERE id = @id", new { id = id.Bytes })));
        await DbaAsync("UPDATE customer SET version = @Version, consents = @Consents, mac = @Mac WHERE id = @id",
            new { old.Version, old.Consents, old.Mac, id = customer.Bytes });
        await FoundAsync($"differs customer/{customer}");

        await SayAsync(customer, Event("survey", ConsentEventKind.Withdraw, T0 + 2));
        await SayAsync(customer, Event("survey", ConsentEventKind.Withdraw, T0 + 3));
        await FoundAsync($"differs customer/{customer}");
    }

    [Fact]
    public async Task A_row_nobody_logged_and_a_customer_gone_are_named()
    {
        var customer = await WithdrawnAsync();
        var forged = ConsentId.New();
        await DbaAsync(
            """
            INSERT INTO consent (id, customer, version, n, receipt, purpose, event, state, at, notice_version, intake, recorded, mac)
            SELECT @id, customer, version, 1, receipt, 'survey', event, 'given', at, notice_version, intake, recorded, mac FROM consent
            WHERE state = 'withdrawn'
            """,
            new { id = forged.Bytes });
        await FoundAsync($"unlogged consent/{forged}");
        await DbaAsync("DELETE FROM consent WHERE id = @id", new { id = forged.Bytes });
        await DbaAsync("DELETE FROM customer WHERE id = @id", new { id = customer.Bytes });
        await FoundAsync($"missing customer/{customer}");
    }
}

public sealed class ConsentVerifierOnSqlite() : ConsentVerifierSuite(TestStore.Sqlite());

public sealed class ConsentVerifierOnPostgres(PostgresServer server) : ConsentVerifierSuite(TestStore.Postgres(server));
