using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Audit.Tlog;

namespace Strongroom.Tests.Spine.Audit;

/// <summary>Nothing in the stored log can be changed unnoticed, and what was changed is named; on both engines.</summary>
public abstract class VerifierSuite(TestStore store) : AuditSuite(store)
{
    [Fact]
    public async Task EveryEntry_FlippedDroppedOrSwapped_IsDetectedAndNamed()
    {
        var ids = await PublishedAsync(20);
        for (var i = 0; i < ids.Count; i++)
        {
            var entry = (await Reader.EntryAsync(ids[i]))!;
            var (index, id) = (entry.Index!.Value, ids[i].Bytes);
            var forged = (entry.Header with { Fact = entry.Header.Fact with { Count = 2 } }).ToBytes();
            await DbaAsync("UPDATE log_entry SET body = @forged WHERE id = @id", new { forged, id });
            var broken = await BrokenAsync();
            Assert.Equal(("verify.entry", index, ids[i]), (broken.Code, broken.Index, broken.Entry));
            await DbaAsync("UPDATE log_entry SET body = @Body WHERE id = @id", new { entry.Body, id });

            await DbaAsync("UPDATE log_entry SET seq = seq + 1000000 WHERE id = @id", new { id });
            broken = await BrokenAsync();
            Assert.Equal(("verify.entry", index), (broken.Code, broken.Index));
            await DbaAsync("UPDATE log_entry SET seq = seq - 1000000 WHERE id = @id", new { id });
        }

        var (a, b) = ((await Reader.EntryAsync(ids[3]))!, (await Reader.EntryAsync(ids[9]))!);
        await DbaAsync("UPDATE log_entry SET body = CASE WHEN id = @x THEN @bodyB ELSE @bodyA END WHERE id = @x OR id = @y",
            new { x = ids[3].Bytes, y = ids[9].Bytes, bodyA = a.Body, bodyB = b.Body });
        Assert.Equal(Math.Min(a.Index!.Value, b.Index!.Value), (await BrokenAsync()).Index);
    }

    [Theory]
    [InlineData("UPDATE log_entry SET at = at + 1 WHERE id = @id")]
    [InlineData("UPDATE log_entry SET act = 'find' WHERE id = @id")]
    [InlineData("UPDATE log_entry SET actor = NULL WHERE id = @id")]
    [InlineData("UPDATE log_entry SET actor_kind = 'client' WHERE id = @id")]
    [InlineData("UPDATE log_entry SET customer = NULL WHERE id = @id")]
    [InlineData("UPDATE log_entry SET purpose = 'other' WHERE id = @id")]
    [InlineData("UPDATE log_entry SET decision = NULL WHERE id = @id")]
    [InlineData("UPDATE log_entry SET details = (SELECT details FROM log_entry WHERE id <> @id LIMIT 1) WHERE id = @id")]
    public async Task AnEntryHiddenFromSearch_IsDetectedAndNamed(string sql)
    {
        await PublishedAsync(3);
        var id = Assert.IsType<AppendOutcome.Logged>(await Log.AppendAsync(Viewed(customer: CustomerId.New()))).Entry;
        await Sequencer.StepAsync();
        await DbaAsync(sql, new { id = id.Bytes });
        Assert.Equal(id, (await BrokenAsync()).Entry);
    }

    [Fact]
    public async Task EveryByteOfEveryTileAndRoot_Flipped_IsDetected()
    {
        await PublishedAsync(300, perStep: 150);
        Assert.Equal(2, Assert.IsType<VerifyResult.Sound>(await VerifyAsync()).Checkpoints - 1);
        var tiles = await Db.ReadAsync(tx => tx.QueryAsync<(long Level, long N, byte[] Hashes)>("SELECT level, n, hashes FROM log_tile"));
        Assert.Equal(3, tiles.Count);
        foreach (var (level, n, hashes) in tiles)
        {
            for (var at = 0; at < hashes.Length; at += level > 0 ? 1 : 101)
            {
                var flipped = hashes.ToArray();
                flipped[at] ^= 0x10;
                await DbaAsync("UPDATE log_tile SET hashes = @flipped WHERE level = @level AND n = @n", new { flipped, level, n });
                var expected = level == 0 ? n * 256 + at / 32 : at / 32 * 256;
                Assert.Equal(expected, (await BrokenAsync()).Index);
            }

            await DbaAsync("UPDATE log_tile SET hashes = @cut WHERE level = @level AND n = @n", new { cut = hashes[..^32], level, n });
            await BrokenAsync();
            await DbaAsync("UPDATE log_tile SET hashes = @hashes WHERE level = @level AND n = @n", new { hashes, level, n });
        }

        Assert.IsType<VerifyResult.Sound>(await VerifyAsync());
    }

    [Fact]
    public async Task TruncatedOrForgedCheckpoints_AreDetected()
    {
        await PublishedAsync(21);
        var trusted = await Reader.CheckpointAsync();
        Assert.Equal(21, Assert.IsType<VerifyResult.Sound>(await VerifyAsync(trusted)).Trusted);
        Assert.Null(Assert.IsType<VerifyResult.Sound>(await VerifyAsync()).Trusted);

        // A shorter log is consistent with itself; only the counts and the trusted checkpoint know better.
        await DbaAsync("DELETE FROM log_checkpoint WHERE size = 21");
        Assert.Equal("verify.trusted", Assert.IsType<VerifyResult.Broken>(await VerifyAsync(trusted)).Code);

        using var stranger = new FakeKeys();
        var key = new VerifierKey(Origin, stranger.PublicKey(Strongroom.Keys.SigningKey.Log));
        var forged = new Checkpoint(Origin, 14, Rfc6962.Empty).Sign(key, text => stranger.Sign(Strongroom.Keys.SigningKey.Log, text));
        await DbaAsync("UPDATE log_checkpoint SET note = @forged WHERE size = 7", new { forged });
        Assert.Equal(("verify.signature", 7), ((await BrokenAsync()).Code, (await BrokenAsync()).Index));
        Assert.Equal("verify.trusted", Assert.IsType<VerifyResult.Broken>(await VerifyAsync(forged)).Code);
    }

    [Fact]
    public async Task AnAnchorsFiles_EveryOneChanged_IsDetected()
    {
        var folder = Path.Combine(Path.GetTempPath(), "sr-anchor-" + Id.Format(EntryId.New().Value));
        try
        {
            await PublishedAsync(270, perStep: 90);
            var anchor = new FolderAnchor("vault", folder, PinnedKey);
            await anchor.SetUpAsync();
            await anchor.ShipAsync(Reader);

            // The marker is for the server; who verifies pins the key himself.
            File.Delete(Path.Combine(folder, FolderAnchor.MarkerFile));
            var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
            Assert.Equal(9, files.Length);
            Assert.IsType<VerifyResult.Sound>(await FolderAsync());
            foreach (var file in files)
            {
                var good = await File.ReadAllBytesAsync(file);
                for (var at = 0; at < good.Length; at += Math.Max(1, good.Length / 12))
                {
                    var bad = good.ToArray();
                    bad[at] ^= 0x04;
                    await File.WriteAllBytesAsync(file, bad);
                    Assert.IsType<VerifyResult.Broken>(await FolderAsync());
                }

                await File.WriteAllBytesAsync(file, good[..^1]);
                Assert.IsType<VerifyResult.Broken>(await FolderAsync());
                await File.WriteAllBytesAsync(file, [.. good, (byte)'\n']);
                Assert.IsType<VerifyResult.Broken>(await FolderAsync());
                await File.WriteAllBytesAsync(file, good);
            }

            Assert.IsType<VerifyResult.Sound>(await FolderAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        Task<VerifyResult> FolderAsync() => new LogVerifier(new FolderSource(folder), PinnedKey).RunAsync();
    }
}

public sealed class VerifierOnSqlite() : VerifierSuite(TestStore.Sqlite())
{
    [Fact]
    public async Task EveryByteOfEveryEntryOfASmallLog_Flipped_IsDetectedAndNamed()
    {
        var ids = await PublishedAsync(3);
        foreach (var id in ids)
        {
            var entry = (await Reader.EntryAsync(id))!;
            for (var at = 0; at < entry.Body.Length; at++)
            {
                var flipped = entry.Body.ToArray();
                flipped[at] ^= 0x01;
                await DbaAsync("UPDATE log_entry SET body = @flipped WHERE id = @id", new { flipped, id = id.Bytes });
                var broken = await BrokenAsync();
                Assert.Equal((entry.Index, id), (broken.Index, broken.Entry));
            }

            await DbaAsync("UPDATE log_entry SET body = @Body WHERE id = @id", new { entry.Body, id = id.Bytes });
        }

        Assert.IsType<VerifyResult.Sound>(await VerifyAsync());
    }

    [Fact]
    public async Task ADataFolderNobodyServes_IsReadOnlyVerified()
    {
        await PublishedAsync(40);
        await AppendAsync(2);
        var trusted = await Reader.CheckpointAsync();
        await Db.DisposeAsync();
        var file = ((DatabaseOptions.Sqlite)Options).File;
        var before = await File.ReadAllBytesAsync(file);
        var heard = new List<long>();
        var result = await OfflineSqlite.ReadAsync(file, tx =>
            new LogVerifier(new DatabaseSource(tx, null), PinnedKey).RunAsync(trusted, new Heard(heard)));
        Assert.Equal(40, Assert.IsType<VerifyResult.Sound>(result).Size);
        Assert.Equal([40L], heard);
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    private sealed class Heard(List<long> values) : IProgress<long>
    {
        public void Report(long value) => values.Add(value);
    }
}

public sealed class VerifierOnPostgres(PostgresServer server) : VerifierSuite(TestStore.Postgres(server));

/// <summary>The verifier on a log that others wrote.</summary>
public sealed class ForeignLogTests
{
    [Fact]
    public async Task TheTesseraLog_Verifies_FromFolderAndOverHttp()
    {
        var folder = Repository.Shared("data/tlog/tessera");
        Assert.True(VerifierKey.TryParse(GoldenLogTests.TesseraKey, out var key, out _));
        var trusted = await File.ReadAllBytesAsync(Path.Combine(folder, "checkpoint.9"));
        var sound = Assert.IsType<VerifyResult.Sound>(await new LogVerifier(new FolderSource(folder), key).RunAsync(trusted));
        Assert.Equal((15, 9), (sound.Size, sound.Trusted));

        using var client = new HttpClient(new Files(folder)) { BaseAddress = new Uri("https://log.test/tlog/") };
        Assert.Equal(sound, await new LogVerifier(new HttpSource(client), key).RunAsync(trusted));
    }

    private sealed class Files(string folder) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var file = Path.Combine(folder, request.RequestUri!.AbsolutePath["/tlog/".Length..]);
            return !File.Exists(file) ? new HttpResponseMessage(System.Net.HttpStatusCode.NotFound)
                : new HttpResponseMessage { Content = new ByteArrayContent(await File.ReadAllBytesAsync(file, cancellationToken)) };
        }
    }
}
