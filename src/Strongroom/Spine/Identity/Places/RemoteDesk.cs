using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Places;

/// <summary>
/// Permits to work from outside (R44): one person, named zones, an end. Asked for by who leads people, approved by an administrator who is
/// neither the asker nor the person, and over by itself.
/// </summary>
internal sealed class RemoteDesk(Database database, ControlStore control, Members members, IPolicySnapshots policies, ApprovalDesk approvals, IAuditLog log, TimeProvider time)
{
    public const long LongestMs = 92L * 86_400_000;

    public async Task<IReadOnlyList<PermitView>> ListAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(PlaceFacts.RemoteRead, actor), guard: null, ct).ConfigureAwait(false);
        var rows = await database.ReadAsync(tx => control.ListAsync<RemoteContent>(tx, RemoteAccess.Kind), ct).ConfigureAwait(false);
        var now = time.NowMs();
        return [.. rows.Rows.Select(row => View(row.Content, now))];
    }

    public async Task<Outcome<Approval>> RequestAsync(Actor actor, PermitDraft draft, string? reason, long expires, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            return Problem.Of([Reasons.FieldMissing.At("reason")]);
        }

        return await FaultAsync(draft, ct).ConfigureAwait(false) is { } problem
            ? problem
            : await approvals.RequestAsync(
                actor, new ApprovalScope(PlaceDraft.PermitAct, draft.Person.ToString(), PlaceDraft.Digest(draft), expires),
                new ApprovalEvidence(PlaceDraft.Canonical(draft)) { Reason = reason.Trim() }, new AskedFrom(), ct).ConfigureAwait(false);
    }

    public async Task<Outcome<PermitView>> GrantAsync(Actor actor, ApprovalId approval, PermitDraft draft, CancellationToken ct)
    {
        if (await FaultAsync(draft, ct).ConfigureAwait(false) is { } problem)
        {
            return problem;
        }

        return await members.ChangeAsync<PermitView>(async tx =>
        {
            if (!await approvals.IsPresentAsync(tx, actor))
            {
                return Reasons.RowChanged;
            }

            if (await members.LoadAsync<PersonContent>(tx, Members.Person, draft.Person.Value) is not { } person || !person.Content.IsActive(time.NowMs()))
            {
                return Problem.Of([Reasons.PersonUnknown.At("permit.person")]);
            }

            switch (await approvals.ConsumeAsync(tx, approval, PlaceDraft.PermitAct, draft.Person.ToString(), PlaceDraft.Digest(draft), actor.Person))
            {
                case ApprovalUse.Consumed used when used.Eyes.Contains(draft.Person):
                    throw Members.Refused(Reasons.PeopleSelf);
                case ApprovalUse.Consumed used:
                    var content = new RemoteContent(draft.Person, draft.Zones, draft.From, draft.Until, used.Approval);
                    await SaveAsync(tx, content, IdentityFacts.Of(PlaceFacts.RemoteGranted, actor) with { Approvals = [used.Approval], Rows = [used.Row] });
                    return View(content, time.NowMs());
                case ApprovalUse.Refused refused:
                    return refused.Reason;
                default:
                    return Reasons.ApprovalVoid;
            }
        }, ct).ConfigureAwait(false);
    }

    /// <summary>Ends a permit now. Taking away needs nobody's approval.</summary>
    public Task<Outcome<PermitView>> EndAsync(Actor actor, PersonId person, CancellationToken ct) => members.ChangeAsync<PermitView>(async tx =>
    {
        if (!await approvals.IsPresentAsync(tx, actor))
        {
            return Reasons.RowChanged;
        }

        var now = time.NowMs();
        if (await control.LoadForUpdateAsync<RemoteContent>(tx, RemoteAccess.KeyOf(person)) is not { } row || row.Content.Until <= now)
        {
            return Reasons.NotFound;
        }

        var ended = row.Content with { Until = Math.Max(now, row.Content.From) };
        await SaveAsync(tx, ended, IdentityFacts.Of(PlaceFacts.RemoteEnded, actor));
        return View(ended, now);
    }, ct);

    private async Task SaveAsync(Tx tx, RemoteContent content, LogFact fact)
    {
        var key = RemoteAccess.KeyOf(content.Person);
        var before = await control.LoadForUpdateAsync<RemoteContent>(tx, key);
        if (await control.SaveAsync(tx, key, before?.Version ?? 0, content, fact) is not ControlSaved.Done)
        {
            throw Members.Refused(Reasons.RowChanged);
        }
    }

    private async Task<Problem?> FaultAsync(PermitDraft draft, CancellationToken ct)
    {
        var plan = (await policies.CurrentAsync(ct).ConfigureAwait(false)).Access?.Networks ?? NetworkPlan.None;
        var (now, faults) = (time.NowMs(), new List<FieldError>());
        if (draft.Zones.Count is 0 or > 10 || !draft.Zones.All(zone => zone == NetworkPlan.Internet || plan.Zones.Any(known => known.Name == zone && known.Remote)))
        {
            faults.Add(Reasons.RemoteZone.At("permit.zones"));
        }

        if (draft.Until <= Math.Max(now, draft.From) || draft.Until - draft.From > LongestMs)
        {
            faults.Add(Reasons.RemoteTerm.At("permit.until"));
        }

        return faults.Count > 0 ? Problem.Of(faults) : null;
    }

    private static PermitView View(RemoteContent permit, long now) =>
        new(permit.Person, permit.Zones, permit.From, permit.Until, permit.From <= now && now < permit.Until, permit.Approval);
}
