using System.Net;
using System.Text.RegularExpressions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;
using Strongroom.Use.Asking;
using Strongroom.Use.Contact;
using Strongroom.Use.Correct;

namespace Strongroom.Tests.Use;

/// <summary>A customer confirms a new number by a code to the old one (domain.md §4): for that change, that person at the desk, once, and not for long.</summary>
public abstract class ContactCodeSuite(TestStore store) : UseWorld(store)
{
    private const string NewNumber = "139 0013 9000";
    private static readonly ItemKey Number = ItemKey.Of("mobile");

    private static ItemChange Change(RecordId record, string? value = NewNumber, int version = 1) => new(record, Number, version, value);

    /// <summary>A number is changed by two, or with the customer's own word.</summary>
    private Task GuardAsync(bool byCode = true) => PolicyAsync(PolicyContent.Of(PolicyKind.Scene, "contact_change", new SceneRow(
        "contact_change", "改号", "Number change", new SceneTriggerRow(SceneTrigger.Change, [Number]), [SceneMode.OnSite],
        [new ApprovalStepRow([new ApproverRow(PostKey.Of("dpo"))])], new SceneValidityRow(3_600_000, 1), ByCode: byCode)));

    private async Task<(ContactCodeAnswer Answer, string Code, string To)> SentAsync(Person person, Caller agent, ItemChange? change = null, ContactCodeTarget? to = null)
    {
        using var gateway = new Gateway(Clock);
        var taken = gateway.TakeAsync(HttpStatusCode.Accepted);
        var outcome = await Codes(gateway.Client).SendAsync(person.Id, new ContactCodeRequest(change ?? Change(person.Profile), to, Purpose: Notify), agent, Ct);
        var answer = Assert.IsType<Outcome<ContactCodeAnswer>.Done>(outcome).Value;
        var order = await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal("sms", order["by"]!.GetValue<string>());
        return (answer, Regex.Match(order["text"]!.GetValue<string>(), "验证码 ([0-9]{6}),").Groups[1].Value, order["to"]!.GetValue<string>());
    }

    private async Task<Problem> NotSentAsync(Person person, ItemChange change, ContactCodeTarget? to = null, long settledMs = 0)
    {
        using var gateway = new Gateway(Clock);
        var outcome = await Codes(gateway.Client, settledMs).SendAsync(person.Id, new ContactCodeRequest(change, to, Purpose: Notify), await CallerAsync("back-office"), Ct);
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
            all, HeldItem.Of(all, known, new HashSet<RecordId> { record }, new HashSet<ItemKey> { Number }), Change(record), new ContactCodeTarget(record, Number), known, Clock.Now)?.Code;
        Assert.Equal((null, "code.number"), (Objection(person.Profile), Objection(second)));

        // Tomorrow, since a customer is written to three times a day. A record that has none takes its first number with a code to the one there is.
        Clock.Now += 86_400_000;
        var agent = await CallerAsync("back-office");
        var bare = await RecordAsync(person.Id, "profile", null, minor: false, null, ("email", "wang@example.cn"));
        var first = Change(bare, NewNumber, 0);
        Assert.Equal("contact.no_number", (await NotSentAsync(person, first)).Code);
        var (sent, code, to) = await SentAsync(person, agent, first, new ContactCodeTarget(person.Profile, Number));
        Assert.Equal(Mobile, to);
        Assert.IsType<Outcome<CorrectAnswer>.Done>(await CorrectAsync(person, agent, new TypedCode(sent.Code, code), first));
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
