using System.Net;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using static Strongroom.Tests.Harness.Outcomes;

namespace Strongroom.Tests.Spine.Identity.Factors;

/// <summary>QR sign-in and those who would like to use it for somebody else (R38).</summary>
public abstract class QrSuite(TestStore store) : StoreSuite(store)
{
    private static readonly Origin Branch = new(IPAddress.Parse("192.168.7.7"), null);

    private readonly ManualTime time = new();
    private readonly IdentityKeys keys = new();
    private IdentityNode node = null!;
    private IdentityNode other = null!;
    private FirstOrganisation first = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        node = new IdentityNode(Db, keys, time);
        other = new IdentityNode(await OpenAsync(Options), keys, time);
        var begun = await node.Bootstrap.BeginAsync("某某航空", [("admin.one", "管理员甲"), ("admin.two", "管理员乙")], "zh", default);
        first = Assert.IsType<Outcome<FirstOrganisation>.Done>(begun).Value;
        var zones = PolicyContent.Of(
            PolicyKind.Network, "zones", new NetworkRow("office", ["10.0.0.0/8"], Level.Critical, Administer: true), new NetworkRow("branch", ["192.168.0.0/16"], Level.Critical));
        await Db.WriteAsync(tx => node.Policies.PutAsync(tx, [zones], IdentityFacts.BySystem("policy-seeded")));
    }

    public override async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await other.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_known_screen_in_the_phones_zone_signs_in_by_number_with_one_factor_that_opens_no_sensitive_item()
    {
        var (device, phone) = await PhoneAsync(0);
        var (browser, ticket, number) = await StartAsync(device);
        Assert.Null(Done(await other.Qr.TakeAsync(ticket, browser, IdentityNode.Office, default)));
        var sight = Done(node.Qr.Look(phone, ticket));
        Assert.Equal(("10.1.2.0/24", "office", true), (sight.Origin, sight.Zone, sight.SameZone));
        Assert.True(Done(await other.Qr.ApproveAsync(phone, ticket, number, default)));

        // Two screens with everything ask at once: one of them is in.
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => (i % 2 == 0 ? node : other).Qr.TakeAsync(ticket, browser, IdentityNode.Office, default)));
        var proved = Assert.Single(taken.OfType<Outcome<Proved?>.Done>().Select(done => done.Value).OfType<Proved>());
        var actor = await other.ActorAsync(proved.Secret);
        Assert.Equal((Strength.Password, true, phone.Person), (actor.Strength, actor.ByQr, actor.Person));
        Assert.Equal("qr.over", Refused(await node.Qr.TakeAsync(ticket, browser, IdentityNode.Office, default)).Code);
        Assert.Equal("qr.over", Refused(await node.Qr.ApproveAsync(phone, ticket, number, default)).Code);
    }

    [Fact]
    public async Task QrRelayedWithNumber_NoSession()
    {
        var (device, phone) = await PhoneAsync(0);
        var (theirs, _) = await PhoneAsync(1);

        // The attacker shows his own screen's code, and tells the number too. His device is a fresh one, or one he signs in on himself.
        foreach (var attackers in new[] { Secrets.NewSecret(), theirs })
        {
            var (browser, ticket, number) = await StartAsync(attackers);
            Assert.Equal("qr.refused", Refused(await node.Qr.ApproveAsync(phone, ticket, number, default)).Code);
            Assert.Equal("qr.over", Refused(await node.Qr.TakeAsync(ticket, browser, IdentityNode.Office, default)).Code);
        }

        // He photographs the victim's own screen: the code is good only in the browser that showed it.
        var (own, shown, digits) = await StartAsync(device);
        Assert.True(Done(await node.Qr.ApproveAsync(phone, shown, digits, default)));
        Assert.Equal("qr.over", Refused(await other.Qr.TakeAsync(shown, Secrets.NewSecret(), IdentityNode.Office, default)).Code);
        Assert.Equal("qr.over", Refused(await other.Qr.TakeAsync(shown, null, IdentityNode.Office, default)).Code);
        Assert.NotNull(Done(await other.Qr.TakeAsync(shown, own, IdentityNode.Office, default)));
        Assert.Equal(2, node.Log.Facts.Count(fact => fact.Act.Value == IdentityFacts.QrRefused));
    }

    [Fact]
    public async Task A_wrong_number_another_zone_and_an_unverified_phone_are_refused()
    {
        var (device, phone) = await PhoneAsync(0);
        var (_, ticket, number) = await StartAsync(device);
        var wrong = number == "00" ? "01" : "00";
        Assert.Equal("qr.refused", Refused(await node.Qr.ApproveAsync(phone, ticket, wrong, default)).Code);
        Assert.Equal("qr.over", Refused(await node.Qr.ApproveAsync(phone, ticket, number, default)).Code);

        (_, ticket, number) = await StartAsync(device, Branch);
        Assert.False(Done(node.Qr.Look(phone, ticket)).SameZone);
        Assert.Equal("qr.refused", Refused(await node.Qr.ApproveAsync(phone, ticket, number, default)).Code);

        string browser;
        (browser, ticket, number) = await StartAsync(device);
        Assert.Equal("passkey.needed", Refused(await node.Qr.ApproveAsync(phone with { Strength = Strength.SecondFactor }, ticket, number, default)).Code);
        Assert.Equal("passkey.needed", Refused(await node.Qr.ApproveAsync(phone with { StrengthAt = phone.StrengthAt - 180_000 }, ticket, number, default)).Code);

        // A phone may verify its user and come back; the screen may not have moved meanwhile.
        Assert.True(Done(await node.Qr.ApproveAsync(phone, ticket, number, default)));
        Assert.Equal("qr.over", Refused(await node.Qr.TakeAsync(ticket, browser, Branch, default)).Code);
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("qr.over", Refused(await node.Qr.TakeAsync(ticket, browser, IdentityNode.Office, default)).Code);
        Assert.IsType<Outcome<(string Ticket, string Number, long Expires)>.Refused>(await node.Qr.StartAsync(Secrets.NewSecret(), null, IdentityNode.Office, default));
    }

    [Fact]
    public async Task A_waiting_screen_writes_nothing_and_waits_for_no_writer()
    {
        var (device, phone) = await PhoneAsync(0);
        var (browser, ticket, number) = await StartAsync(device);
        var gate = new TaskCompletionSource();
        var writer = Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("DELETE FROM qr_approved");
            await gate.Task;
        });
        Assert.Null(Done(await node.Qr.TakeAsync(ticket, browser, IdentityNode.Office, default).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken)));
        gate.SetResult();
        await writer;
        Assert.True(Done(await node.Qr.ApproveAsync(phone, ticket, number, default)));
        Assert.NotNull(Done(await node.Qr.TakeAsync(ticket, browser, IdentityNode.Office, default)));
    }

    [Fact]
    public async Task A_node_whose_clock_runs_ahead_neither_forgets_what_was_spent_nor_lets_a_ticket_of_the_future_in()
    {
        var ahead = new ManualTime();
        ahead.Advance(TimeSpan.FromMinutes(9));
        await using var fast = new IdentityNode(Db, keys, ahead);
        var (begun, later) = (node.Service<Ceremonies>(), fast.Service<Ceremonies>());
        var (ticket, _) = begun.Begin("test", "me", "state");
        var ceremony = begun.Open("test", "me", ticket)!;
        Assert.True(await Db.WriteAsync(tx => begun.SpendAsync(tx, ceremony)));

        // Five minutes on, by the fast clock it has been over for four: its own spending sweeps, and the replay still finds nothing.
        time.Advance(TimeSpan.FromMinutes(5));
        ahead.Advance(TimeSpan.FromMinutes(5));
        var other = later.Open("test", "me", later.Begin("test", "me", "other").Ticket)!;
        Assert.True(await Db.WriteAsync(tx => later.SpendAsync(tx, other)));
        Assert.False(await Db.WriteAsync(tx => begun.SpendAsync(tx, begun.Open("test", "me", ticket)!)));

        // Nine minutes ahead is further than clocks may lie apart.
        Assert.Null(begun.Open("test", "me", later.Begin("test", "me", "state").Ticket));
        Assert.NotNull(later.Open("test", "me", later.Begin("test", "me", "state").Ticket));
    }

    [Fact]
    public async Task An_approval_written_by_the_database_administrator_signs_nobody_in()
    {
        var (device, phone) = await PhoneAsync(0);
        var (_, mine, digits) = await StartAsync(device);
        Assert.True(Done(await node.Qr.ApproveAsync(phone, mine, digits, default)));
        var (browser, ticket, _) = await StartAsync(Secrets.NewSecret());

        // The genuine approval moved under another ticket: sealed for its own.
        var key = Key(ticket);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE qr_approved SET ticket = @key", new { key }));
        await Assert.ThrowsAsync<Strongroom.Keys.BrokenSealException>(() => node.Qr.TakeAsync(ticket, browser, IdentityNode.Office, default));
    }

    private async Task<(string Browser, string Ticket, string Number)> StartAsync(string device, Origin? from = null)
    {
        var browser = Secrets.NewSecret();
        var (ticket, number, _) = Done(await node.Qr.StartAsync(browser, device, from ?? IdentityNode.Office, default));
        return (browser, ticket, number);
    }

    private byte[] Key(string ticket) => new Secrets(keys).HashTicket(System.Buffers.Text.Base64Url.DecodeFromChars(ticket));

    /// <summary>An administrator whose device is known and whose phone just verified him by passkey.</summary>
    private async Task<(string Device, Actor Phone)> PhoneAsync(int which)
    {
        var (account, start) = (first.Administrators[which].Account, first.Administrators[which].StartPassword);
        var (secret, device) = await node.EnterAsync(account, start);
        var actor = await node.ActorAsync(secret);
        var (strong, _) = (await Db.WriteAsync(tx => node.Sessions.ProveAsync(tx, actor.Session!.Value, Factor.Passkey)))!.Value;
        return (device, await node.ActorAsync(strong));
    }
}

public sealed class QrOnSqlite() : QrSuite(TestStore.Sqlite());

public sealed class QrOnPostgres(PostgresServer server) : QrSuite(TestStore.Postgres(server));
