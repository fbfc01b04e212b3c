using System.Globalization;
using Dapper;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Audit;

/// <summary>
/// A small log, exhaustively: every byte and every column of every row flipped, cut, doubled, swapped, dropped. What <c>verify</c> cannot find
/// without a key is listed by name; a change of that list fails the test.
/// </summary>
public abstract class SmallLogSuite(TestStore store, int step) : AuditSuite(store)
{
    private static readonly (string Table, string[] Key)[] Tables =
    [
        ("log_entry", ["chain", "seq"]), ("log_chain", ["chain"]), ("log_range", ["first_index"]), ("log_tile", ["level", "n"]), ("log_checkpoint", ["size"]), ("log_head", ["id"]),
    ];

    /// <summary>
    /// Without keys and beyond the tree: MACs only a server can check; links and heads of entries that are merged already, which the tree
    /// vouches for; sealed details; columns that state nothing about entries; stored tiles, earlier checkpoints, and the search columns of
    /// entries not merged yet. The rest is found.
    /// </summary>
    private static readonly string[] NotFoundWithoutKeys =
    [
        "log_chain.lane", "log_chain.mac", "log_chain.node", "log_checkpoint row", "log_checkpoint.at", "log_checkpoint.note", "log_checkpoint.root",
        "log_entry.act", "log_entry.actor", "log_entry.actor_kind", "log_entry.at", "log_entry.decision", "log_entry.details", "log_entry.id", "log_entry.mac",
        "log_entry.prev", "log_entry.purpose", "log_head.root", "log_head.token", "log_tile.hashes",
    ];

    [Fact]
    public async Task Every_column_of_every_row_changed_swapped_or_dropped_is_found_by_verify_or_listed_here()
    {
        await PublishedAsync(4, perStep: 2);
        await AppendAsync(2);
        var trusted = (await Reader.CheckpointAsync())!;
        var found = 0;
        var missed = new SortedSet<string>(StringComparer.Ordinal);
        var wrong = new List<string>();
        await Undone(async tx =>
        {
            foreach (var change in await ChangesAsync(tx))
            {
                try
                {
                    Count(await TryAsync(tx, change, trusted), change);
                }
                catch (Exception e) when (e is not System.Data.Common.DbException)
                {
                    wrong.Add($"{change.Name}: {e.GetType().Name} {e.Message}");
                }
            }

            Assert.IsType<VerifyResult.Sound>(await VerifyAsync(tx, trusted));

            void Count(VerifyResult? result, Change change)
            {
                switch (result)
                {
                    case VerifyResult.Broken broken when broken.Code.StartsWith("verify.", StringComparison.Ordinal): found++; break;
                    case VerifyResult.Sound: missed.Add(change.Name); break;
                    case null: break;   // the database itself refuses such a row
                    case var other: wrong.Add($"{change.Name}: {other}"); break;
                }
            }
        });
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.True(found > 500, $"only {found} changes were found");
        Assert.True(missed.SequenceEqual(NotFoundWithoutKeys.Order(StringComparer.Ordinal)), string.Join('\n', missed));
    }

    private async Task Undone(Func<Tx, Task> work)
    {
        await Assert.ThrowsAsync<UndoneException>(() => Db.WriteAsync(async tx =>
        {
            await work(tx);
            throw new UndoneException();
        }));
    }

    private async Task<VerifyResult?> TryAsync(Tx tx, Change change, byte[] trusted)
    {
        await tx.ExecuteAsync("SAVEPOINT small");
        try
        {
            foreach (var (sql, args) in change.Statements)
            {
                await tx.ExecuteAsync(sql, args);
            }

            return await VerifyAsync(tx, trusted);
        }
        catch (System.Data.Common.DbException)
        {
            return null;
        }
        finally
        {
            await tx.ExecuteAsync("ROLLBACK TO SAVEPOINT small");
        }
    }

    /// <summary>As the verb does on a data folder: no keys, a pinned verifier key, a checkpoint the auditor kept.</summary>
    private Task<VerifyResult> VerifyAsync(Tx tx, byte[] trusted) => new LogVerifier(new DatabaseSource(tx, sealer: null), PinnedKey).RunAsync(trusted);

    private async Task<List<Change>> ChangesAsync(Tx tx)
    {
        var changes = new List<Change>();
        foreach (var (table, key) in Tables)
        {
            var rows = (await tx.QueryAsync<object>($"SELECT * FROM {table} ORDER BY {string.Join(", ", key)}")).Cast<IDictionary<string, object?>>().ToList();
            Assert.NotEmpty(rows);
            foreach (var row in rows)
            {
                foreach (var (column, value) in row)
                {
                    changes.AddRange(Values(value).Select(other => Set(table, key, row, column, other)));
                }

                changes.Add(new Change($"{table} row", [($"DELETE FROM {table} WHERE {Where(key)}", Args(key, row, null))]));
            }

            foreach (var (a, b) in rows.SelectMany((a, i) => rows.Skip(i + 1).Select(b => (a, b))))
            {
                foreach (var column in a.Keys.Except(key).Where(c => !Same(a[c], b[c])))
                {
                    changes.Add(new Change($"{table}.{column}", [.. Set(table, key, a, column, b[column]).Statements, .. Set(table, key, b, column, a[column]).Statements]));
                }
            }
        }

        return changes;
    }

    private IEnumerable<object?> Values(object? value)
    {
        switch (value)
        {
            case byte[] bytes:
                for (var at = 0; at < bytes.Length; at += step)
                {
                    var flipped = bytes.ToArray();
                    flipped[at] ^= (byte)(1 << (at % 8));
                    yield return flipped;
                }

                yield return bytes[..^1];
                yield return bytes[1..];
                yield return (byte[])[.. bytes, 0];
                yield return Array.Empty<byte>();
                break;
            case long or int:
                var number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                yield return number + 1;
                yield return number - 1;
                yield return number + 1_000_000;
                break;
            case string text:
                yield return text + "x";
                yield return text[..^1];
                break;
        }

        if (value is not null)
        {
            yield return null;
        }
    }

    private static Change Set(string table, string[] key, IDictionary<string, object?> row, string column, object? value) =>
        new($"{table}.{column}", [($"UPDATE {table} SET {column} = {(value is null ? "NULL" : "@value")} WHERE {Where(key)}", Args(key, row, value))]);

    private static string Where(string[] key) => string.Join(" AND ", key.Select(k => $"{k} = @key_{k}"));

    private static DynamicParameters Args(string[] key, IDictionary<string, object?> row, object? value)
    {
        var args = new DynamicParameters();
        if (value is not null)
        {
            args.Add("value", value);
        }

        foreach (var k in key)
        {
            args.Add("key_" + k, row[k]);
        }

        return args;
    }

    private static bool Same(object? a, object? b) => a is byte[] x && b is byte[] y ? x.AsSpan().SequenceEqual(y) : Equals(a, b);

    private sealed record Change(string Name, IReadOnlyList<(string Sql, object Args)> Statements);

    private sealed class UndoneException : Exception;
}

public sealed class SmallLogOnSqlite() : SmallLogSuite(TestStore.Sqlite(), step: 1)
{
    /// <summary>The anchor as an auditor holds it: every byte of every file, with the first entry that may be bad named.</summary>
    [Fact]
    public async Task Every_byte_of_an_anchor_flipped_dropped_doubled_swapped_or_cut_off_is_found()
    {
        var log = await ShippedAsync();
        Assert.Equal(3, Assert.IsType<VerifyResult.Sound>(await VerifyAsync(log)).Size);
        var ends = EntryEnds(log["tile/entries/000.p/3"]);
        var tried = 0;
        foreach (var (file, good) in log.ToList())
        {
            for (var at = 0; at < good.Length; at++)
            {
                foreach (var bad in Mutations(good, at))
                {
                    log[file] = bad;
                    var broken = Assert.IsType<VerifyResult.Broken>(await VerifyAsync(log));
                    Assert.StartsWith("verify.", broken.Code, StringComparison.Ordinal);
                    if (file.Contains("entries", StringComparison.Ordinal))
                    {
                        Assert.InRange(broken.Index!.Value, 0, ends.FindIndex(end => at < end));
                    }

                    tried++;
                }
            }

            log[file] = good;
        }

        Assert.True(tried > 5_000, $"{tried}");
        Assert.IsType<VerifyResult.Sound>(await VerifyAsync(log));
    }

    /// <summary>Whole files: dropped, or exchanged. Only an older checkpoint may go unnoticed: the newest one vouches for all it said.</summary>
    [Fact]
    public async Task Every_file_of_an_anchor_dropped_or_exchanged_is_found_but_for_older_checkpoints()
    {
        var log = await ShippedAsync();
        var unnoticed = new List<string>();
        foreach (var (file, good) in log.ToList())
        {
            log.Remove(file);
            if (await VerifyAsync(log) is VerifyResult.Sound)
            {
                unnoticed.Add(file);
            }

            log[file] = good;
        }

        Assert.Equal(["checkpoints/2", "checkpoints/3"], unnoticed.Order(StringComparer.Ordinal));
        var files = log.ToList();
        foreach (var (a, b) in files.SelectMany((a, i) => files.Skip(i + 1).Select(b => (a, b))).Where(p => !p.a.Value.AsSpan().SequenceEqual(p.b.Value)))
        {
            (log[a.Key], log[b.Key]) = (b.Value, a.Value);
            Assert.True(await VerifyAsync(log) is VerifyResult.Broken, $"{a.Key} and {b.Key} exchanged");
            (log[a.Key], log[b.Key]) = (a.Value, b.Value);
        }

        // The whole log as it was earlier is genuine in itself: only a checkpoint kept elsewhere tells.
        var kept = log["checkpoint"];
        log["checkpoint"] = log["checkpoints/2"];
        log.Remove("checkpoints/3");
        log["tile/entries/000.p/2"] = log["tile/entries/000.p/3"][..EntryEnds(log["tile/entries/000.p/3"])[1]];
        log["tile/0/000.p/2"] = log["tile/0/000.p/3"][..64];
        Assert.Null(Assert.IsType<VerifyResult.Sound>(await VerifyAsync(log)).Trusted);
        Assert.Equal("verify.trusted", Assert.IsType<VerifyResult.Broken>(await VerifyAsync(log, kept)).Code);
    }

    private static IEnumerable<byte[]> Mutations(byte[] good, int at)
    {
        foreach (var mask in new byte[] { 0x01, 0x20, 0x80 })
        {
            var flipped = good.ToArray();
            flipped[at] ^= mask;
            yield return flipped;
        }

        yield return [.. good[..at], .. good[(at + 1)..]];
        yield return [.. good[..at], good[at], .. good[at..]];
        yield return good[..at];
        if (at + 1 < good.Length && good[at] != good[at + 1])
        {
            var swapped = good.ToArray();
            (swapped[at], swapped[at + 1]) = (good[at + 1], good[at]);
            yield return swapped;
        }
    }

    /// <summary>Where each entry of a bundle ends; an entry stands behind its length in two bytes.</summary>
    private static List<int> EntryEnds(byte[] bundle)
    {
        var ends = new List<int>();
        for (var at = 0; at < bundle.Length;)
        {
            at += 2 + (bundle[at] << 8) + bundle[at + 1];
            ends.Add(at);
        }

        return ends;
    }

    private async Task<Dictionary<string, byte[]>> ShippedAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "sr-anchor-" + Id.Format(EntryId.New().Value));
        try
        {
            await PublishedAsync(3, perStep: 2);
            var anchor = new FolderAnchor("vault", folder, PinnedKey);
            await anchor.SetUpAsync();
            await anchor.ShipAsync(Reader);
            return Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllBytes)
                .Where(file => file.Key != FolderAnchor.MarkerFile).ToDictionary(StringComparer.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Task<VerifyResult> VerifyAsync(Dictionary<string, byte[]> log, byte[]? trusted = null) => new LogVerifier(new Memory(log), PinnedKey).RunAsync(trusted);

    private sealed class Memory(Dictionary<string, byte[]> files) : StaticSource
    {
        public override async IAsyncEnumerable<(long Size, byte[] Note)> CheckpointsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            await Task.CompletedTask;
            foreach (var (name, note) in files.Where(f => f.Key.StartsWith("checkpoints/", StringComparison.Ordinal)).OrderBy(f => int.Parse(f.Key[12..], CultureInfo.InvariantCulture)))
            {
                yield return (long.Parse(name[12..], CultureInfo.InvariantCulture), note);
            }
        }

        protected override Task<byte[]?> GetAsync(string path, CancellationToken ct) => Task.FromResult(files.GetValueOrDefault(path));
    }
}

public sealed class SmallLogOnPostgres(PostgresServer server) : SmallLogSuite(TestStore.Postgres(server), step: 7);
