using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Audit;

/// <summary>Writing entries, on both engines.</summary>
public abstract class AppendSuite(TestStore store) : AuditSuite(store)
{
    [Fact]
    public async Task AnEntryOfAChange_CommitsAndRollsBackWithIt()
    {
        var kept = await Db.WriteAsync(tx => Log.AppendAsync(tx, Viewed()));
        await Assert.ThrowsAsync<InvalidDataException>(() => Db.WriteAsync<bool>(async tx =>
        {
            await Log.AppendAsync(tx, [Viewed(), Viewed()]);
            throw new InvalidDataException();
        }));
        var after = await Db.WriteAsync(tx => Log.AppendAsync(tx, Viewed()));

        Assert.Equal(2, await CountAsync("log_entry"));
        Assert.NotNull(await Reader.EntryAsync(kept));
        Assert.Equal(SequencerStep.Published, await Sequencer.StepAsync());
        Assert.NotNull((await Reader.EntryAsync(after))!.Index);
    }

    [Fact]
    public async Task ChangesAtTheSameTime_KeepEveryChainWhole()
    {
        var reads = AppendAsync(100);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            try
            {
                await Db.WriteAsync(async tx =>
                {
                    await Log.AppendAsync(tx, Viewed());
                    await Log.AppendAsync(tx, [Viewed(), Viewed()]);
                    if (i % 4 == 0)
                    {
                        throw new InvalidDataException();
                    }
                });
            }
            catch (InvalidDataException)
            {
                // A change that failed takes its entries with it.
            }
        }));
        await reads;
        Assert.Equal(100 + 75 * 3, await CountAsync("log_entry"));
        Assert.Equal(SequencerStep.Published, await Sequencer.StepAsync());
        Assert.Equal(325, Assert.IsType<Strongroom.Spine.Audit.Verify.VerifyResult.Sound>(await VerifyAsync()).Size);
    }

    [Fact]
    public async Task WaitingEntries_ShareCommits_AndAreAllThere()
    {
        var before = (await Db.StatsAsync()).Commits;
        var ids = await AppendAsync(500);
        var commits = (await Db.StatsAsync()).Commits - before;

        Assert.Equal(500, ids.Distinct().Count());
        Assert.Equal(500, await CountAsync("log_entry"));
        Assert.InRange(commits, 1, 100);
        Assert.Equal(SequencerStep.Published, await Sequencer.StepAsync());
    }

    [Fact]
    public async Task AGuardThatNoLongerHolds_WritesNothing_AndNeighboursAreKept()
    {
        var epoch = await Db.ReadAsync(ConfigEpoch.ReadAsync);
        await Db.WriteAsync(ConfigEpoch.BumpAsync);
        var stale = Log.AppendAsync(Viewed(), new CommitGuard { ConfigEpoch = epoch });
        var fresh = Log.AppendAsync(Viewed(), new CommitGuard { ConfigEpoch = epoch + 1 });
        var unguarded = Log.AppendAsync(Viewed());

        Assert.IsType<AppendOutcome.Changed>(await stale);
        Assert.IsType<AppendOutcome.Logged>(await fresh);
        Assert.IsType<AppendOutcome.Logged>(await unguarded);
        Assert.Equal(2, await CountAsync("log_entry"));
    }

    [Fact]
    public async Task WhenTheLogCannotBeWritten_NothingIsAnswered()
    {
        await DbaAsync("ALTER TABLE log_entry RENAME TO log_entry_gone");
        await Assert.ThrowsAsync<LogUnavailableException>(() => Log.AppendAsync(Viewed()));
        await Assert.ThrowsAsync<LogUnavailableException>(() => Log.AppendAsync(Viewed(), new CommitGuard { ConfigEpoch = 1 }));
        await DbaAsync("ALTER TABLE log_entry_gone RENAME TO log_entry");
        Assert.IsType<AppendOutcome.Logged>(await Log.AppendAsync(Viewed()));
    }

    [Fact]
    public async Task HeadersHoldNoPersonalValue_AndCustomersAppearByReferenceOnly()
    {
        var customer = CustomerId.New();
        var id = Assert.IsType<AppendOutcome.Logged>(await Log.AppendAsync(Viewed(customer: customer))).Entry;
        var entry = (await Reader.EntryAsync(id))!;
        var body = Encoding.UTF8.GetString(entry.Body);

        Assert.DoesNotContain(customer.ToString(), body);
        Assert.DoesNotContain("203.0.113.7", body);
        Assert.Contains((await Keys.OfAsync(customer, default)).ToString()!, body);
        Assert.Equal(new LogDetails { Ticket = "T-1", Address = "203.0.113.7" }, entry.Details);
        await Assert.ThrowsAsync<ArgumentException>(() => Log.AppendAsync(Viewed() with { Reasons = ["张三 asked"] }));
        await Assert.ThrowsAsync<ArgumentException>(() => Log.AppendAsync(Viewed() with { Reasons = [.. Enumerable.Repeat("access.too-many", 600)] }));

        Keys.Destroyed.Add(customer);
        var gone = Assert.IsType<AppendOutcome.Logged>(await Log.AppendAsync(Viewed(customer: customer))).Entry;
        Assert.Null((await Reader.EntryAsync(gone))!.Header.Customer);
    }

    [Fact]
    public async Task ErasedDetails_LeaveTheTreeWhole_AndTheErasureOnRecord()
    {
        var ids = await PublishedAsync(5);
        Clock.Advance(TimeSpan.FromDays(400));
        Assert.Equal(5, await Log.EraseDetailsAsync(Clock.GetUtcNow().ToUnixTimeMilliseconds() - 1, LogActor.System, default));
        Assert.Equal(SequencerStep.Published, await Sequencer.StepAsync());

        var entry = (await Reader.EntryAsync(ids[0]))!;
        Assert.Equal((DetailsState.Erased, null), (entry.State, entry.Details));
        Assert.IsType<Strongroom.Spine.Audit.Verify.VerifyResult.Sound>(await VerifyAsync());
        var erasures = await Reader.EntriesAsync(new LogQuery { Act = FactName.Of("log-details-erased") });
        Assert.Equal(5, Assert.Single(erasures.Entries).Header.Fact.Count);
    }

    [Fact]
    public async Task ManyDenialsOfOneActor_AreWrittenUpToALimit_ThenCountedExactly()
    {
        var log = Node("node-2", Db, denialsPerHour: 5);
        var person = PersonId.New();
        var denied = Viewed(person) with { Decision = Verdict.Deny, Reasons = ["access.denied"], Details = null };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => log.AppendAsync(denied)));
        Assert.Equal(5, outcomes.Count(o => o is AppendOutcome.Logged));
        Assert.Equal(35, outcomes.Count(o => o is AppendOutcome.Counted));
        Assert.IsType<AppendOutcome.Logged>(await log.AppendAsync(denied with { Actor = LogActor.Of(PersonId.New()) }));

        Assert.Equal(0, await log.CloseTalliesAsync(default));
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await log.CloseTalliesAsync(default));
        Assert.Equal(0, await log.CloseTalliesAsync(default));
        var counted = Assert.Single((await Reader.EntriesAsync(new LogQuery { Act = FactName.Of("refusals-counted") })).Entries);
        Assert.Equal((35, LogActor.Of(person)), (counted.Header.Fact.Count, counted.Header.Fact.Actor));
        Assert.IsType<AppendOutcome.Logged>(await log.AppendAsync(denied));
    }

    [Fact]
    public async Task RefusalsOfNobody_AreCountedPerPrefixAndMinute()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Log.CountRefusalAsync(i % 3 == 0 ? "203.0.113.0/24" : "2001:db8::/48", "session.none")));
        Assert.Equal(0, await CountAsync("log_entry"));
        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, await Log.CloseTalliesAsync(default));
        var entries = (await Reader.EntriesAsync(new LogQuery { Actor = LogActor.Anonymous })).Entries;
        Assert.Equal([100L, 200L], entries.Select(e => e.Header.Fact.Count).Order());
        Assert.Equal("203.0.113.0/24", entries.Single(e => e.Header.Fact.Count == 100).Details!.Address);
        await Assert.ThrowsAsync<ArgumentException>(() => Log.CountRefusalAsync("203.0.113.0/24", "free text"));
    }

    [Fact]
    public async Task SearchFindsByEveryFilter_AndPagesWithoutLossOrRepetition()
    {
        var (person, customer) = (PersonId.New(), CustomerId.New());
        await AppendAsync(12);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var from = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        await Log.AppendAsync(Viewed(person, customer) with { Act = FactName.Of(Act.Find), Purpose = PurposeKey.Of("complaint"), Decision = Verdict.Needs });

        foreach (var query in new[]
        {
            new LogQuery { Act = FactName.Of(Act.Find) }, new LogQuery { Actor = LogActor.Of(person) }, new LogQuery { Customer = await Keys.OfAsync(customer, default) },
            new LogQuery { Purpose = PurposeKey.Of("complaint") }, new LogQuery { Decision = Verdict.Needs }, new LogQuery { From = from },
        })
        {
            Assert.Equal(person.Value, Assert.Single((await Reader.EntriesAsync(query)).Entries).Header.Fact.Actor.Id);
        }

        Assert.DoesNotContain((await Reader.EntriesAsync(new LogQuery { ExceptPurpose = PurposeKey.Of("complaint") })).Entries, e => e.Header.Fact.Purpose == PurposeKey.Of("complaint"));
        Assert.Equal(12, (await Reader.EntriesAsync(new LogQuery { Until = from })).Entries.Count);
        var seen = new List<EntryId>();
        for (LogCursor? after = null; ;)
        {
            var page = await Reader.EntriesAsync(new LogQuery { Size = 5, After = after });
            seen.AddRange(page.Entries.Select(e => e.Header.Id));
            if ((after = page.Next) is null)
            {
                break;
            }

            Assert.True(LogCursor.TryParse(after.ToString(), out var parsed));
            Assert.Equal(after, parsed);
        }

        Assert.Equal(13, seen.Distinct().Count());
        Assert.Equal(13, seen.Count);
    }
}

public sealed class AppendOnSqlite() : AppendSuite(TestStore.Sqlite());

public sealed class AppendOnPostgres(PostgresServer server) : AppendSuite(TestStore.Postgres(server));
