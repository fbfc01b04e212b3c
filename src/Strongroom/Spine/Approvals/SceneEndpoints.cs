using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

internal sealed record SceneList(IReadOnlyList<SceneRow> Scenes);

/// <param name="Row">The scene as it is to be; its key stays.</param>
/// <param name="Until">UTC milliseconds until which the approval may be used.</param>
internal sealed record SceneChangeAsk(SceneRow Row, long Until, string? Reason = null, UnitId? Unit = null);

internal sealed record SceneChange(SceneRow Row, ApprovalId Approval);

/// <summary>Vault scenes as data (R41): seen by everybody, changed or switched off by two, who see exactly the row before and after.</summary>
internal sealed class SceneEndpoints(Database database, PolicyStore policies, IPolicySnapshots snapshots, ApprovalDesk desk, ApprovalEndpoints approvals, IAuditLog log)
{
    public const string Act = "policy.change";

    private const string Listed = "scenes-listed", Changed = "scene-changed";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/scenes");
        group.MapGet("", (Actor actor, SceneEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(Listed).WithName("scenes");
        group.MapPost("/{scene}/request", (string scene, SceneChangeAsk ask, Actor actor, SceneEndpoints self, CancellationToken ct) => self.RequestAsync(scene, ask, actor, ct))
            .RequirePolicy(Doors.PoliciesManage).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("scene-request");
        group.MapPut("/{scene}", (string scene, SceneChange ask, Actor actor, SceneEndpoints self, CancellationToken ct) => self.ChangeAsync(scene, ask, actor, ct))
            .RequirePolicy(Doors.PoliciesManage).Records(Changed).WithName("scene-change");
    }

    private async Task<Ok<SceneList>> ListAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(ApprovalLog.Of(Listed, actor, null), guard: null, ct);
        return TypedResults.Ok(new SceneList((await snapshots.CurrentAsync(ct)).Scenes));
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> RequestAsync(string scene, SceneChangeAsk ask, Actor actor, CancellationToken ct)
    {
        var policy = await snapshots.CurrentAsync(actor.ConfigEpoch, ct);
        if (Fault(policy, scene, ask.Row) is { } fault)
        {
            return fault.ToResult();
        }

        var (preview, digest) = Bound(policy.Scene(scene)!, ask.Row);
        var scope = new ApprovalScope(Act, scene, digest, ask.Until) { Scenes = policy.SceneOn(SceneTrigger.Policy) is { } guarded ? [guarded.Scene] : null };
        return await approvals.AnswerAsync(await desk.RequestAsync(actor, scope, new ApprovalEvidence(preview, Reason: ask.Reason), new AskedFrom(ask.Unit), ct), ct);
    }

    private async Task<Results<Ok<SceneRow>, ProblemHttpResult>> ChangeAsync(string scene, SceneChange ask, Actor actor, CancellationToken ct)
    {
        try
        {
            return TypedResults.Ok(await database.WriteAsync(async tx =>
            {
                if (!await desk.IsPresentAsync(tx, actor))
                {
                    throw new RefusedException(Problem.Of(Reasons.RowChanged));
                }

                var policy = await desk.RulesAsync(tx);
                if (Fault(policy, scene, ask.Row) is { } fault)
                {
                    throw new RefusedException(fault);
                }

                var digest = Bound(policy.Scene(scene)!, ask.Row).Digest;
                var used = await desk.ConsumeAsync(tx, ask.Approval, Act, scene, digest, actor.Person, scene: policy.SceneOn(SceneTrigger.Policy)?.Scene);
                if (used is not ApprovalUse.Consumed consumed)
                {
                    throw new RefusedException(Problem.Of((used as ApprovalUse.Refused)?.Reason ?? Reasons.ApprovalVoid));
                }

                var fact = ApprovalLog.Of(Changed, actor, ask.Approval) with { Rows = [consumed.Row], Reasons = [scene] };
                return await policies.PutAsync(tx, [PolicyContent.Of(PolicyKind.Scene, scene, ask.Row)], fact) is PolicySaved.Done ? ask.Row : throw new RefusedException(Problem.Of(Reasons.RowChanged));
            }, ct));
        }
        catch (RefusedException refused)
        {
            await log.AppendAsync(ApprovalLog.Of(Changed, actor, ask.Approval) with { Decision = Verdict.Deny, Reasons = [refused.Problem.Code] }, guard: null, ct);
            return refused.Problem.ToResult();
        }
    }

    private static Problem? Fault(PolicySnapshot policy, string scene, SceneRow row) =>
        policy.Scene(scene) is null ? Problem.Of(Reasons.SceneUnknown)
        : row.Scene != scene || !PolicyRules.TryAdd(PolicyContent.Of(PolicyKind.Scene, scene, row), new PolicyDraft()) ? Problem.Of([Reasons.BadField.At("row")])
        : null;

    /// <summary>Both rows in canonical JSON (RFC 8785), and SHA-256 of that: what the approvers read is what they decide on, and a row changed meanwhile is another digest.</summary>
    private static (string Preview, string Digest) Bound(SceneRow before, SceneRow after)
    {
        var text = $"{Canonical(before)}\n{Canonical(after)}";
        return (text, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private static string Canonical(SceneRow row) => CanonicalJson.ToText(JsonSerializer.SerializeToElement(row, ControlRows.Json));

    private sealed class RefusedException(Problem problem) : Exception
    {
        public Problem Problem { get; } = problem;
    }
}
