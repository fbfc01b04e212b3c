using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Clock;

namespace Strongroom.Server.Tests.Promises;

/// <summary>
/// The clock jumps a year ahead and a year back under a serving node. Ahead, what has a term is over, what was made in a future that is not
/// there does not count, and everything counts again when the clock is right. Back, the node goes on by the time it knows: what is in force
/// stays so, what has expired stays expired, also after a restart; the log names every step and goes on.
/// The deadline of an access review takes a right for real, a confirmation brings it back, and its report is signed (R36).
/// </summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private static readonly byte[] One = new byte[16];

    [Fact]
    public async Task A_year_ahead_and_a_year_back_fail_closed_and_recover()
    {
        await using var place = await Place.OpenedAsync();
        World world;
        await using (var server = await place.ServeAsync())
        {
            world = await World.MakeAsync(place, server);
            Assert.Equal(0, await server.StopAsync());
        }

        var time = new JumpingTime();
        await using (var node = await InProcess.BuildAsync(place, time))
        {
            var nobody = await node.StartAsync();
            await world.CountsAsync(nobody, signedIn: true);

            await node.Installation.Data.WriteAsync(async tx =>
            {
                await tx.ExecuteAsync("INSERT INTO idempotency (actor, key, body, status, ids, at) VALUES (@one, @one, @one, 201, '{}', @now)", new { one = One, now = Staff.Now });
                await tx.ExecuteAsync("INSERT INTO volume (whose, period, what, n, until) VALUES (@one, 'd1', 'of-the-day', 1, @until)", new { one = One, until = Staff.Now + 86_400_000 });
            });
            time.Offset = Year;
            await world.IsOverAsync(nobody, "a year ahead");
            var later = await World.SignInAsync(nobody);
            (await later.GetAsync("/v1/session")).Good();
            Assert.Equal("clock.ahead", (await nobody.GetAsync("/readyz")).Json["parts"]!["clock"]!.GetValue<string>());
            await LogGoesOnAsync(later);

            // Every sweep comes round a few times meanwhile. It would suspend who has not signed in for a year, and forget keys and counts.
            await time.SweptAsync();
            await StepAsync(nobody, "clock-went-ahead");

            // Back again: the session that was begun in the future does not count now, and the old ones do: nothing was done to anybody.
            time.Offset = TimeSpan.Zero;
            Assert.Equal(401, (int)(await later.GetAsync("/v1/session")).Status);
            await world.CountsAsync(nobody, signedIn: true);
            Assert.Equal((1, 1), await KeptAsync(node));
            await LogGoesOnAsync(await World.SignInAsync(nobody));

            // A year back: nothing that had expired comes back, and whoever is there stays.
            time.Offset = -Year;
            await world.CountsAsync(nobody, signedIn: false);
            var during = await World.SignInAsync(nobody);
            Assert.Equal("clock.back", (await nobody.GetAsync("/readyz")).Json["parts"]!["clock"]!.GetValue<string>());
            await LogGoesOnAsync(during);
            await StepAsync(nobody, "clock-went-back");
            time.Offset = TimeSpan.Zero;
            (await during.GetAsync("/v1/session")).Good();
            await world.CountsAsync(nobody, signedIn: false);
            await LogGoesOnAsync(await World.SignInAsync(nobody));
            var watch = node.App.Services.GetRequiredService<ClockWatch>();
            await world.ReviewIsOverdueAsync(nobody, time, () => watch.AcceptAsync(LogActor.System));
            time.Offset = TimeSpan.Zero;
            await watch.AcceptAsync(LogActor.System);
            await Witness.UntilReadyAsync(nobody);
        }

        // Started on a server whose clock was set back, the node knows better: a token and a consent of the year between are not in force anew.
        time.Offset = -Year;
        await using (var node = await InProcess.BuildAsync(place, time))
        {
            var nobody = await node.StartAsync();
            await world.CountsAsync(nobody, signedIn: false);
            Assert.Equal("clock.back", (await nobody.GetAsync("/readyz")).Json["parts"]!["clock"]!.GetValue<string>());
        }

        time.Offset = TimeSpan.Zero;

        // Whatever the clock said, the log is one and in order.
        foreach (var where in new[] { place.Data, place.Anchor })
        {
            var verified = await place.RunAsync("verify", where, "--key", place.LogKey);
            Assert.True(verified.Code == 0, verified.All);
        }

        await using var right = await place.ServeAsync();
        await Witness.UntilReadyAsync(right.Nobody());
        await world.Witness.NothingLostAsync(right.Client(world.Token), await World.SignInAsync(right.Nobody()));
    }

    /// <summary>The log comes to name a step of the clock.</summary>
    private static async Task StepAsync(Caller connection, string fact)
    {
        var auditor = await World.SignInAsync(connection);
        for (var until = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(until) < TimeSpan.FromSeconds(60); await Task.Delay(200))
        {
            if ((await auditor.GetAsync($"/v1/audit/entries?act={fact}&size=1")).Good()["entries"]!.AsArray().Count > 0)
            {
                return;
            }
        }

        Assert.Fail($"the log does not come to say {fact}");
    }

    /// <summary>What is written now stands in the log and is proven by it.</summary>
    private static async Task LogGoesOnAsync(Caller auditor)
    {
        (await auditor.GetAsync("/v1/audit/entries?size=1")).Good();
        var newest = (await auditor.GetAsync("/v1/audit/entries?act=log-read&size=1")).Good()["entries"]![0]!;
        await LogTests.ProofAsync(auditor, newest["id"]!.GetValue<string>());
    }

    private static Task<(long, long)> KeptAsync(InProcess node) => node.Installation.Data.ReadAsync(async tx => (
        await tx.ScalarAsync<long>("SELECT count(*) FROM idempotency WHERE key = @one", new { one = One }),
        await tx.ScalarAsync<long>("SELECT count(*) FROM volume WHERE whose = @one", new { one = One })));

    private sealed class JumpingTime : TimeProvider
    {
        private long offset, rounds;

        public TimeSpan Offset
        {
            get => new(Interlocked.Read(ref offset));
            set => Interlocked.Exchange(ref offset, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;

        /// <summary>What comes round every five minutes or less often comes round every tenth of a second.</summary>
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            period < TimeSpan.FromMinutes(5) ? base.CreateTimer(callback, state, dueTime, period)
                : base.CreateTimer(s => { Interlocked.Increment(ref rounds); callback(s); }, state, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));

        /// <summary>Long enough for every sweep to have come round; the duties of the watch have their own seconds.</summary>
        public async Task SweptAsync()
        {
            var until = Interlocked.Read(ref rounds) + 30;
            for (var end = GetTimestamp(); Interlocked.Read(ref rounds) < until && GetElapsedTime(end) < TimeSpan.FromSeconds(60);)
            {
                await Task.Delay(50);
            }

            Assert.True(Interlocked.Read(ref rounds) >= until, "nothing came round");
        }
    }

    /// <summary>People, a client and a customer of the right time, with a session, an authorisation, a token and a consent that have terms.</summary>
    private sealed class World(Staff staff, Business business, Witness witness, string customer, string unit)
    {
        private const string Reviewed = "reviewed-agent";

        public Witness Witness => witness;

        public string Token => business.Token;

        public static async Task<World> MakeAsync(Place place, ServerProcess server)
        {
            var (staff, business) = await place.PeopleAtAsync(server);
            var (client, witness) = (server.Client(business.Token), new Witness(business));
            await witness.CollectAsync(client, 3);
            var booking = business.BookingOf(900);
            booking["consents"]![0]!["until"] = Staff.Now + 30L * 86_400_000;
            var customer = (await Business.CollectAsync(client, booking)).Good()["customer"]!.GetValue<string>();
            await staff.AuthoriseAsync("back-office", null, "fulfil", "name");
            var unit = (await staff.Admin.PostAsync("/v1/units", new { entity = staff.Entity, parent = staff.Unit, name = "Reviewed desk" })).Good()["id"]!.GetValue<string>();
            await staff.GrantAsync((await staff.HireAsync(Reviewed, null)).Id, "counter", unit);
            return new World(staff, business, witness, customer, unit);
        }

        /// <summary>At the right time all of it counts.</summary>
        public async Task CountsAsync(Caller connection, bool signedIn)
        {
            var person = signedIn ? staff.BackOffice.As(connection.Fresh()) : connection.Fresh();
            (signedIn ? await person.GetAsync("/v1/session") : await person.RecoverAsync("back-office", Caller.PasswordOf("back-office"))).Good();
            Assert.Equal("clear", Shown(await ViewAsync(person, clear: true)));
            (await FindAsync(connection)).Good();
        }

        /// <summary>A year on, nothing of it does: not the session, not the token, not the authorisation, not the consent.</summary>
        public async Task IsOverAsync(Caller connection, string when)
        {
            Assert.Equal(401, (int)(await staff.BackOffice.As(connection.Fresh()).GetAsync("/v1/session")).Status);
            Assert.Equal(401, (int)(await FindAsync(connection)).Status);
            var person = connection.Fresh();
            (await person.RecoverAsync("back-office", Caller.PasswordOf("back-office"))).Good();
            var clear = await ViewAsync(person, clear: true);
            Assert.True((int)clear.Status == 403 && Reasons(clear).Any(r => r.StartsWith("consent.", StringComparison.Ordinal)), $"{when}: {(int)clear.Status} {clear.Text}");
            var masked = await ViewAsync(person, clear: false);
            Assert.True((int)masked.Status == 403 && Reasons(masked).Any(r => r.StartsWith("consent.", StringComparison.Ordinal)), $"{when}: {(int)masked.Status} {masked.Text}");
        }

        /// <summary>What nobody confirms by the deadline, once the clock is believed, is refused at the next request, until somebody does.</summary>
        public async Task ReviewIsOverdueAsync(Caller connection, JumpingTime time, Func<Task> acceptAsync)
        {
            Task<Caller> NowAsync(string account) => SignInAsync(connection, account);
            static Task<Answer> KnockAsync(Caller agent) => agent.PostAsync("/v1/service-sessions", new { });
            var agent = await NowAsync(Reviewed);
            Assert.Equal(422, (int)(await KnockAsync(agent)).Status);
            var opened = await (await NowAsync("dpo")).PostAsync("/v1/access-reviews", new { name = "desk", deadline = Staff.Now + 25L * 3_600_000, unit });
            var review = $"/v1/access-reviews/{opened.Good()["id"]!.GetValue<string>()}";
            var line = Assert.Single((await (await NowAsync("data-owner")).GetAsync($"{review}/lines")).Good()["lines"]!.AsArray())!;
            Assert.Equal((agent.Id, "post", true), (line["person"]!.GetValue<string>(), line["kind"]!.GetValue<string>(), line["unused"]!.GetValue<bool>()));
            Assert.Empty((await agent.GetAsync($"{review}/lines")).Good()["lines"]!.AsArray());

            time.Offset = TimeSpan.FromHours(26);
            var (dpo, owner) = (await NowAsync("dpo"), await NowAsync("data-owner"));
            await time.SweptAsync();
            Assert.NotEqual("overdue", (await dpo.GetAsync(review)).Good()["state"]!.GetValue<string>());
            await acceptAsync();
            for (var end = Staff.Now + 120_000; (await dpo.GetAsync(review)).Good()["state"]!.GetValue<string>() != "overdue";)
            {
                Assert.True(Staff.Now < end, "the deadline passed unnoticed");
                await Task.Delay(100);
            }

            agent = await NowAsync(Reviewed);
            (await KnockAsync(agent)).Refused(403, "act.ungranted");
            object Confirm(string reason) => new { lines = new[] { line["id"]!.GetValue<string>() }, verdict = "confirm", reason };
            object Agree() => new { line = line["id"]!.GetValue<string>(), verdict = "agree" };
            (await agent.PostAsync($"{review}/decide", Confirm("mine"))).Refused(403, "review.own");
            (await (await NowAsync("back-office")).PostAsync($"{review}/decide", Confirm("friend"))).Refused(403, "review.not_yours");
            (await owner.PostAsync($"{review}/decide", Confirm("works there"))).Good();
            Assert.Equal(422, (int)(await KnockAsync(agent)).Status);

            (await dpo.PostAsync($"{review}/close")).Refused(409, "review.sample");
            (await owner.PostAsync($"{review}/second", Agree())).Refused(403, "review.own");
            var auditor = await SignInAsync(connection);
            (await auditor.PostAsync($"{review}/second", Agree())).Good();
            var report = (await dpo.PostAsync($"{review}/close")).Good();
            Assert.Equal("Ed25519", report["sig"]!["alg"]!.GetValue<string>());
            Assert.Equal(1, report["body"]!["lines"]!["confirmed"]!.GetValue<int>());
            Assert.Equal(report.ToJsonString(), (await auditor.GetAsync($"{review}/report")).Good().ToJsonString());
        }

        /// <summary>An auditor who signs in now.</summary>
        public static async Task<Caller> SignInAsync(Caller connection, string account = "auditor")
        {
            var person = connection.Fresh();
            (await person.RecoverAsync(account, Caller.PasswordOf(account))).Good();
            return person;
        }

        private Task<Answer> ViewAsync(Caller person, bool clear) =>
            person.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" }, clear = clear ? new[] { "name" } : [] });

        private async Task<Answer> FindAsync(Caller connection)
        {
            var client = connection.Fresh();
            client.Token = business.Token;
            var mobile = business.BookingOf(1)["items"]!["mobile"]!.GetValue<string>();
            return await client.PostAsync("/v1/customers/find", new { item = "mobile", value = mobile, purpose = "fulfil" });
        }

        private static string Shown(Answer view) =>
            view.Good()["records"]!.AsArray().Select(r => r!["items"]!["name"]).First(i => i is not null)!["shown"]!.GetValue<string>();

        private static IReadOnlyList<string> Reasons(Answer refusal) =>
            refusal.Json["reasons"] is JsonArray reasons ? [.. reasons.Select(r => r!["code"]!.GetValue<string>())] : [];
    }
}
