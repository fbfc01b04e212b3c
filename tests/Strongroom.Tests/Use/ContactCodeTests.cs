using System.Net;
using System.Text.RegularExpressions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;
using Strongroom.Store.Consent;
using Strongroom.Tests.Harness;
using Strongroom.Use.Asking;
using Strongroom.Use.Compare;
using Strongroom.Use.Contact;
using Strongroom.Use.Correct;
using Strongroom.Use.Sessions;

namespace Strongroom.Tests.Use;

/// <summary>A customer confirms a new number by a code to the old one (domain.md §4): for that change, that person at the desk, once, and not for long.</summary>
public abstract class ContactCodeSuite(TestStore store) : UseWorld(store)
{
    private const string NewNumber = "139 0013 9000";
    private static readonly ItemKey Number = ItemKey.Of("mobile"), Line = ItemKey.Of("msisdn"), Card = ItemKey.Of("imsi_iccid");

    /// <summary>The message as it left.</summary>
    private string said = "";

    private protected override IReadOnlyList<string> InstalledPacks => ["airline", "telecom"];

    private static ItemChange Change(RecordId record, string? value = NewNumber, int version = 1) => new(record, Number, version, value);

    /// <summary>A number is changed by two, or with the customer's own word.</summary>
    private Task GuardAsync(bool byCode = true) => PolicyAsync(PolicyContent.Of(PolicyKind.Scene, "contact_change", new SceneRow(
        "contact_change", "改号", "Number change", new SceneTriggerRow(SceneTrigger.Change, [Number, Line, Card]), [SceneMode.OnSite],
        [new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))])], new SceneValidityRow(3_600_000, 1), ByCode: byCode)));

    private async Task<(ContactCodeAnswer Answer, string Code, string To)> SentAsync(
        Person person, Caller agent, ItemChange? change = null, ContactCodeTarget? to = null, PurposeKey? purpose = null, string? locale = null)
    {
        using var gateway = new Gateway(Clock);
        var taken = gateway.TakeAsync(HttpStatusCode.Accepted);
        var outcome = await Codes(gateway.Client).SendAsync(person.Id, new ContactCodeRequest(change ?? Change(person.Profile), to, locale, purpose ?? Notify), agent, Ct);
        var answer = Assert.IsType<Outcome<ContactCodeAnswer>.Done>(outcome).Value;
        var order = await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal("sms", order["by"]!.GetValue<string>());
        said = order["text"]!.GetValue<string>();
        return (answer, Regex.Match(said, "(?:验证码|Code) ([0-9]{6}),").Groups[1].Value, order["to"]!.GetValue<string>());
    }

    private async Task<Problem> NotSentAsync(Person person, ItemChange change, ContactCodeTarget? to = null, long settledMs = 0, PurposeKey? purpose = null)
    {
        using var gateway = new Gateway(Clock);
        var outcome = await Codes(gateway.Client, settledMs).SendAsync(person.Id, new ContactCodeRequest(change, to, Purpose: purpose ?? Notify), await CallerAsync("back-office"), Ct);
        Assert.False(gateway.WasAsked);
        return Assert.IsType<Outcome<ContactCodeAnswer>.Refused>(outcome).Problem;
    }

    private Task<Outcome<CorrectAnswer>> CorrectAsync(Person person, Caller agent, TypedCode? code, ItemChange? change = null, string? key = null) =>
        Correct.CorrectAsync(person.Id, new CorrectRequest([change ?? Change(person.Profile)], Notify, Code: code), key, agent, Ct);

    private static string Told(Outcome<CorrectAnswer> outcome) => Assert.IsType<Outcome<CorrectAnswer>.Refused>(outcome).Problem.Code;

    private static string Other(string code) => code[..5] + (code[5] == '0' ? '1' : '0');

    [Fact]
    public async Task The_customer_reads_out_the_code_and_his_number_changes_without_a_second_person()
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var without = Assert.IsType<Outcome<CorrectAnswer>.Refused>(await CorrectAsync(person, agent, null)).Problem;
        Assert.Equal("contact_change", Assert.Single(without.Needs).How);

        var (sent, code, to) = await SentAsync(person, agent);
        Assert.Equal(Mobile, to);
        NoValueIn(sent);
        Assert.DoesNotContain(code, System.Text.Json.JsonSerializer.Serialize(sent).Replace(sent.Code.ToString(), "", StringComparison.Ordinal)
            .Replace(sent.Entry.ToString(), "", StringComparison.Ordinal).Replace(sent.To.Record.ToString(), "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("contact_code", Assert.Single(Assert.Single(await LoggedAsync("contact-code")).Header.Fact.Rows).Table);

        Assert.Equal("code.wrong", Told(await CorrectAsync(person, agent, new TypedCode(sent.Code, Other(code)))));
        Assert.Equal(["code.wrong"], Assert.Single(await LoggedAsync("contact-code-wrong")).Header.Fact.Reasons);
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await CorrectAsync(person, agent, new TypedCode(sent.Code, code)));
        var entry = (await LoggedAsync("correct")).First(one => one.Header.Fact.Decision == Verdict.Permit).Header.Fact;
        Assert.Contains("customer-code", entry.Reasons);
        Assert.Contains(entry.Rows, row => row.Table == "contact_code");
        Assert.Equal("code.over", Told(await CorrectAsync(person, agent, new TypedCode(sent.Code, code))));
    }

    [Fact]
    public async Task A_code_is_for_one_change_of_one_customer_by_one_person_within_its_term_and_three_tries()
    {
        await GuardAsync();
        var (person, other, agent) = (await PersonAsync(), await PersonAsync(mobile: "13911112222"), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(person, agent);
        var typed = new TypedCode(sent.Code, code);
        Assert.Equal("code.over", Told(await CorrectAsync(person, agent, typed, Change(person.Profile, "139 0013 9001"))));
        Assert.Equal("code.over", Told(await CorrectAsync(person, agent, typed, Change(person.Profile, null))));
        Assert.Equal("code.over", Told(await CorrectAsync(other, agent, typed, Change(other.Profile))));
        Assert.Equal("code.over", Told(await CorrectAsync(person, await CallerAsync("back-office"), typed)));
        Assert.Equal("code.over", Told(await CorrectAsync(person, agent, typed with { Id = ContactCodeId.New() })));
        Assert.Equal(5, (await LoggedAsync("contact-code-wrong")).Count(entry => entry.Header.Fact is { Decision: Verdict.Deny, Reasons: ["code.over"] }));
        // Who makes codes up names nobody by it, and after the hour's limit is only counted.
        for (var made = 0; made < 200; made++)
        {
            Assert.Equal("code.over", Told(await CorrectAsync(other, agent, typed with { Id = ContactCodeId.New() }, Change(other.Profile))));
        }

        Assert.Equal(200 + 1, (await LoggedAsync("contact-code-wrong")).Count(entry => entry.Header.Fact is { Reasons: ["code.over"], Customer: null }));
        for (var tries = 0; tries < ContactCodes.MostTries; tries++)
        {
            Assert.Equal("code.wrong", Told(await CorrectAsync(person, agent, new TypedCode(sent.Code, Other(code)))));
        }

        Assert.Equal("code.over", Told(await CorrectAsync(person, agent, typed)));
        var (late, lateCode, _) = await SentAsync(person, agent);
        Clock.Now = late.Until;
        Assert.Equal("code.over", Told(await CorrectAsync(person, agent, new TypedCode(late.Code, lateCode))));
    }

    [Fact]
    public async Task The_code_goes_to_the_number_that_is_replaced_and_to_no_number_that_proves_nothing()
    {
        await GuardAsync();
        var person = await PersonAsync();
        var second = await RecordAsync(person.Id, "profile", null, minor: false, null, ("mobile", "13922223333"));
        var opened = Keys.Opened;
        Assert.Equal("code.number", (await NotSentAsync(person, Change(person.Profile), new ContactCodeTarget(second, Number))).Code);
        Assert.Equal("code.fresh", (await NotSentAsync(person, Change(person.Profile), settledMs: 3_600_000)).Code);

        // A number that waits for review is somebody's claim.
        await Db.WriteAsync(async tx => (await Customers.SetStateAsync(tx, person.Id, second, 1, LifeState.Restricted)).OrUndo());
        Assert.Equal("access.denied", (await NotSentAsync(person, Change(second))).Code);
        Assert.Equal(opened, Keys.Opened);
        var (all, known) = ((await Customers.ReadAsync(person.Id, ReadScope.Everything))!, new Knowledge(await new PolicySnapshots(Db, Policies).CurrentAsync(Ct), Catalogue));
        string? Objection(RecordId record) => ContactCodeRules.Objection(
            all, HeldItem.Of(all, known, new HashSet<RecordId> { record }, new HashSet<ItemKey> { Number }), new ContactCodeTarget(record, Number), new ContactCodeTarget(record, Number), known, Clock.Now)?.Code;
        Assert.Equal((null, "code.number"), (Objection(person.Profile), Objection(second)));

        // Tomorrow, since a customer is written to three times a day. A record that has none takes its first number with a code to the one there is.
        Clock.Now += 86_400_000;
        var agent = await CallerAsync("back-office");
        var bare = await RecordAsync(person.Id, "profile", null, minor: false, null, ("email", "wang@example.cn"));
        var first = Change(bare, NewNumber, 0);
        Assert.Equal("contact.no_number", (await NotSentAsync(person, first, new ContactCodeTarget(bare, Number))).Code);
        var (sent, code, to) = await SentAsync(person, agent, first);
        Assert.Equal(new ContactCodeTarget(person.Profile, Number), sent.To);
        Assert.Equal(Mobile, to);
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await CorrectAsync(person, agent, new TypedCode(sent.Code, code), first));
    }

    [Fact]
    public async Task A_new_card_is_confirmed_by_the_line_it_is_for_and_by_no_number_that_somebody_planted()
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        await ConsentAsync(person.Id, Fulfil, ConsentEventKind.Give);
        var real = await RecordAsync(person.Id, "subscription", null, minor: false, null, ("msisdn", "13511112222"), ("imsi_iccid", "898600123456789"));

        // The clerk took in a subscription with the customer's document and a number of his own, long enough ago.
        var planted = await RecordAsync(person.Id, "subscription", null, minor: false, null, ("msisdn", "13999998888"));
        var card = new ItemChange(real, Card, 1, "898600999888777");
        foreach (var elsewhere in new[] { new ContactCodeTarget(planted, Line), new ContactCodeTarget(person.Profile, Number) })
        {
            Assert.NotNull(await NotSentAsync(person, card, elsewhere, purpose: Fulfil));
        }

        var bare = await RecordAsync(person.Id, "subscription", null, minor: false, null, ("imsi_iccid", "898600123456780"));
        var (all, known) = ((await Customers.ReadAsync(person.Id, ReadScope.Everything))!, new Knowledge(await new PolicySnapshots(Db, Policies).CurrentAsync(Ct), Catalogue));
        string? Objection(ItemChange change, RecordId record, ItemKey item) => ContactCodeRules.Objection(
            all, HeldItem.Of(all, known, new HashSet<RecordId> { record }, new HashSet<ItemKey> { item }), new ContactCodeTarget(change.Record, change.Item), new ContactCodeTarget(record, item), known, Clock.Now)?.Code;
        Assert.Equal(("code.number", "code.number", null), (Objection(card, planted, Line), Objection(card, person.Profile, Number), Objection(card, real, Line)));
        var first = new ItemChange(bare, Card, 1, "898600999888777");
        Assert.Equal(("code.number", "code.number", null), (Objection(first, planted, Line), Objection(first, real, Line), Objection(first, person.Profile, Number)));

        var (sent, code, to) = await SentAsync(person, agent, card, purpose: Fulfil);
        Assert.Equal(("13511112222", new ContactCodeTarget(real, Line)), (to, sent.To));
        Assert.Contains("卡号设为尾号 8777", said, StringComparison.Ordinal);
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await Correct.CorrectAsync(person.Id, new CorrectRequest([card], Fulfil, Code: new TypedCode(sent.Code, code)), null, agent, Ct));

        // A number that one person changes alone answers for nothing.
        await PolicyAsync(PolicyContent.Of(PolicyKind.Scene, "contact_change", new SceneRow(
            "contact_change", "改号", "Number change", new SceneTriggerRow(SceneTrigger.Change, [Card]), [SceneMode.OnSite],
            [new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))])], new SceneValidityRow(3_600_000, 1), ByCode: true)));
        known = new Knowledge(await new PolicySnapshots(Db, Policies).CurrentAsync(Ct), Catalogue);
        Assert.Equal("code.number", Objection(card, real, Line));
    }

    [Theory]
    [InlineData("zh", "把我们为您预留的手机号设为尾号 9000", "手机号已凭发到本号码的验证码改为尾号 9000")]
    [InlineData("en", "sets the mobile number we hold for you to the one ending in 9000", "mobile number we hold for you was changed to the one ending in 9000")]
    public async Task The_customer_reads_what_he_confirms_and_the_old_number_is_told_what_was_changed(string locale, string asked, string told)
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(person, agent, locale: locale);
        Assert.Contains(asked, said, StringComparison.Ordinal);
        Assert.DoesNotContain("13900", said, StringComparison.Ordinal);

        using var gateway = new Gateway(Clock);
        var correct = CorrectBy(gateway.Client);
        Task<Outcome<CorrectAnswer>> Again() => correct.CorrectAsync(person.Id, new CorrectRequest([Change(person.Profile)], Notify, Code: new TypedCode(sent.Code, code)), "one-key-0002", agent, Ct);
        var taken = gateway.TakeAsync(HttpStatusCode.Accepted);
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await Again());
        var order = await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal((Mobile, "sms"), (order["to"]!.GetValue<string>(), order["by"]!.GetValue<string>()));
        Assert.Contains(told, order["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.DoesNotContain("13900", order["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(order["id"]!.GetValue<string>(), Assert.Single(await LoggedAsync("contact-code-told")).Header.Id.ToString());

        // Asked again it is done and nobody is told twice.
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await Again());
        Assert.Equal(1, gateway.Asked);
        Assert.All(ContactTexts.All.Where(text => text.Text.Zh.Contains("验证码", StringComparison.Ordinal)), text =>
        {
            Assert.Contains("除您本人正在办理改号或查询详单外", text.Text.Zh, StringComparison.Ordinal);
            Assert.Contains("Unless you yourself are changing your number or asking for itemised records", text.Text.En, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_message_that_does_not_leave_is_an_entry_and_the_change_stands()
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(person, agent);
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await CorrectAsync(person, agent, new TypedCode(sent.Code, code)));
        Assert.Equal(["contact.none"], Assert.Single(await LoggedAsync("contact-failed")).Header.Fact.Reasons);
    }

    [Fact]
    public async Task Pressed_twice_one_code_leaves_and_it_is_the_one_that_counts()
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        using var gateway = new Gateway(Clock);
        var codes = Codes(gateway.Client);
        Task<Outcome<ContactCodeAnswer>> Press(string key) => codes.SendAsync(person.Id, new ContactCodeRequest(Change(person.Profile), Purpose: Notify), agent, Ct, key);
        var taken = gateway.TakeAsync(HttpStatusCode.Accepted);
        var first = Assert.IsType<Outcome<ContactCodeAnswer>.Done>(await Press("press-1")).Value;
        var code = Regex.Match((await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct))["text"]!.GetValue<string>(), "[0-9]{6}").Value;
        Assert.Equal("code.wrong", Told(await CorrectAsync(person, agent, new TypedCode(first.Code, Other(code)))));
        Assert.Equal(first with { Tries = 2 }, Assert.IsType<Outcome<ContactCodeAnswer>.Done>(await Press("press-1")).Value);
        Assert.Equal(1, gateway.Asked);
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await CorrectAsync(person, agent, new TypedCode(first.Code, code)));
        Assert.IsType<Outcome<ContactCodeAnswer>.Refused>(await codes.SendAsync(person.Id, new ContactCodeRequest(Change(person.Profile), Purpose: Notify), agent, Ct, "no spaces"));
    }

    [Fact]
    public async Task Who_serves_callers_changes_a_number_with_the_customers_word_in_a_verified_call_and_nothing_else()
    {
        await GuardAsync();
        await PolicyAsync(PolicyContent.Of(PolicyKind.Role, "call-agent", new RoleRow(
            PostKey.Of("call-agent"), [Act.View, Act.Compare, Act.Contact, Act.Correct], "cmv-".Select((letter, i) => ($"{i + 1}", $"{letter}")).ToDictionary(), Scope.SessionCustomer,
            Verified: new Dictionary<string, string> { ["2"] = "c", ["3"] = "r" }, OnlyConfirmed: true)));
        var (person, agent) = (await PersonAsync(), await CallerAsync("call-agent"));
        await ConsentAsync(person.Id, Fulfil, ConsentEventKind.Give);
        using var gateway = new Gateway(Clock);
        var codes = Codes(gateway.Client);
        async Task<Problem> CodeRefusedAsync(ContactCodeRequest ask) => Assert.IsType<Outcome<ContactCodeAnswer>.Refused>(await codes.SendAsync(person.Id, ask, agent, Ct)).Problem;
        var ask = new ContactCodeRequest(Change(person.Profile), Purpose: Notify);
        Assert.Equal("customer.unknown", (await CodeRefusedAsync(ask)).Code);
        var session = Assert.IsType<Outcome<SessionAnswer>.Done>(await Service.OpenAsync(new SessionRequest("call 4711", Notify, person.Id), agent, Ct)).Value.Id;
        ask = ask with { Session = session };
        Assert.Contains((await CodeRefusedAsync(ask)).Needs, need => need.What == NeedKind.Caller);
        Assert.Contains(await LoggedAsync("contact-code"), entry => entry.Header.Fact.Decision == Verdict.Needs);
        Assert.Equal(0, gateway.Asked);

        Assert.IsType<Outcome<VerifyAnswer>.Done>(await Service.VerifyAsync(session, new VerifyRequest(new Dictionary<ItemKey, Said?>
        {
            [ItemKey.Of("birth")] = new Said(Birth, ComparePart.Whole), [ItemKey.Of("pnr")] = new Said(Pnr, ComparePart.Whole),
        }), agent, Ct));
        var taken = gateway.TakeAsync(HttpStatusCode.Accepted);
        var sent = Assert.IsType<Outcome<ContactCodeAnswer>.Done>(await codes.SendAsync(person.Id, ask, agent, Ct)).Value;
        var code = Regex.Match((await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct))["text"]!.GetValue<string>(), "[0-9]{6}").Value;
        Task<Outcome<CorrectAnswer>> ChangeAsync(ItemChange change, TypedCode? typed) =>
            Correct.CorrectAsync(person.Id, new CorrectRequest([change], Notify, Session: session, Code: typed), null, agent, Ct);
        Assert.Equal("contact_change", Assert.Single(Assert.IsType<Outcome<CorrectAnswer>.Refused>(await ChangeAsync(Change(person.Profile), null)).Problem.Needs).How);
        var other = Assert.IsType<Outcome<CorrectAnswer>.Refused>(await ChangeAsync(new ItemChange(person.Profile, ItemKey.Of("name"), 1, "欧阳明"), null)).Problem;
        Assert.Contains(other.Reasons, reason => reason.Code == "correct.confirmed");
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await ChangeAsync(Change(person.Profile), new TypedCode(sent.Code, code)));
    }

    [Fact]
    public async Task Where_the_scene_takes_no_code_none_is_sent_and_one_sent_before_counts_for_nothing()
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(person, agent);
        await GuardAsync(byCode: false);
        Assert.Equal("code.scene", (await NotSentAsync(person, Change(person.Profile))).Code);
        var refused = Assert.IsType<Outcome<CorrectAnswer>.Refused>(await CorrectAsync(person, await AgainAsync(agent), new TypedCode(sent.Code, code))).Problem;
        Assert.Equal("contact_change", Assert.Single(refused.Needs).How);
    }

    [Fact]
    public async Task One_code_makes_one_change_in_a_crowd_and_a_repeated_request_finds_what_it_did()
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(person, agent);
        var typed = new TypedCode(sent.Code, code);
        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CorrectAsync(person, agent, typed)));
        Assert.Single(all.OfType<Outcome<CorrectAnswer>.Done>());

        var (again, next, _) = await SentAsync(person, agent, Change(person.Profile, "139 0013 9002", 2));
        for (var times = 0; times < 2; times++)
        {
            Assert.IsType<Outcome<CorrectAnswer>.Done>(await CorrectAsync(person, agent, new TypedCode(again.Code, next), Change(person.Profile, "139 0013 9002", 2), "one-key-0001"));
        }

        Assert.Equal(2, (await LoggedAsync("correct")).Count(entry => entry.Header.Fact.Decision == Verdict.Permit));
    }

    [Theory]
    [InlineData("tries = 0")]
    [InlineData("until = until + 3600000")]
    [InlineData("bound = 'ab'")]
    [InlineData("locale = 'en'")]
    public async Task A_row_altered_in_the_database_confirms_nothing(string altered)
    {
        await GuardAsync();
        var (person, agent) = (await PersonAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(person, agent);
        Assert.Equal("code.wrong", Told(await CorrectAsync(person, agent, new TypedCode(sent.Code, Other(code)))));
        await Db.WriteAsync(tx => tx.ExecuteAsync($"UPDATE contact_code SET {altered}"));
        Assert.Equal("code.over", Told(await CorrectAsync(person, agent, new TypedCode(sent.Code, code))));
    }

    private static async Task<Caller> AgainAsync(Caller caller) => new(await caller.AgainAsync(caller.Actor, Ct), caller.AgainAsync);
}

public sealed class ContactCodeOnSqlite() : ContactCodeSuite(TestStore.Sqlite());

public sealed class ContactCodeOnPostgres(PostgresServer server) : ContactCodeSuite(TestStore.Postgres(server));
