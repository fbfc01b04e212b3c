using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>
/// Emergency access (R41): nobody approves at the time, the data owners and the officer are told in the same transaction, a review is owed, and who owes one
/// opens no other. It stands in for a scene's approval and overrides nothing that is denied.
/// </summary>
internal sealed class BreakGlass(ControlStore control, ApprovalDesk desk, Deciders deciders, ApprovalNotices notices)
{
    private static readonly PostKey[] Told = [PostKey.Of("data-owner"), PostKey.Of("dpo")];

    private const int MostLooked = 1_000;

    public Task<Outcome<Approval>> OpenAsync(Actor actor, ApprovalScope scope, ApprovalEvidence evidence, AskedFrom from, CancellationToken ct) =>
        desk.OpenAsync(actor, evidence, scope, from, ApprovalLog.GlassBroken, async (tx, policy, entity, unit, now) =>
        {
            var last = await ApprovalStore.TakeGlassAsync(tx, actor.Person, now);
            var scene = policy.SceneOn(SceneTrigger.Emergency);
            var asked = scope with { Mode = SceneMode.None, Scenes = scene is null ? null : [scene.Scene] };
            var rule = ApprovalPolicy.Of(policy.RuleFor(asked));
            var step = ApprovalRules.BreakGlass(rule, asked, actor.Person, entity, unit, await OwesAsync(tx, actor.Person, last, now), scene?.ReviewMs ?? 0, now);
            if (step.Next is not null)
            {
                await notices.TellAsync(tx, NoticeTemplates.BreakGlassUsed, await deciders.HoldersAsync(tx, policy, entity, Told, except: actor.Person, now), asked, now);
            }

            return (step, rule?.Row);
        }, ct, async (tx, id) =>
        {
            await ApprovalStore.KeepGlassAsync(tx, actor.Person, id);
            return null;
        });

    /// <summary>
    /// Whether his last one is still owed: no second opens before it is settled, so there is never an earlier one. A row that cannot be read is owed.
    /// </summary>
    private async Task<bool> OwesAsync(Tx tx, PersonId person, ApprovalId? last, long now)
    {
        if (last is { } id)
        {
            return await control.LoadAsync<ApprovalContent>(tx, ControlKey.Of(ApprovalDesk.Kind, id)) is not { Content: var content }
                || content.Requester != person || ApprovalRules.Owes(content, now);
        }

        // Opened before the last one was kept, or never.
        var earlier = await control.LoadManyAsync<ApprovalContent>(tx, ApprovalDesk.Kind, [.. (await ApprovalStore.NewestAsync(tx, person, [], MostLooked)).Select(one => one.Value)]);
        return earlier.Any(row => row.Content.Requester == person && ApprovalRules.Owes(row.Content, now));
    }
}
