using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Tests.Harness;
using Strongroom.Use;
using Strongroom.Use.Asking;
using Strongroom.Use.Compare;
using Strongroom.Use.Sessions;
using Strongroom.Use.View;

namespace Strongroom.Tests.Use;

public abstract class SessionSuite(TestStore store) : UseWorld(store)
{
    private static Dictionary<ItemKey, Said?> Says(params (string Item, string Value, ComparePart Part)[] said) =>
        said.ToDictionary(one => ItemKey.Of(one.Item), one => (Said?)new Said(one.Value, one.Part));

    private async Task<Compared> TryAsync(CustomerId customer, Dictionary<ItemKey, Said?> said, Caller caller, ServiceSessionId? session = null)
    {
        var compared = await Compare.TryAsync(customer, new CompareRequest(said, Notify, null, session), caller, Ct);
        if (compared is Compared.Refused refused)
        {
            NoValueIn(refused.Problem);
        }

        return compared;
    }

    private async Task<SessionAnswer> OpenAsync(Caller agent, CustomerId? customer = null) => Done(await Service.OpenAsync(new SessionRequest("call 4711", Notify, customer), agent, Ct));

    private static T Done<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Done>(outcome).Value;

    private static Problem Refused<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Refused>(outcome).Problem;

    [Fact]
    public async Task Match_or_no_match_and_never_a_value()
    {
        var person = await PersonAsync(idNo: IdNo);
        var done = Assert.IsType<Compared.Done>(await TryAsync(
            person.Id, Says(("mobile", "138 0013 8000", ComparePart.Whole), ("id_no", "002x", ComparePart.Last4), ("birth", "1950-01-01", ComparePart.Whole), ("email", "a@example.cn", ComparePart.Whole)),
            await CallerAsync("back-office")));
        Assert.Equal([("birth", Match.NoMatch), ("email", Match.NoMatch), ("id_no", Match.Match), ("mobile", Match.Match)],
            done.Items.OrderBy(item => item.Key).Select(item => (item.Key.Value, item.Value)));
        Assert.Equal(2, done.TriesLeft);
        var entry = Assert.Single(await LoggedAsync("compare"));
        Assert.Equal(4, entry.Header.Fact.Items.Count);
        foreach (var said in new[] { "002x", "13800138000", "138 0013 8000", "1950-01-01", "example.cn" })   // no bare digits: ids are random hex
        {
            Assert.DoesNotContain(said, System.Text.Encoding.UTF8.GetString(entry.Body), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Three_tries_for_a_customer_and_hour_whoever_tries()
    {
        var person = await PersonAsync();
        var other = await PersonAsync(pnr: "AAAAA2");
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<Compared.Done>(await TryAsync(person.Id, Says(("birth", $"1950-01-0{i + 1}", ComparePart.Whole)), await CallerAsync("back-office")));
        }

        var opened = Keys.Opened;
        var refused = Assert.IsType<Compared.Refused>(await TryAsync(person.Id, Says(("birth", Birth, ComparePart.Whole)), await CallerAsync("back-office")));
        Assert.Equal((403, "compare.tries"), (refused.Problem.Status, refused.Problem.Code));
        Assert.Equal(opened, Keys.Opened);
        Assert.Equal("compare.tries", Assert.Single((await LoggedAsync("compare")).Single(entry => entry.Header.Fact.Decision == Verdict.Deny).Header.Fact.Reasons));
        Assert.IsType<Compared.Done>(await TryAsync(other.Id, Says(("birth", Birth, ComparePart.Whole)), await CallerAsync("back-office")));

        Clock.Now += 3_600_000;
        Assert.IsType<Compared.Done>(await TryAsync(person.Id, Says(("birth", Birth, ComparePart.Whole)), await CallerAsync("back-office")));
    }

    [Fact]
    public async Task A_session_about_somebody_else_or_of_somebody_else_gives_no_more_tries_and_an_out_of_reach_customer_stays_unknown()
    {
        var (person, other, foreign) = (await PersonAsync(), await PersonAsync(pnr: "AAAAA2"), await PersonAsync(entity: Hotel, pnr: "AAAAA3"));
        var caller = await CallerAsync("back-office");
        var sessions = new[] { (await OpenAsync(caller, other.Id)).Id, (await OpenAsync(await CallerAsync("back-office"), person.Id)).Id, ServiceSessionId.New() };
        var wrong = Says(("birth", "1950-01-01", ComparePart.Whole));
        foreach (var session in sessions)
        {
            Assert.IsType<Compared.Done>(await TryAsync(person.Id, wrong, caller, session));
        }

        Assert.Equal("compare.tries", Assert.IsType<Compared.Refused>(await TryAsync(person.Id, wrong, caller, sessions[0])).Problem.Code);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(404, Assert.IsType<Compared.Refused>(await TryAsync(foreign.Id, wrong, caller)).Problem.Status);
        }
    }

    [Fact]
    public async Task ParallelTries_NeverMoreThanThree()
    {
        var person = await PersonAsync();
        var caller = await CallerAsync("back-office");
        var tries = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => TryAsync(person.Id, Says(("birth", $"1950-01-0{i + 1}", ComparePart.Whole)), caller)));
        Assert.InRange(tries.OfType<Compared.Done>().Count(), 1, 3);
        Assert.Equal(tries.OfType<Compared.Done>().Count(), (await LoggedAsync("compare")).Count(entry => entry.Header.Fact.Decision == Verdict.Permit));
    }

    [Fact]
    public async Task Two_proofs_open_what_the_post_may_see_of_a_verified_caller()
    {
        var person = await PersonAsync(idNo: IdNo);
        var agent = await CallerAsync("call-agent");
        var ask = new ViewRequest(Items: Items("mobile"), Clear: Items("mobile"));
        Assert.Equal(404, (await RefusedAsync(person.Id, ask with { Purpose = Notify }, agent)).Status);

        var session = await OpenAsync(agent);
        Assert.Equal(Reasons.SessionNoCustomer.Code, Refused(await Service.VerifyAsync(session.Id, new VerifyRequest(Says(("birth", Birth, ComparePart.Whole))), agent, Ct)).Code);
        Done(await Service.AttachAsync(session.Id, person.Id, agent, Ct));
        var inside = ask with { Session = session.Id };
        Assert.Equal(Shown.Masked, Item(await ShownAsync(person.Id, inside, agent), "mobile").Shown);

        var first = Done(await Service.VerifyAsync(session.Id, new VerifyRequest(Says(("birth", Birth, ComparePart.Whole), ("pnr", "AAAAAA", ComparePart.Whole))), agent, Ct));
        Assert.Equal((false, CallerProof.Birth, 2), (first.Verified, Assert.Single(first.Session.Proved), first.Tries));
        var second = Done(await Service.VerifyAsync(session.Id, new VerifyRequest(Says(("pnr", "ab3xyz", ComparePart.Whole))), agent, Ct));
        Assert.True(second.Verified);
        Assert.Equal(Mobile, Item(await ShownAsync(person.Id, inside, agent), "mobile").Value);

        // Nobody else serves in this session, and it ends by itself.
        Assert.Equal(404, (await RefusedAsync(person.Id, inside with { Purpose = Notify }, await CallerAsync("call-agent"))).Status);
        Assert.Equal(["proved.birth", "proved.booking"], Assert.Single(await LoggedAsync(UseFacts.CallerVerified)).Header.Fact.Reasons);
        Clock.Now += 61 * 60_000;
        Assert.Equal(404, (await RefusedAsync(person.Id, inside with { Purpose = Notify }, agent)).Status);
    }

    [Fact]
    public async Task After_three_tries_a_session_verifies_nobody_and_a_new_customer_gives_no_new_tries()
    {
        var person = await PersonAsync(idNo: IdNo);
        var other = await PersonAsync(pnr: "AAAAA2");
        var agent = await CallerAsync("call-agent");
        var session = await OpenAsync(agent, person.Id);
        for (var i = 0; i < 3; i++)
        {
            Assert.False(Done(await Service.VerifyAsync(session.Id, new VerifyRequest(Says(("birth", $"1950-01-0{i + 1}", ComparePart.Whole))), agent, Ct)).Verified);
        }

        var right = new VerifyRequest(Says(("birth", Birth, ComparePart.Whole), ("pnr", Pnr, ComparePart.Whole)));
        Assert.Equal("compare.tries", Refused(await Service.VerifyAsync(session.Id, right, agent, Ct)).Code);
        Done(await Service.AttachAsync(session.Id, other.Id, agent, Ct));
        Assert.Equal("compare.tries", Refused(await Service.VerifyAsync(session.Id, right, agent, Ct)).Code);
        Assert.Equal(3, (await LoggedAsync(UseFacts.CallerNotVerified)).Count);
        var answer = await ShownAsync(other.Id, new ViewRequest(Session: session.Id, Items: Items("mobile"), Clear: Items("mobile")), agent);
        Assert.Equal((null, Shown.Withheld), (Item(answer, "mobile").Value, Item(answer, "mobile").Shown));
        Assert.Contains("compare.tries", Item(answer, "mobile").Reasons);
    }

    [Fact]
    public async Task Names_and_telephone_numbers_verify_nobody()
    {
        var agent = await CallerAsync("call-agent");
        var session = await OpenAsync(agent, (await PersonAsync()).Id);
        var problem = Refused(await Service.VerifyAsync(session.Id, new VerifyRequest(Says(("name", Name, ComparePart.Whole), ("mobile", Mobile, ComparePart.Whole))), agent, Ct));
        Assert.Equal((422, 2), (problem.Status, problem.Errors.Count));
        NoValueIn(problem);
    }

    [Fact]
    public async Task Unknown_and_foreign_customers_cannot_be_named_and_others_cannot_act_in_a_session()
    {
        var person = await PersonAsync(entity: Hotel);
        var agent = await CallerAsync("call-agent");
        var session = await OpenAsync(agent);
        Assert.Equal(404, Refused(await Service.AttachAsync(session.Id, person.Id, agent, Ct)).Status);
        Assert.Equal(404, Refused(await Service.AttachAsync(session.Id, CustomerId.New(), agent, Ct)).Status);
        Assert.Equal(2, (await LoggedAsync(UseFacts.SessionCustomer)).Count);
        Assert.Equal(Reasons.SessionEnded.Code, Refused(await Service.CloseAsync(session.Id, null, await CallerAsync("call-agent"), Ct)).Code);
        Done(await Service.CloseAsync(session.Id, null, agent, Ct));
        Assert.Equal(Reasons.SessionEnded.Code, Refused(await Service.AttachAsync(session.Id, person.Id, agent, Ct)).Code);
    }

    [Fact]
    public async Task A_note_is_kept_sealed_with_the_entry_and_refuses_identifiers()
    {
        var agent = await CallerAsync("call-agent");
        var session = await OpenAsync(agent);
        var refused = Refused(await Service.CloseAsync(session.Id, $"回电 {Mobile}", agent, Ct));
        Assert.Equal((422, Reasons.NoteIdentifier.Code), (refused.Status, refused.Code));
        NoValueIn(refused);
        Assert.Equal(422, Refused(await Service.CloseAsync(session.Id, new string('a', 1001), agent, Ct)).Status);
        Assert.Empty(await LoggedAsync(UseFacts.SessionClosed));
        Done(await Service.CloseAsync(session.Id, "改签咨询", agent, Ct));
        Assert.Equal("改签咨询", Assert.Single(await LoggedAsync(UseFacts.SessionClosed)).Details!.Reason);
    }

    [Fact]
    public async Task DbaMarksTheCallerVerified_TheSessionCountsNoMore()
    {
        var person = await PersonAsync();
        var agent = await CallerAsync("call-agent");
        var session = await OpenAsync(agent, person.Id);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE service_session SET verified = opened"), Ct);
        Assert.Equal(404, (await RefusedAsync(person.Id, new ViewRequest(Notify, Session: session.Id, Clear: Items("mobile")), agent)).Status);
    }

    [Fact]
    public async Task The_calls_number_is_nowhere_in_clear()
    {
        var session = await OpenAsync(await CallerAsync("call-agent"));
        var stored = await Sessions.FindAsync(session.Id, Ct);
        Assert.Equal("call 4711", Sessions.Reference(stored!));
        Assert.DoesNotContain("4711", System.Text.Encoding.UTF8.GetString(stored!.Reference));
        Assert.Equal("call 4711", Assert.Single(await LoggedAsync(UseFacts.SessionOpened)).Details!.Ticket);
    }
}

public sealed class SessionsOnSqlite() : SessionSuite(TestStore.Sqlite());

public sealed class SessionsOnPostgres(PostgresServer server) : SessionSuite(TestStore.Postgres(server));
