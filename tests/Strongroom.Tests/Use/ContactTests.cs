using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Use.Asking;
using Strongroom.Use.Contact;
using Strongroom.Use.Sessions;

namespace Strongroom.Tests.Use;

/// <summary>A customer is called or written to over a real HTTP gateway; whoever asked never sees the number (domain.md §5, Act without seeing).</summary>
public abstract class ContactSuite(TestStore store) : UseWorld(store)
{
    private static readonly ItemKey Number = ItemKey.Of("mobile");

    private static ContactRequest Call(RecordId record, ServiceSessionId? session = null) => new(ContactWay.Call, record, Number, Purpose: Notify, Session: session);

    [Fact]
    public async Task A_call_hands_the_number_to_the_gateway_and_to_nobody_else()
    {
        using var gateway = new Gateway(Clock);
        var (person, agent) = (await PersonAsync(), await CallerAsync("call-agent"));
        var session = Assert.IsType<Outcome<SessionAnswer>.Done>(await Service.OpenAsync(new SessionRequest("call 4711", Notify, person.Id), agent, Ct)).Value;
        var taken = gateway.TakeAsync(HttpStatusCode.Accepted);

        var answer = Done(await Contact(gateway.Client).ReachAsync(person.Id, new(ContactWay.Call, person.Profile, Number, Session: session.Id), agent, Ct));
        var order = await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal((Mobile, "call", answer.Entry.ToString(), agent.Actor.Person.ToString()), (
            order["to"]!.GetValue<string>(), order["by"]!.GetValue<string>(), order["id"]!.GetValue<string>(), order["agent"]!.GetValue<string>()));
        Assert.Null(order["text"]);
        NoValueIn(answer);

        var entry = Assert.Single(await LoggedAsync("contact-call"));
        Assert.Equal((Verdict.Permit, Notify, "mobile"), (entry.Header.Fact.Decision, entry.Header.Fact.Purpose, Assert.Single(entry.Header.Fact.Items).Value));
        Assert.DoesNotContain(Mobile, Encoding.UTF8.GetString(entry.Body), StringComparison.Ordinal);
        Assert.Empty(await LoggedAsync("contact-failed"));
    }

    [Fact]
    public async Task A_message_is_one_of_the_fixed_texts_in_the_language_asked_for()
    {
        using var gateway = new Gateway(Clock);
        var person = await PersonAsync();
        var clerk = await CallerAsync("back-office");
        var taken = gateway.TakeAsync(HttpStatusCode.OK);
        Done(await Contact(gateway.Client).ReachAsync(
            person.Id, new(ContactWay.Sms, person.Profile, Number, Text: "journey-changed", Locale: "en", Purpose: Notify), clerk, Ct));
        Assert.Equal(ContactTexts.Find("journey-changed")!.Text.En, (await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct))["text"]!.GetValue<string>());

        var wrong = Refused(await Contact(gateway.Client).ReachAsync(person.Id, new(ContactWay.Sms, person.Profile, Number, Text: "free words", Purpose: Notify), clerk, Ct));
        Assert.Equal((422, "text"), (wrong.Status, Assert.Single(wrong.Errors).At));
        var name = Refused(await Contact(gateway.Client).ReachAsync(person.Id, new(ContactWay.Call, person.Profile, ItemKey.Of("name"), Purpose: Notify), clerk, Ct));
        Assert.Equal((422, "item"), (name.Status, Assert.Single(name.Errors).At));
    }

    [Fact]
    public async Task Without_a_right_a_purpose_or_the_call_nothing_is_opened()
    {
        using var gateway = new Gateway(Clock);
        var person = await PersonAsync();
        var contact = Contact(gateway.Client);
        var opened = Keys.Opened;

        // Fulfilling a contract does not use the phone number; an agent without a call has nobody before him; the auditor contacts nobody.
        var clerk = await CallerAsync("back-office");
        Assert.Contains(Reasons.PurposeItemOutside, Refused(await contact.ReachAsync(person.Id, Call(person.Profile) with { Purpose = Fulfil }, clerk, Ct)).Reasons);
        Assert.Equal(404, Refused(await contact.ReachAsync(person.Id, Call(person.Profile), await CallerAsync("call-agent"), Ct)).Status);
        Assert.Equal(403, Refused(await contact.ReachAsync(person.Id, Call(person.Profile), await CallerAsync("auditor"), Ct)).Status);
        Assert.Equal(404, Refused(await contact.ReachAsync(CustomerId.New(), Call(person.Profile), clerk, Ct)).Status);
        Assert.Equal(opened, Keys.Opened);
        Assert.False(gateway.WasAsked);
        Assert.All(await LoggedAsync("contact-call"), entry => Assert.NotEqual(Verdict.Permit, entry.Header.Fact.Decision));
    }

    [Fact]
    public async Task Without_a_gateway_nothing_is_opened_and_it_says_so()
    {
        var person = await PersonAsync();
        var opened = Keys.Opened;
        var problem = Refused(await Contact(new NoContactGateway()).ReachAsync(person.Id, Call(person.Profile), await CallerAsync("back-office"), Ct));
        Assert.Equal((503, "contact.none"), (problem.Status, problem.Code));
        Assert.Equal(opened, Keys.Opened);
        Assert.Equal(["contact.none"], Assert.Single(await LoggedAsync("contact-failed")).Header.Fact.Reasons);
    }

    [Fact]
    public async Task A_gateway_that_refuses_redirects_or_is_gone_is_said_and_the_number_waits_nowhere()
    {
        var (person, clerk) = (await PersonAsync(), await CallerAsync("back-office"));
        using (var gateway = new Gateway(Clock))
        {
            foreach (var (status, told) in new[] { (HttpStatusCode.BadGateway, "contact.unsure"), (HttpStatusCode.TemporaryRedirect, "contact.failed") })
            {
                var taken = gateway.TakeAsync(status);
                var problem = Refused(await Contact(gateway.Client).ReachAsync(person.Id, Call(person.Profile), clerk, Ct));
                await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
                NoValueIn(problem);
                Assert.Equal((503, told), (problem.Status, problem.Code));
            }

            Assert.Equal(2, gateway.Asked);
            gateway.Dispose();
            Assert.Equal("contact.failed", Refused(await Contact(gateway.Client).ReachAsync(person.Id, Call(person.Profile), clerk, Ct)).Code);
        }

        Assert.Equal(["contact.307", "contact.unreachable", "contact.unsure"], (await LoggedAsync("contact-failed")).SelectMany(entry => entry.Header.Fact.Reasons).Order(StringComparer.Ordinal));
        Assert.Equal(0, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM outbox"), Ct));
    }

    [Fact]
    public async Task Pressed_twice_or_asked_again_after_a_lost_answer_calls_once()
    {
        using var gateway = new Gateway(Clock);
        var contact = Contact(gateway.Client);
        var (person, clerk, colleague) = (await PersonAsync(), await CallerAsync("back-office"), await CallerAsync("back-office"));
        var taken = gateway.TakeAsync(HttpStatusCode.OK);
        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => contact.ReachAsync(person.Id, Call(person.Profile), clerk, Ct, "press-1"))));
        await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        var first = both.OfType<Outcome<ContactAnswer>.Done>().First().Value;
        Assert.All(both, one => Assert.True(one is Outcome<ContactAnswer>.Done done ? done.Value.Entry == first.Entry : Code(one) == (409, "idempotency.busy")));
        Assert.Equal(first.Entry, Done(await contact.ReachAsync(person.Id, Call(person.Profile), clerk, Ct, "press-1")).Entry);
        Assert.Equal((1, 1), (gateway.Asked, (await LoggedAsync("contact-call")).Count));

        // The key is for this very request of this very person, and rights are looked at each time.
        Assert.Equal((409, "idempotency.mismatch"), Code(await contact.ReachAsync(person.Id, Call(person.Profile) with { Ticket = "T-1" }, clerk, Ct, "press-1")));
        Assert.Equal("Idempotency-Key", Assert.Single(Refused(await contact.ReachAsync(person.Id, Call(person.Profile), clerk, Ct, "press 1")).Errors).At);
        var other = gateway.TakeAsync(HttpStatusCode.OK);
        Done(await contact.ReachAsync(person.Id, Call(person.Profile), colleague, Ct, "press-1"));
        await other.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await PolicyAsync(PolicyContent.Of(PolicyKind.Duty, "training", new DutyRow("training", (Level)1)));
        Assert.Contains(Reasons.TrainingLapsed, Refused(await contact.ReachAsync(person.Id, Call(person.Profile), clerk, Ct, "press-1")).Reasons);
        Assert.Equal(2, gateway.Asked);
    }

    [Fact]
    public async Task What_failed_is_told_again_and_reaches_nobody_the_second_time()
    {
        using var gateway = new Gateway(Clock);
        var contact = Contact(gateway.Client);
        var (person, clerk) = (await PersonAsync(), await CallerAsync("back-office"));
        var taken = gateway.TakeAsync(HttpStatusCode.BadGateway);
        Assert.Equal((503, "contact.unsure"), Code(await contact.ReachAsync(person.Id, Call(person.Profile), clerk, Ct, "press-1")));
        await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal((503, "contact.unsure"), Code(await contact.ReachAsync(person.Id, Call(person.Profile), clerk, Ct, "press-1")));
        Assert.Equal((1, 1, 1), (gateway.Asked, (await LoggedAsync("contact-call")).Count, (await LoggedAsync("contact-failed")).Count));
    }

    [Fact]
    public async Task A_record_without_the_number_contacts_nobody()
    {
        using var gateway = new Gateway(Clock);
        var person = await PersonAsync(mobile: null);
        Assert.Equal("contact.no_number", Refused(await Contact(gateway.Client).ReachAsync(person.Id, Call(person.Profile), await CallerAsync("back-office"), Ct)).Code);
        Assert.False(gateway.WasAsked);
    }

    [Fact]
    public async Task Nobody_is_called_without_end_and_what_is_refused_is_said()
    {
        using var gateway = new Gateway(Clock);
        var contact = Contact(gateway.Client);
        var (person, other, third) = (await PersonAsync(), await PersonAsync(mobile: "13911112222"), await PersonAsync(mobile: "13933334444"));
        var (clerk, colleague) = (await CallerAsync("back-office"), await CallerAsync("back-office"));
        async Task<Outcome<ContactAnswer>> TakenAsync(Person whom, Caller who)
        {
            var taken = gateway.TakeAsync(HttpStatusCode.OK);
            var answer = await contact.ReachAsync(whom.Id, Call(whom.Profile), who, Ct);
            await taken.WaitAsync(TimeSpan.FromSeconds(30), Ct);
            return answer;
        }

        // Three a day to one customer, whoever calls; four an hour by one person, whomever he calls.
        Done(await TakenAsync(person, clerk));
        Done(await TakenAsync(person, clerk));
        Done(await TakenAsync(person, colleague));
        Assert.Equal((429, "contact.limit"), Code(await contact.ReachAsync(person.Id, Call(person.Profile), colleague, Ct)));
        Done(await TakenAsync(other, clerk));
        Done(await TakenAsync(other, clerk));
        Assert.Equal((429, "contact.limit"), Code(await contact.ReachAsync(third.Id, Call(third.Profile), clerk, Ct)));
        Assert.Equal(5, gateway.Asked);
        Assert.Equal(2, (await LoggedAsync("contact-call")).Count(entry => entry.Header.Fact is { Decision: Verdict.Deny, Reasons: ["contact.limit"] }));

        // Whoever may not contact him learns nothing of the counts.
        Assert.Equal(403, Refused(await contact.ReachAsync(person.Id, Call(person.Profile), await CallerAsync("auditor"), Ct)).Status);

    }

    [Fact]
    public async Task A_lapsed_duty_keeps_from_calling_as_from_looking()
    {
        using var gateway = new Gateway(Clock);
        var (person, clerk) = (await PersonAsync(), await CallerAsync("back-office"));
        await PolicyAsync(PolicyContent.Of(PolicyKind.Duty, "training", new DutyRow("training", (Level)1)));
        var problem = Refused(await Contact(gateway.Client).ReachAsync(person.Id, Call(person.Profile), clerk, Ct));
        Assert.Contains(Reasons.TrainingLapsed, problem.Reasons);
        Assert.False(gateway.WasAsked);
    }

    private static T Done<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Done>(outcome).Value;

    private static (int, string) Code<T>(Outcome<T> outcome) => Refused(outcome) is var problem ? (problem.Status, problem.Code) : default;

    private static Problem Refused<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Refused>(outcome).Problem;
}

public sealed class ContactOnSqlite() : ContactSuite(TestStore.Sqlite());

public sealed class ContactOnPostgres(PostgresServer server) : ContactSuite(TestStore.Postgres(server));
