using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Tests.Spine.Identity;

public sealed class IdentityRulesTests
{
    private const string Own = "https://localhost:8443";
    private const long Now = 1_780_000_000_000;

    private static readonly PostKey Admin = PostKey.Of("admin-4a");
    private static readonly PostKey Auditor = PostKey.Of("auditor");
    private static readonly PostKey Dpo = PostKey.Of("dpo");
    private static readonly PostKey Agent = PostKey.Of("call-agent");
    private static readonly UnitId Unit = UnitId.New();

    internal static readonly PostBook Book = new(
        new[] { new PostFacts(Admin, false, true), new PostFacts(Auditor, false, false), new PostFacts(Dpo, false, false), new PostFacts(Agent, true, false) }
            .ToDictionary(post => post.Key),
        [
            new DutyConflict("admin-audit-operations", new Bilingual("三员分立", "apart"), ["admin-4a", "auditor", "operations"]),
            new DutyConflict("dpo-operating", new Bilingual("个保负责人不得兼任业务岗位", "no operating post"), ["dpo", "any-operating"]),
        ]);

    private static HeldPost Held(PostKey post, long from = 0, long? until = null) => new(post, Unit, from, until);

    [Theory]
    [InlineData("GET", null, "cross-site", "https://evil.example", true)]
    [InlineData("POST", "1", "same-origin", Own, true)]
    [InlineData("POST", "1", null, null, true)]
    [InlineData("POST", null, "same-origin", Own, false)]
    [InlineData("POST", "2", "same-origin", Own, false)]
    [InlineData("POST", "1", "cross-site", null, false)]
    [InlineData("POST", "1", "same-site", null, false)]
    [InlineData("DELETE", "1", null, "https://evil.example", false)]
    [InlineData("PATCH", "1", null, "null", false)]
    [InlineData("POST", "1", null, "http://localhost:8443", false)]
    public void Another_site_cannot_act_with_the_cookie(string method, string? header, string? site, string? origin, bool may) =>
        Assert.Equal(may, CsrfRules.MayAct(method, header, site, origin, Own));

    /// <summary>However units are moved about, the way up from every unit ends: no row of permitted moves closes a ring (R8).</summary>
    [Fact]
    public void No_row_of_permitted_moves_closes_a_ring() => Prop.ForAll<(byte Unit, byte Parent)[]>(moves =>
    {
        var entity = EntityId.New();
        var ids = Enumerable.Range(1, 6).Select(n => UnitId.From((UInt128)n)).ToArray();
        var units = ids.ToDictionary(id => id, _ => new UnitContent(entity, null, "x", MemberState.Active));
        var refused = 0;
        foreach (var (unit, parent) in moves)
        {
            var (id, above) = (ids[unit % 6], ids[parent % 6]);
            if (OrganisationRules.MayMove(id, above, units) is { } refusal)
            {
                Assert.Equal(Reasons.UnitCycle, refusal);
                refused++;
                continue;
            }

            units[id] = units[id] with { Parent = above };
        }

        foreach (var id in ids)
        {
            var steps = 0;
            for (UnitId? at = id; at is { } step; at = units[step].Parent)
            {
                Assert.True(++steps <= 6, "a ring");
            }
        }

        return moves.All(move => move.Unit % 6 != move.Parent % 6) || refused > 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_unit_hangs_only_below_one_in_use_of_its_own_company()
    {
        var (one, closed, foreign) = (UnitId.New(), UnitId.New(), UnitId.New());
        var entity = EntityId.New();
        var units = new Dictionary<UnitId, UnitContent>
        {
            [one] = new(entity, null, "a", MemberState.Active), [closed] = new(entity, null, "b", MemberState.Closed), [foreign] = new(EntityId.New(), null, "c", MemberState.Active),
        };
        Assert.Equal(Reasons.UnitCycle, OrganisationRules.MayMove(one, one, units));
        Assert.All([closed, foreign, UnitId.New()], parent => Assert.Equal(Reasons.UnitUnknown, OrganisationRules.MayMove(one, parent, units)));
        Assert.Null(OrganisationRules.MayMove(one, null, units));
    }

    [Fact]
    public void Incompatible_posts_are_refused_with_their_rule()
    {
        Assert.Equal(Reasons.PostsIncompatible, OrganisationRules.MayHold([Held(Admin)], Held(Auditor, Now), Book, out var conflict));
        Assert.Equal("admin-audit-operations", conflict!.Key);
        Assert.Equal(Reasons.PostsIncompatible, OrganisationRules.MayHold([Held(Agent)], Held(Dpo, Now), Book, out _));
        Assert.Equal(Reasons.PostsIncompatible, OrganisationRules.MayHold([Held(Dpo)], Held(Agent, Now), Book, out _));
        Assert.Null(OrganisationRules.MayHold([Held(Auditor)], Held(Dpo, Now), Book, out _));
        Assert.Null(OrganisationRules.MayHold([Held(Admin, 0, Now)], Held(Auditor, Now), Book, out _));
    }

    [Fact]
    public void A_post_that_is_unknown_or_held_or_ends_first_is_refused()
    {
        Assert.Equal(Reasons.PostUnknown, OrganisationRules.MayHold([], Held(PostKey.Of("emperor")), Book, out _));
        Assert.Equal(Reasons.PostHeld, OrganisationRules.MayHold([Held(Agent)], Held(Agent, Now), Book, out _));
        Assert.Equal(Reasons.PostTerm, OrganisationRules.MayHold([], Held(Agent, Now, Now), Book, out _));
    }

    [Fact]
    public void A_held_post_that_left_the_book_counts_as_every_kind_of_duty() =>
        Assert.Equal(Reasons.PostsIncompatible, OrganisationRules.MayHold([Held(PostKey.Of("gone"))], Held(Dpo, Now), Book, out _));

    [Fact]
    public void Conflicts_do_not_depend_on_the_order_of_assignment() => Check.QuickThrowOnFailure(Prop.ForAll<int, int>((a, b) =>
    {
        var posts = Book.Posts.Values.ToList();
        var (one, other) = (posts[(a & 0xffff) % posts.Count], posts[(b & 0xffff) % posts.Count]);
        return Book.Conflicts.All(rule => OrganisationRules.Excludes(rule, one, other) == OrganisationRules.Excludes(rule, other, one));
    }));

    [Fact]
    public void Nobody_administers_himself()
    {
        var me = PersonId.New();
        Assert.Equal(Reasons.PeopleSelf, OrganisationRules.MayAdminister(me, me));
        Assert.Null(OrganisationRules.MayAdminister(me, PersonId.New()));
    }

    [Fact]
    public void Closed_is_final()
    {
        Assert.Equal(Reasons.MemberClosed, OrganisationRules.MayBecome(MemberState.Closed, MemberState.Active));
        Assert.Null(OrganisationRules.MayBecome(MemberState.Suspended, MemberState.Active));
        Assert.Equal(Reasons.MemberStateSame, OrganisationRules.MayBecome(MemberState.Active, MemberState.Active));
    }

    [Fact]
    public void Ending_a_post_keeps_its_history()
    {
        var left = OrganisationRules.Without([Held(Agent, 5), Held(Auditor)], Agent, Unit, Now)!;
        Assert.Contains(Held(Agent, 5, Now), left);
        Assert.Contains(Held(Auditor), left);
        Assert.Null(OrganisationRules.Without(left, Agent, Unit, Now));
    }

    [Fact]
    public void Sessions_end_when_idle_when_old_and_when_revoked()
    {
        var limits = new SessionLimits(1000_000, 5000_000);
        var row = new SessionRow(SessionId.New(), PersonId.New(), 1, Now, Now, Proofs.None.With(Factor.Password, Now), null);
        Assert.True(SessionRules.IsLive(row, limits, Now + 999_999));
        Assert.False(SessionRules.IsLive(row, limits, Now + 1000_000));
        Assert.False(SessionRules.IsLive(row with { LastSeen = Now + 4999_999 }, limits, Now + 5000_000));
        Assert.False(SessionRules.IsLive(row with { Revoked = Now }, limits, Now));
        Assert.False(SessionRules.IsLive(row, limits, Now - SessionRules.SeenEvery - 1));
    }

    [Fact]
    public void A_unit_reaches_what_lies_below_it_and_not_across_a_closed_one()
    {
        var entity = EntityId.New();
        UnitId root = UnitId.New(), left = UnitId.New(), right = UnitId.New(), closed = UnitId.New(), orphan = UnitId.New();
        Member<UnitContent> Row(UnitId id, UnitId? parent, MemberState state = MemberState.Active) => new(id.Value, 1, new UnitContent(entity, parent, "x", state));
        var book = new OrganisationBook(7, [Row(root, null), Row(left, root), Row(right, left), Row(closed, root, MemberState.Closed), Row(orphan, closed)]);

        Assert.Equal(new HashSet<UnitId> { root, left, right }, book.WithBelow(root));
        Assert.Equal(new HashSet<UnitId> { left, right }, book.WithBelow(left));
        Assert.Empty(book.WithBelow(closed));
        Assert.Equal(new HashSet<UnitId> { orphan }, book.WithBelow(orphan));
        Assert.Equal(entity, book.EntityOf(right));
        Assert.Null(book.EntityOf(closed));
    }

    [Fact]
    public void Units_bent_into_a_ring_do_not_hang()
    {
        UnitId one = UnitId.New(), two = UnitId.New();
        var entity = EntityId.New();
        var book = new OrganisationBook(1, [
            new(one.Value, 1, new UnitContent(entity, two, "x", MemberState.Active)), new(two.Value, 1, new UnitContent(entity, one, "y", MemberState.Active))]);
        Assert.Equal(2, book.WithBelow(one).Count);
    }

    [Fact]
    public void A_token_reads_back_and_nothing_else_is_one()
    {
        var client = ClientId.New();
        var token = Secrets.NewToken(client);
        Assert.True(Secrets.TryReadToken(token, out var read, out var secret));
        Assert.Equal(client, read);
        Assert.Equal(64, secret.Length);
        foreach (var bad in new[] { null, "", "sr_", token + "0", token[..^1], token.ToUpperInvariant(), token.Replace("sr_", "sk_"), token[..^1] + "g" })
        {
            Assert.False(Secrets.TryReadToken(bad, out _, out _));
        }
    }

    [Fact]
    public void Quota_is_never_exceeded_and_a_busy_client_asks_in_larger_shares()
    {
        var limits = new QuotaLimits(100, 150);
        var use = QuotaUse.None;
        var (total, last) = (0, 0);
        for (var i = 0; i < 200; i++)
        {
            (last, use) = QuotaRules.Take(use, limits, QuotaRules.Wanted(last, limits), 0, 0, Now);
            total += last;
        }

        Assert.Equal(100, total);
        Assert.Equal(5, QuotaRules.Wanted(64, limits));
        Assert.Equal(50, QuotaRules.Take(use, limits, 1000, 0, 0, Now + 60_000).Granted);
        Assert.Equal(100, QuotaRules.Take(use, limits, 1000, 0, 0, Now + 86_400_000).Granted);
        Assert.Equal(60, QuotaRules.Take(use, limits, 1000, 10, QuotaRules.DayOf(Now), Now + 60_000).Granted);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "desktop")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15", "desktop")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "phone")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "phone")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "tablet")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet")]
    [InlineData("curl/8.9", "other")]
    [InlineData(null, "other")]
    public void A_browser_tells_what_kind_of_device_it_is_on(string? told, string kind) => Assert.Equal(kind, Kebab.Of(DeviceKinds.Of(told)));

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("-0123456789abcdef0123456789abcdef")]
    [InlineData("12-0123")]
    [InlineData("-12-0123456789abcdef0123456789abcdef")]
    public void A_broken_place_in_the_list_of_sessions_is_no_place(string text) => Assert.False(SessionCursor.TryParse(text, out _));
}
