using System.Net;
using System.Text;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Tests.Harness;
using static Strongroom.Tests.Harness.Outcomes;

namespace Strongroom.Tests.Spine.Identity.Factors;

/// <summary>Two nodes on one database: what a second factor promises (R37, R38).</summary>
public abstract class FactorSuite(TestStore store) : StoreSuite(store)
{
    private readonly ManualTime time = new();
    private readonly IdentityKeys keys = new();
    private IdentityNode node = null!;
    private IdentityNode other = null!;
    private FirstAdministrator who = null!;
    private FirstAdministrator second = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        node = new IdentityNode(Db, keys, time);
        other = new IdentityNode(await OpenAsync(Options), keys, time);
        var first = Done(await node.Bootstrap.BeginAsync("某某航空", [("admin.one", "管理员甲"), ("admin.two", "管理员乙")], "zh", default));
        (who, second) = (first.Administrators[0], first.Administrators[1]);
    }

    public override async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await other.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Enrolling_strengthens_the_session_gives_it_a_new_secret_and_ends_all_others()
    {
        var (weak, _) = await node.EnterAsync(who.Account, who.StartPassword);
        var (elsewhere, _) = await other.EnterAsync(who.Account, who.StartPassword);
        Assert.Equal(Strength.Password, (await node.ActorAsync(weak)).Strength);
        var (_, codes, strong) = await EnrolAsync(weak);
        Assert.Equal(10, codes.Distinct().Count());
        var actor = await other.ActorAsync(strong);
        Assert.Equal((Strength.SecondFactor, Now, Now), (actor.Strength, actor.StrengthAt, actor.SecondFactorAt));

        // Whoever planted or read the weaker cookie holds nothing now.
        Assert.True((await other.ActorAsync(weak)).IsAnonymous);
        Assert.True((await node.ActorAsync(elsewhere)).IsAnonymous);
    }

    [Fact]
    public async Task A_code_is_good_once_on_all_nodes_together()
    {
        var (secret, _, _) = await EnrolledAsync();
        time.Advance(TimeSpan.FromMinutes(5));
        var code = CodeAt(secret, 0);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            (i % 2 == 0 ? node : other).SignIn.AskAsync(who.Account, who.StartPassword, Place(i), null, code, default)));
        Assert.Single(outcomes.OfType<SignInOutcome.In>());
        Assert.Equal(5, outcomes.OfType<SignInOutcome.Refused>().Count());

        // An earlier step is as dead as the used one, though still inside the window.
        Assert.IsType<SignInOutcome.Refused>(await node.SignIn.AskAsync(who.Account, who.StartPassword, Place(7), null, CodeAt(secret, -1), default));
        Assert.IsType<SignInOutcome.In>(await other.SignIn.AskAsync(who.Account, who.StartPassword, Place(8), null, CodeAt(secret, 1), default));
    }

    [Fact]
    public async Task The_code_that_enrolled_signs_nobody_in()
    {
        var (weak, _) = await node.EnterAsync(who.Account, who.StartPassword);
        var (_, _, _, used) = await EnrolledAsync(weak);
        Assert.IsType<SignInOutcome.Refused>(await other.SignIn.AskAsync(who.Account, who.StartPassword, IdentityNode.Office, null, used, default));
    }

    [Fact]
    public async Task The_password_alone_opens_a_session_that_waits_for_the_code()
    {
        var (secret, _, _) = await EnrolledAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        var (pending, device) = await node.EnterAsync(who.Account, who.StartPassword);
        Assert.Equal("", device);
        var actor = await other.ActorAsync(pending);
        Assert.Equal(Strength.Password, actor.Strength);

        // From here no factor can be replaced, renewed or added, and the password cannot be changed.
        Assert.Equal("factor.pending", Refused(await node.Factors.OfferTotpAsync(actor, default)).Code);
        Assert.Equal("factor.pending", Refused(await node.Factors.RenewRecoveryAsync(actor, default)).Code);
        Assert.Equal("factor.pending", Refused(await node.Own.ChangePasswordAsync(actor, who.StartPassword, "kettle orbit thirteen plums", IdentityNode.Office, default)).Code);

        Assert.Equal("factor.code", Refused(await node.Factors.ProveAsync(actor, "000000", IdentityNode.Office, null, default)).Code);
        var proved = Done(await node.Factors.ProveAsync(actor, CodeAt(secret, 0), IdentityNode.Office, null, default));
        Assert.NotEqual(pending, proved.Secret);
        Assert.True((await other.ActorAsync(pending)).IsAnonymous);
        var strong = await other.ActorAsync(proved.Secret);
        Assert.Equal((Strength.SecondFactor, actor.Session), (strong.Strength, strong.Session));
        Assert.Equal([Factor.Password, Factor.Totp], proved.Session.Proofs.All.Select(proof => proof.Factor));
    }

    [Fact]
    public async Task A_step_up_renews_the_second_factor_and_what_was_decided_on_the_old_session_is_decided_again()
    {
        var (secret, _, strong) = await EnrolledAsync();
        time.Advance(TimeSpan.FromMinutes(20));
        var actor = await node.ActorAsync(strong);
        Assert.Equal(Now - (20 * 60_000), actor.SecondFactorAt);
        Assert.Equal("factor.needed", Refused(await node.Factors.RenewRecoveryAsync(actor, default)).Code);
        var proved = Done(await other.Factors.ProveAsync(actor, CodeAt(secret, 0), IdentityNode.Office, null, default));
        Assert.Equal([0], await node.RunGuardsAsync(actor.Guard()));
        var renewed = await node.Actors.AgainAsync(actor, IdentityNode.Office, default);
        Assert.Equal(Now, renewed.SecondFactorAt);
        Assert.Empty(await node.RunGuardsAsync(renewed.Guard()));
        Assert.Equal(10, Done(await node.Factors.RenewRecoveryAsync(await node.ActorAsync(proved.Secret), default)).Count);
    }

    [Fact]
    public async Task A_recovery_code_works_once_and_new_ones_void_the_old()
    {
        var (_, codes, strong) = await EnrolledAsync();
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            (i % 2 == 0 ? node : other).SignIn.AskAsync(who.Account, who.StartPassword, Place(i), null, codes[0].ToUpperInvariant(), default)));
        Assert.Single(asked.OfType<SignInOutcome.In>());
        Assert.IsType<SignInOutcome.Refused>(await node.SignIn.AskAsync(who.Account, who.StartPassword, Place(8), null, codes[0], default));
        Assert.Equal(9, (await node.Factors.OfAsync(who.Person, default)).Recovery.Count);

        var fresh = Done(await node.Factors.RenewRecoveryAsync(await node.ActorAsync(strong), default));
        Assert.IsType<SignInOutcome.Refused>(await node.SignIn.AskAsync(who.Account, who.StartPassword, Place(9), null, codes[1], default));
        Assert.IsType<SignInOutcome.In>(await other.SignIn.AskAsync(who.Account, who.StartPassword, Place(9), null, fresh[1], default));
    }

    [Fact]
    public async Task Whoever_knows_the_password_is_slowed_in_guessing_codes_and_does_not_slow_the_owner()
    {
        var (secret, _, strong) = await EnrolledAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        var thief = new Origin(IPAddress.Parse("203.0.113.7"), null);
        var waits = 0;
        for (var i = 0; i < 12; i++)
        {
            // Signing in again between guesses does not reset the count.
            var outcome = await node.SignIn.AskAsync(who.Account, who.StartPassword, thief, null, i % 2 == 0 ? "000000" : null, default);
            if (outcome is SignInOutcome.In { Secret: var pending })
            {
                var guess = await other.Factors.ProveAsync(await other.ActorAsync(pending), "999999", thief, null, default);
                waits += Refused(guess).Code == "signin.wait" ? 1 : 0;
            }

            waits += outcome is SignInOutcome.Wait ? 1 : 0;
        }

        Assert.InRange(waits, 6, 12);
        Done(await node.Factors.ProveAsync(await node.ActorAsync(strong), CodeAt(secret, 0), IdentityNode.Office, null, default));
    }

    [Fact]
    public async Task An_offer_belongs_to_one_person_and_session_and_ends()
    {
        var (mine, _) = await node.EnterAsync(who.Account, who.StartPassword);
        var (theirs, _) = await node.EnterAsync(second.Account, second.StartPassword);
        var actor = await node.ActorAsync(mine);
        var offer = Done(await node.Factors.OfferTotpAsync(actor, default));
        var code = TotpRules.CodeAt(offer.Secret, TotpRules.StepAt(Now));
        async Task<string> EnrolAsync(Actor as_, string ticket, string with) =>
            Refused(await other.Factors.EnrolTotpAsync(as_, ticket, with, IdentityNode.Office, null, default)).Code;

        Assert.Equal("factor.offer", await EnrolAsync(await node.ActorAsync(theirs), offer.Ticket, code));
        Assert.Equal("factor.offer", await EnrolAsync(actor, offer.Ticket[..^2] + "AA", code));
        Assert.Equal("factor.offer", await EnrolAsync(actor, "", code));
        Assert.Equal("factor.code", await EnrolAsync(actor, offer.Ticket, "000000"));
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("factor.offer", await EnrolAsync(actor, offer.Ticket, TotpRules.CodeAt(offer.Secret, TotpRules.StepAt(Now))));
        Assert.Equal(Strength.Password, (await node.ActorAsync(mine)).Strength);
    }

    [Fact]
    public async Task Deleting_or_editing_factors_in_the_database_opens_no_door()
    {
        await EnrolledAsync();
        foreach (var sql in new[]
        {
            "UPDATE control_row SET content = replace(content, '\"factors\"', '\"fnord\"') WHERE kind = 'person'",
            "DELETE FROM control_row WHERE kind = 'person'",
        })
        {
            Assert.True(await Db.WriteAsync(tx => tx.ExecuteAsync(sql)) > 0);
            Assert.IsType<SignInOutcome.Refused>(await other.SignIn.AskAsync(who.Account, who.StartPassword, IdentityNode.Office, null, null, default));
        }
    }

    [Fact]
    public async Task A_session_row_made_stronger_by_the_database_administrator_is_none()
    {
        var (weak, _) = await node.EnterAsync(who.Account, who.StartPassword);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE session SET strength = 2, proofs = proofs || ' totp=' || created"));
        Assert.True((await node.ActorAsync(weak)).IsAnonymous);
    }

    [Fact]
    public async Task Lost_factors_are_reset_by_an_administrator_but_never_ones_own_nor_a_fellow_administrators()
    {
        var (_, _, strong) = await EnrolledAsync();
        var admin = await node.ActorAsync(strong);
        var (row, start) = Done(await node.HireAsync(admin, "wang.fang", "王芳", "zh"));
        var person = PersonId.From(row.Id);
        var (weak, _) = await node.EnterAsync("wang.fang", start);
        var (_, _, hers) = await EnrolAsync(weak);
        Assert.Equal("people.self", Refused(await node.People.ResetFactorsAsync(admin, who.Person, default)).Code);
        Assert.Equal("post.administers", Refused(await node.People.ResetFactorsAsync(admin, second.Person, default)).Code);

        Done(await node.People.ResetFactorsAsync(admin, person, default));
        Assert.True((await other.ActorAsync(hers)).IsAnonymous);
        time.Advance(TimeSpan.FromMinutes(1));
        var (again, _) = await other.EnterAsync("wang.fang", start);
        await EnrolAsync(again);
        Assert.Contains(node.Log.Facts, fact => fact.Act.Value == IdentityFacts.FactorsReset && fact.Actor.Id == who.Person.Value);
    }

    [Fact]
    public async Task No_secret_and_no_code_stands_in_any_column()
    {
        var (secret, codes, strong) = await EnrolledAsync();
        var everything = new StringBuilder();
        foreach (var table in new[] { "session", "totp_use", "sign_in_attempts", "control_row", "control_row_old" })
        {
            foreach (var row in await Db.ReadAsync(tx => tx.QueryAsync<dynamic>($"SELECT * FROM {table}")))
            {
                foreach (var value in ((IDictionary<string, object?>)row).Values)
                {
                    everything.Append(value is byte[] bytes ? Convert.ToHexStringLower(bytes) : value).Append('\n');
                }
            }
        }

        var text = everything.ToString();
        Assert.Contains("\"totp\"", text);
        foreach (var hidden in new[] { secret, Encoding.ASCII.GetBytes(strong) }.Concat(codes.Select(Encoding.ASCII.GetBytes)))
        {
            Assert.DoesNotContain(Convert.ToHexStringLower(hidden), text);
            Assert.DoesNotContain(Convert.ToBase64String(hidden), text);
        }

        Assert.All(codes, code => Assert.DoesNotContain(code, text, StringComparison.Ordinal));
        Assert.DoesNotContain(TotpRules.Base32(secret), text, StringComparison.Ordinal);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static Origin Place(int i) => new(IPAddress.Parse($"198.51.{i}.1"), null);

    private string CodeAt(byte[] secret, int away) => TotpRules.CodeAt(secret, TotpRules.StepAt(Now) + away);

    private async Task<(byte[] Secret, IReadOnlyList<string> Codes, string Session)> EnrolledAsync() =>
        await EnrolAsync((await node.EnterAsync(who.Account, who.StartPassword)).Secret);

    private async Task<(byte[] Secret, IReadOnlyList<string> Codes, string Session, string Used)> EnrolledAsync(string session)
    {
        var (secret, codes, strong) = await EnrolAsync(session);
        return (secret, codes, strong, CodeAt(secret, 0));
    }

    private async Task<(byte[] Secret, IReadOnlyList<string> Codes, string Session)> EnrolAsync(string session)
    {
        var actor = await node.ActorAsync(session);
        var offer = Done(await node.Factors.OfferTotpAsync(actor, default));
        var (proved, codes) = Done(await other.Factors.EnrolTotpAsync(actor, offer.Ticket, CodeAt(offer.Secret, 0), IdentityNode.Office, null, default));
        return (offer.Secret, codes, proved.Secret);
    }
}

public sealed class FactorsOnSqlite() : FactorSuite(TestStore.Sqlite());

public sealed class FactorsOnPostgres(PostgresServer server) : FactorSuite(TestStore.Postgres(server));
