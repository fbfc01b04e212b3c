using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Policies;

/// <summary>A log that keeps its facts in memory; entries of a transaction that is rolled back are kept too, so tests count only what must be there.</summary>
internal sealed class MemoryLog : IAuditLog
{
    public List<LogFact> Facts { get; } = [];

    /// <summary>The log cannot be written.</summary>
    public bool FailsNow { get; set; }

    /// <summary>Entries that cannot be written, and with them everything of their transaction.</summary>
    public Func<IReadOnlyList<LogFact>, bool> Refuses { get; set; } = _ => false;

    public Task<IReadOnlyList<EntryId>> AppendAsync(Tx tx, IReadOnlyList<LogFact> facts, CancellationToken ct = default)
    {
        if (FailsNow || Refuses(facts))
        {
            throw new LogUnavailableException();
        }

        lock (Facts)
        {
            Facts.AddRange(facts);
        }

        return Task.FromResult<IReadOnlyList<EntryId>>([.. facts.Select(_ => EntryId.New())]);
    }

    public Task<AppendOutcome> AppendAsync(LogFact fact, CommitGuard? guard = null, CancellationToken ct = default)
    {
        if (FailsNow)
        {
            throw new LogUnavailableException();
        }

        lock (Facts)
        {
            Facts.Add(fact);
        }

        return Task.FromResult<AppendOutcome>(new AppendOutcome.Logged(EntryId.New()));
    }

    public Task CountRefusalAsync(string prefix, string reason, CancellationToken ct = default) => Task.CompletedTask;
}

/// <summary>HMAC under keys of this test run.</summary>
internal sealed class ControlTestMac : IMac
{
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public byte[] Mac(MacUse use, ReadOnlySpan<byte> message) => HMACSHA256.HashData([.. key, (byte)use], message);
}

internal sealed record Grant(string Post, int Level);

public abstract class ControlStoreSuite(TestStore store) : StoreSuite(store)
{
    private static readonly LogFact Fact = new() { Act = FactName.Of("grant-changed"), Actor = LogActor.System };
    private readonly MemoryLog log = new();
    private readonly ControlTestMac mac = new();
    private ControlAlarms alarms = null!;
    private ControlStore control = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        alarms = new ControlAlarms(log, NullLogger<ControlAlarms>.Instance);
        control = new ControlStore(new ControlRows(mac), log, alarms, TimeProvider.System);
    }

    [Fact]
    public async Task A_change_raises_version_and_epoch_keeps_the_old_and_writes_its_digest()
    {
        var key = ControlKey.Of("grant", PersonId.New());
        var before = await EpochAsync();
        Assert.Equal(1, Assert.IsType<ControlSaved.Done>(await SaveAsync(key, 0, new Grant("counter", 2))).Version);
        Assert.Equal(2, Assert.IsType<ControlSaved.Done>(await SaveAsync(key, 1, new Grant("counter", 3))).Version);

        var row = await LoadAsync(key);
        Assert.Equal((2L, new Grant("counter", 3)), (row!.Version, row.Content));
        Assert.Equal(before + 2, await EpochAsync());
        Assert.Equal([1L, 2L], log.Facts.Select(fact => fact.Rows.Single().Version));
        Assert.Equal(1L, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM control_row_old WHERE version = 1")));
        Assert.Empty(await VerifyAsync());
    }

    [Fact]
    public async Task A_stale_or_doubled_change_writes_nothing()
    {
        var key = ControlKey.Named("form", "booking");
        await SaveAsync(key, 0, new Grant("counter", 2));
        Assert.IsType<ControlSaved.Stale>(await SaveAsync(key, 0, new Grant("counter", 4)));
        Assert.IsType<ControlSaved.Stale>(await SaveAsync(key, 7, new Grant("counter", 4)));
        Assert.Equal(2, (await LoadAsync(key))!.Content.Level);
        Assert.Single(log.Facts);
        Assert.NotEqual(ControlKey.Named("form", "booking"), ControlKey.Named("forms", "booking") with { Kind = "form" });
    }

    [Fact]
    public async Task Of_racing_changes_one_wins()
    {
        var key = ControlKey.Of("grant", PersonId.New());
        await SaveAsync(key, 0, new Grant("counter", 1));
        var other = await OpenAsync(Options);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => SaveAsync(key, 1, new Grant("counter", n), n % 2 == 0 ? Db : other)));
        Assert.Single(outcomes.OfType<ControlSaved.Done>());
    }

    [Fact]
    public async Task Many_rows_are_told_in_entries_of_bounded_size()
    {
        var changes = Enumerable.Range(0, 50).Select(n => ControlChange.Of(ControlKey.Of("grant", PersonId.New()), 0, new Grant("p", n))).ToList();
        await Db.WriteAsync(tx => control.SaveAllAsync(tx, changes, Fact));
        Assert.Equal([24L, 24L, 2L], log.Facts.Select(fact => fact.Count));
        Assert.All(log.Facts, fact => Assert.InRange(new LogHeader(EntryId.New(), 1, "n1", fact, null, null).ToBytes().Length, 1, LogHeader.LongestBytes));
        Assert.Equal(50, (await Db.ReadAsync(tx => control.ListAsync<Grant>(tx, "grant"))).Rows.Count);
        Assert.Empty(await VerifyAsync());
    }

    [Theory]
    [InlineData("UPDATE control_row SET content = '{\"post\":\"counter\",\"level\":4}' WHERE kind = 'grant'")]
    [InlineData("UPDATE control_row SET version = version + 1 WHERE kind = 'grant'")]
    [InlineData("UPDATE control_row SET changed = changed + 1 WHERE kind = 'grant'")]
    [InlineData("UPDATE control_row SET mac = id WHERE kind = 'grant'")]
    [InlineData("UPDATE control_row SET content = (SELECT content FROM control_row WHERE kind = 'role') WHERE kind = 'grant'")]
    [InlineData("UPDATE control_row SET content = r.content, mac = r.mac, version = r.version, changed = r.changed FROM (SELECT * FROM control_row WHERE kind = 'role') AS r WHERE control_row.kind = 'grant'")]
    [InlineData("UPDATE control_row SET kind = 'consent' WHERE kind = 'grant'")]
    public async Task AnEditedControlRow_IsAbsent_AndRaisesAnAlarm(string edit)
    {
        var key = ControlKey.Of("grant", PersonId.New());
        await SaveAsync(key, 0, new Grant("counter", 2));
        await SaveAsync(ControlKey.Of("role", RecordId.New()), 0, new Grant("lead", 4));
        await Db.WriteAsync(tx => tx.ExecuteAsync(edit));

        Assert.Null(await LoadAsync(key));
        Assert.Empty((await Db.ReadAsync(tx => control.ListAsync<Grant>(tx, "grant"))).Rows);
        Assert.Empty((await Db.ReadAsync(tx => control.ListAsync<Grant>(tx, "consent"))).Rows);
        await alarms.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Single(log.Facts, fact => fact.Act == ControlAlarms.Tampered);
        Assert.NotEmpty(await VerifyAsync());
    }

    /// <summary>Every column of every row into every other row, one by one and together: none of it counts, and the log tells.</summary>
    [Fact]
    public async Task Every_column_of_every_row_moved_to_every_other_row_is_Detected()
    {
        ControlKey[] keys = [ControlKey.Of("grant", PersonId.New()), ControlKey.Of("grant", PersonId.New()), ControlKey.Of("role", RecordId.New())];
        foreach (var (key, i) in keys.Select((key, i) => (key, i)))
        {
            for (var version = 0; version <= i; version++)
            {
                await SaveAsync(key, version, new Grant("post-" + i, version));
            }

            await Task.Delay(2, TestContext.Current.CancellationToken);   // no two rows of one instant
        }

        string[] columns = ["version", "content", "changed", "mac"];
        var moves = 0;
        foreach (var (into, from) in keys.SelectMany(a => keys.Where(b => b != a).Select(b => (a, b))))
        {
            foreach (var moved in columns.Select(c => new[] { c }).Append(columns))
            {
                var set = string.Join(", ", moved.Select(c => $"{c} = o.{c}"));
                var args = new { kind = into.Kind, id = Id.Bytes(into.Id), otherKind = from.Kind, other = Id.Bytes(from.Id) };
                await Db.WriteAsync(async tx =>
                {
                    await tx.ExecuteAsync("CREATE TABLE kept AS SELECT * FROM control_row WHERE kind = @kind AND id = @id", args);
                    await tx.ExecuteAsync($"UPDATE control_row SET {set} FROM (SELECT * FROM control_row WHERE kind = @otherKind AND id = @other) AS o WHERE control_row.kind = @kind AND control_row.id = @id", args);
                });
                Assert.Null(await LoadAsync(into));
                Assert.Contains(await VerifyAsync(), finding => finding.Id == into.Id);
                await Db.WriteAsync(async tx =>
                {
                    await tx.ExecuteAsync("DELETE FROM control_row WHERE kind = @kind AND id = @id", args);
                    await tx.ExecuteAsync("INSERT INTO control_row SELECT * FROM kept");
                    await tx.ExecuteAsync("DROP TABLE kept");
                });
                Assert.NotNull(await LoadAsync(into));
                moves++;
            }
        }

        Assert.Equal(30, moves);
        Assert.Empty(await VerifyAsync());
    }

    [Theory]
    [InlineData("UPDATE control_row SET content = o.content, mac = o.mac, version = o.version, changed = o.changed FROM control_row_old AS o WHERE control_row.id = o.id AND o.version = 1", ControlMismatch.Differs)]
    [InlineData("DELETE FROM control_row", ControlMismatch.Missing)]
    [InlineData("INSERT INTO control_row SELECT 'role', id, version, content, changed, mac FROM control_row", ControlMismatch.Unlogged)]
    public async Task DbaRestoresDeletesOrInsertsGrant_DetectedByTheLog(string edit, object mismatch)
    {
        var key = ControlKey.Of("grant", PersonId.New());
        await SaveAsync(key, 0, new Grant("counter", 4));
        await SaveAsync(key, 1, new Grant("counter", 1));
        await Db.WriteAsync(tx => tx.ExecuteAsync(edit));
        Assert.Contains(await VerifyAsync(), finding => finding.Mismatch == (ControlMismatch)mismatch && finding.Id == key.Id);
    }

    [Fact]
    public async Task An_alarm_entry_does_not_make_the_altered_row_genuine()
    {
        var key = ControlKey.Of("grant", PersonId.New());
        await SaveAsync(key, 0, new Grant("counter", 2));
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE control_row SET version = 9, content = '{\"post\":\"counter\",\"level\":4}'"));
        Assert.Null(await LoadAsync(key));
        await alarms.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ControlMismatch.Differs, Assert.Single(await VerifyAsync()).Mismatch);
    }

    [Fact]
    public async Task A_field_nobody_knows_makes_the_row_count_as_absent()
    {
        var key = ControlKey.Of("grant", PersonId.New());
        await Db.WriteAsync(tx => control.SaveAsync(tx, key, 0, new { Post = "counter", Level = 1, Extra = true }, Fact));
        Assert.Null(await LoadAsync(key));
        var list = await Db.ReadAsync(tx => control.ListAsync<Grant>(tx, "grant"));
        Assert.False(list.IsWhole);
        await alarms.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Single(log.Facts, fact => fact.Act == ControlAlarms.Unreadable);
    }

    [Fact]
    public void Fields_do_not_run_into_each_other()
    {
        var rows = new ControlRows(mac);
        var id = new ControlKey("a", 1);
        Assert.NotEqual(rows.Mac(id, 1, 1, "bc"), rows.Mac(new ControlKey("ab", 1), 1, 1, "c"));
        Assert.NotEqual(ControlKey.Named("ab", "c").Id, ControlKey.Named("a", "bc").Id);
        Assert.False(rows.Check(new ControlRecord("a", [1], 1, "{}", 1, new byte[32])));
        Assert.False(rows.Check(new ControlRecord("a", new byte[16], 1, "{}", 1, Encoding.UTF8.GetBytes("short"))));
    }

    private Task<ControlSaved> SaveAsync(ControlKey key, long expected, Grant grant, Database? db = null) =>
        (db ?? Db).WriteAsync(tx => control.SaveAsync(tx, key, expected, grant, Fact));

    private Task<ControlRow<Grant>?> LoadAsync(ControlKey key) => Db.ReadAsync(tx => control.LoadAsync<Grant>(tx, key));

    private Task<long> EpochAsync() => Db.ReadAsync(ConfigEpoch.ReadAsync);

    private async Task<IReadOnlyList<ControlFinding>> VerifyAsync()
    {
        var live = await Db.ReadAsync(ControlStore.AllAsync);
        var verifier = new ControlVerifier();
        log.Facts.ForEach(verifier.Learn);
        return verifier.Compare(live);
    }
}

public sealed class ControlStoreOnSqlite() : ControlStoreSuite(TestStore.Sqlite());

public sealed class ControlStoreOnPostgres(PostgresServer server) : ControlStoreSuite(TestStore.Postgres(server));
