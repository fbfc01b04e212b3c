using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Policies;

/// <summary>A standing use authorisation as it is asked for (R45): one post or one API client × purpose × items × term.</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive; at most two years after <paramref name="From"/>.</param>
internal sealed record AuthorisationDraft(PurposeKey Purpose, IReadOnlyList<ItemKey> Items, long From, long Until, PostKey? Post = null, ClientId? Client = null)
{
    private const long LongestMs = 2L * 366 * 24 * 60 * 60 * 1000;

    public IReadOnlyList<FieldError> Mistakes()
    {
        var mistakes = new List<FieldError>();
        if (Items.Count is 0 or > 200 || Items.Distinct().Count() != Items.Count)
        {
            mistakes.Add(Reasons.BadField.At("items"));
        }

        if (Post is null == Client is null)
        {
            mistakes.Add(Reasons.BadField.At("post"));
        }

        if (Until <= From || Until - From > LongestMs)
        {
            mistakes.Add(Reasons.BadField.At("until"));
        }

        return mistakes;
    }

    /// <summary>SHA-256, lower hex, of the canonical JSON (RFC 8785) of this draft with its items sorted: what the approver's decision is bound to.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Canonical())));

    public string Canonical() => CanonicalJson.ToText(JsonSerializer.SerializeToElement(this with { Items = [.. Items.Order()] }, ControlRows.Json));

    /// <summary>What the approval is about: the post or client.</summary>
    public string Subject => Post?.Value ?? Client!.Value.ToString();
}

/// <param name="Until">UTC milliseconds until which the approval may be used.</param>
/// <param name="Unit">The unit it is asked from; needed by who stands in several.</param>
internal sealed record AuthorisationAsk(AuthorisationDraft Authorisation, long Until, UnitId? Unit = null);

/// <param name="Digest">What the approver names when deciding: it binds the draft with requester, rule and end.</param>
internal sealed record AuthorisationRequested(ApprovalId Approval, string Digest);

internal sealed record AuthorisationGrant(ApprovalId Approval, AuthorisationDraft Authorisation);

/// <summary>How high items stand in the catalogue, for rules of the spine that depend on it.</summary>
internal interface IItemLevels
{
    /// <summary>The highest level among them; the highest there is where one is unknown.</summary>
    Task<Level> HighestAsync(IReadOnlyCollection<ItemKey> items, CancellationToken ct = default);
}

internal sealed record AuthorisationList(IReadOnlyList<AuthorisationRow> Authorisations);

/// <summary>
/// Standing use authorisations: whoever needs one drafts it, asks for approval bound to its digest, and puts it in force once the data
/// owner has approved. In force at the next request on every node.
/// </summary>
internal sealed class AuthorisationEndpoints(
    Database database, PolicyStore policies, IPolicySnapshots snapshots, IItemLevels levels, ApprovalDesk approvals, IAuditLog log)
{
    public const string Act = "authorisation.grant";

    private static readonly PostKey[] Enders = [PostKey.Of("data-owner"), PostKey.Of("dpo")];

    private const string Granted = "authorisation-granted", Ended = "authorisation-ended", Read = "authorisations-read";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/authorisations");
        group.MapGet("", (Actor actor, AuthorisationEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.AuthorisationsManage).Records(Read).WithName("authorisations");
        group.MapPost("/request", (AuthorisationAsk ask, Actor actor, AuthorisationEndpoints self, CancellationToken ct) => self.RequestAsync(ask, actor, ct))
            .RequirePolicy(Doors.AuthorisationsManage).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("authorisation-request");
        group.MapPost("", (AuthorisationGrant ask, Actor actor, AuthorisationEndpoints self, CancellationToken ct) => self.GrantAsync(ask, actor, ct))
            .RequirePolicy(Doors.AuthorisationsManage).Records(Granted).WithName("authorisation-grant");
        group.MapPost("/{id}/end", (AuthorisationId id, Actor actor, AuthorisationEndpoints self, CancellationToken ct) => self.EndAsync(id, actor, ct))
            .RequirePolicy(Doors.AuthorisationsManage).Records(Ended).WithName("authorisation-end");
    }

    /// <summary>The approver sees the draft itself, in the canonical form whose hash he decides on: never a text of the requester's.</summary>
    private async Task<Results<Created<AuthorisationRequested>, ProblemHttpResult>> RequestAsync(AuthorisationAsk ask, Actor actor, CancellationToken ct)
    {
        var draft = ask.Authorisation;
        if (draft.Mistakes() is { Count: > 0 } mistakes)
        {
            return Problem.Of(mistakes).ToResult();
        }

        var scene = await SceneAsync(draft, await snapshots.CurrentAsync(actor.ConfigEpoch, ct), ct);
        var scope = new ApprovalScope(Act, draft.Subject, draft.Digest(), ask.Until) { Scenes = scene is null ? null : [scene] };
        return await approvals.RequestAsync(actor, scope, new ApprovalEvidence(draft.Canonical()), new AskedFrom(ask.Unit), ct) switch
        {
            Outcome<Approval>.Done made => TypedResults.Created($"/v1/approvals/{made.Value.Id}", new AuthorisationRequested(made.Value.Id, made.Value.Content.Digest)),
            Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };
    }

    private async Task<Ok<AuthorisationList>> ListAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(Fact(Read, actor), guard: null, ct);
        var rows = await database.ReadAsync(policies.ListAsync, ct);
        return TypedResults.Ok(new AuthorisationList(
            [.. rows.Where(row => row.Kind == PolicyKind.Authorisation).SelectMany(row => row.Rules).Select(rule => rule.Deserialize<AuthorisationRow>(ControlRows.Json)!)]));
    }

    private async Task<Results<Created<AuthorisationRow>, ProblemHttpResult>> GrantAsync(AuthorisationGrant ask, Actor actor, CancellationToken ct)
    {
        var draft = ask.Authorisation;
        if (draft.Mistakes() is { Count: > 0 } mistakes)
        {
            return Problem.Of(mistakes).ToResult();
        }

        var row = new AuthorisationRow(AuthorisationId.New(), draft.Purpose, draft.Items, draft.From, draft.Until, draft.Post, draft.Client, ask.Approval);
        var scene = await SceneAsync(draft, await snapshots.CurrentAsync(actor.ConfigEpoch, ct), ct);
        var refusal = await WriteAsync(actor, async tx => await approvals.ConsumeAsync(tx, ask.Approval, Act, draft.Subject, draft.Digest(), actor.Person, scene: scene) switch
        {
            ApprovalUse.Consumed used => await PutAsync(tx, row, Fact(Granted, actor) with
            {
                Approvals = [ask.Approval], Authorisations = [row.Id], Items = draft.Items, Purpose = draft.Purpose, Rows = [used.Row],
            }),
            ApprovalUse.Refused refused => refused.Reason,
            _ => Reasons.ApprovalVoid,
        }, ct);
        return refusal is null ? TypedResults.Created($"/v1/authorisations/{row.Id}", row) : Problem.Of(refusal).ToResult();
    }

    /// <summary>Rights over level 3 and above are a scene of their own (R41): the data owner and the security desk.</summary>
    private async Task<string?> SceneAsync(AuthorisationDraft draft, PolicySnapshot policy, CancellationToken ct) =>
        policy.SceneOn(SceneTrigger.Authorise) is { } scene && await levels.HighestAsync(draft.Items, ct) >= Level.Sensitive ? scene.Scene : null;

    /// <summary>Ending stops use everywhere at once, so only who may approve one may end it.</summary>
    private async Task<Results<NoContent, ProblemHttpResult>> EndAsync(AuthorisationId id, Actor actor, CancellationToken ct)
    {
        if (!Enders.Any(actor.Holds))
        {
            await log.AppendAsync(Fact(Ended, actor) with { Decision = Verdict.Deny, Reasons = [Reasons.ActUngranted.Code], Authorisations = [id] }, guard: null, ct);
            return Problem.Of(Reasons.ActUngranted).ToResult();
        }

        var refusal = await WriteAsync(actor, async tx =>
        {
            var rows = await policies.ListAsync(tx);
            var held = rows.FirstOrDefault(row => row.Kind == PolicyKind.Authorisation && row.Id == RowName(id));
            return held is null
                ? Reasons.NotFound
                : Saved(await policies.PutAsync(tx, [held with { Rules = [] }], Fact(Ended, actor) with { Authorisations = [id] }));
        }, ct);
        return refusal is null ? TypedResults.NoContent() : Problem.Of(refusal).ToResult();
    }

    private async Task<Reason?> PutAsync(Tx tx, AuthorisationRow row, LogFact fact) =>
        Saved(await policies.PutAsync(tx, [PolicyContent.Of(PolicyKind.Authorisation, RowName(row.Id), row)], fact));

    /// <summary>Names begin with a letter; ids need not.</summary>
    internal static string RowName(AuthorisationId id) => $"ua-{id}";

    private static Reason? Saved(PolicySaved saved) => saved switch
    {
        PolicySaved.Done => null,
        PolicySaved.Stale => Reasons.RowChanged,
        _ => Reasons.PolicyMissing,
    };

    /// <summary>Only while the caller's session and rights stand; a refusal rolls everything back, the use of the approval included.</summary>
    private async Task<Reason?> WriteAsync(Actor actor, Func<Tx, Task<Reason?>> work, CancellationToken ct)
    {
        try
        {
            await database.WriteAsync(async tx =>
                (await approvals.IsPresentAsync(tx, actor) ? await work(tx) : Reasons.RowChanged) is { } refusal ? throw new RefusedException(refusal) : true, ct);
            return null;
        }
        catch (RefusedException refused)
        {
            return refused.Reason;
        }
    }

    private static LogFact Fact(string name, Actor actor) => new() { Act = FactName.Of(name), Actor = actor.AsLogActor(), Zone = actor.Zone };

    private sealed class RefusedException(Reason reason) : Exception
    {
        public Reason Reason { get; } = reason;
    }
}
