using Strongroom.Collect.Intake;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;
using Strongroom.Store.Search;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Collect.Intake;

/// <summary>Submissions that share a transaction: each is written as if it were alone, and none is hurt by another (R19–R26, R51).</summary>
public abstract class IntakeLaneSuite(TestStore store) : CollectWorld(store)
{
    private static readonly string[] Documents = ["11010519491231002X", "440308199901010012", "110101199003074258", "320311770706001"];

    [Fact]
    public async Task A_group_is_one_commit_and_each_member_stands_as_if_it_came_alone()
    {
        var alone = await PreparedAsync(WebBooking("甲", "13800000001", "11010519491231002X", ("email", "a@example.cn")) with { Source = new SourceNamed("s", ["1"]) });
        Assert.IsType<IntakeOutcome.Taken>(await Db.WriteAsync(tx => Writer.WriteAsync(tx, alone.Attempt, alone.Work)));
        var group = new List<IntakeLane.Member>();
        for (var i = 0; i < 20; i++)
        {
            var claim = i % 2 == 0 ? Idempotency.Claim(1, "/v1/collect/web-booking", $"k{i}", "a"u8) : null;
            var submission = Somebody("甲", i, more: ("email", "a@example.cn"));
            group.Add(await PreparedAsync(claim is null ? submission with { Source = new SourceNamed("s", [$"g{i}"]) } : submission, claim));
        }

        var (before, facts) = (await Db.StatsAsync(), Log.Facts.Count);
        var answers = await Lane.WriteAsync(group);

        Assert.Equal(1, (await Db.StatsAsync()).Commits - before.Commits);
        Assert.All(answers, Assert.NotNull);
        var one = await ShapeAsync(alone.Work.Customer);
        foreach (var (member, answer) in group.Zip(answers))
        {
            Assert.Equal(member.Work.Customer, answer!.Answer.Customer);
            Assert.Equal(one, await ShapeAsync(member.Work.Customer));
            Assert.Single((await Search.FindAsync(Lookup("mobile", Compartment.General, member.Attempt.Request.Submission.Items!["mobile"].GetString()!), Reach.Everyday, 5)).Hits);
        }

        Assert.Equal(group.Select(member => member.Work.Customer), Log.Facts.Skip(facts).Select(fact => fact.Customer!.Value));
        Assert.All(Log.Facts.Skip(facts), fact => Assert.Equal(Log.Facts[facts - 1].Rows.Select(row => (row.Table, row.Version)), fact.Rows.Select(row => (row.Table, row.Version))));
        Assert.Equal(10, await CountAsync("idempotency"));
        var again = Assert.IsType<IntakeOutcome.Taken>(await HandInAsync("web-booking", group[0].Attempt.Request.Submission, group[0].Claim));
        Assert.Equal((answers[0]!.Answer.Customer, answers[0]!.Answer.Receipt, answers[0]!.Answer.Entry), (again.Answer.Customer, again.Answer.Receipt, again.Answer.Entry));
    }

    [Fact]
    public async Task Who_does_not_fit_is_left_out_and_hurts_nobody()
    {
        await TakenAsync("web-booking", WebBooking("在册", "13700000001", Documents[1]) with { Source = new SourceNamed("s", ["on-file"]) });
        var claim = Idempotency.Claim(1, "/v1/collect/web-booking", "k", "a"u8);
        var stale = await PreparedAsync(Somebody("旧规", 2));
        var members = new List<IntakeLane.Member>
        {
            await PreparedAsync(WebBooking("好", "13700000003", Documents[0]), claim),
            await PreparedAsync(WebBooking("同证", "13700000004", Documents[0])),
            await PreparedAsync(Somebody("同键", 5), claim),
            await PreparedAsync(WebBooking("在册证", "13700000006", Documents[1]), target: new IntakeTarget.Fresh(MayClaim: true)),
            await PreparedAsync(Somebody("在册源", 7) with { Source = new SourceNamed("s", ["on-file"]) }),
            stale with { Attempt = stale.Attempt with { Actor = stale.Attempt.Actor with { ConfigEpoch = stale.Attempt.Actor.ConfigEpoch - 1 } } },
            await PreparedAsync(Somebody("同源甲", 8) with { Source = new SourceNamed("s", ["twice"]) }),
            await PreparedAsync(Somebody("同源乙", 9) with { Source = new SourceNamed("s", ["twice"]) }),
        };
        var customers = await CountAsync("customer");

        var answers = await Lane.WriteAsync(members);

        Assert.Equal([true, false, false, false, false, false, true, false], answers.Select(answer => answer is not null));
        Assert.Equal(customers + 2, await CountAsync("customer"));
        Assert.Equal(3, await CountAsync("identity_claim"));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task Blocks_of_an_epoch_that_ended_are_left_out()
    {
        var (old, late) = (await PreparedAsync(WebBooking("旧", "13700000001", Documents[0])), await PreparedAsync(Somebody("迟", 3)));
        (Keys.OpenEpoch, Keys.Draining) = (2, [1]);
        var fresh = await PreparedAsync(WebBooking("新", "13700000002", Documents[1]));

        // Whoever brings blocks of a later epoch is written alone, and thereby ends the earlier one; until then that one counts.
        Assert.Equal([true, false], (await Lane.WriteAsync([old, fresh])).Select(answer => answer is not null));
        Assert.IsType<IntakeOutcome.Taken>(await Db.WriteAsync(tx => Writer.WriteAsync(tx, fresh.Attempt, fresh.Work)));
        Assert.Equal(2, await Db.ReadAsync(SearchStore.EpochAsync));
        Assert.Equal([null], await Lane.WriteAsync([late]));
        Assert.Equal(2, await CountAsync("customer"));

        // While the old epoch drains, a document claimed under it still counts as claimed.
        Assert.IsType<IntakeOutcome.Taken>(await HandInAsync("web-booking", WebBooking("旧", "13700000001", Documents[0])));
        Assert.Equal(2, await CountAsync("customer"));
    }

    [Fact]
    public async Task A_group_that_breaks_leaves_nothing_behind()
    {
        var (good, swept) = (await PreparedAsync(WebBooking("好", "13700000003", Documents[0])), await PreparedAsync(WebBooking("慢", "13700000004", Documents[1])));
        await new OrphanSweeper(Db, Keys, Macs, Clock).SweepAsync(TimeSpan.Zero);
        var tombstones = await CountAsync("customer");

        Assert.Equal([null, null], await Lane.WriteAsync([good, swept]));

        Assert.Equal((2, tombstones), (tombstones, await CountAsync("customer")));
        foreach (var table in new[] { "record", "general_item", "identity_claim", "consent", "intake", "candidate" })
        {
            Assert.Equal(0, await CountAsync(table));
        }
    }

    [Fact]
    public async Task When_the_group_fails_each_is_tried_alone_and_only_the_guilty_one_fails()
    {
        // The log refuses one person's entry, and with it any transaction that holds it.
        Log.Refuses = facts => facts.Any(fact => fact.Items.Any(item => item.Value == "email"));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Record.ExceptionAsync(() => TakenAsync(
            "web-booking", i == 7 ? Somebody("坏", i, more: ("email", "x@example.cn")) : Somebody("好", i))).AsTask()));

        Assert.Equal([7], outcomes.Select((failed, i) => failed is null ? -1 : i).Where(i => i >= 0));
        Assert.IsType<LogUnavailableException>(outcomes[7]);
        Assert.Equal(23, await CountAsync("customer"));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task Many_at_once_with_one_key_or_one_source_are_one()
    {
        var claim = Idempotency.Claim(1, "/v1/collect/web-booking", "k", "a"u8);
        var keyed = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => HandInAsync("web-booking", Somebody("甲", 1), claim)));
        var sourced = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => HandInAsync("web-booking", Somebody("乙", 2) with { Source = new SourceNamed("s", ["1"]) })));

        Assert.Single(keyed.Select(outcome => Assert.IsType<IntakeOutcome.Taken>(outcome).Answer.Entry).Distinct());
        Assert.Single(sourced.OfType<IntakeOutcome.Taken>());
        Assert.Equal(11, sourced.OfType<IntakeOutcome.Known>().Count());
        Assert.Equal(2, await CountAsync("customer"));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task People_of_one_group_and_those_on_file_become_candidates_of_each_other()
    {
        var before = (await TakenAsync("web-booking", Somebody("在册", 100, "13700000001"))).Customer;
        var members = new List<IntakeLane.Member>();
        for (var i = 0; i < 3; i++)
        {
            members.Add(await PreparedAsync(Somebody($"家人{(char)('甲' + i)}", i, "13700000001")));
        }

        Assert.All(await Lane.WriteAsync(members), Assert.NotNull);

        var people = members.Select(member => member.Work.Customer).Prepend(before).OrderBy(id => id.Value).ToList();
        var pairs = people.SelectMany((a, i) => people.Skip(i + 1).Select(b => (a, b))).ToHashSet();
        var queued = (await Db.ReadAsync(tx => Matching.OpenAsync(tx, 100))).Where(candidate => candidate.Why.Value == "mobile").ToList();
        Assert.Equal(pairs, queued.Select(candidate => (candidate.A, candidate.B)).ToHashSet());
        Assert.Equal(pairs.Count, queued.Count);

        // The queue takes at most five of them for one value.
        for (var i = 0; i < 6; i++)
        {
            await TakenAsync("web-booking", Somebody($"同事{(char)('甲' + i)}", 10 + i, "13700000001"));
        }

        var last = await PreparedAsync(Somebody("末", 99, "13700000001"));
        await Lane.WriteAsync([last]);
        Assert.Equal(5, (await Db.ReadAsync(tx => Matching.OpenAsync(tx, 100))).Count(candidate => candidate.Why.Value == "mobile" && (candidate.A == last.Work.Customer || candidate.B == last.Work.Customer)));
    }

    [Fact]
    public async Task A_lost_note_of_durable_data_costs_nobody_his_keys()
    {
        Keys.ForgetsConfirmations = true;
        var taken = await TakenAsync("web-booking", WebBooking());
        var abandoned = await Seals.CreateAsync(CancellationToken.None);   // keys durable, then the process died
        for (var deadline = TimeProvider.System.GetTimestamp(); Keys.Forgotten == 0 && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30);)
        {
            await Task.Delay(10);   // the note is made in a lane of its own
        }

        Keys.ForgetsConfirmations = false;

        var swept = await new OrphanSweeper(Db, Keys, Macs, Clock).SweepAsync(TimeSpan.Zero);

        Assert.Equal((1, 1), (swept.Confirmed, swept.Destroyed));
        using var kept = await Keys.OpenAsync(new KeyOwner(taken.Customer.Value));
        Assert.NotNull(kept);
        Assert.Null(await Keys.OpenAsync(new KeyOwner(abandoned.Customer.Value)));
        await AssertWholeAsync();
    }

    /// <summary>A person with a passport and a mobile number of his own.</summary>
    private Submission Somebody(string name, int n, string? mobile = null, params (string Key, string Value)[] more) =>
        WebBooking(name, mobile ?? $"1390000{n:0000}", null, [("passport", $"E{10000000 + n}"), .. more]);

    private IntakeWriter Writer => new(Customers, Consents, Matching, Intakes, Idempotency, Log, new FileGrants(Control), Typed, [new ConfigEpochGuards()]);

    /// <summary>A submission judged and sealed as <see cref="TakeIn"/> does, ready to be written.</summary>
    private async Task<IntakeLane.Member> PreparedAsync(Submission submission, IdempotencyClaim? claim = null, IntakeTarget? target = null)
    {
        var (actor, settings) = (await ActorAsync(), await Config.ReloadAsync(CancellationToken.None));
        var request = new IntakeRequest(FormKey.Of("web-booking"), submission, actor, Again, Act.Add, claim);
        var form = settings.Form(request.Form)!.Open!;
        var judged = SubmissionRules.Judge(new SubmissionCase(
            submission, form.Form, settings.Catalogue, settings.CurrentNotice(form.Form.Notice)?.Text, Clock.NowMs(), Strongroom.Collect.CollectOptions.China.Today(Clock.GetUtcNow())));
        var plan = Assert.IsType<SubmissionJudged.Good>(judged).Plan;
        var (channelId, fresh) = (Channels[Strongroom.Store.Catalogue.CollectChannel.Website], await Seals.CreateAsync(CancellationToken.None));
        var attempt = new Attempt(request, actor, settings, channelId, settings.Channel(channelId)!, plan, form.Version, DocumentsTaken.None, Task.FromResult(fresh));
        var source = plan.Source is { } named ? Seals.Source($"{channelId}/{named.System}", named.Record![0]) : null;

        var intake = new IntakeRecord(
            IntakeId.New(), fresh.Customer, ReceiptId.New(), form.Form.Key, form.Version, channelId, plan.Notice, plan.NoticeVersion, form.Form.Purposes, actor.AsLogActor(), Clock.NowMs(), null);
        var work = await new IntakeSealing(Seals).SealAsync(
            plan, target ?? new IntakeTarget.Fresh(MayClaim: true), fresh, settings, attempt.Channel, intake, source, CancellationToken.None);
        return Lane.MemberOf(attempt, work)!;
    }

    /// <summary>Everything of a customer that does not differ from person to person.</summary>
    private async Task<string> ShapeAsync(CustomerId id)
    {
        var read = (await Customers.ReadAsync(id, ReadScope.Everything))!;
        var history = await Db.ReadAsync(tx => Consents.HistoryAsync(tx, id));
        var intake = Assert.Single(await Db.ReadAsync(tx => Intakes.OfCustomerAsync(tx, id)));
        Assert.Empty(read.Faults);
        Assert.Empty(history.Faults);
        return string.Join('\n',
            $"v{read.Version} {read.State} {read.Kind} {read.Entity} {intake.Form} {intake.FormVersion}",
            string.Join(' ', read.Records.OrderBy(record => record.Type).Select(record => $"{record.Type} {record.State} v{record.Version} " + string.Join(',', record.Items
                .Select(item => item.Key.Value is "id_no" or "passport" ? "document" : item.Key.Value).Order()))),
            string.Join(' ', read.Consents.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value.State}")),
            string.Join(' ', history.Rows.Select(row => $"{row.Event.Purpose} {row.Event.Kind} {row.State} v{row.Version}")));
    }

    private async Task AssertWholeAsync()
    {
        foreach (var sql in new[]
        {
            "SELECT COUNT(*) FROM customer c WHERE c.state <> 'destroyed' AND NOT EXISTS (SELECT 1 FROM intake i WHERE i.customer = c.id)",
            "SELECT COUNT(*) FROM record r WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = r.customer)",
            "SELECT COUNT(*) FROM consent c WHERE NOT EXISTS (SELECT 1 FROM intake i WHERE i.id = c.intake)",
            "SELECT COUNT(*) FROM record_source s WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.id = s.record)",
        })
        {
            Assert.Equal(0, await Db.ReadAsync(tx => tx.ScalarAsync<long>(sql)));
        }

        foreach (var id in (await Db.ReadAsync(tx => tx.QueryAsync<byte[]>("SELECT id FROM customer WHERE state <> 'destroyed'"))).Select(CustomerId.From))
        {
            Assert.Empty((await Customers.ReadAsync(id, ReadScope.Everything))!.Faults);
        }
    }
}

public sealed class IntakeLaneOnSqlite() : IntakeLaneSuite(TestStore.Sqlite());

public sealed class IntakeLaneOnPostgres(PostgresServer server) : IntakeLaneSuite(TestStore.Postgres(server));
