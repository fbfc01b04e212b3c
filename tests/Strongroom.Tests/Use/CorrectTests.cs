using System.Security.Cryptography;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Use.Asking;
using Strongroom.Use.Correct;
using Strongroom.Use.Files;
using Strongroom.Use.Find;
using Strongroom.Use.View;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;

namespace Strongroom.Tests.Use;

public abstract class CorrectSuite(TestStore store) : UseWorld(store)
{
    private static CorrectRequest Change(RecordId record, string item, int version, string? value, PurposeKey? purpose = null) =>
        new([new ItemChange(record, ItemKey.Of(item), version, value)], purpose ?? Notify);

    private async Task<CorrectAnswer> DoneAsync(CustomerId customer, CorrectRequest ask, string? key = null, Caller? caller = null)
    {
        var outcome = await Correct.CorrectAsync(customer, ask, key, caller ?? await CallerAsync("back-office"), Ct);
        Assert.Null((outcome as Outcome<CorrectAnswer>.Refused)?.Problem);
        return ((Outcome<CorrectAnswer>.Done)outcome).Value;
    }

    private async Task<Problem> RefusedAsync(CustomerId customer, CorrectRequest ask, string? key = null, Caller? caller = null)
    {
        var problem = Assert.IsType<Outcome<CorrectAnswer>.Refused>(await Correct.CorrectAsync(customer, ask, key, caller ?? await CallerAsync("back-office"), Ct)).Problem;
        NoValueIn(problem);
        return problem;
    }

    private async Task<string?> ClearAsync(CustomerId customer, string item, PurposeKey purpose) =>
        Item(await ShownAsync(customer, new ViewRequest(purpose, Items: Items(item), Clear: Items(item)), await CallerAsync("back-office")), item).Value;

    private async Task<int> HitsAsync(params FindAlso[] what) =>
        (await Find.FindAsync(new FindRequest(what[0].Item, what[0].Value, Notify, what[1..]), await CallerAsync("back-office"), Ct)).Answer!.Customers.Count;

    private static FindAlso By(string item, string value) => new(ItemKey.Of(item), value);

    [Fact]
    public async Task The_new_value_is_shown_and_found_and_the_old_one_is_not()
    {
        var person = await PersonAsync();
        var done = await DoneAsync(person.Id, Change(person.Profile, "mobile", 1, "139 0013 9000"));
        Assert.Equal(2, Assert.Single(done.Items).Version);
        Assert.Equal("139 0013 9000", await ClearAsync(person.Id, "mobile", Notify));
        Assert.Equal((0, 1), (await HitsAsync(By("mobile", Mobile)), await HitsAsync(By("mobile", "13900139000"))));
        var entry = Assert.Single(await LoggedAsync("correct"));
        Assert.Equal((done.Entry, "mobile"), (entry.Header.Id, Assert.Single(entry.Header.Fact.Items).Value));
    }

    [Fact]
    public async Task An_old_journey_takes_a_second_person_whenever_it_was_taken_in_and_no_one_person_makes_it_new()
    {
        await PolicyAsync(PolicyContent.Of(PolicyKind.Scene, "history", new SceneRow(
            "history", "旧行程", "Old journeys", new SceneTriggerRow(SceneTrigger.Old, [ItemKey.Of("itinerary")], OlderDays: 90), [SceneMode.Remote],
            [new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))])], new SceneValidityRow(3_600_000, 1))));
        var person = await PersonAsync();
        await ConsentAsync(person.Id, Fulfil, ConsentEventKind.Give);
        string Leg(int daysAgo) => $"CA1301 PEK-CAN {Instants.At(Clock.Now).AddDays(-daysAgo):yyyy-MM-dd}";
        var old = await RecordAsync(person.Id, "booking", null, minor: false, null, ("itinerary", Leg(100)), ("seat", "14C"));
        var view = new ViewRequest(Fulfil, [old], Items: Items("itinerary"), Clear: Items("itinerary"));
        var agent = await CallerAsync("back-office");
        async Task<string?> HowAsync() => await View.ViewAsync(person.Id, view, agent, 1, Ct) is ViewCustomer.Outcome.Refused refused ? Assert.Single(refused.Problem.Needs).How : null;

        Assert.Equal("history", await HowAsync());

        // Neither with another date, nor by taking it away and writing it again.
        await DoneAsync(person.Id, Change(old, "itinerary", 1, $"{Leg(100)}; {Leg(3)}", Fulfil));
        Assert.Equal("history", await HowAsync());
        await DoneAsync(person.Id, Change(old, "itinerary", 2, null, Fulfil));
        await DoneAsync(person.Id, Change(old, "itinerary", 3, Leg(3), Fulfil));
        Assert.Equal("history", await HowAsync());

        // Back it goes: a new journey that was an old one is old at once. A first date counts from the intake at the latest.
        var lately = await RecordAsync(person.Id, "booking", null, minor: false, null, ("itinerary", Leg(3)));
        view = view with { Records = [lately] };
        Assert.Null(await HowAsync());
        await DoneAsync(person.Id, Change(lately, "itinerary", 1, Leg(91), Fulfil));
        Assert.Equal("history", await HowAsync());
        await DoneAsync(person.Id, Change(person.Booking, "itinerary", 0, Leg(-300), Fulfil));
        Assert.Equal(DateOnly.FromDateTime(Instants.At(T0).UtcDateTime), Assert.Single((await Customers.ReadAsync(person.Id, ReadScope.Outline))!.Records, record => record.Id == person.Booking).Day);

        // A day that no journey can have is none.
        view = view with { Records = [await RecordAsync(person.Id, "booking", null, minor: false, null, ("itinerary", Leg(-500)))] };
        Assert.Equal("history", await HowAsync());

        // Nobody makes an old journey new in the database.
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE record SET day = NULL WHERE id = @id", new { id = old.Bytes }));
        Assert.Equal(Fault.Record, Assert.Single((await Customers.ReadAsync(person.Id, ReadScope.Outline))!.Faults).Fault);
    }

    [Fact]
    public async Task Combined_keys_follow_whichever_part_changes()
    {
        var person = await PersonAsync();
        await ConsentAsync(person.Id, Fulfil, ConsentEventKind.Give);
        await DoneAsync(person.Id, Change(person.Booking, "pnr", 1, "CD4ABC", Fulfil));
        Assert.Equal((0, 1), (await HitsAsync(By("pnr", Pnr), By("name", Name)), await HitsAsync(By("pnr", "CD4ABC"), By("name", Name))));
        Assert.Equal(1, await HitsAsync(By("name", Name), By("birth", Birth)));

        await DoneAsync(person.Id, Change(person.Profile, "birth", 1, "1950-01-02", Fulfil));
        Assert.Equal((0, 1), (await HitsAsync(By("name", Name), By("birth", Birth)), await HitsAsync(By("name", Name), By("birth", "1950-01-02"))));
    }

    /// <summary>A number is changed by two: the officer says yes to exactly these changes.</summary>
    private Task GuardNumbersAsync() => PolicyAsync(PolicyContent.Of(PolicyKind.Scene, "contact_change", new SceneRow(
        "contact_change", "改号", "Number change", new SceneTriggerRow(SceneTrigger.Change, [ItemKey.Of("mobile")]), [SceneMode.Remote],
        [new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))])], new SceneValidityRow(3_600_000, 1))));

    private UseRequest Request(CustomerId customer, params ItemChange[] changes) => new(
        Act.Correct, [customer], Notify, [.. changes.Select(change => change.Item).Distinct()], Clock.Now + 600_000, "new number", Scenes: ["contact_change"], Changes: changes);

    private async Task<Approval> GrantedAsync(Caller agent, UseRequest request)
    {
        var asked = Assert.IsType<Outcome<Approval>.Done>(await Requests.RequestAsync(request, agent, Ct)).Value;
        return Assert.IsType<Outcome<Approval>.Done>(await Approvals.DecideAsync(
            (await CallerAsync("dpo")).Actor, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct)).Value;
    }

    [Fact]
    public async Task A_grant_is_for_exactly_the_new_value_its_approver_was_shown_masked()
    {
        await GuardNumbersAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var granted = await GrantedAsync(agent, Request(person.Id, new ItemChange(person.Profile, ItemKey.Of("mobile"), 1, "139 0013 9000")));
        var preview = Approvals.EvidenceOf(granted)!.Preview;
        Assert.StartsWith("→ mobile: 139", preview, StringComparison.Ordinal);
        Assert.DoesNotContain("0013", preview, StringComparison.Ordinal);
        Assert.DoesNotContain("13900139000", System.Text.Json.JsonSerializer.Serialize(granted.Content), StringComparison.Ordinal);

        foreach (var other in new[] { "13900139001", null })
        {
            var refused = await RefusedAsync(person.Id, Change(person.Profile, "mobile", 1, other) with { Grant = granted.Id }, caller: agent);
            Assert.Equal("contact_change", Assert.Single(refused.Needs).How);
        }

        Assert.Equal(Mobile, await ClearAsync(person.Id, "mobile", Notify));
        await DoneAsync(person.Id, Change(person.Profile, "mobile", 1, "13900139000") with { Grant = granted.Id }, caller: agent);
        Assert.Equal("13900139000", await ClearAsync(person.Id, "mobile", Notify));
        await RefusedAsync(person.Id, Change(person.Profile, "mobile", 2, "13900139000") with { Grant = granted.Id }, caller: agent);
    }

    [Fact]
    public async Task A_correction_is_asked_for_with_its_values_and_nothing_else_is()
    {
        await GuardNumbersAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var good = Request(person.Id, new ItemChange(person.Profile, ItemKey.Of("mobile"), 1, "13900139000"));
        foreach (var (request, at) in new[]
        {
            (good with { Changes = null }, "changes"), (good with { Changes = [] }, "changes"), (good with { Items = [ItemKey.Of("email")] }, "items"),
            (good with { Act = Act.View }, "changes"), (good with { Customers = [person.Id, CustomerId.New()] }, "customers"),
        })
        {
            Assert.Equal(at, Assert.Single(Assert.IsType<Outcome<Approval>.Refused>(await Requests.RequestAsync(request, agent, Ct)).Problem.Errors).At);
        }
    }

    [Fact]
    public async Task A_number_put_beside_the_one_in_another_record_takes_the_grant_too()
    {
        await GuardNumbersAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var second = await RecordAsync(person.Id, "profile", null, false, null, ("name", Name));
        var change = Change(second, "mobile", 0, "13900139000");
        Assert.Equal("contact_change", Assert.Single((await RefusedAsync(person.Id, change, caller: agent)).Needs).How);
        var granted = await GrantedAsync(agent, Request(person.Id, new ItemChange(second, ItemKey.Of("mobile"), 0, "13900139000")));
        await DoneAsync(person.Id, change with { Grant = granted.Id }, caller: agent);

        var none = await PersonAsync(mobile: null, pnr: "AAAAA2");
        await DoneAsync(none.Id, Change(none.Profile, "mobile", 0, "13900139002"), caller: agent);
    }

    [Fact]
    public async Task A_stale_version_changes_nothing()
    {
        var person = await PersonAsync();
        await DoneAsync(person.Id, Change(person.Profile, "mobile", 1, "13900139000"));
        var problem = await RefusedAsync(person.Id, Change(person.Profile, "mobile", 1, "13900139001"));
        Assert.Equal((409, "row.changed"), (problem.Status, problem.Code));
        Assert.Equal("13900139000", await ClearAsync(person.Id, "mobile", Notify));
        Assert.Single(await LoggedAsync("correct"));
    }

    [Fact]
    public async Task ParallelCorrections_OneWins()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Correct.CorrectAsync(person.Id, Change(person.Profile, "mobile", 1, $"1390013900{i}"), null, caller, Ct)));
        Assert.Single(outcomes.OfType<Outcome<CorrectAnswer>.Done>());
        Assert.All(outcomes.OfType<Outcome<CorrectAnswer>.Refused>(), refused => Assert.Equal("row.changed", refused.Problem.Code));
    }

    [Fact]
    public async Task A_document_of_another_customer_is_not_taken_over()
    {
        await PersonAsync(idNo: IdNo, pnr: "AAAAA2");
        var person = await PersonAsync();
        var problem = await RefusedAsync(person.Id, Change(person.Profile, "id_no", 0, IdNo, Realname));
        Assert.Equal((409, "item.document_taken"), (problem.Status, problem.Code));
        Assert.Empty(await LoggedAsync("correct"));
    }

    [Fact]
    public async Task The_same_key_does_it_once_and_another_body_is_refused()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        var ask = Change(person.Profile, "mobile", 1, "13900139000");
        var first = await DoneAsync(person.Id, ask, "k-1", caller);
        var again = await DoneAsync(person.Id, ask, "k-1", caller);
        Assert.Equal(first.Items, again.Items);
        Assert.Single(await LoggedAsync("correct"));
        Assert.Equal("idempotency.mismatch", (await RefusedAsync(person.Id, Change(person.Profile, "mobile", 2, "13900139009"), "k-1", caller)).Code);
    }

    [Fact]
    public async Task Removed_is_gone_from_view_and_search()
    {
        var person = await PersonAsync();
        await DoneAsync(person.Id, Change(person.Profile, "mobile", 1, null));
        var answer = await ShownAsync(person.Id, new ViewRequest(Notify, Items: Items("mobile", "name")), await CallerAsync("back-office"));
        Assert.Equal(["name"], answer.Records.SelectMany(record => record.Items.Keys).Select(item => item.Value));
        Assert.Equal(0, await HitsAsync(By("mobile", Mobile)));
    }

    [Theory]
    [InlineData("mobile", 1, "12", "changes[0].value", "mobile.shape")]
    [InlineData("contact_pref", 0, "pigeon", "changes[0].value", "enum.shape")]
    [InlineData("id_image", 0, "00000000000000000000000000000001", "changes[0].value", "item.is_file")]
    [InlineData("shoe_size", 1, "44", "changes[0].item", "item.unknown")]
    [InlineData("mobile", -1, "13900139000", "changes[0].version", "field.bad")]
    public async Task What_is_no_value_of_its_kind_is_refused_with_its_place(string item, int version, string value, string at, string code)
    {
        var person = await PersonAsync();
        var problem = await RefusedAsync(person.Id, Change(person.Profile, item, version, value, item == "contact_pref" ? Market : Notify));
        Assert.Equal((422, at, code), (problem.Status, Assert.Single(problem.Errors).At, problem.Errors[0].Code));
    }

    [Fact]
    public async Task An_item_of_another_record_type_is_refused()
    {
        var person = await PersonAsync();
        Assert.Equal("item.not_of_record", Assert.Single((await RefusedAsync(person.Id, Change(person.Booking, "mobile", 0, "13900139000"))).Errors).Code);
    }

    [Fact]
    public async Task Without_a_right_nothing_changes_and_the_refusal_is_recorded()
    {
        var person = await PersonAsync();
        var problem = await RefusedAsync(person.Id, Change(person.Profile, "mobile", 1, "13900139000"), caller: await CallerAsync("auditor"));
        Assert.Equal(403, problem.Status);
        Assert.Equal(Verdict.Deny, Assert.Single(await LoggedAsync("correct")).Header.Fact.Decision);
        Assert.Equal(Mobile, await ClearAsync(person.Id, "mobile", Notify));
    }

    [Fact]
    public async Task SuspendBetweenDecisionAndCommit_NothingChanges()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        Suspended.Add(caller.Actor.Person);
        await Db.WriteAsync(Strongroom.Data.ConfigEpoch.BumpAsync, Ct);
        Assert.Equal("signin.needed", (await RefusedAsync(person.Id, Change(person.Profile, "mobile", 1, "13900139000"), caller: caller)).Code);
        Assert.Equal(Mobile, await ClearAsync(person.Id, "mobile", Notify));
    }

    [Fact]
    public async Task A_file_is_sealed_shown_only_by_decision_and_opens_only_where_it_belongs()
    {
        var person = await PersonAsync();
        await ConsentAsync(person.Id, Realname, ConsentEventKind.Acknowledge);
        await PolicyAsync(Role("back-office", "cccc", Scope.OwnUnit));
        var caller = await CallerAsync("back-office");
        var image = RandomNumberGenerator.GetBytes(3 << 20);
        var put = Assert.IsType<Outcome<FileAnswer>.Done>(
            await Files.PutAsync(person.Id, person.Profile, ItemKey.Of("id_image"), 0, Realname, new MemoryStream(image), caller, Ct)).Value;
        Assert.Equal(1, put.Version);

        var (opened, _) = await Files.RuleAsync(person.Id, put.File, new FileOpenRequest(Realname), caller, Ct);
        var output = new MemoryStream();
        await Files.SendAsync(opened!, output, Ct);
        Assert.Equal(image, output.ToArray());
        Assert.Single(await LoggedAsync("file-opened"));

        var other = await PersonAsync(pnr: "AAAAA2");
        Assert.Equal(404, (await Files.RuleAsync(other.Id, put.File, new FileOpenRequest(Realname), caller, Ct)).Problem!.Status);
        Assert.Equal(404, (await Files.RuleAsync(person.Id, FileId.New(), new FileOpenRequest(Realname), caller, Ct)).Problem!.Status);
        Assert.Equal(403, (await Files.RuleAsync(person.Id, put.File, new FileOpenRequest(Notify), caller, Ct)).Problem!.Status);

        // What it was decided on changes while it is being sent: the rest stays here.
        var moved = new MemoryStream();
        await ConsentAsync(person.Id, Realname, ConsentEventKind.Acknowledge);
        await Assert.ThrowsAsync<DecisionMovedException>(() => Files.SendAsync(opened!, moved, Ct));
        Assert.True(moved.Length < image.Length);
    }
}

public sealed class CorrectOnSqlite() : CorrectSuite(TestStore.Sqlite());

public sealed class CorrectOnPostgres(PostgresServer server) : CorrectSuite(TestStore.Postgres(server));
