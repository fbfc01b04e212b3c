using Microsoft.Data.Sqlite;
using Strongroom.Data;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Data;

/// <summary>What is peculiar to SQLite: the lane, its failures, and the files.</summary>
public sealed class SqliteLaneTests() : StoreSuite(TestStore.Sqlite())
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Db.WriteAsync(tx => tx.ExecuteAsync("CREATE TABLE item (n INTEGER PRIMARY KEY, body BLOB) STRICT"));
    }

    [Fact]
    public async Task WaitingWorks_ShareOneCommit()
    {
        var before = await Db.StatsAsync();
        var (gate, works) = QueueBehindAGate(50, (tx, i) => InsertAsync(tx, i));

        gate.SetResult();
        await Task.WhenAll(works);

        var after = await Db.StatsAsync();
        Assert.Equal(2, after.Commits - before.Commits);   // the gate's own, and one for the fifty that waited
        Assert.Equal(51, after.Works - before.Works);
        Assert.Equal(50, await CountAsync());
    }

    [Fact]
    public async Task NobodyIsAnswered_BeforeTheGroupsCommit()
    {
        var hold = new TaskCompletionSource();
        var (gate, works) = QueueBehindAGate(2, async (tx, i) =>
        {
            await InsertAsync(tx, i);
            if (i == 1) await hold.Task;
        });
        gate.SetResult();

        await Task.Delay(100);
        Assert.False(works[0].IsCompleted);   // its own statements are long done, its COMMIT is not
        hold.SetResult();
        await Task.WhenAll(works);
    }

    [Fact]
    public async Task WhenTheTransactionIsLost_EveryCallerOfTheGroupIsTold_AndTheLaneRecovers()
    {
        var (gate, works) = QueueBehindAGate(5, async (tx, i) =>
        {
            await InsertAsync(tx, i);
            if (i == 2) await tx.ExecuteAsync("ROLLBACK;");   // what SQLite itself does on some I/O errors
        });
        gate.SetResult();

        foreach (var work in works) Assert.Equal("store.unavailable", (await Assert.ThrowsAsync<StoreException>(() => work)).Code);
        Assert.Equal(0, await CountAsync());
        await Db.WriteAsync(tx => InsertAsync(tx, 9));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task AFullDisk_LosesNothingAcknowledged_AndWritingResumes()
    {
        await Db.WriteAsync(tx => InsertAsync(tx, 1));
        await Db.WriteAsync(async tx =>
        {
            var pages = await tx.ScalarAsync<long>("PRAGMA page_count;");
            await tx.ScalarAsync<long>($"PRAGMA max_page_count = {pages + 3}");
        });

        var outcomes = await Task.WhenAll(Enumerable.Range(2, 20).Select(async i =>
        {
            try { await Db.WriteAsync(tx => InsertAsync(tx, i, 3000)); return i; }
            catch (Exception e) when (e is StoreException or SqliteException) { return 0; }
        }));

        Assert.Contains(0, outcomes);
        var kept = await Db.ReadAsync(tx => tx.QueryAsync<long>("SELECT n FROM item ORDER BY n"));
        Assert.Equal(outcomes.Where(n => n != 0).Append(1).Order().Select(n => (long)n), kept);

        await Db.WriteAsync(tx => tx.ScalarAsync<long>("PRAGMA max_page_count = 100000"));
        await Db.WriteAsync(tx => InsertAsync(tx, 99, 3000));
        Assert.Contains(99, await Db.ReadAsync(tx => tx.QueryAsync<long>("SELECT n FROM item")));
    }

    [Fact]
    public async Task ACommitThatFails_FailsEveryCaller_AndLeavesNothing()
    {
        // Migrations may not defer constraints; a pragma shows what a COMMIT that cannot succeed does.
        await Db.WriteAsync(tx => tx.ExecuteAsync("CREATE TABLE child (n INTEGER REFERENCES item (n)) STRICT"));
        var (gate, works) = QueueBehindAGate(4, async (tx, i) =>
        {
            await tx.ExecuteAsync("PRAGMA defer_foreign_keys = ON");
            await InsertAsync(tx, i);
            if (i == 3) await tx.ExecuteAsync("INSERT INTO child VALUES (777)");
        });
        gate.SetResult();

        foreach (var work in works) Assert.Equal("store.unavailable", (await Assert.ThrowsAsync<StoreException>(() => work)).Code);
        Assert.Equal(0, await CountAsync());
        await Db.WriteAsync(tx => InsertAsync(tx, 5));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task ACancelledWork_IsSkipped_WhileItStillWaits()
    {
        using var cancel = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var first = Db.WriteAsync(_ => gate.Task);
        var ran = false;
        var waiting = Db.WriteAsync(tx => { ran = true; return InsertAsync(tx, 1); }, cancel.Token);

        await cancel.CancelAsync();
        gate.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await first;
        Assert.False(ran);
    }

    [Fact]
    public async Task ABackgroundTaskThatAWorkStarted_MayUseTheDatabaseOnceTheWorkHasEnded()
    {
        var ended = new TaskCompletionSource();
        Task later = null!;
        await Db.WriteAsync(_ =>
        {
            later = Task.Run(async () => { await ended.Task; await Db.WriteAsync(tx => InsertAsync(tx, 1)); });
            return Task.CompletedTask;
        });
        ended.SetResult();

        await later;
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task ManyReads_AreServed_MoreThanThePoolHolds()
    {
        await Db.WriteAsync(tx => InsertAsync(tx, 1));
        var counts = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Db.ReadAsync(async tx =>
        {
            var n = await tx.ScalarAsync<long>("SELECT count(*) FROM item");
            await Task.Delay(5);
            return n;
        })));
        Assert.All(counts, n => Assert.Equal(1, n));
    }

    [Fact]
    public async Task SafetySettings_HoldOnTheWriter()
    {
        var settings = await Db.WriteAsync(async tx => (
            await tx.ScalarAsync<string>("PRAGMA journal_mode;"), await tx.ScalarAsync<long>("PRAGMA synchronous;"),
            await tx.ScalarAsync<long>("PRAGMA secure_delete;"), await tx.ScalarAsync<long>("PRAGMA foreign_keys;"),
            await tx.ScalarAsync<long>("PRAGMA temp_store;")));

        Assert.Equal(("wal", 2L, 1L, 1L, 2L), settings);
    }

    [Fact]
    public async Task AnyOf_UsesTheIndex()
    {
        var plan = await Db.ReadAsync(async tx =>
        {
            using var command = tx.Connection.CreateCommand();
            command.CommandText = $"EXPLAIN QUERY PLAN SELECT body FROM item WHERE n {tx.AnyOf("set")}";
            tx.Set([1L]).AddParameter(command, "set");
            using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            return reader.GetString(3);
        });
        Assert.StartsWith("SEARCH item", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_AreForTheOwnerOnly_WhateverTheUmask()
    {
        if (OperatingSystem.IsWindows()) return;
        await Db.WriteAsync(tx => InsertAsync(tx, 1));
        var file = ((DatabaseOptions.Sqlite)Options).File;

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
        foreach (var each in Directory.GetFiles(Path.GetDirectoryName(file)!))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(each));
    }

    [Fact]
    public async Task DeletedValues_AreGoneFromTheFile_OnceClosed()
    {
        const string canary = "canary-4d1f0a";
        var fresh = (DatabaseOptions.Sqlite)await Store.FreshAsync("data");
        await using (var database = await Database.OpenAsync(fresh))
        {
            await database.WriteAsync(tx => tx.ExecuteAsync("CREATE TABLE note (body TEXT)"));
            await database.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO note VALUES (@canary)", new { canary }));
        }
        Assert.Contains(canary, await File.ReadAllTextAsync(fresh.File, System.Text.Encoding.Latin1), StringComparison.Ordinal);

        await using (var database = await Database.OpenAsync(fresh))
            await database.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM note"));

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(fresh.File)!))
            Assert.DoesNotContain(canary, await File.ReadAllTextAsync(file, System.Text.Encoding.Latin1), StringComparison.Ordinal);
    }

    private (TaskCompletionSource Gate, Task[] Works) QueueBehindAGate(int count, Func<Tx, int, Task> work)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var occupied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Db.WriteAsync(async _ => { occupied.SetResult(); await gate.Task; });
        occupied.Task.GetAwaiter().GetResult();   // the lane is inside the gate's transaction: whatever comes now must wait
        return (gate, [.. Enumerable.Range(0, count).Select(i => Db.WriteAsync(tx => work(tx, i)))]);
    }

    private static Task<int> InsertAsync(Tx tx, int n, int size = 8) =>
        tx.ExecuteAsync("INSERT INTO item (n, body) VALUES (@n, @body)", new { n, body = new byte[size] });

    private Task<long> CountAsync() => Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM item"));
}
