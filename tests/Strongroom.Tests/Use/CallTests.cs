using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Use;
using Strongroom.Use.Asking;
using Strongroom.Use.Calls;
using Strongroom.Use.Sessions;
using Strongroom.Use.View;
using static Strongroom.Tests.Harness.Outcomes;

namespace Strongroom.Tests.Use;

/// <summary>The telephone system rings an agent and hangs up, and opens nothing itself (domain.md §5, R118, decision 0029).</summary>
public abstract class CallSuite(TestStore store) : UseWorld(store)
{
    private protected const string Reference = "TEL-20261122-0193", Caller138 = "+86 138-0013-8000";

    private protected static readonly LogFact Made = new() { Act = FactName.Of("person-created"), Actor = LogActor.System };

    private int owners;

    private protected async Task<PersonId> HiredAsync(string account, string post = "call-agent", MemberState state = MemberState.Active, UnitId? unit = null, long from = 0)
    {
        var (id, hash) = (PersonId.New(), new Secrets(Ring.Mac).HashAccount(account));
        await Db.WriteAsync(async tx =>
        {
            await AccountClaimStore.ClaimAsync(tx, hash, id);
            await Control.SaveAsync(tx, ControlKey.Of(Members.Person, id), 0, new PersonContent
            {
                AccountMac = hash, Names = [], Password = [], MustChangePassword = false, PasswordAt = 0, Locale = "zh", State = state,
                Posts = [new HeldPost(PostKey.Of(post), unit ?? Desk, from, null)],
            }, Made);
        });
        return id;
    }

    /// <summary>A telephone system whose owner stands at the desk.</summary>
    private protected async Task<Caller> SystemAsync()
    {
        var (client, owner) = (ClientId.New(), await HiredAsync($"owner-{++owners}", "back-office"));
        await Db.WriteAsync(tx => Control.SaveAsync(tx, ControlKey.Of(Members.Client, client), 0, new ClientRequest(
            "电话系统", owner, [ClientScope.Calls], 60, 60, Clock.Now + 86_400_000, [Fulfil, Notify]).ToContent(), Made));
        async Task<Actor> NowAsync() => new()
        {
            Kind = ActorKind.Client, Client = client, Person = owner, Scopes = [ClientScope.Calls], Purposes = [Fulfil, Notify], ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync),
        };
        return new Caller(await NowAsync(), (_, _) => NowAsync());
    }

    private protected Task<Outcome<CallAnnounced>> RingAsync(Caller system, string agent = "agent-1", string? number = Caller138, PurposeKey? purpose = null, string? key = null) =>
        Telephony.OpenAsync(new CallRequest(agent, Reference, purpose ?? Notify, number), key, system, Ct);

    private protected async Task<(Caller System, Caller Agent, CallId Call)> RingingAsync(string? number = Caller138)
    {
        var (system, agent) = (await SystemAsync(), await HiredAsync("agent-1"));
        return (system, await CallerAsync("call-agent", agent), Done(await RingAsync(system, number: number)).Id);
    }

    private protected async Task<CallList> ListAsync(Caller agent) => Done(await AtDesk.ListAsync(agent, Ct));

    [Fact]
    public async Task A_call_rings_is_taken_finds_its_caller_and_is_over_when_the_telephone_system_says_so()
    {
        var person = await PersonAsync();
        var (system, agent, id) = await RingingAsync();

        var waiting = Assert.Single((await ListAsync(agent)).Calls);
        Assert.Equal((CallState.Waiting, "138****8000", Reference, Notify), (waiting.State, waiting.Number, waiting.Reference, waiting.Purpose));
        NoValueIn(waiting with { Number = null });
        await ListAsync(agent);
        Assert.Equal("waiting_call", Assert.Single(Assert.Single(await LoggedAsync(UseFacts.CallRang)).Header.Fact.Rows).Table);

        var taken = Done(await AtDesk.TakeAsync(id, agent, Ct));
        Assert.Equal((Reference, "138****8000", Notify, false), (taken.Reference, taken.Number, taken.Session.Purpose, taken.Session.Verified));
        var opened = Assert.Single(await LoggedAsync(UseFacts.SessionOpened));
        Assert.Equal((ActorKind.Person.ToString().ToLowerInvariant(), "waiting_call"), (Kebab.Of(opened.Header.Fact.Actor.Kind), Assert.Single(opened.Header.Fact.Rows).Table));
        Assert.Equal(Reference, opened.Details!.Ticket);

        var found = Assert.Single(Done(await AtDesk.CandidatesAsync(id, agent, Ct)).Customers);
        Assert.Equal((person.Id, null), (found.Id, found.Name));
        Done(await Service.AttachAsync(taken.Session.Id, person.Id, agent, Ct));
        Assert.Equal(CallState.Taken, Assert.Single((await ListAsync(agent)).Calls).State);
        var look = new ViewRequest(Session: taken.Session.Id, Items: Items("mobile"));
        Assert.Equal("138****8000", Item(await ShownAsync(person.Id, look, agent), "mobile").Value);

        await NowhereInClearAsync(id);
        Done(await Telephony.CloseAsync(id, system, Ct));
        Assert.Equal(404, (await RefusedAsync(person.Id, look with { Purpose = Notify }, agent)).Status);
        var over = Assert.Single((await ListAsync(agent)).Calls);
        Assert.Equal((CallState.Ended, taken.Session.Id, null), (over.State, over.Session, over.Number));
        var closed = Assert.Single(await LoggedAsync(UseFacts.CallClosed)).Header;
        Assert.Equal((system.Actor.AsLogActor(), true), (closed.Fact.Actor, closed.Customer is not null));

        // The session opens nothing more, and the note is still taken: once.
        Assert.Equal("service.ended", Refused(await Service.AttachAsync(taken.Session.Id, person.Id, agent, Ct)).Code);
        Assert.Equal("note.identifier", Assert.Single(Refused(await Service.CloseAsync(taken.Session.Id, $"回电 {Mobile}", agent, Ct)).Errors).Code);
        Done(await Service.CloseAsync(taken.Session.Id, "改签咨询", agent, Ct));
        Assert.Equal("改签咨询", Assert.Single(await LoggedAsync(UseFacts.SessionClosed)).Details!.Reason);
        Assert.Equal("service.ended", Refused(await Service.CloseAsync(taken.Session.Id, "again", agent, Ct)).Code);
        Assert.Empty((await ListAsync(agent)).Calls);
    }

    private async Task NowhereInClearAsync(CallId id)
    {
        var row = (await Db.ReadAsync(tx => WaitingCallStore.FindAsync(tx, id)))!;
        foreach (var stored in new[] { row.Reference, row.Number! })
        {
            Assert.DoesNotContain("13800138000", Encoding.UTF8.GetString(stored), StringComparison.Ordinal);
            Assert.DoesNotContain(Reference, Encoding.UTF8.GetString(stored), StringComparison.Ordinal);
        }

        foreach (var act in new[] { UseFacts.CallOpened, UseFacts.CallRang, UseFacts.SessionOpened, UseFacts.Find })
        {
            var entry = Assert.Single(await LoggedAsync(act));
            Assert.DoesNotContain("138001", Encoding.UTF8.GetString(entry.Body), StringComparison.Ordinal);
            Assert.DoesNotContain("138001", System.Text.Json.JsonSerializer.Serialize(entry.Details), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_call_is_its_agents_alone_once_and_for_minutes()
    {
        var (system, agent, id) = await RingingAsync();
        var other = await CallerAsync("call-agent", await HiredAsync("agent-2"));
        Assert.Empty((await ListAsync(other)).Calls);
        Assert.Equal("call.over", Refused(await AtDesk.TakeAsync(id, other, Ct)).Code);
        Assert.Equal("call.over", Refused(await AtDesk.TakeAsync(CallId.New(), agent, Ct)).Code);
        Assert.Equal("call.over", Refused(await AtDesk.CandidatesAsync(id, agent, Ct)).Code);
        Assert.Equal("not.found", Refused(await Telephony.CloseAsync(id, await SystemAsync(), Ct)).Code);

        agent = new Caller(await agent.AgainAsync(agent.Actor, Ct), agent.AgainAsync);
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AtDesk.TakeAsync(id, agent, Ct)));
        Assert.Single(all.OfType<Outcome<CallTaken>.Done>());
        Assert.Single(await LoggedAsync(UseFacts.SessionOpened));
        Assert.Equal("call.over", Refused(await AtDesk.CandidatesAsync(id, other, Ct)).Code);

        // Nobody takes it: it ends by itself, and is swept.
        var late = Done(await RingAsync(system));
        Clock.Now = late.Until;
        Assert.Equal("call.over", Refused(await AtDesk.TakeAsync(late.Id, agent, Ct)).Code);
        Assert.DoesNotContain((await ListAsync(agent)).Calls, call => call.Id == late.Id);
        Clock.Now += new UseOptions().SessionMs + 1;
        using var sweeper = new UseSweeper(Db, Clock, NullLogger<UseSweeper>.Instance);
        await sweeper.SweepAsync(Ct);
        Assert.Null(await Db.ReadAsync(tx => Ringing.FindAsync(tx, late.Id)));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_before_anybody_took_it_is_forgotten_and_the_agents_own_end_takes_the_number_with_it()
    {
        var (system, agent, id) = await RingingAsync();
        var ended = Done(await Telephony.CloseAsync(id, system, Ct));
        Assert.Equal(ended, Done(await Telephony.CloseAsync(id, system, Ct)));
        Assert.Empty((await ListAsync(agent)).Calls);
        Assert.Equal("call.over", Refused(await AtDesk.TakeAsync(id, agent, Ct)).Code);
        Assert.Null((await Db.ReadAsync(tx => Ringing.FindAsync(tx, id)))!.Number);

        var second = Done(await RingAsync(system)).Id;
        var taken = Done(await AtDesk.TakeAsync(second, agent, Ct));
        Done(await Service.CloseAsync(taken.Session.Id, null, agent, Ct));
        var row = (await Db.ReadAsync(tx => Ringing.FindAsync(tx, second)))!;
        Assert.True(row is { Number: null, Ended: not null, Noted: not null });
        Assert.Equal(row.Ended, Done(await Telephony.CloseAsync(second, system, Ct)).Ended);

        // The time for a note ends, and it is nobody else's.
        var third = Done(await RingAsync(system)).Id;
        var session = Done(await AtDesk.TakeAsync(third, agent, Ct)).Session.Id;
        Done(await Telephony.CloseAsync(third, system, Ct));
        Assert.Equal("service.ended", Refused(await Service.CloseAsync(session, "x", await CallerAsync("call-agent"), Ct)).Code);
        Clock.Now += new UseOptions().WrapUpMs;
        Assert.Equal("service.ended", Refused(await Service.CloseAsync(session, "x", agent, Ct)).Code);
    }

    [Fact]
    public async Task Several_with_one_number_are_told_apart_by_masked_names_and_a_withheld_number_finds_nobody()
    {
        await PersonAsync();
        await PersonAsync(name: "王芳", pnr: "AAAAA2");
        var (system, agent, id) = await RingingAsync();
        var session = Done(await AtDesk.TakeAsync(id, agent, Ct)).Session.Id;
        var found = Done(await AtDesk.CandidatesAsync(id, agent, Ct)).Customers;
        Assert.Equal(["欧阳**", "王*"], found.Select(one => one.Name!).Order(StringComparer.Ordinal).OrderByDescending(name => name.Length));
        NoValueIn(found);
        Assert.Equal(2, (await LoggedAsync(UseFacts.View)).Count(entry => entry.Header.Fact is { Decision: Verdict.Permit }));
        Assert.Null((await Sessions.FindAsync(session, Ct))!.Customer);

        // Nothing was attached by looking: the card itself stays shut.
        Assert.Equal(404, (await RefusedAsync(found[0].Id, new ViewRequest(Session: session, Purpose: Notify), agent)).Status);

        Done(await Service.CloseAsync(session, null, agent, Ct));
        var withheld = Done(await RingAsync(system, number: null)).Id;
        Assert.Null(Done(await AtDesk.TakeAsync(withheld, agent, Ct)).Number);
        Assert.Empty(Done(await AtDesk.CandidatesAsync(withheld, agent, Ct)).Customers);
    }

    [Fact]
    public async Task A_row_altered_in_the_database_counts_as_absent()
    {
        var (system, agent, _) = await RingingAsync();
        var other = await HiredAsync("agent-2");
        system = new Caller(await system.AgainAsync(system.Actor, Ct), system.AgainAsync);
        await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM waiting_call"));
        foreach (var altered in new[]
        {
            "agent = @other", "client = @other", "number = reference", "reference = number", "purpose = 'market'", "channel = @other", "begun = begun + 1",
            "until = until + 3600000", "rang = begun", "session = @other", "ended = begun", "noted = begun", "version = 2",
        })
        {
            var id = Done(await RingAsync(system)).Id;
            await Db.WriteAsync(tx => tx.ExecuteAsync($"UPDATE waiting_call SET {altered} WHERE id = @id", new { other = other.Bytes, id = id.Bytes }));
            foreach (var one in new[] { agent, await CallerAsync("call-agent", other) })
            {
                Assert.Empty((await ListAsync(one)).Calls);
                Assert.Equal("call.over", Refused(await AtDesk.TakeAsync(id, one, Ct)).Code);
            }

            Assert.Equal("not.found", Refused(await Telephony.CloseAsync(id, system, Ct)).Code);
            await Db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM waiting_call"));
        }
    }
}

public sealed class CallsOnSqlite() : CallSuite(TestStore.Sqlite())
{
    // What no engine has a part in.
    [Fact]
    public async Task Whoever_cannot_serve_now_is_refused_in_the_same_words_as_who_is_not_there()
    {
        var system = await SystemAsync();
        await Db.WriteAsync(tx => Control.SaveAsync(tx, new ControlKey(Members.Unit, 80), 0, new UnitContent(Hotel, null, "前台", MemberState.Active), Made));
        var present = await HiredAsync("agent-1");
        await HiredAsync("left", state: MemberState.Suspended);
        await HiredAsync("elsewhere", unit: UnitId.From(80));
        await HiredAsync("marketer", "marketing");
        await HiredAsync("tomorrow", from: Clock.Now + 86_400_000);
        var mapped = await HiredAsync("mapped");
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE account_claim SET person = @present WHERE person = @mapped", new { present = present.Bytes, mapped = mapped.Bytes }));
        var told = new List<string>();
        foreach (var agent in new[] { "nobody", "left", "elsewhere", "marketer", "tomorrow", "mapped" })
        {
            told.Add(System.Text.Json.JsonSerializer.Serialize(Refused(await RingAsync(system, agent))));
        }

        Assert.Contains("call.agent", Assert.Single(told.Distinct()));
        Assert.Equal(told.Count, (await LoggedAsync(UseFacts.CallRefused)).Count(entry => entry.Header.Fact is { Decision: Verdict.Deny, Reasons: ["call.agent"] }));
        Done(await RingAsync(system, "AGENT-1"));

        // A post that works by roster: nobody without a shift.
        await PolicyAsync(PolicyContent.Of(PolicyKind.Roster, "call-agent", new RosterRow(PostKey.Of("call-agent"))));
        system = new Caller(await system.AgainAsync(system.Actor, Ct), system.AgainAsync);
        Assert.Equal("call.agent", Refused(await RingAsync(system)).Code);
    }

    [Fact]
    public async Task A_system_rings_for_its_own_purposes_and_channels_only_and_says_numbers_that_are_numbers()
    {
        var system = await SystemAsync();
        await HiredAsync("agent-1");
        Assert.Equal("client.scope", Refused(await RingAsync(system, purpose: Market)).Code);
        Assert.Equal("client.scope", Refused(await Telephony.OpenAsync(new CallRequest("agent-1", Reference, Notify, null, ChannelId.New()), null, system, Ct)).Code);
        Assert.Equal("number", Assert.Single(Refused(await RingAsync(system, number: "anonymous")).Errors).At);
        Assert.Equal("agent", Assert.Single(Refused(await RingAsync(system, agent: "?")).Errors).At);
        Assert.Equal("reference", Assert.Single(Refused(await Telephony.OpenAsync(new CallRequest("agent-1", " ", Notify), null, system, Ct)).Errors).At);

        foreach (var reference in new[] { "IT: call us", "TEL-13800138000", "TEL\n1" })
        {
            Assert.Equal("reference", Assert.Single(Refused(await Telephony.OpenAsync(new CallRequest("agent-1", reference, Notify, Caller138), null, system, Ct)).Errors).At);
        }

        var first = Done(await RingAsync(system, key: "ring-1"));
        Assert.Equal(first, Done(await RingAsync(system, key: "ring-1")));
        Assert.Equal("idempotency.mismatch", Refused(await RingAsync(system, number: null, key: "ring-1")).Code);
        Assert.Single(await LoggedAsync(UseFacts.CallOpened));
    }

    [Fact]
    public async Task A_stolen_token_neither_drowns_a_desk_nor_fills_the_log()
    {
        var (system, agent, id) = await RingingAsync();
        Done(await AtDesk.TakeAsync(id, agent, Ct));
        for (var i = 0; i < 5; i++)
        {
            Done(await RingAsync(system, key: $"ring-{i}"));
        }

        Assert.Equal("call.agent", Refused(await RingAsync(system)).Code);
        Assert.Equal("call.agent", Refused(await RingAsync(system, key: "ring-5")).Code);
        Done(await RingAsync(system, key: "ring-4"));
        Assert.Equal((id, CallState.Taken), ((await ListAsync(agent)).Calls[0].Id, (await ListAsync(agent)).Calls[0].State));
        for (var i = 0; i < 210; i++)
        {
            Assert.Equal("call.agent", Refused(await RingAsync(system, agent: $"nobody-{i}")).Code);
        }

        Assert.Equal(200, (await LoggedAsync(UseFacts.CallRefused)).Count);
    }

    [Fact]
    public async Task More_than_five_with_one_number_ask_for_one_more_detail()
    {
        for (var i = 0; i < 6; i++)
        {
            await PersonAsync(pnr: $"AAAAA{i + 2}");
        }

        var (_, agent, id) = await RingingAsync();
        Done(await AtDesk.TakeAsync(id, agent, Ct));
        Assert.Equal(Reasons.FindSecondItem.Code, Refused(await AtDesk.CandidatesAsync(id, agent, Ct)).Code);
    }
}

public sealed class CallsOnPostgres(PostgresServer server) : CallSuite(TestStore.Postgres(server));
