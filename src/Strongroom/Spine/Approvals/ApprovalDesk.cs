using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>An approval as it is stored.</summary>
internal sealed record Approval(ApprovalId Id, long Version, ApprovalContent Content);

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
    public const string Approved = "approval-approved";
    public const string Refused = "approval-refused";
    public const string Revoked = "approval-revoked";
    public const string Voided = "approval-voided";
    public const string DecisionRefused = "approval-decision-refused";
    public const string Read = "approvals-read";

    public static LogFact Of(string name, Actor actor, ApprovalId? id, string? reason = null) => new()
    {
        Act = FactName.Of(name),
        Actor = actor.AsLogActor(),
        Approvals = id is { } known ? [known] : [],
        Zone = actor.Zone,
        Details = string.IsNullOrWhiteSpace(reason) ? null : new LogDetails { Reason = reason },
    };
}

/// <summary>
/// One-step approvals (R21, R45): requested by one person, decided by another whom policy names, bound to a digest, with an end.
/// Using one commits with the act and its entry, or not at all.
/// </summary>
internal sealed class ApprovalDesk(Database database, ControlStore control, IPolicySnapshots policies, IAuditLog log, TimeProvider time)
{
    public const string Kind = "approval";

    private const int MostListed = 200;
    private const int Tries = 5;

    public async Task<Outcome<Approval>> RequestAsync(Actor actor, string act, string subject, string digest, string preview, long until, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return Reasons.ActUngranted;
        }

        var policy = await policies.CurrentAsync(ct);
        var step = ApprovalRules.Request(policy.ApprovalFor(act), act, subject, digest, preview, actor.Person, until, time.NowMs());
        if (step.Next is not { } content)
        {
            return step.Refusal!;
        }

        var id = ApprovalId.New();
        return await database.WriteAsync(tx => SaveAsync(tx, id, 0, content, ApprovalLog.Of(ApprovalLog.Requested, actor, id)), ct);
    }

    /// <summary>Decides under the rules of the very epoch that the transaction finds, so a rule or post taken away meanwhile binds.</summary>
    public async Task<Outcome<Approval>> DecideAsync(Actor actor, ApprovalId id, string digest, ApprovalVerdict verdict, string? reason, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return Reasons.ActUngranted;
        }

        var name = verdict == ApprovalVerdict.Approve ? ApprovalLog.Approved : ApprovalLog.Refused;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var policy = await policies.CurrentAsync(ct);
            var decided = await ChangeAsync(actor, id, name, reason, policy.Epoch, content =>
            {
                var now = time.NowMs();
                return ApprovalRules.Decide(
                    content, policy.ApprovalFor(content.Act), policy.Posts, actor.Person,
                    [.. actor.Posts.Where(held => held.InForce(now))], digest, verdict, reason, now);
            }, ct);
            if (decided is not null)
            {
                return decided;
            }
        }

        return Reasons.RowChanged;
    }

    public async Task<Outcome<Approval>> RevokeAsync(Actor actor, ApprovalId id, string? reason, CancellationToken ct)
    {
        if (actor.Kind != ActorKind.Person)
        {
            return Reasons.ActUngranted;
        }

        return await ChangeAsync(actor, id, ApprovalLog.Revoked, reason, epoch: null, content => ApprovalRules.Revoke(content, actor.Person, time.NowMs()), ct)
            ?? Reasons.RowChanged;
    }

    /// <summary>
    /// Uses the approval inside the transaction of the act. Nothing but the same act on the same subject with the same digest passes,
    /// for the person who asked, before its end, and as often as was approved; two racing uses of the last one leave one winner.
    /// </summary>
    public async Task<ApprovalUse> ConsumeAsync(Tx tx, ApprovalId id, string act, string subject, string digest, PersonId user)
    {
        var row = await control.LoadForUpdateAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id));
        if (row is null)
        {
            return new ApprovalUse.Refused(Reasons.ApprovalVoid);
        }

        var step = ApprovalRules.Consume(row.Content, act, subject, digest, user, time.NowMs());
        if (step.Next is not { } next)
        {
            return new ApprovalUse.Refused(step.Refusal!);
        }

        return await control.WriteAsync(tx, [ControlChange.Of(row.Key, row.Version, next)]) is { } digests
            ? new ApprovalUse.Consumed(id, next.Approver!.Value, digests[0])
            : new ApprovalUse.Refused(Reasons.ApprovalVoid);
    }

    /// <summary>Those the actor made, decided or may decide, newest first, at most 200; the reading is logged before it is answered.</summary>
    public async Task<IReadOnlyList<Approval>> ListAsync(Actor actor, ApprovalState? state, CancellationToken ct)
    {
        var policy = await policies.CurrentAsync(ct);
        var now = time.NowMs();
        var rows = (await database.ReadAsync(tx => control.ListAsync<ApprovalContent>(tx, Kind), ct)).Rows;
        var seen = rows.Select(Of)
            .Where(approval => MaySee(actor, approval.Content, policy) && (state is null || approval.Content.At(now) == state))
            .OrderByDescending(approval => approval.Content.Requested)
            .Take(MostListed)
            .ToList();
        await log.AppendAsync(ApprovalLog.Of(ApprovalLog.Read, actor, null), guard: null, ct);
        return seen;
    }

    /// <summary>Null when there is none or it is no business of the actor's; the same either way.</summary>
    public async Task<Approval?> FindAsync(Actor actor, ApprovalId id, CancellationToken ct)
    {
        var policy = await policies.CurrentAsync(ct);
        var row = await database.ReadAsync(tx => control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id)), ct);
        await log.AppendAsync(ApprovalLog.Of(ApprovalLog.Read, actor, id), guard: null, ct);
        return row is not null && MaySee(actor, row.Content, policy) ? Of(row) : null;
    }

    private static Approval Of(ControlRow<ApprovalContent> row) => new(ApprovalId.From(row.Key.Id), row.Version, row.Content);

    private static bool MaySee(Actor actor, ApprovalContent content, PolicySnapshot policy) =>
        actor.Kind == ActorKind.Person
        && (content.Requester == actor.Person || content.Approver == actor.Person
            || (policy.ApprovalFor(content.Act) is { } rule && actor.Posts.Any(held => rule.Approvers.Contains(held.Post))));

    /// <summary>One locked change. Null: the configuration moved since the rules were read, nothing happened.</summary>
    private async Task<Outcome<Approval>?> ChangeAsync(
        Actor actor, ApprovalId id, string name, string? reason, long? epoch, Func<ApprovalContent, ApprovalStep> rule, CancellationToken ct)
    {
        var (outcome, refused) = await database.WriteAsync<(Outcome<Approval>?, Reason?)>(async tx =>
        {
            var row = await control.LoadForUpdateAsync<ApprovalContent>(tx, ControlKey.Of(Kind, id));
            if (row is null)
            {
                return (Reasons.NotFound, Reasons.NotFound);
            }

            if (epoch is { } read && await ConfigEpoch.ReadAsync(tx) != read)
            {
                return (null, null);
            }

            switch (rule(row.Content))
            {
                case { Next: { } spoiled, Refusal: { } why }:
                    await SaveAsync(tx, id, row.Version, spoiled, ApprovalLog.Of(ApprovalLog.Voided, actor, id));
                    return (why, null);
                case { Next: { } next }:
                    return (await SaveAsync(tx, id, row.Version, next, ApprovalLog.Of(name, actor, id, reason)), null);
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

    private async Task<Outcome<Approval>> SaveAsync(Tx tx, ApprovalId id, long version, ApprovalContent content, LogFact fact) =>
        await control.SaveAsync(tx, ControlKey.Of(Kind, id), version, content, fact) is ControlSaved.Done done
            ? new Approval(id, done.Version, content)
            : Reasons.RowChanged;
}
