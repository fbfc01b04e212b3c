using Strongroom.Data;
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
    private Task<IReadOnlyList<ChainState>> ChainsAsync() => Db.ReadAsync(LogStore.ChainsAsync);

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
        Assert.Equal(("log.forged", ids[1].ToString()), (Sequencer.Alarm!.Code, Sequencer.Alarm.Where));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DbaAppendsForgedEntry_NeverSigned(bool replaysMac)
    {
        await PublishedAsync(4);
        await AppendAsync(1);
        var id = EntryId.New();
        var fact = Viewed(PersonId.From(8)) with { Details = null };
        var body = new LogHeader(id, Clock.NowMs(), "node-1", fact, null, null).ToBytes();
        var chain = (await ChainsAsync()).Single();
        await DbaAsync("""
            INSERT INTO log_entry (chain, seq, id, prev, body, mac, at, act, actor_kind, actor)
            SELECT chain, @seq, @id, @head, @body, CASE WHEN @replays = 1 THEN mac ELSE @id END, at, act, actor_kind, actor FROM log_entry WHERE seq = @last
            """, new { seq = chain.Seq, id = id.Bytes, head = chain.Head, body, replays = replaysMac ? 1L : 0L, last = chain.Seq - 1 });
        await DbaAsync("UPDATE log_chain SET seq = seq + 1, head = @head", new { head = ChainHash.Next(chain.Head, chain.Chain, chain.Seq, Rfc6962.Leaf(body)) });
        var signatures = Keys.Signatures;

        // Neither this node nor one that remembers nothing signs it, or puts anything on top of it.
        await Assert.ThrowsAsync<LogUnavailableException>(() => Log.AppendAsync(Viewed()));
        if (Db.Engine == Engine.Sqlite)
        {
            // Changes have chains of their own on PostgreSQL.
            await Assert.ThrowsAsync<LogUnavailableException>(() => Db.WriteAsync(tx => Log.AppendAsync(tx, [Viewed()])));
        }

        await Sequencer.ReleaseAsync();
        Restart();
        var fresh = SequencerOn(Db);
        Assert.Equal(SequencerStep.Stopped, await fresh.StepAsync());
        Assert.Equal(("log.forged", id.ToString()), (fresh.Alarm!.Code, fresh.Alarm.Where));
        Assert.Equal(SequencerStep.Stopped, await Sequencer.StepAsync());
        Assert.False((await Reader.HealthAsync()).IsReady(Clock.NowMs()));
        Assert.Equal(signatures, Keys.Signatures);
    }

    [Fact]
    public async Task DbaRewritesUnsequencedTail_Detected()
    {
        await PublishedAsync(4);
        await AppendAsync(1);
        var early = (await ChainsAsync()).Single();
        await AppendAsync(3);

        // Entries and head go back to an earlier, genuine state: every MAC is right, but this node knows better.
        await DbaAsync("DELETE FROM log_entry WHERE chain = @Chain AND seq >= @Seq", new { early.Chain, early.Seq });
        await DbaAsync("UPDATE log_chain SET seq = @Seq, head = @Head, mac = @Mac WHERE chain = @Chain", new { early.Chain, early.Seq, early.Head, early.Mac });
        var signatures = Keys.Signatures;
        await Assert.ThrowsAsync<LogUnavailableException>(() => Log.AppendAsync(Viewed()));
        Assert.Equal(SequencerStep.Stopped, await Sequencer.StepAsync());
        Assert.Equal("log.gap", Sequencer.Alarm!.Code);
        Assert.False((await Reader.HealthAsync()).IsReady(Clock.NowMs()));
        Assert.Equal(signatures, Keys.Signatures);

        // Another history of the same length, genuine too: written by a process that did not remember the first.
        var known = Chains.Known();
        Restart();
        await AppendAsync(3);
        var alarm = await Assert.ThrowsAsync<LogAlarmException>(() =>
            Db.ReadAsync(tx => MergePlan.ReadAsync(tx, 4, 100, Chains, known)));
        Assert.Equal("log.chain", alarm.Alarm.Code);
    }

    [Fact]
    public async Task DbaForgesWhatWasCommittedButNotSigned_NeverSigned()
    {
        await PublishedAsync(4);
        var id = (await AppendAsync(1))[0];
        Sequencer.At = at =>
        {
            if (at == SequencerPoint.Committed)
            {
                throw new IOException("crash");
            }
        };
        await Assert.ThrowsAsync<IOException>(() => Sequencer.StepAsync());
        await Sequencer.ReleaseAsync();

        // Entry, chain, tile, root and checkpoint, all consistent.
        var entry = (await Reader.EntryAsync(id))!;
        var forged = (entry.Header with { Fact = entry.Header.Fact with { Decision = Verdict.Deny } }).ToBytes();
        await DbaAsync("UPDATE log_entry SET body = @forged WHERE id = @id", new { forged, id = id.Bytes });
        var leaves = (await Db.ReadAsync(tx => LogStore.LeavesAsync(tx, 0, 5))).Select(body => Rfc6962.Leaf(body)).ToArray();
        var root = Rfc6962.Root(leaves).ToArray();
        await DbaAsync("UPDATE log_tile SET hashes = @hashes", new { hashes = Tiles.Write(leaves) });
        await DbaAsync("UPDATE log_head SET root = @root", new { root });
        await DbaAsync("UPDATE log_checkpoint SET root = @root WHERE size = 5", new { root });
        var signatures = Keys.Signatures;
        Restart();
        var next = SequencerOn(Db);
        Assert.Equal(SequencerStep.Stopped, await next.StepAsync());
        Assert.Equal(("log.forged", id.ToString()), (next.Alarm!.Code, next.Alarm.Where));
        Assert.Equal(signatures, Keys.Signatures);
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
            await anchor.SetUpAsync();
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

            // An anchor that is not mounted looks empty: nothing may be signed until it is back.
            await Sequencer.ReleaseAsync();
            Directory.Move(folder, folder + ".away");
            var blind = SequencerOn(Db, anchors: anchor);
            await Assert.ThrowsAsync<AnchorUnavailableException>(() => blind.StepAsync());
            Directory.CreateDirectory(folder);
            await Assert.ThrowsAsync<AnchorUnavailableException>(() => blind.StepAsync());
            await Assert.ThrowsAsync<AnchorUnavailableException>(() => anchor.ShipAsync(Reader));
            Assert.Empty(Directory.GetFiles(folder));
            await blind.ReleaseAsync();
            Directory.Delete(folder);
            Directory.Move(folder + ".away", folder);
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
    public async Task AnAnchor_IsSetUpByAnEmptyLogOnly()
    {
        var folder = Path.Combine(Path.GetTempPath(), "sr-anchor-" + Id.Format(EntryId.New().Value));
        try
        {
            var anchor = new FolderAnchor("vault", folder, PinnedKey);
            await AppendAsync(2);
            var first = SequencerOn(Db, anchors: anchor);
            Assert.Equal(SequencerStep.Published, await first.StepAsync());
            Assert.Equal(2, await anchor.ShipAsync(Reader));
            await first.ReleaseAsync();

            // The marker is of this anchor and this log.
            await Assert.ThrowsAsync<AnchorUnavailableException>(() => new FolderAnchor("other", folder, PinnedKey).NewestAsync());
            File.Delete(Path.Combine(folder, FolderAnchor.MarkerFile));
            await anchor.SetUpAsync();
            await Assert.ThrowsAsync<AnchorUnavailableException>(() => anchor.NewestAsync());

            // One added later is marked by a person.
            var added = new FolderAnchor("added", Path.Combine(folder, "added"), PinnedKey);
            var second = SequencerOn(Db, anchors: added);
            await Assert.ThrowsAsync<AnchorUnavailableException>(() => second.StepAsync());
            Directory.CreateDirectory(Path.Combine(folder, "added"));
            await File.WriteAllTextAsync(Path.Combine(folder, "added", FolderAnchor.MarkerFile), added.Marker);
            Assert.Equal(SequencerStep.Idle, await second.StepAsync());
            Assert.Equal(2, await added.ShipAsync(Reader));
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
