using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Tests.Spine.Access;

/// <summary>Which zone an address lies in, what may be done from there, and whom to believe about it (R44).</summary>
public sealed class NetworkPlanTests
{
    private static readonly NetworkRow Office = new("office", ["10.0.0.0/8", "fd00::/8"], Level.Critical, Administer: true);
    private static readonly NetworkRow Vault = new("vault", ["10.9.0.0/16"], Level.Critical);
    private static readonly NetworkRow Vpn = new("vpn", ["172.20.0.0/16"], Level.Sensitive, Remote: true);
    private static readonly NetworkRow Abroad = new("internet", [], Level.Low, [Act.View], Remote: true);
    private static readonly NetworkPlan Plan = new(new[] { Office, Vault, Vpn, Abroad }.Select(row => NetworkRules.ToZone(row)!));

    [Theory]
    [InlineData("10.1.2.3", "office")]
    [InlineData("::ffff:10.1.2.3", "office")]
    [InlineData("10.9.0.1", "vault")]
    [InlineData("192.0.2.1", "internet")]
    [InlineData("fd00::1", "office")]
    [InlineData("172.20.255.255", "vpn")]
    [InlineData("172.21.0.0", "internet")]
    [InlineData(null, "internet")]
    public void The_longest_prefix_names_the_zone(string? address, string zone) => Assert.Equal(zone, Plan.ZoneOf(address is null ? null : IPAddress.Parse(address)));

    [Fact]
    public void Whatever_the_prefixes_the_most_particular_one_wins_and_their_order_never_matters() => Check.QuickThrowOnFailure(Prop.ForAll(
        (from count in Gen.Choose(0, 12)
         from prefixes in (from bits in Gen.Choose(0, 32) from address in Gen.Choose(0, int.MaxValue) select Prefix((uint)address * 2, bits)).ListOf(count)
         from address in Gen.Choose(0, int.MaxValue)
         select (Distinct: prefixes.Distinct().ToList(), Address: Address((uint)address * 2))).ToArbitrary(),
        drawn =>
        {
            var zones = drawn.Distinct.Select((prefix, i) => new NetworkZone($"z{i}", [prefix], null, null, false, false)).ToList();
            var expected = zones.Where(zone => zone.Prefixes[0].Contains(drawn.Address)).OrderByDescending(zone => zone.Prefixes[0].PrefixLength).FirstOrDefault()?.Name ?? "internet";
            return new NetworkPlan(zones).ZoneOf(drawn.Address) == expected && new NetworkPlan(zones.AsEnumerable().Reverse()).ZoneOf(drawn.Address) == expected;
        }));

    [Fact]
    public void From_outside_people_need_a_permit_that_runs_and_names_the_zone()
    {
        var actor = new ActorFacts { Zone = "vpn" };
        Reason? With(RemotePermit? permit, string zone = "vpn", long now = 50) => ZoneRules.Refusal(actor with { Zone = zone, Remote = permit }, Plan, Act.View, false, now);
        RemotePermit Permit(params string[] zones) => new(zones.ToHashSet(), 10, 100);
        Assert.Equal(Reasons.RemoteNeeded, With(null));
        Assert.Null(With(Permit("vpn")));
        Assert.Null(With(Permit("vpn"), now: 99));
        Assert.Equal(Reasons.RemoteNeeded, With(Permit("vpn"), now: 100));
        Assert.Equal(Reasons.RemoteNeeded, With(Permit("vpn"), now: 9));
        Assert.Equal(Reasons.RemoteNeeded, With(Permit("vpn"), zone: "internet"));
        Assert.Null(With(null, zone: "office"));
        Assert.Equal(Reasons.RemoteNeeded, With(Permit("vpn"), zone: "never-heard-of"));
    }

    [Fact]
    public void Each_zone_says_which_acts_administration_and_levels_there_are()
    {
        ActorFacts At(string zone) => new() { Zone = zone, Remote = new RemotePermit(new HashSet<string> { "internet", "vpn" }, 0, 100) };
        Assert.Null(ZoneRules.Refusal(At("internet"), Plan, Act.View, false, 1));
        Assert.Equal(Reasons.ZoneAct, ZoneRules.Refusal(At("internet"), Plan, Act.Correct, false, 1));
        Assert.Null(ZoneRules.Refusal(At("office"), Plan, null, administers: true, 1));
        Assert.Equal(Reasons.ZoneAct, ZoneRules.Refusal(At("vault"), Plan, null, administers: true, 1));
        Assert.Equal(Reasons.ZoneAct, ZoneRules.Refusal(At("vpn"), Plan, Act.Administer, false, 1));
        Assert.Equal([true, false, false, false], Enum.GetValues<Level>().Select(level => ZoneRules.Opens(At("internet"), Plan, level)));
        Assert.Equal([true, true, true, false], Enum.GetValues<Level>().Select(level => ZoneRules.Opens(At("vpn"), Plan, level)));

        // No zone is defined: nothing depends on the network. One is, but not this one: as little as can be.
        Assert.Null(ZoneRules.Refusal(new ActorFacts(), NetworkPlan.None, Act.Destroy, true, 1));
        var only = new NetworkPlan([NetworkRules.ToZone(Office)!]);
        Assert.Equal(Reasons.RemoteNeeded, ZoneRules.Refusal(new ActorFacts { Zone = "internet" }, only, Act.View, false, 1));
        Assert.False(ZoneRules.Opens(new ActorFacts { Zone = "internet" }, only, Level.Low));
    }

    [Fact]
    public void A_clients_registration_is_its_permit()
    {
        var facts = new ActorFacts { Zone = "vpn", Client = new ClientFacts(ClientId.New(), new HashSet<Act>(), new HashSet<PurposeKey>(), null, null, true, false) };
        Assert.Equal(Reasons.ZoneAct, ZoneRules.Refusal(facts, Plan, Act.View, false, 1));
        Assert.Null(ZoneRules.Refusal(facts with { Client = facts.Client with { Zones = new HashSet<string> { "vpn" } } }, Plan, Act.View, false, 1));
        Assert.Null(ZoneRules.Refusal(facts with { Zone = "office" }, Plan, Act.View, false, 1));
    }

    [Fact]
    public void The_decision_asks_where_somebody_is()
    {
        var question = Scene.View("counter").Clear(Scene.Sensitive);
        AccessQuestion From(string zone) => question.Rules(policy => policy with { Networks = Plan }).Actor(actor => actor with { Zone = zone });
        Assert.Contains(Reasons.RemoteNeeded, AccessRules.Decide(From("vpn")).Reasons);
        Assert.Equal(Verdict.Deny, AccessRules.Decide(From("vpn")).Overall);
        Assert.Equal(Shown.Clear, Shows(From("office")));
        var permitted = From("internet").Actor(actor => actor with { Remote = new RemotePermit(new HashSet<string> { "internet" }, 0, long.MaxValue) });
        Assert.Equal(Shown.Masked, Shows(permitted));
        Assert.Contains(Reasons.ZoneRefused, AccessRules.Decide(permitted).Reasons);
        Assert.NotNull(Reasons.ZoneRefused.Fix);

        static Shown Shows(AccessQuestion asked) => AccessRules.Decide(asked).Shows(Scene.Booking.Id, Scene.Sensitive.Item);
    }

    [Fact]
    public void Mistakes_are_told_with_their_place_and_nothing_half_said_is_taken()
    {
        IReadOnlyList<FieldError> Faults(params NetworkRow[] rows) => NetworkRules.Faults(rows);
        Assert.Empty(Faults(Office, Vault, Vpn, Abroad, new($"branch.{UnitId.New()}", ["192.168.4.0/24"])));
        Assert.Equal("zones", Assert.Single(Faults()).At);
        Assert.Equal("zones[1].zone", Assert.Single(Faults(Office, Office with { Prefixes = [] })).At);
        Assert.Equal("zones[0].zone", Assert.Single(Faults(Office with { Zone = "branch.nowhere" })).At);
        Assert.Equal("zones[0].prefixes[1]", Assert.Single(Faults(Office with { Prefixes = ["10.0.0.0/8", "10.0.0.1/8"] })).At);
        Assert.Equal("zones[1].prefixes[0]", Assert.Single(Faults(Office, Vault with { Prefixes = ["10.0.0.0/8"] })).At);
        Assert.Equal("zones[0].prefixes", Assert.Single(Faults(Abroad with { Prefixes = ["0.0.0.0/0"] })).At);
        Assert.Null(NetworkRules.ToZone(Office with { Prefixes = ["10.0.0.0/8", "office"] }));
        Assert.Null(NetworkRules.ToZone(Office with { Clear = (Level)9 }));
    }

    [Theory]
    [InlineData("198.51.100.7", null, "198.51.100.7", false)]
    [InlineData("10.0.0.5", "203.0.113.9", "203.0.113.9", false)]
    [InlineData("10.0.0.5", "10.1.1.1, 203.0.113.9", "203.0.113.9", false)]
    [InlineData("10.0.0.5", "203.0.113.9, 10.0.0.6", "203.0.113.9", false)]
    [InlineData("10.0.0.5", "203.0.113.9:4711", "203.0.113.9", false)]
    [InlineData("10.0.0.5", "[2001:db8::1]:443", "2001:db8::1", false)]
    [InlineData("10.0.0.5", "2001:db8::1", "2001:db8::1", false)]
    [InlineData("198.51.100.7", "10.1.1.1", "198.51.100.7", true)]
    [InlineData("10.0.0.5", "unknown", "10.0.0.5", true)]
    [InlineData("10.0.0.5", "10.0.0.6", "10.0.0.6", true)]
    [InlineData("10.0.0.5", "", "10.0.0.5", true)]
    public void Only_a_proxy_of_ours_is_believed_about_others(string peer, string? forwarded, string address, bool hearsay)
    {
        var (found, heard) = ProxyRules.Caller(IPAddress.Parse(peer), forwarded, ["10.0.0.5/32", "10.0.0.6/32"]);
        Assert.Equal((IPAddress.Parse(address), hearsay), (found, heard));
    }

    [Fact]
    public void Whatever_a_stranger_writes_he_is_never_taken_for_somebody_in_the_office() => Check.QuickThrowOnFailure(Prop.ForAll<NonNull<string>[]>(hops =>
    {
        var (address, hearsay) = ProxyRules.Caller(IPAddress.Parse("203.0.113.9"), string.Join(',', hops.Select(hop => hop.Get).Append("10.1.1.1")), ["10.0.0.5/32"]);
        var (through, _) = ProxyRules.Caller(IPAddress.Parse("10.0.0.5"), string.Join(',', hops.Select(hop => hop.Get).Append("203.0.113.9")), ["10.0.0.5/32"]);
        return hearsay && address!.ToString() == "203.0.113.9" && through!.ToString() == "203.0.113.9";
    }));

    private static IPAddress Address(uint bits) => new([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);

    private static IPNetwork Prefix(uint bits, int length) => new(Address(length == 0 ? 0 : bits & (uint.MaxValue << (32 - length))), length);
}
