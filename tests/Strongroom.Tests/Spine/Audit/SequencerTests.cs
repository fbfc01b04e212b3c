using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Audit;

/// <summary>Merging, signing, and what must stop both; on both engines.</summary>
public abstract class SequencerSuite(TestStore store) : AuditSuite(store)
{
    [Fact]
    public async Task TwoNodes_MergeIntoOneTree_WithProofsForEveryEntry()
    {
        var second = await OpenAsync(Options);
        var other = Node("node-2", second);
        var ids = new List<EntryId>();
        var sizes = new List<Checkpoint>();
        for (var round = 0; round < 6; round++)
        {
            var (mine, theirs) = (AppendAsync(60), AppendAsync(60, other));
            var change = await Db.WriteAsync(tx => Log.AppendAsync(tx, [Viewed(), Viewed()]));
            ids.AddRange([.. await mine, .. await theirs, .. change]);
            Assert.IsType<InclusionAnswer.Pending>(await Reader.InclusionAsync(ids[^1]));
            Assert.Equal(SequencerStep.Published, await Sequencer.StepAsync());
            Assert.True(Checkpoint.TryOpen(await Reader.CheckpointAsync(), PinnedKey, out var checkpoint, out var reason), reason);
            sizes.Add(checkpoint);
        }

        Assert.Equal(ids.Count, sizes[^1].Size);
        foreach (var id in ids)
        {
            var proven = Assert.IsType<InclusionAnswer.Proven>(await Reader.InclusionAsync(id));
            Assert.True(Proofs.VerifyInclusion((ulong)proven.Index, (ulong)proven.Checkpoint.Size, proven.Leaf, proven.Proof, proven.Checkpoint.Root));
        }

        foreach (var older in sizes)
        {
            var proof = await Reader.ConsistencyAsync(older.Size, sizes[^1].Size);
            Assert.True(Proofs.VerifyConsistency((ulong)older.Size, (ulong)sizes[^1].Size, older.Root, sizes[^1].Root, proof!));
        }

        Assert.IsType<InclusionAnswer.Unknown>(await Reader.InclusionAsync(EntryId.New()));
        Assert.Null(await Reader.ConsistencyAsync(1, sizes[^1].Size + 1));
        Assert.Null(await Reader.TileAsync(new TileId(0, 0, 256) with { Index = 9 }));
        Assert.IsType<VerifyResult.Sound>(await VerifyAsync());
    }

    [Fact]
    public async Task PiecesLargerThanOneMerge_AreMergedInOrder()
    {
        var small = SequencerOn(Db, largestMerge: 10);
        await AppendAsync(35);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(SequencerStep.Published, await small.StepAsync());
        }

        Assert.Equal(SequencerStep.Idle, await small.StepAsync());
        Assert.Equal(4, await CountAsync("log_checkpoint"));
        Assert.IsType<VerifyResult.Sound>(await VerifyAsync());
    }

    [Theory]
    [InlineData((int)SequencerPoint.Planned)]
    [InlineData((int)SequencerPoint.Committed)]
    [InlineData((int)SequencerPoint.Signed)]
    public async Task ACrashAtAnyPoint_NeverForks(int point)
    {
        await PublishedAsync(9);
        var trusted = await Reader.CheckpointAsync();
        await AppendAsync(4);
        Sequencer.At = at =>
        {
            if ((int)at == point)
            {
                throw new IOException("crash");
            }
        };
        await Assert.ThrowsAsync<IOException>(() => Sequencer.StepAsync());

        // Another node takes over when the lease has run out, with more entries waiting.
        await AppendAsync(3);
        var successor = SequencerOn(Db);
        Assert.Equal(SequencerStep.Standby, await successor.StepAsync());
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(SequencerStep.Published, await successor.StepAsync());

        // And the crashed one wakes up again: it may serve as standby, but never sign another tree.
        Sequencer.At = _ => { };
        Assert.Equal(SequencerStep.Standby, await Sequencer.StepAsync());
        Assert.Equal(0, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM log_checkpoint WHERE note IS NULL")));
        var sound = Assert.IsType<VerifyResult.Sound>(await VerifyAsync(trusted));
        Assert.Equal(16, sound.Size);
    }

    [Fact]
    public async Task AStaleLeaseHolder_CannotSign()
    {
        await PublishedAsync(3);
        await AppendAsync(2);
        var successor = SequencerOn(Db);
        var signedBefore = Keys.Signatures;
        Sequencer.At = at =>
        {
            if (at == SequencerPoint.Planned)
            {
                // While it plans, its lease runs out and another node merges.
                Clock.Advance(TimeSpan.FromSeconds(10));
                Assert.Equal(SequencerStep.Published, Task.Run(() => successor.StepAsync()).GetAwaiter().GetResult());
            }
        };

        Assert.Equal(SequencerStep.Standby, await Sequencer.StepAsync());
        Assert.Equal(signedBefore + 1, Keys.Signatures);
        Assert.IsType<VerifyResult.Sound>(await VerifyAsync());
    }

    [Fact]
    public async Task DbaDeletesUnsequencedEntry_Detected()
    {
        await PublishedAsync(4);
        var ids = await AppendAsync(5);
        await DbaAsync("DELETE FROM log_entry WHERE id = @id", new { id = ids[2].Bytes });
        Assert.Equal(SequencerStep.Stopped, await Sequencer.StepAsync());
        Assert.Equal("log.gap", Sequencer.Alarm!.Code);
        Assert.False((await Reader.HealthAsync()).IsReady(0));
        Assert.Equal("verify.pending", (await BrokenAsync()).Code);
    }

    [Fact]
    public async Task DbaDeletesTheNewestEntries_Detected()
    {
        await PublishedAsync(4);
        await AppendAsync(3);
        await DbaAsync("DELETE FROM log_entry WHERE seq = (SELECT MAX(seq) FROM log_entry)");
        Assert.Equal(SequencerStep.Stopped, await Sequencer.StepAsync());
        Assert.Equal("log.gap", Sequencer.Alarm!.Code);
    }

    [Fact]
    public async Task DbaTakesTheWholeTailBack_ChainHeadIncluded_DetectedOnceSeen()
    {
        await PublishedAsync(4);
        var before = await Db.ReadAsync(tx => tx.QueryAsync<(long Chain, long Seq, byte[] Head)>("SELECT chain, seq, head FROM log_chain"));
        await AppendAsync(3);
        Sequencer.At = _ => throw new IOException("stopped after looking");
        await Assert.ThrowsAsync<IOException>(() => Sequencer.StepAsync());
        Sequencer.At = _ => { };
        foreach (var (chain, seq, head) in before)
        {
            await DbaAsync("DELETE FROM log_entry WHERE chain = @chain AND seq >= @seq", new { chain, seq });
            await DbaAsync("UPDATE log_chain SET seq = @seq, head = @head WHERE chain = @chain", new { chain, seq, head });
        }

        Assert.Equal(SequencerStep.Stopped, await Sequencer.StepAsync());
        Assert.Equal("log.gap", Sequencer.Alarm!.Code);
    }

    [Fact]
    public async Task DbaChangesUnsequencedEntry_IsNamed()
    {
        await PublishedAsync(4);
        var ids = await AppendAsync(3);
        var entry = (await Reader.EntryAsync(ids[1]))!;
        var forged = (entry.Header with { Fact = entry.Header.Fact with { Decision = Verdict.Deny } }).ToBytes();
        await DbaAsync("UPDATE log_entry SET body = @forged WHERE id = @id", new { forged, id = ids[1].Bytes });
        Assert.Equal(SequencerStep.Stopped, await Sequencer.StepAsync());
        Assert.Equal("log.chain", Sequencer.Alarm!.Code);
    }

    [Fact]
    public async Task DbaRewritesTheTree_TheNextHolderDoesNotSign()
    {
        await PublishedAsync(9);
        await AppendAsync(2);
        await DbaAsync("UPDATE log_tile SET hashes = @hashes", new { hashes = Tiles.Write([.. Enumerable.Range(0, 9).Select(i => Rfc6962.Leaf([(byte)i]))]) });
        await Sequencer.ReleaseAsync();
        var next = SequencerOn(Db);
        Assert.Equal(SequencerStep.Stopped, await next.StepAsync());
        Assert.Equal("log.tree", next.Alarm!.Code);

        // Even with a head that fits the forged tiles, the last signature does not.
        var forged = Rfc6962.Root([.. Enumerable.Range(0, 9).Select(i => Rfc6962.Leaf([(byte)i]))]).ToArray();
        await DbaAsync("UPDATE log_head SET root = @forged", new { forged });
        await next.ReleaseAsync();
        var third = SequencerOn(Db);
        Assert.Equal(SequencerStep.Stopped, await third.StepAsync());
        Assert.Equal("log.fork", third.Alarm!.Code);
    }

    [Fact]
    public async Task Anchor_HoldsTheWholeLog_AndALogBehindItNeverSignsAgain()
    {
        var folder = Path.Combine(Path.GetTempPath(), "sr-anchor-" + Id.Format(EntryId.New().Value));
        try
        {
            var anchor = new FolderAnchor("vault", folder, PinnedKey);
            await PublishedAsync(300, perStep: 90);
            Assert.Equal(300, await anchor.ShipAsync(Reader));
            var trusted = (await Reader.CheckpointAsync())!;
            await PublishedAsync(300, perStep: 100);
            Assert.Equal(600, await anchor.ShipAsync(Reader));
            Assert.Equal(600, await anchor.ShipAsync(Reader));
            var sound = Assert.IsType<VerifyResult.Sound>(await new LogVerifier(new FolderSource(folder), PinnedKey).RunAsync(trusted));
            Assert.Equal((600, 300, 9), (sound.Size, sound.Trusted, sound.Checkpoints));

            // The database returns to an older state, as after a restore, and new entries arrive.
            await DbaAsync("DELETE FROM log_checkpoint WHERE size > 300");
            await DbaAsync("DELETE FROM log_range WHERE first_index >= 300");
            await DbaAsync("UPDATE log_head SET size = 300, root = (SELECT root FROM log_checkpoint WHERE size = 300)");
            await DbaAsync("DELETE FROM log_tile WHERE level = 1");
            await Sequencer.ReleaseAsync();
            var signatures = Keys.Signatures;
            var restored = SequencerOn(Db, anchors: anchor);
            Assert.Equal(SequencerStep.Stopped, await restored.StepAsync());
            Assert.Equal(signatures, Keys.Signatures);
            Assert.True(Checkpoint.TryOpen(await File.ReadAllBytesAsync(Path.Combine(folder, "checkpoint")), PinnedKey, out var held, out _));
            Assert.Equal(600, held.Size);
            await Assert.ThrowsAsync<LogAlarmException>(() => anchor.ShipAsync(Reader));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Readiness_FollowsWhatWaits()
    {
        Assert.Equal(SequencerStep.Idle, await Sequencer.StepAsync());
        Assert.Equal(new VerifyResult.Sound(0, Rfc6962.Empty, 1, null), await VerifyAsync());
        Assert.Null(await Reader.CheckpointAsync());
        Assert.True((await Reader.HealthAsync()).IsReady(Clock.NowMs()));
        await AppendAsync(2);
        Assert.Equal(2, (await Reader.HealthAsync()).Pending);
        Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.False((await Reader.HealthAsync()).IsReady(Clock.NowMs()));
        Assert.Equal(SequencerStep.Published, await Sequencer.StepAsync());
        var health = await Reader.HealthAsync();
        Assert.Equal((2, 0, true), (health.Published, health.Pending, health.IsReady(Clock.NowMs())));
    }
}

public sealed class SequencerOnSqlite() : SequencerSuite(TestStore.Sqlite());

public sealed class SequencerOnPostgres(PostgresServer server) : SequencerSuite(TestStore.Postgres(server));
