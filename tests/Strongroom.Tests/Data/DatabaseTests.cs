using Strongroom.Data;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Data;

/// <summary>What every store may rely on, on both engines.</summary>
public abstract class DatabaseSuite(TestStore store) : StoreSuite(store)
{
    private sealed record Row(byte[] Id, string Name, long Amount);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var (blob, text) = Db.Engine == Engine.Sqlite ? ("BLOB", "TEXT") : ("bytea", "text");
        await Db.WriteAsync(tx => tx.ExecuteAsync($"CREATE TABLE item (id {blob} PRIMARY KEY, name {text} NOT NULL, amount bigint NOT NULL)"));
    }

    [Fact]
    public async Task CommittedRows_AreReadBack_WithTheSameTypesOnBothEngines()
    {
        await AddAsync(Db, 1, "甲", 7);

        var rows = await Db.ReadAsync(tx => tx.QueryAsync<Row>("SELECT id, name, amount FROM item"));

        var row = Assert.Single(rows);
        Assert.Equal(Id(1), row.Id);
        Assert.Equal(("甲", 7L), (row.Name, row.Amount));
        Assert.Null(await Db.ReadAsync(tx => tx.QueryOneAsync<Row>("SELECT id, name, amount FROM item WHERE amount = 8")));
    }

    [Fact]
    public async Task ABatch_AnswersEachQuestion_InTheOrderAsked_AndDoesNothingInBetween()
    {
        await AddAsync(Db, 1, "甲", 7);
        await AddAsync(Db, 2, "乙", 8);

        var (found, nobody, sum) = await Db.AskAsync(batch => (
            batch.Ask($"SELECT id, name, amount FROM item WHERE id {batch.AnyOf(1)} ORDER BY amount", AsRow, batch.Set([Id(1), Id(2), Id(3)])),
            batch.Ask("SELECT id, name, amount FROM item WHERE name = $1", AsRow, "丙"),
            batch.Ask("SELECT amount FROM item WHERE id = $1 AND amount >= $2", row => row.GetInt64(0), Id(2), 8L)));

        Assert.Equal(["甲", "乙"], found.All.Select(row => row.Name));
        Assert.Empty(nobody.All);
        Assert.Equal([8L], sum.All);
        Assert.Empty((await Db.AskAsync(batch => batch.Ask($"SELECT id FROM item WHERE id {batch.AnyOf(1)}", row => 1, batch.Set(Array.Empty<byte[]>())))).All);
    }

    [Fact]
    public async Task ABatchThatFails_UndoesTheWork_AndTheNextOneIsFresh()
    {
        await AddAsync(Db, 1, "甲", 7);
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Db.WriteAsync(async tx =>
        {
            var batch = tx.Batch();
            batch.Do("UPDATE item SET amount = $1 WHERE id = $2", 9L, Id(1));
            batch.Do("INSERT INTO item (id, name, amount) VALUES ($1, $2, $3)", Id(1), "again", 1L);
            await tx.RunAsync(batch);
        }));
        for (var i = 0; i < 3; i++)
        {
            // Also when the failing statement is the last one, whose error comes after every answer.
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Db.AskAsync(batch =>
            {
                batch.Ask("SELECT amount FROM item", row => row.GetInt64(0));
                batch.Do("UPDATE item SET amount = $1", 10L);
                return true;
            }));
        }

        Assert.Equal([7L], (await Db.AskAsync(batch => batch.Ask("SELECT amount FROM item", row => row.GetInt64(0)))).All);
    }

    [Fact]
    public async Task TheAnswersOfABatch_AreThereOnlyOnceItHasRun()
    {
        Rows<int>? early = null;
        await Db.AskAsync(batch =>
        {
            early = batch.Ask("SELECT amount FROM item", row => 1);
            Assert.Throws<InvalidOperationException>(() => early.All);
            return early;
        });
        Assert.Empty(early!.All);
    }

    [Fact]
    public async Task StatementsThatAreKept_TakeNewValues_AndSurviveTheirErrors()
    {
        for (var i = 1; i <= 3; i++)
        {
            await AddAsync(Db, i, $"n{i}", i);
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => AddAsync(Db, i, "again", 0));
        }

        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal($"n{i}", await Db.ReadAsync(tx => tx.ScalarAsync<string>("SELECT name FROM item WHERE amount = @i", new { i = (long)i })));
        }

        Assert.Equal(2, await Db.ReadAsync(async tx =>
        {
            var both = 0;
            await foreach (var _ in tx.StreamAsync<long>("SELECT amount FROM item WHERE amount < 3 ORDER BY amount"))
            {
                both++;
            }

            return both;
        }));
    }

    [Fact]
    public async Task AWorkThatThrows_LeavesNothing_AndItsErrorReachesItsCaller()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Db.WriteAsync<bool>(async tx =>
        {
            await InsertAsync(tx, 1, "half", 1);
            throw new InvalidDataException("planned");
        }));

        Assert.Equal("planned", error.Message);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task AFailingWork_DoesNotTouchItsNeighbours()
    {
        var works = Enumerable.Range(0, 60).Select(async i =>
        {
            try
            {
                await Db.WriteAsync(async tx =>
                {
                    await InsertAsync(tx, i, "n", i);
                    if (i % 3 == 0) throw new InvalidDataException();
                });
                return true;
            }
            catch (InvalidDataException)
            {
                return false;
            }
        });

        var outcomes = await Task.WhenAll(works);

        Assert.Equal(40, outcomes.Count(done => done));
        var kept = await Db.ReadAsync(tx => tx.QueryAsync<long>("SELECT amount FROM item ORDER BY amount"));
        Assert.Equal(Enumerable.Range(0, 60).Where(i => i % 3 != 0).Select(i => (long)i), kept);
    }

    [Fact]
    public async Task AnErrorThatTheWorkSwallows_IsNeverReportedAsACommit()
    {
        await AddAsync(Db, 1, "first", 1);

        var attempt = Db.WriteAsync(async tx =>
        {
            await InsertAsync(tx, 2, "second", 2);
            try { await InsertAsync(tx, 1, "again", 1); }
            catch (System.Data.Common.DbException) { }
        });

        // SQLite undoes the statement only, PostgreSQL the transaction. Either way the answer tells what was kept.
        if (Db.Engine == Engine.Sqlite) await attempt;
        else await Assert.ThrowsAsync<Npgsql.PostgresException>(() => attempt);
        Assert.Equal(Db.Engine == Engine.Sqlite ? 2 : 1, await CountAsync());
    }

    [Fact]
    public async Task ARead_SeesOneInstant_AndCannotWrite()
    {
        await AddAsync(Db, 1, "a", 1);
        var other = await OpenAsync(Options);

        await Db.ReadAsync(async tx =>
        {
            Assert.Equal(1, await tx.ScalarAsync<long>("SELECT count(*) FROM item"));
            await AddAsync(other, 2, "b", 2);
            Assert.Equal(1, await tx.ScalarAsync<long>("SELECT count(*) FROM item"));
            return true;
        });

        Assert.Equal(2, await CountAsync());
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Db.ReadAsync(tx => tx.ExecuteAsync("DELETE FROM item")));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task CallingTheDatabaseFromItsOwnWork_IsRefused_NotADeadlock()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.WriteAsync(_ => AddAsync(Db, 1, "nested", 1)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.WriteAsync(_ => Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT 1"))));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.ReadAsync(async _ => { await AddAsync(Db, 1, "nested", 1); return 0; }));

        await AddAsync(Db, 1, "after", 1);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task ATransactionKeptBeyondItsWork_CannotBeUsed()
    {
        Tx? leaked = null;
        await Db.WriteAsync(tx => { leaked = tx; return Task.CompletedTask; });

        await Assert.ThrowsAsync<ObjectDisposedException>(() => leaked!.ExecuteAsync("DELETE FROM item"));
        Assert.Throws<ObjectDisposedException>(() => leaked!.Connection);
    }

    [Fact]
    public async Task CancelledBeforeCommit_MeansNotCommitted()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Db.WriteAsync(async tx =>
        {
            await InsertAsync(tx, 1, "x", 1);
            await cancel.CancelAsync();
            cancel.Token.ThrowIfCancellationRequested();
            return true;
        }, cancel.Token));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Db.WriteAsync(tx => InsertAsync(tx, 2, "y", 2), cancel.Token));
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task AnyOf_FindsBytesTextAndNumbers_AndTheEmptySetFindsNothing()
    {
        string[] names = ["s", "x", "xAB", "引号'\"\\", "42", ""];
        for (var i = 0; i < names.Length; i++) await AddAsync(Db, i, names[i], i);

        Assert.Equal([1L, 4L], await FindAsync("id", tx => tx.Set([Id(1), Id(4), Id(99), Id(1)])));
        foreach (var (name, i) in names.Select((n, i) => (n, i))) Assert.Equal([(long)i], await FindAsync("name", tx => tx.Set([name])));
        Assert.Equal([0L, 5L], await FindAsync("amount", tx => tx.Set([5L, 0L, -1L, long.MaxValue])));
        Assert.Empty(await FindAsync("id", tx => tx.Set(Array.Empty<byte[]>())));
        Assert.Empty(await FindAsync("name", tx => tx.Set(Array.Empty<string>())));
        Assert.Empty(await FindAsync("amount", tx => tx.Set(Array.Empty<long>())));
        Assert.Equal(names.Length, (await Db.ReadAsync(tx => tx.QueryAsync<long>(
            $"SELECT amount FROM item WHERE NOT id {tx.AnyOf("ids")}", new { ids = tx.Set(Array.Empty<byte[]>()) }))).Count);

        Task<IReadOnlyList<long>> FindAsync(string column, Func<Tx, SqlSet> set) => Db.ReadAsync(tx =>
            tx.QueryAsync<long>($"SELECT amount FROM item WHERE {column} {tx.AnyOf("set")} ORDER BY amount", new { set = set(tx) }));
    }

    [Fact]
    public async Task ParallelIncrements_LoseNone()
    {
        await AddAsync(Db, 1, "counter", 0);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Db.WriteAsync(async tx =>
        {
            var now = await tx.ScalarAsync<long>("SELECT amount FROM item WHERE id = @id" + tx.ForUpdate, new { id = Id(1) });
            await tx.ExecuteAsync("UPDATE item SET amount = @next WHERE id = @id", new { id = Id(1), next = now + 1 });
        })));

        Assert.Equal(40, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT amount FROM item")));
    }

    [Fact]
    public async Task WriteSkew_IsImpossibleUnderSerializable()
    {
        // Each work may add its row only while the table is empty. Both start before either commits, so PostgreSQL must refuse one
        // with 40001 and run it again, which then finds the other's row.
        using var both = new CountdownEvent(2);
        async Task<bool> AddIfEmptyAsync(Tx tx, int i)
        {
            var empty = await tx.ScalarAsync<long>("SELECT count(*) FROM item") == 0;
            if (Db.Engine == Engine.Postgres && !both.IsSet)
            {
                both.Signal();
                await Task.Run(() => both.Wait(TimeSpan.FromSeconds(20)));
            }
            if (empty) await InsertAsync(tx, i, "only", i);
            return empty;
        }

        var added = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Db.WriteAsync(tx => AddIfEmptyAsync(tx, i), serializable: true)));

        Assert.Single(added, true);
        Assert.Equal(1, await CountAsync());
        if (Db.Engine == Engine.Postgres) Assert.True((await Db.StatsAsync()).Retries >= 1);
    }

    [Fact]
    public async Task Roles_DoNotNest_AndMustBeGivenBack()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.WriteAsync(async tx =>
        {
            await using var general = await tx.AsRoleAsync(DbRole.General);
            await using var sensitive = await tx.AsRoleAsync(DbRole.Sensitive);
        }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Db.WriteAsync(tx => tx.AsRoleAsync(DbRole.General)));
        await Db.WriteAsync(async tx =>
        {
            await using (await tx.AsRoleAsync(DbRole.General)) { }
            await using (await tx.AsRoleAsync(DbRole.Sensitive)) { }
            await InsertAsync(tx, 1, "as myself again", 1);
        });
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task ConfigEpoch_Rises_AndFallsBackWithItsTransaction()
    {
        var before = await Db.ReadAsync(ConfigEpoch.ReadAsync);

        Assert.Equal(before + 1, await Db.WriteAsync(ConfigEpoch.BumpAsync));
        await Assert.ThrowsAsync<InvalidDataException>(() => Db.WriteAsync(async tx =>
        {
            await ConfigEpoch.BumpAsync(tx);
            throw new InvalidDataException();
        }));
        Assert.Equal(before + 1, await Db.ReadAsync(ConfigEpoch.ReadAsync));
    }

    [Fact]
    public async Task Ping_Answers_AndThrowsOnceClosed()
    {
        var other = await OpenAsync(Options);
        await other.PingAsync();
        await other.DisposeAsync();

        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => other.PingAsync());
    }

    protected static byte[] Id(int i) => [.. BitConverter.GetBytes(i), .. new byte[12]];

    protected static Task<int> InsertAsync(Tx tx, int id, string name, long amount) =>
        tx.ExecuteAsync("INSERT INTO item (id, name, amount) VALUES (@id, @name, @amount)", new { id = Id(id), name, amount });

    protected static Task<int> AddAsync(Database db, int id, string name, long amount) => db.WriteAsync(tx => InsertAsync(tx, id, name, amount));

    protected Task<long> CountAsync() => Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM item"));

    private static Row AsRow(System.Data.Common.DbDataReader row) => new(row.GetFieldValue<byte[]>(0), row.GetString(1), row.GetInt64(2));
}

public sealed class DatabaseOnSqlite() : DatabaseSuite(TestStore.Sqlite());

public sealed class DatabaseOnPostgres(PostgresServer server) : DatabaseSuite(TestStore.Postgres(server));
