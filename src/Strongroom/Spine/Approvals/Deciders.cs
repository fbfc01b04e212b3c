using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>A post somebody holds, or answers under for somebody who is away.</summary>
internal sealed record PostAt(PostKey Post, UnitId Unit, EntityId Entity, PersonId? For)
{
    public static PostAt? Of(HeldPost held, PolicySnapshot policy) =>
        policy.Organisation.Units.GetValueOrDefault(held.Unit) is { } reach ? new PostAt(held.Post, held.Unit, reach.Entity, null) : null;

    /// <summary>The same as seen from where a request is made.</summary>
    public Stand StandFor(ApprovalContent content, PolicySnapshot policy)
    {
        var units = policy.Organisation.Units;
        var place = Unit == content.Unit ? UnitPlace.Same
            : units.GetValueOrDefault(Unit)?.Below.Contains(content.Unit) == true ? UnitPlace.Above
            : units.GetValueOrDefault(content.Unit)?.Below.Contains(Unit) == true ? UnitPlace.Below
            : UnitPlace.Apart;
        return new Stand(Post, Entity, place, For);
    }
}

/// <summary>A step of a scene with too few people: one on leave, and nobody can approve (domain.md §4).</summary>
/// <param name="Step">From 1.</param>
/// <param name="Configured">Who hold a post that may answer it.</param>
/// <param name="OnDuty">Those of them who are on duty now.</param>
internal sealed record ThinScene(string Scene, EntityId Entity, int Step, int Configured, int OnDuty);

/// <summary>Who could decide a request, as the transaction that asks finds them.</summary>
internal sealed class Deciders(ControlStore control, IApproverFacts facts)
{
    /// <summary>People told of one request at most.</summary>
    public const int MostTold = 20;

    /// <summary>Scenes that fewer than two people could answer now, in each legal entity with people in posts.</summary>
    public async Task<IReadOnlyList<ThinScene>> ThinAsync(Tx tx, PolicySnapshot policy, long now)
    {
        var thin = new List<ThinScene>();
        foreach (var entity in policy.Organisation.Units.Values.Select(unit => unit.Entity).Distinct())
        {
            var people = new List<(HashSet<PostKey> Posts, ApproverStanding Standing)>();
            foreach (var (person, posts) in await facts.PeopleAsync(tx, policy, entity, now))
            {
                people.Add((posts.Select(held => held.Post).ToHashSet(), await facts.OfAsync(tx, policy, person, posts, now)));
            }

            thin.AddRange(
                from scene in people.Count == 0 ? [] : policy.Scenes
                where scene.Enabled && scene.CoOperator is not null
                from step in scene.Steps.Select((step, i) => (Row: step, Number: i + 1))
                let may = people.Where(one => !one.Standing.ThirdParty && step.Row.Who.Any(who =>
                    (who.Post is not { } post || one.Posts.Contains(post)) && (who.Duty is null || one.Standing.Duties.Contains(who.Duty)))).ToList()
                let there = may.Count(one => one.Standing.OnDuty)
                where there < Math.Max(2, step.Row.Count)
                select new ThinScene(scene.Scene, entity, step.Number, may.Count, there));
        }

        return thin;
    }

    /// <summary>
    /// The step that fewer could answer now than the rule asks for, and what is told; null: there is none. Under scenes every step needs its own people, on duty
    /// and of the step itself (domain.md §4: two per scene and shift); under other rules the lead, to whom silence goes on, is one of them.
    /// </summary>
    public async Task<(ApprovalContent At, Reason Told)?> ShortAsync(Tx tx, PolicySnapshot policy, ApprovalContent content, ApprovalRow rule, long now)
    {
        if (rule.CoOperator is not { } must)
        {
            return null;
        }

        var (scenes, steps) = (content.Scope.Scenes is { Count: > 0 }, rule.InOrder());
        for (var step = 0; step < (scenes ? steps.Count : 1); step++)
        {
            var at = content with { Step = step };
            var ready = await ReadyAsync(tx, policy, at, rule, scenes ? ApprovalStage.Open : ApprovalStage.Lead, now);
            if (ready.Count < (scenes ? Math.Max(must.AtLeast, steps[step].Count) : must.AtLeast))
            {
                return (at, ready.Count == 0 ? Reasons.VaultNobody : Reasons.VaultFew);
            }
        }

        return null;
    }

    /// <summary>Whoever besides the requester could answer at this stage and, where the rule asks for it, is on duty now.</summary>
    public async Task<IReadOnlyList<PersonId>> ReadyAsync(Tx tx, PolicySnapshot policy, ApprovalContent content, ApprovalRow rule, ApprovalStage stage, long now)
    {
        var ready = new List<PersonId>();
        var step = rule.InOrder()[Math.Min(content.Step, rule.InOrder().Count - 1)];
        var asked = rule with { Steps = [step], Approvers = [], Escalation = stage == ApprovalStage.Lead ? rule.Escalation : null };
        foreach (var (person, posts) in await facts.PeopleAsync(tx, policy, content.Entity, now))
        {
            if (person == content.Requester || content.Votes.Any(vote => vote.IsBy(person)))
            {
                continue;
            }

            // Most people fit no step at all: they cost no further look.
            var stands = posts.Select(held => PostAt.Of(held, policy)).OfType<PostAt>().Select(post => post.StandFor(content, policy)).ToList();
            var duties = policy.Organisation.Duties.GetValueOrDefault(person)?.Keys.ToHashSet(StringComparer.Ordinal) ?? [];
            if (!ApprovalRules.Fits(content, asked, stands, duties))
            {
                continue;
            }

            var standing = await facts.OfAsync(tx, policy, person, posts, now);
            if (!standing.ThirdParty && (standing.OnDuty || rule.CoOperator?.OnDuty != true) && ApprovalRules.Fits(content, asked, stands, standing.Duties)
                && !await facts.IsUnderAsync(tx, policy, posts, content.Requester, now))
            {
                ready.Add(person);
            }
        }

        return ready;
    }

    /// <summary>Whoever holds one of these posts in the legal entity now.</summary>
    public async Task<IReadOnlyList<PersonId>> HoldersAsync(Tx tx, PolicySnapshot policy, EntityId entity, IReadOnlyCollection<PostKey> posts, PersonId except, long now) =>
        [.. (await facts.PeopleAsync(tx, policy, entity, now)).Where(person => person.Person != except && person.Posts.Any(held => posts.Contains(held.Post))).Select(person => person.Person)];

    /// <summary>Whoever leads and is not here: told that the shift lacks people who may approve. Without a lead, everyone of the step.</summary>
    public Task<IReadOnlyList<PersonId>> LeadsAsync(Tx tx, PolicySnapshot policy, ApprovalContent content, ApprovalRow rule, long now)
    {
        var asked = rule.Escalation is { } up ? rule with { Steps = [new ApprovalStepRow([up.Lead])], Approvers = [], Escalation = null } : rule;
        return ReadyAsync(tx, policy, content, asked with { CoOperator = asked.CoOperator is { } must ? must with { OnDuty = false } : null }, ApprovalStage.Open, now);
    }

    /// <summary>Everything known of somebody who answers. Stand-ins' rows stay locked until the transaction ends.</summary>
    /// <param name="posts">His own posts in force.</param>
    public async Task<Decider> OfAsync(Tx tx, PolicySnapshot policy, PersonId person, IReadOnlyList<HeldPost> posts, ApprovalContent content, long now)
    {
        var standing = await facts.OfAsync(tx, policy, person, posts, now);
        return new Decider(person, [.. (await PostsAsync(tx, policy, person, posts, now, hold: true)).Select(post => post.StandFor(content, policy))], posts)
        {
            Duties = standing.Duties,
            OnDuty = standing.OnDuty,
            ThirdParty = standing.ThirdParty,
            Subordinate = await facts.IsUnderAsync(tx, policy, posts, content.Requester, now),
        };
    }

    public async Task<Decider> OfAsync(Tx tx, PolicySnapshot policy, Actor actor, ApprovalContent content, long now) =>
        await OfAsync(tx, policy, actor.Person, [.. actor.Posts.Where(held => held.InForce(now))], content, now) with
        {
            Strength = actor.Strength, StrengthAt = actor.StrengthAt, SecondFactorAt = actor.SecondFactorAt,
        };

    /// <summary>A colleague as his row says; null: there is none who may act.</summary>
    public async Task<Decider?> OfAsync(Tx tx, PolicySnapshot policy, PersonId person, ApprovalContent content, long now) =>
        await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, person)) is { } row && row.Content.IsActive(now) && !row.Content.MustChangePassword
            ? await OfAsync(tx, policy, person, [.. row.Content.Posts.Where(held => held.InForce(now))], content, now)
            : null;

    /// <summary>
    /// The votes that no longer count: their person has left, is suspended, or no longer holds what he answered as. Looked at before another vote counts, so
    /// that nobody's word decides who may not decide any more.
    /// </summary>
    public async Task<IReadOnlyList<ApprovalVote>> LapsedAsync(Tx tx, PolicySnapshot policy, ApprovalContent content, ApprovalRow row, long now)
    {
        var lapsed = new List<ApprovalVote>();
        foreach (var vote in content.Votes.Where(vote => vote.Step < row.InOrder().Count))
        {
            var asked = row with { Steps = [row.InOrder()[vote.Step]], Approvers = [] };
            var person = (await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, vote.Person)))?.Content;
            var posts = person?.IsActive(now) == true ? await PostsAsync(tx, policy, vote.Person, person.Posts, now) : [];
            var stands = posts.Where(post => post.Post == vote.Post && post.For == vote.For).Select(post => post.StandFor(content, policy));
            if (!ApprovalRules.Fits(content, asked, stands, policy.Organisation.Duties.GetValueOrDefault(vote.Person)?.Keys.ToHashSet(StringComparer.Ordinal) ?? []))
            {
                lapsed.Add(vote);
            }
        }

        return lapsed;
    }

    /// <summary>His posts, and those of absent colleagues whom he stands in for, as far as he belongs to their company.</summary>
    public async Task<IReadOnlyList<PostAt>> PostsAsync(Tx tx, PolicySnapshot policy, PersonId person, IReadOnlyList<HeldPost> posts, long now, bool hold = false)
    {
        var own = posts.Where(held => held.InForce(now)).Select(held => PostAt.Of(held, policy)).OfType<PostAt>().ToList();
        var others = (await Delegations.OfAsync(tx, control, person, now, hold)).Select(one => PostAt.Of(one.Held, policy) is { } post ? post with { For = one.For } : null);
        return [.. own, .. others.OfType<PostAt>().Where(post => own.Exists(mine => mine.Entity == post.Entity))];
    }
}
