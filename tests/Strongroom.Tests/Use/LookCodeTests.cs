using System.Net;
using System.Text.RegularExpressions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;
using Strongroom.Use.Asking;
using Strongroom.Use.Contact;
using Strongroom.Use.Correct;
using Strongroom.Use.View;

namespace Strongroom.Tests.Use;

/// <summary>A customer lets his itemised calls be opened by a code to the number they are of (domain.md §4, cdr): that record, that month, that person, once.</summary>
public abstract class LookCodeSuite(TestStore store) : UseWorld(store)
{
    private const string Msisdn = "13511112222", October = "2026-10";

    private const string Calls = """[{"at":"2026-10-03T09:00:00+08:00","to":"13611110000"},{"at":"2026-09-30T23:00:00+08:00","to":"13611119999"}]""";

    private static readonly ItemKey Line = ItemKey.Of("msisdn"), Cdr = ItemKey.Of("cdr"), Number = ItemKey.Of("mobile");
    private static readonly PurposeKey Billing = PurposeKey.Of("billing");

    private string said = "";

    private protected override IReadOnlyList<string> InstalledPacks => ["airline", "telecom"];

    private protected sealed record Subscriber(Person Person, RecordId Record);

    private static SceneRow Row(string scene, SceneTriggerRow trigger, bool byCode) => new(
        scene, "场景", "Scene", trigger, [SceneMode.Remote], [new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))])], new SceneValidityRow(3_600_000, 1), ByCode: byCode);

    private Task GuardAsync(bool byCode = true, bool enabled = true, params SceneRow[] more) => PolicyAsync(
    [
        PolicyContent.Of(PolicyKind.Scene, "cdr", Row("cdr", new SceneTriggerRow(SceneTrigger.Items, [Cdr]), byCode) with { Enabled = enabled }),
        PolicyContent.Of(PolicyKind.Scene, "contact_change", Row("contact_change", new SceneTriggerRow(SceneTrigger.Change, [Number, Line]), byCode: true)),
        .. more.Select(row => PolicyContent.Of(PolicyKind.Scene, row.Scene, row)),
        Authorised("back-office", Billing, "cdr"),
    ]);

    private async Task<Subscriber> SubscriberAsync(string mobile = Mobile, string? msisdn = Msisdn)
    {
        Intakes[Booked] = Intakes[Booked].Append(Billing).ToHashSet();
        var person = await PersonAsync(mobile: mobile);
        await ConsentAsync(person.Id, Fulfil, ConsentEventKind.Give);
        return new Subscriber(person, await RecordAsync(person.Id, "subscription", null, minor: false, null, ("msisdn", msisdn), ("cdr", Calls)));
    }

    private static ContactCodeRequest Look(Subscriber of, string? month = October, ContactCodeTarget? to = null) => new(null, to, Purpose: Billing, View: new CodeView(of.Record, Cdr, month));

    private async Task<(ContactCodeAnswer Answer, string Code, string To)> SentAsync(Subscriber of, Caller agent, ContactCodeRequest? ask = null)
    {
        using var gateway = new Gateway(Clock);
        var taken = gateway.TakeAsync(HttpStatusCode.Accepted);
        var outcome = await Codes(gateway.Client).SendAsync(of.Person.Id, ask ?? Look(of), agent, Ct);
        var answer = Assert.IsType<Outcome<ContactCodeAnswer>.Done>(outcome).Value;
        var order = await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        said = order["text"]!.GetValue<string>();
        return (answer, Regex.Match(said, "(?:验证码|Code) ([0-9]{6}),").Groups[1].Value, order["to"]!.GetValue<string>());
    }

    private async Task<Problem> NotSentAsync(Subscriber of, ContactCodeRequest ask, Caller? agent = null, long settledMs = 0)
    {
        using var gateway = new Gateway(Clock);
        var outcome = await Codes(gateway.Client, settledMs).SendAsync(of.Person.Id, ask, agent ?? await CallerAsync("back-office"), Ct);
        Assert.False(gateway.WasAsked);
        return Assert.IsType<Outcome<ContactCodeAnswer>.Refused>(outcome).Problem;
    }

    private static ViewRequest Asked(Subscriber of, TypedCode? code, string? month = October) => new(Billing, [of.Record], [Cdr], [Cdr], Month: month, Code: code);

    private async Task<string> ToldAsync(Subscriber of, Caller agent, ViewRequest ask) => (await RefusedAsync(of.Person.Id, ask, agent)).Code;

    private static string Other(string code) => code[..5] + (code[5] == '0' ? '1' : '0');

    private static async Task<Caller> AgainAsync(Caller caller) => new(await caller.AgainAsync(caller.Actor, Ct), caller.AgainAsync);

    [Fact]
    public async Task The_customer_reads_out_the_code_and_one_month_of_his_calls_opens_once_without_a_second_person()
    {
        await GuardAsync();
        var (of, agent) = (await SubscriberAsync(), await CallerAsync("back-office"));
        Assert.Equal("cdr", Assert.Single((await RefusedAsync(of.Person.Id, Asked(of, null), agent)).Needs).How);

        var (sent, code, to) = await SentAsync(of, agent);
        Assert.Equal((Msisdn, new ContactCodeTarget(of.Record, Line)), (to, sent.To));
        Assert.Contains("通话短信详单(2026 年 10 月)", said, StringComparison.Ordinal);
        var asked = Assert.Single(await LoggedAsync("contact-code")).Header.Fact;
        Assert.Equal((Fulfil, "contact_code"), (asked.Purpose, Assert.Single(asked.Rows).Table));

        Assert.Equal("code.wrong", await ToldAsync(of, agent, Asked(of, new TypedCode(sent.Code, Other(code)))));
        var answer = await ShownAsync(of.Person.Id, Asked(of, new TypedCode(sent.Code, code)), agent);
        Assert.Equal((Shown.Clear, """[{"at":"2026-10-03T09:00:00+08:00","to":"13611110000"}]"""), (Item(answer, "cdr").Shown, Item(answer, "cdr").Value));
        var entry = (await LoggedAsync("view")).First(one => one.Header.Fact.Decision == Verdict.Permit).Header.Fact;
        Assert.Superset(new HashSet<string> { "customer-code", "scene.cdr", "month.2026-10", "clear.cdr" }, entry.Reasons.ToHashSet());
        Assert.Contains(entry.Rows, row => row.Table == "contact_code");
        Assert.Empty(entry.Approvals);
        Assert.Equal("code.over", await ToldAsync(of, agent, Asked(of, new TypedCode(sent.Code, code))));
        Assert.Empty(await LoggedAsync("contact-code-told"));
    }

    [Fact]
    public async Task A_code_opens_nothing_but_what_it_was_sent_for()
    {
        await GuardAsync();
        var (of, other, agent) = (await SubscriberAsync(), await SubscriberAsync("13911112222", "13511113333"), await CallerAsync("back-office"));
        var second = of with { Record = await RecordAsync(of.Person.Id, "subscription", null, minor: false, null, ("msisdn", "13511114444"), ("cdr", Calls)) };
        var (sent, code, _) = await SentAsync(of, agent);
        var (typed, good) = (new TypedCode(sent.Code, code), Asked(of, new TypedCode(sent.Code, code)));
        var session = ServiceSessionId.New();
        foreach (var (whose, who, ask) in new[]
        {
            (other, agent, Asked(other, typed)), (second, agent, Asked(second, typed)), (of, agent, Asked(of, typed, "2026-09")), (of, agent, Asked(of, typed, null)),
            (of, agent, good with { Purpose = Fulfil }), (of, agent, good with { Purpose = null }), (of, agent, good with { Session = session }),
            (of, agent, good with { Items = null, Clear = [Line] }), (of, agent, good with { Code = typed with { Id = ContactCodeId.New() } }),
            (of, await CallerAsync("back-office"), good),
        })
        {
            Assert.Equal("code.over", await ToldAsync(whose, who, ask));
        }

        // Not beside anything else, and not for a change.
        foreach (var wide in new[] { good with { Records = null }, good with { Records = [of.Record, second.Record] }, good with { Items = [Cdr, Line] }, good with { Clear = [Cdr, Line] } })
        {
            Assert.Equal("code", Assert.Single((await RefusedAsync(of.Person.Id, wide, agent)).Errors!).At);
        }

        var correction = await Correct.CorrectAsync(of.Person.Id, new CorrectRequest([new ItemChange(of.Record, Line, 1, "13511115555")], Fulfil, Code: typed), null, agent, Ct);
        Assert.Equal("code.over", Assert.IsType<Outcome<CorrectAnswer>.Refused>(correction).Problem.Code);

        Assert.Equal(Shown.Clear, Item(await ShownAsync(of.Person.Id, good, agent), "cdr").Shown);
    }

    [Fact]
    public async Task A_code_for_a_change_opens_no_view()
    {
        await GuardAsync();
        var (of, agent) = (await SubscriberAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(of, agent, new ContactCodeRequest(new ItemChange(of.Record, Line, 1, "13511115555"), Purpose: Fulfil));
        Assert.Equal("code.over", await ToldAsync(of, agent, Asked(of, new TypedCode(sent.Code, code))));
    }

    [Fact]
    public async Task It_ends_with_its_minutes_and_its_three_tries_and_in_a_crowd_it_opens_once()
    {
        await GuardAsync();
        var (of, agent) = (await SubscriberAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(of, agent);
        var all = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => View.ViewAsync(of.Person.Id, Asked(of, new TypedCode(sent.Code, code)), agent, 1, Ct)));
        Assert.Single(all.OfType<ViewCustomer.Outcome.Shown>());

        var (wrong, right, _) = await SentAsync(of, agent);
        for (var tries = 0; tries < ContactCodes.MostTries; tries++)
        {
            Assert.Equal("code.wrong", await ToldAsync(of, agent, Asked(of, new TypedCode(wrong.Code, Other(right)))));
        }

        Assert.Equal("code.over", await ToldAsync(of, agent, Asked(of, new TypedCode(wrong.Code, right))));
        var (late, lateCode, _) = await SentAsync(of, agent);
        Clock.Now = late.Until;
        Assert.Equal("code.over", await ToldAsync(of, agent, Asked(of, new TypedCode(late.Code, lateCode))));
    }

    [Fact]
    public async Task Another_scene_on_the_same_item_still_asks_for_its_own_approval_and_one_switched_off_opens_nothing()
    {
        await GuardAsync();
        var (of, agent) = (await SubscriberAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(of, agent);
        var typed = new TypedCode(sent.Code, code);

        await GuardAsync(more: Row("history", new SceneTriggerRow(SceneTrigger.Old, [Cdr], OlderDays: 0), byCode: false));
        Clock.Now += 60_000;
        Assert.Equal(["history"], (await RefusedAsync(of.Person.Id, Asked(of, typed), await AgainAsync(agent))).Needs.Select(need => need.How));
        Assert.Equal(["history"], (await NotSentAsync(of, Look(of))).Needs.Select(need => need.How));
        await GuardAsync(more: Row("history", new SceneTriggerRow(SceneTrigger.Old, [Cdr], OlderDays: 90), byCode: false));

        await GuardAsync(enabled: false);
        Assert.NotEqual(Shown.Clear, Item(await ShownAsync(of.Person.Id, Asked(of, null), await AgainAsync(agent)), "cdr").Shown);
        Assert.Equal("code.scene", (await NotSentAsync(of, Look(of))).Code);

        await GuardAsync(byCode: false);
        Assert.Equal("code.scene", (await NotSentAsync(of, Look(of))).Code);
        Assert.Equal("cdr", Assert.Single((await RefusedAsync(of.Person.Id, Asked(of, null), await AgainAsync(agent))).Needs).How);
    }

    [Fact]
    public async Task The_number_of_the_record_answers_for_it_and_only_without_one_the_customers_own()
    {
        await GuardAsync();
        var of = await SubscriberAsync();
        var planted = await RecordAsync(of.Person.Id, "subscription", null, minor: false, null, ("msisdn", "13999998888"));
        Assert.Equal("code.number", (await NotSentAsync(of, Look(of, to: new ContactCodeTarget(planted, Line)))).Code);
        Assert.Equal("code.number", (await NotSentAsync(of, Look(of, to: new ContactCodeTarget(of.Person.Profile, Number)))).Code);
        Assert.Equal("code.fresh", (await NotSentAsync(of, Look(of), settledMs: 3_600_000)).Code);

        Clock.Now += 86_400_000;
        var agent = await CallerAsync("back-office");
        var bare = of with { Record = await RecordAsync(of.Person.Id, "subscription", null, minor: false, null, ("cdr", Calls)) };
        var (sent, code, to) = await SentAsync(bare, agent, Look(bare) with { Locale = "en" });
        Assert.Equal((Mobile, new ContactCodeTarget(of.Person.Profile, Number)), (to, sent.To));
        Assert.Contains("lets our staff open your itemised call and message records of 2026-10 once", said, StringComparison.Ordinal);
        Assert.Contains("让我们的工作人员打开一次您的", said, StringComparison.Ordinal);
        Assert.Equal(Shown.Clear, Item(await ShownAsync(of.Person.Id, Asked(bare, new TypedCode(sent.Code, code)), agent), "cdr").Shown);
    }

    [Fact]
    public async Task What_is_asked_for_is_one_of_the_two_with_a_month_where_there_are_months()
    {
        await GuardAsync();
        var of = await SubscriberAsync();
        var change = new ItemChange(of.Record, Line, 1, "13511115555");
        foreach (var (ask, at) in new[]
        {
            (new ContactCodeRequest(Purpose: Billing), "view"), (Look(of) with { Change = change }, "view"), (Look(of, month: null), "view.month"), (Look(of, month: "2026-13"), "view.month"),
            (Look(of) with { View = new CodeView(of.Record, Line, October) }, "view.month"), (Look(of) with { View = new CodeView(of.Record, ItemKey.Of("no-such")) }, "view.item"),
        })
        {
            Assert.Equal(at, Assert.Single((await NotSentAsync(of, ask)).Errors!).At);
        }

        Assert.Equal("code.scene", (await NotSentAsync(of, Look(of) with { View = new CodeView(of.Record, Line) })).Code);
        Assert.Equal("view.item", Assert.Single((await NotSentAsync(of, Look(of with { Record = of.Person.Booking }))).Errors!).At);

        // Whoever would see it masked all the same sends nobody a code.
        await PolicyAsync(Role("back-office", "ccmm", Scope.OwnUnit));
        var masked = await NotSentAsync(of, Look(of));
        Assert.NotEmpty(masked.Reasons);
        Assert.Contains(await LoggedAsync("contact-code"), entry => entry.Header.Fact.Decision != Verdict.Permit);
    }

    [Fact]
    public async Task A_childs_own_line_answers_for_nothing()
    {
        await GuardAsync();
        var of = await SubscriberAsync();
        var child = of with { Record = await RecordAsync(of.Person.Id, "subscription", null, minor: true, null, ("msisdn", "13511114444"), ("cdr", Calls)) };
        await ConsentAsync(of.Person.Id, Billing, ConsentEventKind.GiveSeparately);
        Assert.Equal("code.scene", (await NotSentAsync(child, Look(child))).Code);
        Assert.Contains(await LoggedAsync("contact-code"), entry => entry.Header.Fact is { Decision: Verdict.Deny, Reasons: ["code.scene"] });
    }

    [Theory]
    [InlineData("tries = 0")]
    [InlineData("until = until + 3600000")]
    [InlineData("used = NULL")]
    public async Task A_row_altered_in_the_database_opens_nothing(string altered)
    {
        await GuardAsync();
        var (of, agent) = (await SubscriberAsync(), await CallerAsync("back-office"));
        var (sent, code, _) = await SentAsync(of, agent);
        Assert.Equal(Shown.Clear, Item(await ShownAsync(of.Person.Id, Asked(of, new TypedCode(sent.Code, code)), agent), "cdr").Shown);
        await Db.WriteAsync(tx => tx.ExecuteAsync($"UPDATE contact_code SET {altered}"));
        Assert.Equal("code.over", await ToldAsync(of, agent, Asked(of, new TypedCode(sent.Code, code))));
    }

    [Fact]
    public async Task The_code_of_another_customer_moved_into_the_row_opens_nothing()
    {
        await GuardAsync();
        var (of, accomplice, agent) = (await SubscriberAsync(), await SubscriberAsync("13911112222", "13511113333"), await CallerAsync("back-office"));
        var (his, _, _) = await SentAsync(of, agent);
        var (own, code, _) = await SentAsync(accomplice, agent);
        await Db.WriteAsync(tx => tx.ExecuteAsync(
            "UPDATE contact_code SET hash = (SELECT hash FROM contact_code WHERE id = @own) WHERE id = @his", new { own = own.Code.Bytes, his = his.Code.Bytes }));
        Assert.Equal("code.over", await ToldAsync(of, agent, Asked(of, new TypedCode(his.Code, code))));
    }
}

public sealed class LookCodeOnSqlite() : LookCodeSuite(TestStore.Sqlite());

public sealed class LookCodeOnPostgres(PostgresServer server) : LookCodeSuite(TestStore.Postgres(server));
