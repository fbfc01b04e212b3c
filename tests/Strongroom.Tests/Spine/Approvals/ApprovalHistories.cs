using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Tests.Spine.Approvals;

/// <summary>
/// Ten thousand random histories over random rules, on two nodes that share one store and may act on stale rows: no path reaches an act without
/// the approvals its rule names; the requester never approves; a changed request never uses an old grant; an expired, revoked or used grant
/// never works, on either node. The ledger below is kept by the test alone and knows nothing of states.
/// </summary>
public sealed class ApprovalHistories
{
    private const int Histories = 10_000, Steps = 40;
    private const long Minute = 60_000, Start = 1_800_000_000_000;
    private static readonly EntityId Company = EntityId.From(1), Sister = EntityId.From(2);
    private static readonly UnitId Unit = UnitId.From(1);
    private static readonly PostKey[] Posts = [PostKey.Of("shift-lead"), PostKey.Of("data-owner"), PostKey.Of("dpo")];
    private static readonly PersonId[] People = [.. Enumerable.Range(1, 8).Select(n => PersonId.From((UInt128)n))];

    [Fact]
    public void No_history_reaches_an_act_without_the_approvals_its_rule_names()
    {
        var (uses, complete, refused, expired) = (0, 0, 0, 0);
        var modes = new Dictionary<SceneMode, int>();
        foreach (var seeds in Gen.Choose(0, int.MaxValue - 1).ListOf(Steps).Sample(Histories))
        {
            var world = new World(seeds);
            world.Run();
            (uses, complete) = (uses + world.Uses, complete + (world.WasComplete ? 1 : 0));
            modes[world.Mode] = modes.GetValueOrDefault(world.Mode) + world.Uses;
            (refused, expired) = (refused + world.RefusedUses, expired + (world.WasLate ? 1 : 0));
        }

        // A model that never gets anywhere, or is never refused, proves nothing.
        Assert.All(Enum.GetValues<SceneMode>(), mode => Assert.True(modes.GetValueOrDefault(mode) > 100, $"{mode}: {modes.GetValueOrDefault(mode)}"));
        Assert.True(uses > 1_000 && complete > 1_000 && refused > 10_000 && expired > 500, $"{uses} uses, {complete} complete, {refused} refused, {expired} late");
    }

    /// <summary>One request, everybody who acts on it, and what really happened, written down by the test.</summary>
    private sealed class World
    {
        private readonly IReadOnlyList<int> seeds;
        private readonly ApprovalPolicy policy;
        private readonly PersonId requester = People[0];
        private readonly string root = new('a', 64);
        private readonly (long Version, ApprovalContent Content)?[] cached = new (long, ApprovalContent)?[2];
        private readonly List<(int Step, PersonId Eyes, PersonId? For)> approvals = [];
        private readonly IReadOnlyList<CustomerId> customers;
        private readonly Dictionary<CustomerId, int> usedFor = [];
        private (long Version, ApprovalContent Content) stored;
        private ApprovalPolicy? present;
        private readonly long until;
        private long now = Start;
        private readonly long? from;
        private bool refusedByOne, revoked, voided, reviewed;
        private int used, failures;

        public World(IReadOnlyList<int> seeds)
        {
            this.seeds = seeds;
            var seed = seeds[0];
            until = Start + ((10 + (seed / 43 % 5 * 25)) * Minute);
            var steps = Enumerable.Range(0, 1 + (seed % 3)).Select(i => new ApprovalStepRow(
                [new ApproverRow(Posts[(seed / 3 + i) % 3], Unit: (ApproverUnit)(seed / 7 % 4))], 1 + (seed / 11 % 2), seed / 13 % 3 == 0 ? 20 * Minute : null)).ToList();
            var escalation = seed / 17 % 2 == 0 ? new EscalationRow(5 * Minute, 15 * Minute, 40 * Minute, new ApproverRow(Posts[2])) : null;
            var second = seed / 19 % 2 == 0 ? new CoOperatorRow(Strength.SecondFactor, 5 * Minute) : null;
            SceneMode[] modes = (seed / 101 % 5) switch
            {
                0 => [SceneMode.Remote],
                1 => [SceneMode.OnSite],
                2 => [SceneMode.OnSite, SceneMode.Remote],
                3 => [SceneMode.WorkOrder],
                _ => [SceneMode.None],
            };
            Mode = modes[seed / 103 % modes.Length];
            from = seed / 109 % 3 == 0 && Mode != SceneMode.None ? Start + (5 * Minute) : null;
            second = second is not null && seed / 107 % 3 == 0 ? second with { Signs = true } : second;
            policy = ApprovalPolicy.Of(new ApprovalRow("use.view", [], 240 * Minute, 1 + (seed / 23 % 2), steps, escalation, second, modes, Booked: true))!;
            present = policy;
            customers = [.. Enumerable.Range(0, Mode == SceneMode.None ? 1 + (seed / 29 % 2) : seed / 29 % 3).Select(n => CustomerId.From((UInt128)(100 + n)))];
            var scope = new ApprovalScope("use.view", "some", root, until)
            {
                Purpose = PurposeKey.Of("fulfil"),
                Mode = Mode,
                From = from,
                Targets = [.. customers.Select(customer => new ApprovalTarget(customer, RecordId.From(1), ItemKey.Of("mobile"), 1))],
            };
            var asked = seed / 31 % 2 == 0 ? People[1 + (seed / 37 % 7)] : (PersonId?)null;
            stored = (1, (Mode == SceneMode.None
                ? ApprovalRules.BreakGlass(policy, scope, requester, Company, Unit, owing: false, 60 * Minute, now)
                : ApprovalRules.Request(policy, scope, requester, Company, Unit, asked, now, ordered: Mode == SceneMode.WorkOrder)).Next!);
        }

        public SceneMode Mode { get; }

        public int Uses { get; private set; }

        public int RefusedUses { get; private set; }

        public bool WasComplete { get; private set; }

        public bool WasLate { get; private set; }

        public void Run()
        {
            foreach (var seed in seeds)
            {
                var node = seed % 2;
                var row = Load(node, stale: seed / 2 % 5 == 0);
                switch (seed / 10 % 12)
                {
                    case 0:
                        now += (seed / 120 % 12) * Minute;
                        break;
                    case 1 when seed / 120 % 8 == 0:
                        Write(row, ApprovalRules.Revoke(row.Content, People[seed / 240 % 8], now), () => revoked = true);
                        break;
                    case 1 when seed / 120 % 8 == 1:
                        Write(row, ApprovalRules.Fail(row.Content, now), () => voided |= ++failures == 3);
                        break;
                    case 1 when seed / 120 % 8 == 2:
                        var reviewer = People[seed / 240 % 8];
                        var looked = ApprovalRules.Review(
                            row.Content, policy.Row, new Decider(reviewer, [new Stand(policy.Row.Steps![0].Who[0].Post!.Value, Company, UnitPlace.Same)], []), ReviewVerdict.Justified, now);
                        Write(row, looked, () =>
                        {
                            Assert.True(Mode == SceneMode.None && !reviewed);
                            Assert.NotEqual(requester, reviewer);
                            reviewed = true;
                        });
                        break;
                    case 2 when seed / 120 % 6 == 0:
                        // The rule is changed, taken away, or put back.
                        present = (seed / 720 % 3) switch { 0 => null, 1 => ApprovalPolicy.Of(policy.Row with { Uses = 9 }), _ => policy };
                        break;
                    case 3 or 4 or 5:
                        Use(row, seed / 120);
                        break;
                    default:
                        Decide(row, seed / 120);
                        break;
                }
            }
        }

        /// <summary>A node may hold a copy from before; what it writes then must not stand.</summary>
        private (long Version, ApprovalContent Content) Load(int node, bool stale) =>
            stale && cached[node] is { } old ? old : (cached[node] = stored).Value;

        /// <summary>Compare and set, as the store does.</summary>
        private bool Write((long Version, ApprovalContent Content) seen, ApprovalStep step, Action done)
        {
            if (step.Next is null || seen.Version != stored.Version)
            {
                return false;
            }

            stored = (stored.Version + 1, step.Next);
            done();
            return true;
        }

        private void Decide((long Version, ApprovalContent Content) row, int seed)
        {
            var person = People[seed % 8];
            var post = Posts[seed / 8 % 3];
            var standsFor = seed / 24 % 4 == 0 ? People[seed / 96 % 8] : (PersonId?)null;
            var stand = new Stand(post, seed / 31 % 9 == 0 ? Sister : Company, (UnitPlace)(seed / 41 % 4), standsFor);
            var decider = new Decider(person, [stand], [new HeldPost(post, Unit, 0, null)])
            {
                OnDuty = seed / 47 % 5 != 0,
                ThirdParty = seed / 53 % 7 == 0,
                Subordinate = seed / 59 % 7 == 0,
                Strength = seed / 61 % 5 == 0 ? Strength.Password : Strength.SecondFactor,
                StrengthAt = now - (seed / 67 % 5 == 0 ? 6 * Minute : Minute),
                Via = seed / 79 % 5 == 0 ? (SceneMode)(seed / 79 % 4) : Mode,
                Signed = seed / 83 % 3 != 0,
            };
            var changed = seed / 71 % 13 == 0;
            var verdict = seed / 73 % 11 == 0 ? ApprovalVerdict.Refuse : ApprovalVerdict.Approve;
            var step = ApprovalRules.Decide(
                row.Content, present, PostBook.Empty, decider, changed ? new string('f', 64) : row.Content.Digest, verdict, "why", now);
            var at = row.Content.Step;
            Write(row, step, () =>
            {
                if (step.Refusal is not null)
                {
                    voided = true;
                    return;
                }

                // Whatever the rules answered: these are the people who must never have been counted.
                Assert.NotEqual(requester, person);
                Assert.NotEqual(requester, standsFor);
                Assert.False(changed);
                Assert.Equal(Company, stand.Entity);
                Assert.DoesNotContain(approvals, one => Eyes(one).Intersect(standsFor is { } other ? [person, other] : new[] { person }).Any());
                Assert.True(verdict == ApprovalVerdict.Refuse || decider.Via == Mode, "approved by another way than was asked for");
                Assert.NotEqual(SceneMode.None, Mode);
                if (policy.Row.CoOperator is { } must)
                {
                    Assert.True(decider is { ThirdParty: false, Subordinate: false } && (decider.Signed || !must.Signs));
                    Assert.True(decider.Via == SceneMode.WorkOrder || (decider is { OnDuty: true, Strength: >= Strength.SecondFactor } && now - decider.StrengthAt <= 5 * Minute));
                }

                if (verdict == ApprovalVerdict.Refuse)
                {
                    refusedByOne = true;
                }
                else
                {
                    Assert.True(post == policy.Row.Steps![at].Who[0].Post || post == policy.Row.Escalation?.Lead.Post);
                    approvals.Add((at, person, standsFor));
                }
            });
            WasComplete |= IsComplete();
        }

        private void Use((long Version, ApprovalContent Content) row, int seed)
        {
            CustomerId? customer = customers.Count == 0 ? null : seed % 7 == 0 ? CustomerId.From(999) : customers[seed / 7 % customers.Count];
            var user = seed / 11 % 9 == 0 ? People[1 + (seed / 99 % 7)] : requester;
            var digest = seed / 13 % 9 == 0 ? new string('b', 64) : root;
            var subject = seed / 17 % 9 == 0 ? "other" : "some";
            var step = ApprovalRules.Consume(row.Content, present, "use.view", subject, digest, user, customer, now);
            var done = Write(row, step, () =>
            {
                used++;
                if (customer is { } whose)
                {
                    usedFor[whose] = usedFor.GetValueOrDefault(whose) + 1;
                }
            });
            if (!done)
            {
                RefusedUses++;
                WasLate |= now >= until;
                return;
            }

            Uses++;
            Assert.True(IsComplete(), "an act without the approvals its rule names");
            Assert.False(refusedByOne || revoked || voided || reviewed, "a refused, revoked, void or reviewed grant was used");
            Assert.True(from is null || now >= from, "a booked grant was used before its time");
            Assert.True(now < until, "an expired grant was used");
            Assert.Equal((requester, root, "some"), (user, digest, subject));
            Assert.Equal(policy.Digest, present?.Digest);
            Assert.True(customer is null ? used <= policy.Row.Uses : customers.Contains(customer.Value) && usedFor[customer.Value] <= policy.Row.Uses, "used more often than approved");
        }

        private bool IsComplete() => Mode == SceneMode.None || policy.Row.Steps!.Select((step, i) => approvals.Count(one => one.Step == i) >= step.Count).All(enough => enough);

        private static IEnumerable<PersonId> Eyes((int Step, PersonId Eyes, PersonId? For) one) => one.For is { } other ? [one.Eyes, other] : [one.Eyes];
    }
}
