using System.Security.Cryptography;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>
/// The one mechanism of approval (R21, R41, R45): requested by one person, decided by others whom policy names, in its order and within its times,
/// bound to a digest of all that could make it another thing. Using one commits with the act and its entry, or not at all. Rows are locked by
/// whoever decides or uses them, so they need no configuration epoch; session and rights of the decider are checked in his transaction.
/// </summary>
internal sealed partial class ApprovalDesk(
    Database database,
    ControlStore control,
    PolicyStore store,
    IPolicySnapshots policies,
    Deciders deciders,
    ApprovalNotices notices,
    IRequesterPatterns patterns,
    ISecretSealer sealer,
    IEnumerable<ICommitGuards> guards,
    IAuditLog log,
    TimeProvider time)
{
    public const string Kind = "approval";

    private const int MostListed = 200, MostLooked = 1_000, LongestReason = 500;

    /// <summary>Who may take back any grant of his company, when neither who asked nor who approved is there to do it.</summary>
    private static readonly PostKey[] Overseers = [PostKey.Of("dpo"), PostKey.Of("admin-4a")];

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
        if (evidence.Preview.Length > ApprovalRules.LongestShown || evidence.Reason is { Length: > ApprovalRules.LongestPreview })
        {
            return Problem.Of([Reasons.FieldLong.At("preview")]);
        }

        await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var items = scope.Targets.Select(target => target.Item).Distinct().ToList();
        var shown = await ShownAsync(actor, scope, evidence, now, ct);
        var id = ApprovalId.New();
        var outcome = await database.WriteAsync<Outcome<Approval>>(async tx =>
        {
            var policy = await RulesAsync(tx);
            if (!await StandsAsync(tx, guards, actor) || policy.Epoch != actor.ConfigEpoch)
            {
                return Reasons.RowChanged;
            }

            if (PlaceOf(actor.Posts, from, policy, now) is not var (entity, unit))
            {
                return Problem.Of([Reasons.ApprovalUnit.At("unit")]);
            }

            var rule = ApprovalPolicy.Of(policy.RuleFor(scope));
            var wanted = scope with { Mode = from.Mode ?? rule?.Row.ModesInOrder().FirstOrDefault(mode => mode != SceneMode.WorkOrder) ?? SceneMode.Remote };
            var step = ApprovalRules.Request(rule, wanted, actor.Person, entity, unit, from.Asked, now);
            if (step.Next is not { } content)
            {
                return step.Refusal!;
            }

            // He who was asked alone is told alone; but that there are others is asked of all who could go on.
            if (await deciders.ShortAsync(tx, policy, content, rule!.Row, now) is var (at, few))
            {
                await notices.TellAsync(tx, NoticeTemplates.ApprovalNobody, await deciders.LeadsAsync(tx, policy, at, rule.Row, now), wanted, now);
                return few;
            }

            content = content with { Salt = NewSalt(), Evidence = Seal(id, shown) };
            await TellWaitingAsync(tx, policy, content, rule.Row, ApprovalStage.Open, NoticeTemplates.ApprovalWaiting, now);
            return await SaveAsync(tx, id, 0, content, rule.Row, ApprovalLog.Of(ApprovalLog.Requested, actor, id, evidence.Reason) with
            {
                Purpose = scope.Purpose, Items = [.. items.Take(80)], Count = Math.Max(1, evidence.Customers), Reasons = [.. shown.Unusual!.Select(thing => thing.Code), .. scope.Scenes ?? []],
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
    /// <param name="signed">Checks and spends, in that transaction, a passkey's signature over exactly this digest; null: there is none.</param>
    public async Task<Outcome<Approval>> DecideAsync(
        Actor actor, ApprovalId id, string digest, ApprovalVerdict verdict, string? reason, CancellationToken ct, Func<Tx, string, Task<bool>>? signed = null)
    {
        var name = verdict == ApprovalVerdict.Approve ? ApprovalLog.Approved : ApprovalLog.Refused;
        return await ChangeAsync(actor, id, name, reason, async (tx, content, policy) =>
        {
            var now = time.NowMs();
            var decider = await deciders.OfAsync(tx, policy, actor, content, now);
            if (signed is not null)
            {
                if (!await signed(tx, content.Digest))
                {
                    return ApprovalStep.No(Reasons.PasskeyWrong);
                }

                decider = decider with { Signed = true, Strength = Strength.Passkey, StrengthAt = now };
            }

            return await AnswerAsync(tx, id, content, policy, decider, digest, verdict, reason, now);
        }, ct);
    }

    /// <summary>
    /// A colleague's proof at the requester's screen. A right one answers in his name and opens no session; a wrong one counts against the request, and
    /// the third voids it.
    /// </summary>
    /// <param name="proved">Checks and spends the proof over this digest in the transaction; null: wrong.</param>
    public Task<Outcome<Approval>> OnSiteAsync(Actor requester, ApprovalId id, string digest, Func<Tx, ApprovalContent, Task<OnSiteProof?>> proved, CancellationToken ct) =>
        ChangeAsync(requester, id, ApprovalLog.Approved, null, async (tx, content, policy) =>
        {
            var now = time.NowMs();
            if (content.Requester != requester.Person || content.Scope.Mode != SceneMode.OnSite)
            {
                return ApprovalStep.No(content.Requester != requester.Person ? Reasons.NotFound : Reasons.ApprovalMode);
            }

            if (content.At(now) != ApprovalState.Requested)
            {
                return ApprovalStep.No(Reasons.ApprovalVoid);
            }

            var lately = await ApprovalStore.SinceAsync(tx, requester.Person, now - ApprovalRules.FailuresMs, MostLooked + 1);
            if (lately.Count > MostLooked
                || ApprovalRules.HasFailedOften((await control.LoadManyAsync<ApprovalContent>(tx, Kind, [.. lately.Select(one => one.Value)])).Select(row => row.Content)))
            {
                return ApprovalStep.No(Reasons.OnSiteOften);
            }

            var found = await proved(tx, content);

            // The proof was made while we looked: against an instant from before it, it would come from the future.
            now = time.NowMs();
            if (found is not { } proof || await deciders.OfAsync(tx, policy, proof.Person, content, now) is not { } decider)
            {
                return ApprovalRules.Fail(content, now) with { Refusal = Reasons.OnSiteWrong };
            }

            decider = decider with { Via = SceneMode.OnSite, Signed = proof.Signed, Strength = proof.Strength, StrengthAt = proof.At, SecondFactorAt = proof.At };
            return await AnswerAsync(tx, id, content, policy, decider, digest, ApprovalVerdict.Approve, null, now) with { By = proof.Person };
        }, ct);

    /// <summary>The review of a break-glass, by somebody whom its scene names.</summary>
    public Task<Outcome<Approval>> ReviewAsync(Actor actor, ApprovalId id, ReviewVerdict verdict, string? note, CancellationToken ct) =>
        ChangeAsync(actor, id, ApprovalLog.Reviewed, note, async (tx, content, policy) =>
            ApprovalRules.Review(content, policy.RuleFor(content.Scope), await deciders.OfAsync(tx, policy, actor, content, time.NowMs()), verdict, time.NowMs()), ct);

    /// <summary>An approval that is there at once: an order of the ticket system, or the breaking of the glass. Nothing is written when it is refused.</summary>
    /// <param name="make">Makes it, in the transaction, under the rules that it finds.</param>
    /// <param name="also">Something that must succeed with it.</param>
    public async Task<Outcome<Approval>> OpenAsync(
        Actor actor, ApprovalEvidence evidence, ApprovalScope scope, AskedFrom from, string name,
        Func<Tx, PolicySnapshot, EntityId, UnitId, long, Task<(ApprovalStep Step, ApprovalRow? Rule)>> make, CancellationToken ct, Func<Tx, ApprovalId, Task<Reason?>>? also = null)
    {
        await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var (id, now) = (ApprovalId.New(), time.NowMs());
        var shown = actor.Kind == ActorKind.Person ? await ShownAsync(actor, scope, evidence, now, ct) : evidence;
        try
        {
            return await database.WriteAsync<Outcome<Approval>>(async tx =>
            {
                var policy = await RulesAsync(tx);
                if (!await StandsAsync(tx, guards, actor) || policy.Epoch != actor.ConfigEpoch)
                {
                    throw new RefusedException(Problem.Of(Reasons.RowChanged));
                }

                var place = actor.Kind != ActorKind.Person ? (from.Entity!.Value, UnitId.None) : PlaceOf(actor.Posts, from, policy, now) ?? throw new RefusedException(Problem.Of([Reasons.ApprovalUnit.At("unit")]));
                var (step, rule) = await make(tx, policy, place.Item1, place.Item2, now);
                var refusal = step.Next is null ? step.Refusal : also is null ? null : await also(tx, id);
                if (refusal is not null)
                {
                    throw new RefusedException(Problem.Of(refusal));
                }

                var content = step.Next! with { Salt = NewSalt(), Evidence = Seal(id, shown) };
                return await SaveAsync(tx, id, 0, content, rule, ApprovalLog.Of(name, actor, id, evidence.Reason) with
                {
                    Purpose = scope.Purpose, Items = [.. content.Scope.Targets.Select(target => target.Item).Distinct().Take(80)],
                    Count = Math.Max(1, evidence.Customers), Reasons = [.. content.Scope.Scenes ?? []],
                });
            }, ct);
        }
        catch (RefusedException refused)
        {
            await log.AppendAsync(ApprovalLog.Of(ApprovalLog.RequestRefused, actor, null) with { Decision = Verdict.Deny, Reasons = [refused.Problem.Code] }, guard: null, ct);
            return refused.Problem;
        }
    }

    /// <summary>By a party to it, or with a reason by whoever oversees his company's grants.</summary>
    public async Task<Outcome<Approval>> RevokeAsync(Actor actor, ApprovalId id, string? reason, CancellationToken ct)
    {
        var outcome = await ChangeAsync(actor, id, ApprovalLog.Revoked, reason, (_, content, policy) =>
        {
            var now = time.NowMs();
            return Task.FromResult(ApprovalRules.Revoke(content, actor.Person, now, Oversees(actor, content, policy, now), reason));
        }, ct);
        return outcome is Outcome<Approval>.Done { Value: var revoked } && !IsParty(actor, revoked.Content) ? revoked with { Overseen = true } : outcome;
    }

    /// <summary>
    /// Uses the approval inside the transaction of the act. Nothing but the same act on the same subject with the same digest passes, under the
    /// rule as it still stands, for the person who asked, before its end, and as often as was approved; two racing uses of the last one leave
    /// one winner.
    /// </summary>
    /// <param name="customer">Whose information is used; null for an act that is not about customers.</param>
    /// <param name="scene">The scene it must have been approved for; null: none.</param>
    public async Task<ApprovalUse> ConsumeAsync(Tx tx, ApprovalId id, string act, string subject, string digest, PersonId user, CustomerId? customer = null, string? scene = null)
    {
        var row = await control.LoadForUpdateAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id));
        if (row is null || (scene is not null && row.Content.Scope.Scenes?.Contains(scene) != true))
        {
            return new ApprovalUse.Refused(row is null ? Reasons.ApprovalVoid : Reasons.GrantChanged);
        }

        var now = time.NowMs();
        var rule = ApprovalPolicy.Of((await RulesAsync(tx)).RuleFor(row.Content.Scope));
        var step = ApprovalRules.Consume(row.Content, rule, act, subject, digest, user, customer, now, time.SureMs());
        if (step.Next is not { } next)
        {
            return new ApprovalUse.Refused(step.Refusal!);
        }

        await ApprovalStore.PutAsync(tx, id, next, ApprovalRules.NextLook(next, rule?.Row, now));
        return await control.WriteAsync(tx, [ControlChange.Of(row.Key, row.Version, next)]) is { } digests
            ? new ApprovalUse.Consumed(id, next.Eyes, digests[0])
            : new ApprovalUse.Refused(Reasons.ApprovalVoid);
    }

    /// <summary>What a stored approval allows now, for whoever asks the one decision about it; null when there is none or its row does not count.</summary>
    public async Task<(ApprovalContent Content, bool Stands)?> LookAsync(ApprovalId id, CancellationToken ct) => await database.ReadAsync<(ApprovalContent, bool)?>(async tx =>
    {
        if (await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)) is not { Content: var content })
        {
            return null;
        }

        var rule = ApprovalPolicy.Of((await RulesAsync(tx)).RuleFor(content.Scope));
        var now = time.NowMs();
        var inForce = content.At(now) is ApprovalState.Approved or ApprovalState.InForce && !(time.SureMs() < content.Scope.From);
        return (content, inForce && rule is not null && rule.Digest == content.Policy && ApprovalRules.IsComplete(content, rule.Row));
    }, ct);

    public async Task<ApprovalContent?> LookAsync(Tx tx, ApprovalId id) => (await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)))?.Content;

    /// <summary>
    /// Those the actor made, decided or may decide, newest first, then those in force that he oversees, at most 200; the reading is logged before it is answered.
    /// </summary>
    public async Task<IReadOnlyList<Approval>> ListAsync(Actor actor, ApprovalState? state, CancellationToken ct)
    {
        var now = time.NowMs();
        var seen = await database.ReadAsync(async tx =>
        {
            var policy = await RulesAsync(tx);
            var posts = await deciders.PostsAsync(tx, policy, actor.Person, actor.Posts, now);
            var ids = await ApprovalStore.NewestAsync(tx, actor.Person, [.. posts.Select(post => post.Entity).Distinct()], MostLooked);
            var rows = await control.LoadManyAsync<ApprovalContent>(tx, Kind, [.. ids.Select(id => id.Value)]);
            return rows.Select(row => SeenBy(actor, row, policy, posts, now)).OfType<Approval>()
                .Where(approval => (state is null || approval.Content.At(now) == state)
                    && (!approval.Overseen || approval.Content.At(now) is ApprovalState.Approved or ApprovalState.InForce))
                .OrderBy(approval => approval.Overseen).ThenByDescending(approval => approval.Content.Requested).ThenByDescending(approval => approval.Id.Value)
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
            var (row, now) = (await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)), time.NowMs());
            return row is null ? null : SeenBy(actor, row, policy, await deciders.PostsAsync(tx, policy, actor.Person, actor.Posts, now), now);
        }, ct);
        await log.AppendAsync(ApprovalLog.Of(ApprovalLog.Read, actor, id), guard: null, ct);
        return found;
    }

    /// <summary>What the approver saw; null for who only oversees, and when the seal is broken, and then nothing may be decided on it.</summary>
    public ApprovalEvidence? EvidenceOf(Approval approval)
    {
        if (approval.Overseen)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ApprovalEvidence>(sealer.Open(UseOf(approval.Id), approval.Content.Evidence), ControlRows.Json);
        }
        catch (Exception e) when (e is BrokenSealException or JsonException)
        {
            return null;
        }
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

    /// <summary>The same, and that nothing of the configuration has changed since the caller was resolved.</summary>
    public static async Task<bool> IsPresentAsync(Tx tx, IEnumerable<ICommitGuards> guards, Actor actor) =>
        await StandsAsync(tx, guards, actor) && await ConfigEpoch.ReadAsync(tx) == actor.ConfigEpoch;

    public Task<bool> IsPresentAsync(Tx tx, Actor actor) => IsPresentAsync(tx, guards, actor);

    private static Approval Of(ControlRow<ApprovalContent> row) => new(ApprovalId.From(row.Key.Id), row.Version, row.Content);

    private static string UseOf(ApprovalId id) => $"approval/{id}";

    private static Approval? SeenBy(Actor actor, ControlRow<ApprovalContent> row, PolicySnapshot policy, IReadOnlyList<PostAt> posts, long now) =>
        MaySee(actor, row.Content, policy, posts) ? Of(row)
        : row.Content.State != ApprovalState.Requested && Oversees(actor, row.Content, policy, now) ? Of(row) with { Overseen = true }
        : null;

    private static bool Oversees(Actor actor, ApprovalContent content, PolicySnapshot policy, long now) => actor.Kind == ActorKind.Person
        && actor.Posts.Any(held => held.InForce(now) && Overseers.Contains(held.Post) && policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Entity == content.Entity);

    private static bool IsParty(Actor actor, ApprovalContent content) =>
        content.Requester == actor.Person || content.Asked == actor.Person || content.Votes.Any(vote => vote.IsBy(actor.Person));

    private static bool MaySee(Actor actor, ApprovalContent content, PolicySnapshot policy, IReadOnlyList<PostAt> posts) =>
        actor.Kind == ActorKind.Person
        && (IsParty(actor, content)
            || (policy.RuleFor(content.Scope) is { } rule
                && ApprovalRules.Fits(content, rule, posts.Select(post => post.StandFor(content, policy)), DutiesOf(policy, actor.Person))));

    private static HashSet<string> DutiesOf(PolicySnapshot policy, PersonId person) =>
        policy.Organisation.Duties.GetValueOrDefault(person)?.Keys.ToHashSet(StringComparer.Ordinal) ?? [];

    /// <summary>The unit a request is made from, and its legal entity; null where the actor must say which of his.</summary>
    public static (EntityId, UnitId)? PlaceOf(IReadOnlyList<HeldPost> posts, AskedFrom from, PolicySnapshot policy, long now)
    {
        var places = posts.Where(held => held.InForce(now) && (from.Unit is null || held.Unit == from.Unit))
            .Select(held => (policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Entity, held.Unit))
            .Where(place => place.Entity is { } entity && (from.Entity is null || entity == from.Entity))
            .Distinct().ToList();
        return places is [var (only, unit)] ? (only!.Value, unit) : null;
    }

    /// <summary>The rules of exactly this transaction's instant.</summary>
    public async Task<PolicySnapshot> RulesAsync(Tx tx)
    {
        var epoch = await ConfigEpoch.ReadAsync(tx);
        return policies.Held(epoch) ?? await store.SnapshotAsync(tx);
    }

    private async Task TellWaitingAsync(Tx tx, PolicySnapshot policy, ApprovalContent content, ApprovalRow rule, ApprovalStage stage, NoticeTemplate template, long now)
    {
        if (notices.AreOpen)
        {
            var alone = content.Asked is { } asked && stage == ApprovalStage.Open && template == NoticeTemplates.ApprovalWaiting ? asked : (PersonId?)null;
            await notices.TellAsync(tx, template, alone is { } only ? [only] : await deciders.ReadyAsync(tx, policy, content, rule, stage, now), content.Scope, now);
        }
    }

    private async Task<ApprovalEvidence> ShownAsync(Actor actor, ApprovalScope scope, ApprovalEvidence evidence, long now, CancellationToken ct)
    {
        var pattern = await patterns.OfAsync(actor, now, ct);
        var items = scope.Targets.Select(target => target.Item).Distinct().ToList();
        return evidence with { Pattern = pattern, Unusual = PatternRules.Unusual(pattern, scope, evidence.Customers, items, now) };
    }

    private byte[] Seal(ApprovalId id, ApprovalEvidence shown) => sealer.Seal(UseOf(id), JsonSerializer.SerializeToUtf8Bytes(shown, ControlRows.Json));

    /// <summary>What the requester reads beside it: why it was refused or taken back. A seal that is broken stays so.</summary>
    private byte[] Answered(ApprovalId id, ApprovalContent content, string? reason) =>
        content.State is not (ApprovalState.Refused or ApprovalState.Revoked) || string.IsNullOrWhiteSpace(reason) || EvidenceOf(new Approval(id, 0, content)) is not { } shown
            ? content.Evidence
            : Seal(id, shown with { Answer = reason });

    private static string NewSalt() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>One locked change, in which the actor's session and rights are checked again.</summary>
    private async Task<Outcome<Approval>> ChangeAsync(
        Actor actor, ApprovalId id, string name, string? reason, Func<Tx, ApprovalContent, PolicySnapshot, Task<ApprovalStep>> rule, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return Reasons.ActUngranted;
        }

        if ((reason?.Length > LongestReason ? Reasons.FieldLong : reason is not null && Ground.Identifiers.IdentifierScanner.LooksLikeIdentifier(reason) ? Reasons.NoteIdentifier : null) is { } unfit)
        {
            return Problem.Of([unfit.At("reason")]);
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

            var waits = policy.RuleFor(row.Content.Scope);
            switch (await rule(tx, row.Content, policy))
            {
                case { Next: { State: ApprovalState.Void } spoiled, Refusal: { } why }:
                    await SaveAsync(tx, id, row.Version, spoiled, waits, ApprovalLog.Of(ApprovalLog.Voided, actor, id));
                    return (why, null);
                case { Next: { } failed, Refusal: { } why }:
                    await SaveAsync(tx, id, row.Version, failed, waits, ApprovalLog.Of(ApprovalLog.DecisionRefused, actor, id) with { Decision = Verdict.Deny, Reasons = [why.Code] });
                    return (why, null);
                case { Next: { } next } step:
                    if (next.State != row.Content.State && ApprovalNotices.ToRequester(next) is { } told)
                    {
                        await notices.TellAsync(tx, told, [next.Requester], next.Scope, time.NowMs());
                        next = next with { Evidence = Answered(id, next, reason) };
                    }

                    // At the requester's screen the entry is the co-operator's, who was there: the requester's session only carried it.
                    var fact = ApprovalLog.Of(name, actor, id, reason);
                    return (await SaveAsync(tx, id, row.Version, next, waits, step.By is { } by ? fact with { Actor = LogActor.Of(by) } : fact), null);
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

    private sealed class RefusedException(Problem problem) : Exception
    {
        public Problem Problem { get; } = problem;
    }
}
