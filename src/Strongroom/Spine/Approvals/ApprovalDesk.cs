using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>An approval as it is stored.</summary>
internal sealed record Approval(ApprovalId Id, long Version, ApprovalContent Content);

/// <summary>Where somebody asks from, and whom first.</summary>
/// <param name="Unit">One of his units; null: the only one he has (in <paramref name="Entity"/>, when that is given).</param>
/// <param name="Asked">The colleague who is asked first; null: all of the step.</param>
internal sealed record AskedFrom(UnitId? Unit = null, EntityId? Entity = null, PersonId? Asked = null);

/// <summary>What became of a use.</summary>
internal abstract record ApprovalUse
{
    private ApprovalUse()
    {
    }

    /// <summary>Used, in the caller's transaction. Put <paramref name="Row"/> into the entry's rows and <paramref name="Approval"/> into its approvals.</summary>
    public sealed record Consumed(ApprovalId Approval, PersonId Approver, RowDigest Row) : ApprovalUse;

    /// <summary>Not used; roll back.</summary>
    public sealed record Refused(Reason Reason) : ApprovalUse;
}

/// <summary>What the log says about approvals.</summary>
internal static class ApprovalLog
{
    public const string Requested = "approval-requested";
    public const string RequestRefused = "approval-request-refused";
    public const string Approved = "approval-approved";
    public const string Refused = "approval-refused";
    public const string Revoked = "approval-revoked";
    public const string Voided = "approval-voided";
    public const string Escalated = "approval-escalated";
    public const string Expired = "approval-expired";
    public const string DecisionRefused = "approval-decision-refused";
    public const string Read = "approvals-read";

    public static LogFact Of(string name, Actor actor, ApprovalId? id, string? reason = null) => new LogFact
    {
        Act = FactName.Of(name),
        Actor = actor.AsLogActor(),
        Approvals = id is { } known ? [known] : [],
        Zone = actor.Zone,
        Details = string.IsNullOrWhiteSpace(reason) ? null : new LogDetails { Reason = reason },
    };
}

/// <summary>
/// The one mechanism of approval (R21, R41, R45): requested by one person, decided by others whom policy names, in its order and within its times,
/// bound to a digest of all that could make it another thing. Using one commits with the act and its entry, or not at all. Rows are locked by
/// whoever decides or uses them, so they need no configuration epoch; session and rights of the decider are checked in his transaction.
/// </summary>
internal sealed class ApprovalDesk(
    Database database,
    ControlStore control,
    PolicyStore store,
    IPolicySnapshots policies,
    IApproverFacts facts,
    IRequesterPatterns patterns,
    ISecretSealer sealer,
    IEnumerable<ICommitGuards> guards,
    IAuditLog log,
    TimeProvider time)
{
    public const string Kind = "approval";

    private const int MostListed = 200, MostLooked = 1_000;

    /// <summary>A request without customers: publishing, authorising and the like.</summary>
    public Task<Outcome<Approval>> RequestAsync(
        Actor actor, string act, string subject, string digest, string preview, long until, CancellationToken ct, AskedFrom? from = null) =>
        RequestAsync(actor, new ApprovalScope(act, subject, digest, until), new ApprovalEvidence(preview), from ?? new AskedFrom(), ct);

    /// <param name="evidence">What the approver will see; the requester's pattern and what is unusual are added here, out of the log.</param>
    public async Task<Outcome<Approval>> RequestAsync(Actor actor, ApprovalScope scope, ApprovalEvidence evidence, AskedFrom from, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return Reasons.ActUngranted;
        }

        var now = time.NowMs();
        if (evidence.Preview.Length > ApprovalRules.LongestPreview || evidence.Reason is { Length: > ApprovalRules.LongestPreview })
        {
            return Problem.Of([Reasons.FieldLong.At("preview")]);
        }

        await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var pattern = await patterns.OfAsync(actor, now, ct);
        var items = scope.Targets.Select(target => target.Item).Distinct().ToList();
        var shown = evidence with { Pattern = pattern, Unusual = PatternRules.Unusual(pattern, scope, evidence.Customers, items, now) };
        var id = ApprovalId.New();
        var outcome = await database.WriteAsync<Outcome<Approval>>(async tx =>
        {
            var policy = await RulesAsync(tx);
            if (!await StandsAsync(tx, guards, actor) || policy.Epoch != actor.ConfigEpoch)
            {
                return Reasons.RowChanged;
            }

            if (PlaceOf(actor, from, policy, now) is not var (entity, unit))
            {
                return Problem.Of([Reasons.ApprovalUnit.At("unit")]);
            }

            var rule = ApprovalPolicy.Of(policy.ApprovalFor(scope.Act));
            var step = ApprovalRules.Request(rule, scope, actor.Person, entity, unit, from.Asked, now);
            if (step.Next is not { } content)
            {
                return step.Refusal!;
            }

            if (rule!.Row.CoOperator is { } must && await ReadyAsync(tx, policy, content, rule.Row, now) < must.AtLeast)
            {
                return Reasons.VaultNobody;
            }

            var sealedEvidence = sealer.Seal(UseOf(id), JsonSerializer.SerializeToUtf8Bytes(shown, ControlRows.Json));
            return await SaveAsync(tx, id, 0, content with { Evidence = sealedEvidence }, rule.Row, ApprovalLog.Of(ApprovalLog.Requested, actor, id, evidence.Reason) with
            {
                Purpose = scope.Purpose, Items = [.. items.Take(80)], Count = Math.Max(1, evidence.Customers), Reasons = [.. shown.Unusual!.Select(thing => thing.Code)],
            });
        }, ct);
        if (outcome is Outcome<Approval>.Refused refused)
        {
            var fact = ApprovalLog.Of(ApprovalLog.RequestRefused, actor, null) with { Decision = Verdict.Deny, Reasons = [refused.Problem.Code] };
            await log.AppendAsync(fact, guard: null, ct);
        }

        return outcome;
    }

    /// <summary>Decides under the rules that the transaction finds; the decider's session and posts must still be those of his request.</summary>
    public async Task<Outcome<Approval>> DecideAsync(Actor actor, ApprovalId id, string digest, ApprovalVerdict verdict, string? reason, CancellationToken ct)
    {
        var name = verdict == ApprovalVerdict.Approve ? ApprovalLog.Approved : ApprovalLog.Refused;
        return await ChangeAsync(actor, id, name, reason, async (tx, content, policy) =>
        {
            var now = time.NowMs();
            return ApprovalRules.Decide(
                content, ApprovalPolicy.Of(policy.ApprovalFor(content.Act)), policy.Posts, await DeciderAsync(tx, policy, actor, content, now), digest, verdict, reason, now);
        }, ct);
    }

    public Task<Outcome<Approval>> RevokeAsync(Actor actor, ApprovalId id, string? reason, CancellationToken ct) =>
        ChangeAsync(actor, id, ApprovalLog.Revoked, reason, (_, content, _) => Task.FromResult(ApprovalRules.Revoke(content, actor.Person, time.NowMs())), ct);

    /// <summary>
    /// Uses the approval inside the transaction of the act. Nothing but the same act on the same subject with the same digest passes, under the
    /// rule as it still stands, for the person who asked, before its end, and as often as was approved; two racing uses of the last one leave
    /// one winner.
    /// </summary>
    /// <param name="customer">Whose information is used; null for an act that is not about customers.</param>
    public async Task<ApprovalUse> ConsumeAsync(Tx tx, ApprovalId id, string act, string subject, string digest, PersonId user, CustomerId? customer = null)
    {
        var row = await control.LoadForUpdateAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id));
        if (row is null)
        {
            return new ApprovalUse.Refused(Reasons.ApprovalVoid);
        }

        var now = time.NowMs();
        var rule = ApprovalPolicy.Of((await RulesAsync(tx)).ApprovalFor(row.Content.Act));
        var step = ApprovalRules.Consume(row.Content, rule, act, subject, digest, user, customer, now);
        if (step.Next is not { } next)
        {
            return new ApprovalUse.Refused(step.Refusal!);
        }

        await ApprovalStore.PutAsync(tx, id, next, ApprovalRules.NextLook(next, rule?.Row, now));
        return await control.WriteAsync(tx, [ControlChange.Of(row.Key, row.Version, next)]) is { } digests
            ? new ApprovalUse.Consumed(id, next.Approver!.Value, digests[0])
            : new ApprovalUse.Refused(Reasons.ApprovalVoid);
    }

    /// <summary>What a stored approval allows now, for whoever asks the one decision about it; null when there is none or its row does not count.</summary>
    public async Task<(ApprovalContent Content, bool Stands)?> LookAsync(ApprovalId id, CancellationToken ct) => await database.ReadAsync<(ApprovalContent, bool)?>(async tx =>
    {
        if (await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)) is not { Content: var content })
        {
            return null;
        }

        var rule = ApprovalPolicy.Of((await RulesAsync(tx)).ApprovalFor(content.Act));
        var inForce = content.At(time.NowMs()) is ApprovalState.Approved or ApprovalState.InForce;
        return (content, inForce && rule is not null && rule.Digest == content.Policy && ApprovalRules.IsComplete(content, rule.Row));
    }, ct);

    public async Task<ApprovalContent?> LookAsync(Tx tx, ApprovalId id) => (await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)))?.Content;

    /// <summary>Those the actor made, decided or may decide, newest first, at most 200; the reading is logged before it is answered.</summary>
    public async Task<IReadOnlyList<Approval>> ListAsync(Actor actor, ApprovalState? state, CancellationToken ct)
    {
        var now = time.NowMs();
        var seen = await database.ReadAsync(async tx =>
        {
            var policy = await RulesAsync(tx);
            var posts = await PostsAsync(tx, policy, actor, now);
            var ids = await ApprovalStore.NewestAsync(tx, actor.Person, [.. posts.Select(post => post.Entity).Distinct()], MostLooked);
            var rows = await control.LoadManyAsync<ApprovalContent>(tx, Kind, [.. ids.Select(id => id.Value)]);
            return rows.Select(Of)
                .Where(approval => (state is null || approval.Content.At(now) == state) && MaySee(actor, approval.Content, policy, posts))
                .OrderByDescending(approval => approval.Content.Requested).ThenByDescending(approval => approval.Id.Value)
                .Take(MostListed).ToList();
        }, ct);
        await log.AppendAsync(ApprovalLog.Of(ApprovalLog.Read, actor, null), guard: null, ct);
        return seen;
    }

    /// <summary>Null when there is none or it is no business of the actor's; the same either way.</summary>
    public async Task<Approval?> FindAsync(Actor actor, ApprovalId id, CancellationToken ct)
    {
        var found = await database.ReadAsync(async tx =>
        {
            var policy = await RulesAsync(tx);
            var row = await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id));
            return row is not null && MaySee(actor, row.Content, policy, await PostsAsync(tx, policy, actor, time.NowMs())) ? Of(row) : null;
        }, ct);
        await log.AppendAsync(ApprovalLog.Of(ApprovalLog.Read, actor, id), guard: null, ct);
        return found;
    }

    /// <summary>What the approver saw; null when the seal is broken, and then nothing may be decided on it.</summary>
    public ApprovalEvidence? EvidenceOf(Approval approval)
    {
        try
        {
            return JsonSerializer.Deserialize<ApprovalEvidence>(sealer.Open(UseOf(approval.Id), approval.Content.Evidence), ControlRows.Json);
        }
        catch (Exception e) when (e is BrokenSealException or JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// What waiting did to a request: told once that it went on to the next or to the lead, and closed when its time is over. Any node may do it;
    /// the row decides who was first.
    /// </summary>
    /// <returns>How many requests changed.</returns>
    public async Task<int> TickAsync(CancellationToken ct)
    {
        const int AtOnce = 100;
        var due = await database.ReadAsync(tx => ApprovalStore.DueAsync(tx, time.NowMs(), AtOnce), ct);
        var changed = 0;
        foreach (var id in due)
        {
            changed += await database.WriteAsync(tx => TickAsync(tx, id), ct) ? 1 : 0;
        }

        return changed;
    }

    /// <summary>Whether all that a caller's rights rest on still stands in this transaction.</summary>
    public static async Task<bool> StandsAsync(Tx tx, IEnumerable<ICommitGuards> guards, Actor actor)
    {
        CommitGuard[] guard = [actor.Guard()];
        foreach (var check in guards)
        {
            if ((await check.FailingAsync(tx, guard)).Count > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static Approval Of(ControlRow<ApprovalContent> row) => new(ApprovalId.From(row.Key.Id), row.Version, row.Content);

    private static string UseOf(ApprovalId id) => $"approval/{id}";

    private static bool MaySee(Actor actor, ApprovalContent content, PolicySnapshot policy, IReadOnlyList<PostAt> posts) =>
        actor.Kind == ActorKind.Person
        && (content.Requester == actor.Person || content.Asked == actor.Person || content.Votes.Any(vote => vote.IsBy(actor.Person))
            || (policy.ApprovalFor(content.Act) is { } rule
                && ApprovalRules.Fits(content, rule, posts.Select(post => StandOf(post, content, policy)), DutiesOf(policy, actor.Person))));

    private static HashSet<string> DutiesOf(PolicySnapshot policy, PersonId person) =>
        policy.Organisation.Duties.GetValueOrDefault(person)?.Keys.ToHashSet(StringComparer.Ordinal) ?? [];

    /// <summary>The unit a request is made from, and its legal entity; null where the actor must say which of his.</summary>
    private static (EntityId, UnitId)? PlaceOf(Actor actor, AskedFrom from, PolicySnapshot policy, long now)
    {
        var places = actor.Posts.Where(held => held.InForce(now) && (from.Unit is null || held.Unit == from.Unit))
            .Select(held => (policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Entity, held.Unit))
            .Where(place => place.Entity is { } entity && (from.Entity is null || entity == from.Entity))
            .Distinct().ToList();
        return places is [var (only, unit)] ? (only!.Value, unit) : null;
    }

    /// <summary>The rules of exactly this transaction's instant.</summary>
    private async Task<PolicySnapshot> RulesAsync(Tx tx)
    {
        var epoch = await ConfigEpoch.ReadAsync(tx);
        return policies.Held(epoch) ?? await store.SnapshotAsync(tx);
    }

    private async Task<bool> TickAsync(Tx tx, ApprovalId id)
    {
        var now = time.NowMs();
        if (await control.LoadForUpdateAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)) is not { } row)
        {
            return false;
        }

        var content = row.Content;
        var rule = (await RulesAsync(tx)).ApprovalFor(content.Act);
        var stage = rule is null ? content.Told : ApprovalRules.StageAt(content, rule, now);
        var expired = content.State != ApprovalState.Expired && content.At(now) == ApprovalState.Expired;
        if (!expired && (content.At(now) != ApprovalState.Requested || stage <= content.Told))
        {
            await ApprovalStore.PutAsync(tx, id, content, ApprovalRules.NextLook(content, rule, now));
            return false;
        }

        var fact = new LogFact
        {
            Act = FactName.Of(expired ? ApprovalLog.Expired : ApprovalLog.Escalated), Actor = LogActor.System, Approvals = [id], Reasons = expired ? [] : [Kebab.Of(stage)],
        };
        var next = expired ? content with { State = ApprovalState.Expired } : content with { Told = stage };
        return await SaveAsync(tx, id, row.Version, next, rule, fact) is Outcome<Approval>.Done;
    }

    /// <summary>One locked change, in which the actor's session and rights are checked again.</summary>
    private async Task<Outcome<Approval>> ChangeAsync(
        Actor actor, ApprovalId id, string name, string? reason, Func<Tx, ApprovalContent, PolicySnapshot, Task<ApprovalStep>> rule, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return Reasons.ActUngranted;
        }

        await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var (outcome, refused) = await database.WriteAsync<(Outcome<Approval>, Reason?)>(async tx =>
        {
            var row = await control.LoadForUpdateAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id));
            if (row is null)
            {
                return (Reasons.NotFound, Reasons.NotFound);
            }

            var policy = await RulesAsync(tx);
            if (!await StandsAsync(tx, guards, actor) || policy.Epoch != actor.ConfigEpoch)
            {
                return (Reasons.RowChanged, Reasons.RowChanged);
            }

            var waits = policy.ApprovalFor(row.Content.Act);
            switch (await rule(tx, row.Content, policy))
            {
                case { Next: { } spoiled, Refusal: { } why }:
                    await SaveAsync(tx, id, row.Version, spoiled, waits, ApprovalLog.Of(ApprovalLog.Voided, actor, id));
                    return (why, null);
                case { Next: { } next }:
                    return (await SaveAsync(tx, id, row.Version, next, waits, ApprovalLog.Of(name, actor, id, reason)), null);
                case var step:
                    return (step.Refusal!, step.Refusal);
            }
        }, ct);
        if (refused is not null)
        {
            var fact = ApprovalLog.Of(ApprovalLog.DecisionRefused, actor, id) with { Decision = Verdict.Deny, Reasons = [refused.Code] };
            await log.AppendAsync(fact, guard: null, ct);
        }

        return outcome;
    }

    private async Task<Outcome<Approval>> SaveAsync(Tx tx, ApprovalId id, long version, ApprovalContent content, ApprovalRow? rule, LogFact fact)
    {
        await ApprovalStore.PutAsync(tx, id, content, ApprovalRules.NextLook(content, rule, time.NowMs()));
        return await control.SaveAsync(tx, ControlKey.Of(Kind, id), version, content, fact) is ControlSaved.Done done
            ? new Approval(id, done.Version, content)
            : Reasons.RowChanged;
    }

    /// <summary>How many besides the requester could decide the first step, or lead, and are on duty now.</summary>
    private async Task<int> ReadyAsync(Tx tx, PolicySnapshot policy, ApprovalContent content, ApprovalRow rule, long now)
    {
        var ready = 0;
        foreach (var (person, posts) in await facts.PeopleAsync(tx, policy, content.Entity, now))
        {
            if (person == content.Requester)
            {
                continue;
            }

            var standing = await facts.OfAsync(tx, policy, person, posts, now);
            var stands = posts.Select(held => PostAt.Of(held, policy)).OfType<PostAt>().Select(post => StandOf(post, content, policy));
            if (standing is { OnDuty: true, ThirdParty: false } && ApprovalRules.Fits(content, rule with { Steps = [rule.InOrder()[0]], Approvers = [] }, stands, standing.Duties)
                && !await facts.IsUnderAsync(tx, policy, posts, content.Requester, now))
            {
                ready++;
            }
        }

        return ready;
    }

    private async Task<Decider> DeciderAsync(Tx tx, PolicySnapshot policy, Actor actor, ApprovalContent content, long now)
    {
        var own = actor.Posts.Where(held => held.InForce(now)).ToList();
        var standing = await facts.OfAsync(tx, policy, actor.Person, own, now);
        return new Decider(actor.Person, [.. (await PostsAsync(tx, policy, actor, now)).Select(post => StandOf(post, content, policy))], own)
        {
            Duties = standing.Duties,
            OnDuty = standing.OnDuty,
            ThirdParty = standing.ThirdParty,
            Subordinate = await facts.IsUnderAsync(tx, policy, own, content.Requester, now),
            Strength = actor.Strength,
            StrengthAt = actor.StrengthAt,
        };
    }

    /// <summary>His posts, and those of absent colleagues whom he stands in for, as far as he belongs to their company.</summary>
    private async Task<IReadOnlyList<PostAt>> PostsAsync(Tx tx, PolicySnapshot policy, Actor actor, long now)
    {
        var own = actor.Posts.Where(held => held.InForce(now)).Select(held => PostAt.Of(held, policy)).OfType<PostAt>().ToList();
        var others = (await Delegations.OfAsync(tx, control, actor.Person, now)).Select(one => PostAt.Of(one.Held, policy) is { } post ? post with { For = one.For } : null);
        return [.. own, .. others.OfType<PostAt>().Where(post => own.Exists(mine => mine.Entity == post.Entity))];
    }

    private static Stand StandOf(PostAt post, ApprovalContent content, PolicySnapshot policy)
    {
        var units = policy.Organisation.Units;
        var place = post.Unit == content.Unit ? UnitPlace.Same
            : units.GetValueOrDefault(post.Unit)?.Below.Contains(content.Unit) == true ? UnitPlace.Above
            : units.GetValueOrDefault(content.Unit)?.Below.Contains(post.Unit) == true ? UnitPlace.Below
            : UnitPlace.Apart;
        return new Stand(post.Post, post.Entity, place, post.For);
    }

    private sealed record PostAt(PostKey Post, UnitId Unit, EntityId Entity, PersonId? For)
    {
        public static PostAt? Of(HeldPost held, PolicySnapshot policy) =>
            policy.Organisation.Units.GetValueOrDefault(held.Unit) is { } reach ? new PostAt(held.Post, held.Unit, reach.Entity, null) : null;
    }
}
