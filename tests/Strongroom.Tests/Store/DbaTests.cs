using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Spine.Policies;
using Strongroom.Store.Consent;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Audit;

namespace Strongroom.Tests.Store;

/// <summary>Somebody who can write every row of the data database and has no key: what he may want to change, and who notices (R50, R97).</summary>
public abstract class DbaSuite(TestStore store) : StoreWorld(store)
{
    private sealed record Held(string Post, int Level);

    private readonly FakeKeys keys = new();
    private AuditLog log = null!;
    private Sequencer sequencer = null!;
    private ControlStore control = null!;
    private LogChains chains = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        chains = new LogChains(keys);
        var options = new AuditOptions(AuditSuite.Origin, "node-1");
        log = new AuditLog(Db, options, chains, keys, keys, [], Clock, () => { });
        sequencer = new Sequencer(Db, options, chains, keys, [], Clock);
        control = new ControlStore(new ControlRows(keys), log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), Clock);
    }

    public override async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        sequencer.Dispose();
        keys.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("UPDATE control_row SET content = '{\"post\":\"counter\",\"level\":4}' WHERE kind = 'role'", "verify.control")]
    [InlineData("UPDATE control_row SET content = '{\"post\":\"counter\",\"level\":4}' WHERE kind = 'grant'", "verify.control")]
    [InlineData("UPDATE control_row SET content = o.content, mac = o.mac, version = o.version, changed = o.changed FROM control_row_old AS o WHERE control_row.id = o.id AND control_row.kind = 'grant'", "verify.control")]
    [InlineData("DELETE FROM control_row WHERE kind = 'grant'", "verify.control")]
    [InlineData("UPDATE consent SET state = 'given' WHERE state = 'withdrawn'", "verify.control")]
    [InlineData("DELETE FROM consent WHERE state = 'withdrawn'", "verify.control")]
    [InlineData("DELETE FROM log_entry WHERE act = 'unsequenced'", "log.gap")]
    [InlineData("DELETE FROM log_entry WHERE act = 'unsequenced-too'", "log.gap")]
    [InlineData("UPDATE log_entry SET act = 'another' WHERE act = 'unsequenced'", "verify.entry")]
    public async Task DbaEditsRoleConsentGrant_OrDeletesUnsequencedEntry_Detected(string edit, string code)
    {
        await HistoryAsync();
        Assert.Empty(await NoticedAsync(peek: true));

        Assert.True(await Db.WriteAsync(tx => tx.ExecuteAsync(edit)) > 0);

        Assert.Contains(code, await NoticedAsync(peek: false));
    }

    /// <summary>A role, a grant that was lowered, a consent that was withdrawn, all sequenced; then two entries that are not yet.</summary>
    private async Task HistoryAsync()
    {
        var grant = ControlKey.Of("grant", PersonId.New());
        await SaveAsync(ControlKey.Of("role", RecordId.New()), 0, 2);
        await SaveAsync(grant, 0, 4);
        await SaveAsync(grant, 1, 1);
        var customer = await CustomerAsync();
        await SayAsync(customer, ConsentEventKind.Give, T0);
        await SayAsync(customer, ConsentEventKind.Withdraw, T0 + 1);
        Assert.Equal(SequencerStep.Published, await sequencer.StepAsync());
        foreach (var act in new[] { "unsequenced", "unsequenced-too" })
        {
            Assert.IsType<AppendOutcome.Logged>(await log.AppendAsync(new LogFact { Act = FactName.Of(act), Actor = LogActor.System }));
        }
    }

    /// <summary>Codes of everything that the sequencer and the offline comparison find.</summary>
    /// <param name="peek">The sequencer is not asked, so that its entries stay unsequenced.</param>
    private async Task<List<string>> NoticedAsync(bool peek)
    {
        var stopped = !peek && await sequencer.StepAsync() == SequencerStep.Stopped;
        var codes = new List<string?>
        {
            stopped ? sequencer.Alarm!.Code : null,
            (await Db.ReadAsync(ControlState.CompareAsync))?.Code,
            (await Db.ReadAsync(ConsentVerifier.CompareAsync))?.Code,
            (await Db.ReadAsync(tx => new LogVerifier(new DatabaseSource(tx, keys), new VerifierKey(AuditSuite.Origin, keys.PublicKey(SigningKey.Log))).RunAsync(null)) as VerifyResult.Broken)?.Code,
        };
        return [.. codes.OfType<string>()];
    }

    private Task SaveAsync(ControlKey key, long version, int level) => Db.WriteAsync(async tx => Assert.IsType<ControlSaved.Done>(
        await control.SaveAsync(tx, key, version, new Held("counter", level), new LogFact { Act = FactName.Of("changed"), Actor = LogActor.System })));

    private Task SayAsync(CustomerId customer, ConsentEventKind kind, long at) => Db.WriteAsync(async tx =>
    {
        var said = Assert.IsType<ConsentOutcome.Recorded>(await Consents.RecordAsync(tx, Says(customer, Event("market", kind, at))));
        await log.AppendAsync(tx, [new LogFact
        {
            Act = FactName.Of("consent-said"),
            Actor = LogActor.System,
            Rows = [.. said.Rows.Select(row => new RowDigest(ConsentVerifier.Table, row.Id.Value, said.Version, row.Digest))],
        }]);
    });
}

public sealed class DbaOnSqlite() : DbaSuite(TestStore.Sqlite());

public sealed class DbaOnPostgres(PostgresServer server) : DbaSuite(TestStore.Postgres(server));
