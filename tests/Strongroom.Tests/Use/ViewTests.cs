using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Use.Correct;
using Strongroom.Store.Catalogue;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Masks;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;
using Strongroom.Use;
using Strongroom.Use.Asking;
using Strongroom.Use.View;

namespace Strongroom.Tests.Use;

public abstract class ViewSuite(TestStore store) : UseWorld(store)
{
    [Fact]
    public async Task Asked_in_clear_it_is_clear_and_everything_else_is_masked()
    {
        var person = await PersonAsync();
        var answer = await ShownAsync(person.Id, new ViewRequest(Notify, Items: Items("name", "mobile"), Clear: Items("mobile")), await CallerAsync("back-office"));

        Assert.Equal((Mobile, Shown.Clear, Level.Moderate, 1), (Item(answer, "mobile").Value, Item(answer, "mobile").Shown, Item(answer, "mobile").Level, Item(answer, "mobile").Version));
        Assert.Equal(("欧阳**", Shown.Masked), (Item(answer, "name").Value, Item(answer, "name").Shown));
        Assert.Equal([person.Profile], answer.Records.Select(record => record.Id));

        var entry = Assert.Single(await LoggedAsync("view"));
        Assert.Equal(answer.Entry, entry.Header.Id);
        Assert.Equal((Verdict.Permit, Notify), (entry.Header.Fact.Decision, entry.Header.Fact.Purpose));
        Assert.Equal(["name", "mobile"], entry.Header.Fact.Items.Select(item => item.Value).OrderDescending());
        Assert.Contains("clear.mobile", entry.Header.Fact.Reasons);
        Assert.DoesNotContain("clear.name", entry.Header.Fact.Reasons);
        Assert.Single(entry.Header.Fact.Authorisations);
        Assert.NotNull(entry.Header.Customer);
    }

    [Fact]
    public async Task A_mask_that_hides_everything_opens_no_key()
    {
        var person = await PersonAsync();
        await RecordAsync(person.Id, "profile", null, false, null, ("id_image", FileId.New().ToString()));
        await ConsentAsync(person.Id, Realname, ConsentEventKind.Acknowledge);
        var answer = await ShownAsync(person.Id, new ViewRequest(Realname, Items: Items("id_image")), await CallerAsync("back-office"));

        Assert.Equal((Mask.Hidden, Shown.Masked), (Item(answer, "id_image").Value, Item(answer, "id_image").Shown));
        Assert.Equal(0, Keys.Opened);
    }

    [Fact]
    public async Task Without_the_log_nothing_is_opened()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        Log.Down = true;

        await Assert.ThrowsAsync<LogUnavailableException>(() => View.ViewAsync(person.Id, new ViewRequest(Notify, Clear: Items("mobile")), caller, 1, Ct));
        Assert.Equal(0, Keys.Opened);
    }

    [Fact]
    public async Task SuspendBetweenDecisionAndCommit_NoKeyIsOpened()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        var other = await OpenAsync(Options);
        Log.BeforeNext = async () =>
        {
            Suspended.Add(caller.Actor.Person);
            await other.WriteAsync(ConfigEpoch.BumpAsync, Ct);
        };

        Assert.Equal(Reasons.SignInNeeded.Code, (await RefusedAsync(person.Id, new ViewRequest(Notify, Clear: Items("mobile")), caller)).Code);
        Assert.Equal(0, Keys.Opened);
        Assert.Empty(await LoggedAsync("view"));
    }

    [Fact]
    public async Task ConsentWithdrawnBetweenDecisionAndCommit_NoClearText()
    {
        var person = await PersonAsync(pref: "sms");
        await ConsentAsync(person.Id, Market, ConsentEventKind.Give);
        var ask = new ViewRequest(Market, Items: Items("contact_pref"), Clear: Items("contact_pref"));
        Assert.Equal("sms", Item(await ShownAsync(person.Id, ask, await CallerAsync("back-office")), "contact_pref").Value);

        var opened = Keys.Opened;
        Log.BeforeNext = () => ConsentAsync(person.Id, Market, ConsentEventKind.Withdraw);
        var problem = await RefusedAsync(person.Id, ask, await CallerAsync("back-office"));
        Assert.Equal(Reasons.ConsentWithdrawn, Assert.Single(problem.Reasons));
        Assert.Equal(opened, Keys.Opened);
        Assert.Equal([Verdict.Deny, Verdict.Permit], (await LoggedAsync("view")).Select(entry => entry.Header.Fact.Decision!.Value).OrderDescending());
    }

    [Fact]
    public async Task What_never_stands_still_is_not_answered()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        Log.BeforeEach = () => Db.WriteAsync(ConfigEpoch.BumpAsync, Ct);

        Assert.Equal(Reasons.AccessUnsettled.Code, (await RefusedAsync(person.Id, new ViewRequest(Notify, Clear: Items("mobile")), caller)).Code);
        Assert.Equal(0, Keys.Opened);
    }

    [Fact]
    public async Task A_right_taken_away_binds_the_next_view()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        var ask = new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile"));
        Assert.Equal(Shown.Clear, Item(await ShownAsync(person.Id, ask, caller), "mobile").Shown);

        await PolicyAsync(Role("back-office", "cm--", Scope.OwnUnit));

        // The caller's own epoch is the old one; the customer was read at the new one.
        Assert.Equal(Shown.Masked, Item(await ShownAsync(person.Id, ask, caller), "mobile").Shown);
    }

    [Fact]
    public async Task Unknown_elsewhere_and_unreached_customers_are_the_same_logged_404()
    {
        var person = await PersonAsync();
        var elsewhere = await PersonAsync(entity: Hotel);
        var office = await CallerAsync("back-office");
        var ask = new ViewRequest(Notify, Clear: Items("mobile"));
        var problems = new[]
        {
            await RefusedAsync(CustomerId.New(), ask, office), await RefusedAsync(elsewhere.Id, ask, office), await RefusedAsync(person.Id, ask, await CallerAsync("call-agent")),
        };

        Assert.All(problems, problem => Assert.Equal(
            (Reasons.CustomerUnknown.Code, 404, 0, 0), (problem.Code, problem.Status, problem.Reasons.Count, problem.Needs.Count)));
        Assert.Equal(["customer.unknown", "entity.crossing", "scope.outside"],
            (await LoggedAsync("view")).Select(entry => Assert.Single(entry.Header.Fact.Reasons)).Order());
        Assert.Equal(0, Keys.Opened);
    }

    [Fact]
    public async Task What_the_item_was_not_collected_for_stays_closed()
    {
        var person = await PersonAsync();
        Intakes[Booked] = new HashSet<PurposeKey> { Fulfil };
        var answer = await ShownAsync(person.Id, new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile")), await CallerAsync("back-office"));
        Assert.Equal((null, Shown.Withheld), (Item(answer, "mobile").Value, Item(answer, "mobile").Shown));
        Assert.Contains("purpose.not_collected", Item(answer, "mobile").Reasons);
        Assert.Equal(0, Keys.Opened);
    }

    [Fact]
    public async Task A_value_that_does_not_open_is_withheld_and_raises_an_alarm()
    {
        var person = await PersonAsync(mobile: null);
        var stranger = await PersonAsync(mobile: null);
        var record = RecordId.New();
        using (var keys = await Keys.OpenAsync(new KeyOwner(stranger.Id.Value), Ct))
        {
            var scope = new SealScope(new KeyOwner(stranger.Id.Value), record.Value, "mobile", 1, Compartment.General);
            var item = new NewItem(ItemKey.Of("mobile"), 1, Compartment.General, T0, Booked, keys!.Seal(scope, "13800138000"u8));
            await Db.WriteAsync(async tx => (await Customers.AddRecordAsync(
                tx, new NewRecord(person.Id, record, RecordTypeKey.Of("profile"), Airline, T0, [item], [], []))).OrUndo());
        }

        var answer = await ShownAsync(person.Id, new ViewRequest(Notify, Clear: Items("mobile"), Items: Items("mobile")), await CallerAsync("back-office"));
        Assert.Equal((null, Shown.Withheld), (Item(answer, "mobile").Value, Item(answer, "mobile").Shown));
        Assert.Contains("item.damaged", Item(answer, "mobile").Reasons);
        Assert.Equal("item.mobile", Assert.Single(Assert.Single(await LoggedAsync(UseFacts.ItemDamaged)).Header.Fact.Reasons));
    }

    [Fact]
    public async Task An_altered_customer_row_raises_an_alarm_and_reads_as_restricted()
    {
        var person = await PersonAsync();
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE customer SET created = created - 1 WHERE id = @id", new { id = person.Id.Bytes }), Ct);
        var answer = await ShownAsync(person.Id, new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile")), await CallerAsync("back-office"));
        Assert.Equal((LifeState.Restricted, Shown.Masked), (answer.State, Item(answer, "mobile").Shown));
        Assert.Single(await LoggedAsync(UseFacts.RowDamaged));
    }

    [Fact]
    public async Task A_childs_items_are_sensitive_wherever_they_are_asked_for()
    {
        var child = await PersonAsync(minor: true);
        var caller = await CallerAsync("back-office");
        var problem = await RefusedAsync(child.Id, new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile")), caller);
        Assert.Contains(Reasons.ConsentAcknowledge, problem.Reasons);

        await ConsentAsync(child.Id, Notify, ConsentEventKind.Acknowledge);
        var answer = await ShownAsync(child.Id, new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile")), caller);
        Assert.Equal((Mobile, Level.Sensitive), (Item(answer, "mobile").Value, Item(answer, "mobile").Level));
    }

    [Fact]
    public async Task After_a_merge_each_value_opens_under_its_own_owners_keys()
    {
        var kept = await PersonAsync(mobile: null);
        var merged = await PersonAsync(name: "张三", pnr: "CD4ABC");
        var matching = new Matching(Macs);
        await Db.WriteAsync(async tx => Assert.IsType<MergeOutcome.Merged>(
            await matching.MergeAsync(tx, merged.Id, kept.Id, PersonId.From(1), Clock.Now)), Ct);

        foreach (var asked in new[] { kept.Id, merged.Id })
        {
            var answer = await ShownAsync(asked, new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile")), await CallerAsync("back-office"));
            Assert.Equal((kept.Id, Mobile), (answer.Customer, Item(answer, "mobile").Value));
        }
    }

    [Fact]
    public async Task A_days_reveals_end_at_the_limit_and_the_same_customer_counts_once()
    {
        await PolicyAsync(PolicyContent.Of(PolicyKind.Volume, "mobiles", new VolumeRow(2, Items("mobile"))));
        var people = new[] { await PersonAsync(pnr: "AAAAA1"), await PersonAsync(pnr: "AAAAA2"), await PersonAsync(pnr: "AAAAA3") };
        var caller = await CallerAsync("back-office");
        var ask = new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile"));
        await ShownAsync(people[0].Id, ask, caller);
        await ShownAsync(people[0].Id, ask, caller);
        await ShownAsync(people[1].Id, ask, caller);
        Assert.Equal(Reasons.VolumeStop, Assert.Single((await RefusedAsync(people[2].Id, ask, caller)).Reasons));

        // Masked goes on, somebody else goes on, and so does the next day.
        await ShownAsync(people[2].Id, ask with { Clear = null }, caller);
        await ShownAsync(people[2].Id, ask, await CallerAsync("back-office"));
        Clock.Known = Clock.Now;
        Clock.Now += 24 * 3_600_000;
        var next = new Caller(caller.Actor with { StrengthAt = Clock.Now }, (actor, _) => Task.FromResult(actor));

        // A clock that jumped ahead names no new day, and what was counted is not forgotten by it.
        await new UseSweeper(Db, Clock, NullLogger<UseSweeper>.Instance).SweepAsync(Ct);
        Assert.Equal(Reasons.VolumeStop, Assert.Single((await RefusedAsync(people[2].Id, ask, next)).Reasons));
        Clock.Known = null;
        await ShownAsync(people[2].Id, ask, next);
    }

    [Fact]
    public async Task ParallelReveals_NeverMoreThanTheLimit()
    {
        await PolicyAsync(PolicyContent.Of(PolicyKind.Volume, "mobiles", new VolumeRow(3, Items("mobile"))));
        var people = new List<CustomerId>();
        for (var i = 0; i < 8; i++)
        {
            people.Add((await PersonAsync(pnr: $"AAAAA{i}")).Id);
        }

        var caller = await CallerAsync("back-office");
        var ask = new ViewRequest(Notify, Items: Items("mobile"), Clear: Items("mobile"));
        var outcomes = await Task.WhenAll(people.Select(id => View.ViewAsync(id, ask, caller, 1, Ct)));
        Assert.InRange(outcomes.OfType<ViewCustomer.Outcome.Shown>().Count(), 1, 3);
        Assert.Equal(outcomes.OfType<ViewCustomer.Outcome.Shown>().Count(), (await LoggedAsync("view")).Count(entry => entry.Header.Fact.Decision == Verdict.Permit));
    }

    [Fact]
    public async Task Each_of_many_is_decided_and_recorded_on_its_own()
    {
        var people = new[] { await PersonAsync(), await PersonAsync(pnr: "AAAAA2"), await PersonAsync(entity: Hotel, pnr: "AAAAA3") };
        var unknown = CustomerId.New();
        var (answer, _) = await ViewMany.ViewAsync(
            new ViewManyRequest([.. people.Select(person => person.Id), unknown], Notify, Items("name", "mobile"), Items("mobile")), await CallerAsync("back-office"), Ct);

        Assert.Equal([true, true, false, false], answer!.Customers.Select(line => line.Shown is not null));
        Assert.All(answer.Customers.Skip(2), line => Assert.Equal(Reasons.CustomerUnknown.Code, line.Refused!.Code));
        Assert.Equal(Mobile, Item(answer.Customers[1].Shown!, "mobile").Value);
        Assert.Equal(4, (await LoggedAsync("view")).Count);
        var batch = Assert.Single(await LoggedAsync("view-many"));
        Assert.Equal((answer.Entry, 4L), (batch.Header.Id, batch.Header.Fact.Count));
    }

    [Fact]
    public async Task A_post_without_bulk_opens_five_at_once_and_no_more()
    {
        var ids = Enumerable.Range(0, 6).Select(_ => CustomerId.New()).ToList();
        var caller = await CallerAsync("dpo");
        var (_, problem) = await ViewMany.ViewAsync(new ViewManyRequest(ids, Notify), caller, Ct);
        Assert.Equal((403, Reasons.BatchVault), (problem!.Status, Assert.Single(problem.Reasons)));
        Assert.NotNull((await ViewMany.ViewAsync(new ViewManyRequest(ids[..5], Notify), caller, Ct)).Answer);
        Assert.Equal([Verdict.Permit, Verdict.Needs], (await LoggedAsync("view-many")).Select(entry => entry.Header.Fact.Decision!.Value).Order());
    }

    [Fact]
    public async Task An_approval_opens_exactly_what_it_names_once()
    {
        var (person, another) = (await PersonAsync(idNo: IdNo), await PersonAsync(pnr: "AAAAA2", idNo: "110105199003071234"));
        var officer = await CallerAsync("dpo");
        var asked = Asked(await Requests.RequestAsync(Request(person.Id, "id_no"), officer, Ct));
        var ask = new ViewRequest(Realname, Items: Items("id_no"), Clear: Items("id_no"), Grant: asked.Id);
        Assert.Contains(Reasons.ApprovalInvalid, (await RefusedAsync(person.Id, ask, officer)).Reasons);

        await ApproveAsync(asked);
        Assert.Contains(Reasons.ApprovalInvalid, (await RefusedAsync(another.Id, ask, officer)).Reasons);
        Assert.Contains(Reasons.ApprovalInvalid, (await RefusedAsync(person.Id, ask, await CallerAsync("dpo"))).Reasons);
        Assert.Equal(IdNo, Item(await ShownAsync(person.Id, ask, officer), "id_no").Value);
        var entry = (await LoggedAsync("view")).First(one => one.Header.Fact.Decision == Verdict.Permit);
        Assert.Equal((asked.Id, 1), (Assert.Single(entry.Header.Fact.Approvals), entry.Header.Fact.Rows.Count));
        Assert.Contains(Reasons.ApprovalInvalid, (await RefusedAsync(person.Id, ask, officer)).Reasons);
    }

    [Fact]
    public async Task The_vault_is_asked_in_the_words_the_decision_uses_and_every_default_rule_knows_them()
    {
        var person = await PersonAsync(idNo: IdNo);
        var need = Assert.Single((await RefusedAsync(person.Id, new ViewRequest(Realname, Items: Items("id_no"), Clear: Items("id_no")), await CallerAsync("dpo"))).Needs);
        Assert.Equal((NeedKind.Approval, "use.view"), (need.What, need.How));
        var rules = PostPolicies.Of(Catalogue).Where(row => row.Kind == PolicyKind.Approval).SelectMany(row => row.Rules).Select(rule => rule.GetProperty("act").GetString()).ToHashSet();
        Assert.All(
            Enum.GetValues<Act>().Except([Act.Add, Act.Import, Act.Administer, Act.Consent, Act.Withdraw, Act.Receipts]),
            act => Assert.Contains(ApprovalActs.Use(act), rules));
        var draft = new PolicyDraft();
        Assert.All(PostPolicies.Of(Catalogue), row => Assert.True(PolicyRules.TryAdd(row, draft), row.Path));
    }

    [Fact]
    public async Task The_approver_sees_masked_values_only_and_a_value_changed_since_is_not_opened()
    {
        var person = await PersonAsync(idNo: IdNo);
        var officer = await CallerAsync("dpo");
        var asked = Asked(await Requests.RequestAsync(Request(person.Id, "id_no", "name"), officer, Ct));
        var evidence = Approvals.EvidenceOf(asked)!;
        Assert.Equal((1, 2, "court order 7"), (evidence.Customers, evidence.Items, evidence.Reason));
        Assert.Contains("profile.id_no: 1******X", evidence.Preview, StringComparison.Ordinal);
        NoValueIn(evidence);
        Assert.Contains("little-history", evidence.Unusual!.Select(thing => thing.Code));
        await ApproveAsync(asked);

        // Somebody corrects the name meanwhile: what was approved is the earlier value.
        var version = Item(await ShownAsync(person.Id, new ViewRequest(Notify, Items: Items("name")), await CallerAsync("back-office")), "name").Version;
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await Correct.CorrectAsync(
            person.Id, new CorrectRequest([new ItemChange(person.Profile, ItemKey.Of("name"), version, "欧阳晓月")], Notify), null, await CallerAsync("back-office"), Ct));
        var both = new ViewRequest(Realname, Items: Items("id_no", "name"), Clear: Items("id_no", "name"), Grant: asked.Id);
        var shown = await ShownAsync(person.Id, both, officer);
        Assert.Equal((Shown.Clear, IdNo), (Item(shown, "id_no").Shown, Item(shown, "id_no").Value));
        Assert.Equal((Shown.Withheld, null), (Item(shown, "name").Shown, Item(shown, "name").Value));
    }

    [Fact]
    public async Task Who_cannot_see_a_customer_masked_asks_for_nothing_of_him()
    {
        var (mine, theirs) = (await PersonAsync(idNo: IdNo), await PersonAsync(entity: Hotel, pnr: "AAAAA3"));
        var officer = await CallerAsync("dpo");
        foreach (var (request, code) in new[]
        {
            (Request(theirs.Id, "id_no"), "customer.unknown"), (Request(CustomerId.New(), "id_no"), "customer.unknown"),
            (Request(mine.Id, "shoe_size"), "item.unknown"), (Request(mine.Id, "id_no") with { Reason = " " }, "field.missing"),
            (Request(mine.Id, "id_no") with { Customers = [] }, "field.missing"), (Request(mine.Id, "id_no") with { Until = Clock.Now + (25 * 3_600_000) }, "approval.until"),
        })
        {
            Assert.Equal(code, Assert.IsType<Outcome<Approval>.Refused>(await Requests.RequestAsync(request, officer, Ct)).Problem.Code);
        }
    }

    private UseRequest Request(CustomerId customer, params string[] items) => new(Act.View, [customer], Realname, Items(items), Clock.Now + 600_000, "court order 7");

    private static Approval Asked(Outcome<Approval> outcome) => Assert.IsType<Outcome<Approval>.Done>(outcome).Value;

    private async Task ApproveAsync(Approval asked) => Assert.IsType<Outcome<Approval>.Done>(await Approvals.DecideAsync(
        (await CallerAsync("dpo")).Actor, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct));

    [Fact]
    public async Task Requests_that_cannot_be_understood_name_the_place()
    {
        var problem = await RefusedAsync(CustomerId.New(), new ViewRequest(Notify, Items: Items("mobile", "shoe_size"), Ticket: new string('x', 200)), await CallerAsync("back-office"));
        Assert.Equal(422, problem.Status);
        Assert.Equal([("items[1]", "item.unknown"), ("ticket", "field.too_long")], problem.Errors.Select(error => (error.At, error.Code)));
    }
}

public sealed class ViewOnSqlite() : ViewSuite(TestStore.Sqlite());

public sealed class ViewOnPostgres(PostgresServer server) : ViewSuite(TestStore.Postgres(server));
