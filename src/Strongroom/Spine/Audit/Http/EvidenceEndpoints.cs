using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Audit.Http;

/// <summary>What an auditor takes away (R51, R53): entries proved together, the history of checkpoints, a customer's name in the log.</summary>
internal sealed class EvidenceEndpoints(IAuditReader reader, IAuditLog log, ICustomerReferences references)
{
    private const int CheckpointsPage = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/audit");
        v1.MapPost("/evidence", (EvidenceAsk ask, Actor actor, EvidenceEndpoints evidence, CancellationToken ct) => evidence.EvidenceAsync(ask, actor, ct))
            .RequirePolicy(Doors.AuditRead).Records(AuditEndpoints.Proved).WithName("audit-evidence");
        v1.MapGet("/checkpoints", (long? below, Actor actor, EvidenceEndpoints evidence, CancellationToken ct) => evidence.CheckpointsAsync(below, actor, ct))
            .RequirePolicy(Doors.AuditVerify).Records(AuditEndpoints.Fetched).WithName("audit-checkpoints");
        v1.MapGet("/references/{customer}", (CustomerId customer, Actor actor, EvidenceEndpoints evidence, CancellationToken ct) => evidence.ReferenceAsync(customer, actor, ct))
            .RequirePolicy(Doors.AuditRead).Records(AuditEndpoints.Read).WithName("audit-reference");
    }

    private async Task<Results<Ok<EvidenceView>, ProblemHttpResult>> EvidenceAsync(EvidenceAsk ask, Actor actor, CancellationToken ct)
    {
        var (ids, indices) = ((ask.Ids ?? []).Distinct().ToList(), (ask.Indices ?? []).Distinct().ToList());
        if (ids.Count + indices.Count is 0 or > EvidenceAsk.Most || indices.Any(index => index < 0))
        {
            return Problem.Of([Reasons.BadField.At(indices.Count > 0 ? "indices" : "ids")]).ToResult();
        }

        await RecordAsync(AuditEndpoints.Proved, actor, customer: null, ids.Count + indices.Count, ct);
        return await reader.EvidenceAsync(ids, indices, ct) switch
        {
            EvidenceAnswer.Proven proven => TypedResults.Ok(new EvidenceView(
                reader.VerifierKey,
                Encoding.UTF8.GetString(proven.Note),
                [.. proven.Entries.Select(one => new EvidenceEntry(EntryView.Of(one.Entry), [.. one.Proof.Select(hash => Convert.ToBase64String(hash.ToArray()))]))])),
            EvidenceAnswer.Pending => Problem.Of(Reasons.LogPending).ToResult(),
            _ => Problem.Of(Reasons.NotFound).ToResult(),
        };
    }

    private async Task<Ok<CheckpointsView>> CheckpointsAsync(long? below, Actor actor, CancellationToken ct)
    {
        await RecordAsync(AuditEndpoints.Fetched, actor, customer: null, 1, ct);
        var kept = await reader.CheckpointsBelowAsync(below ?? long.MaxValue, CheckpointsPage + 1, ct);
        var shown = kept.Take(CheckpointsPage).Select(one => new CheckpointView(
            one.Checkpoint.Size, one.At, Convert.ToBase64String(one.Checkpoint.Root.ToArray()), Encoding.UTF8.GetString(one.Note))).ToList();
        return TypedResults.Ok(new CheckpointsView(reader.VerifierKey, shown, kept.Count > CheckpointsPage ? shown[^1].Size : null));
    }

    /// <summary>From a customer's id to the name the log has for him; gone with his keys. The reading names him, so his ledger shows it.</summary>
    private async Task<Results<Ok<ReferenceView>, ProblemHttpResult>> ReferenceAsync(CustomerId customer, Actor actor, CancellationToken ct)
    {
        await RecordAsync(AuditEndpoints.Read, actor, customer, 1, ct);
        return await references.OfAsync(customer, ct) is { } reference
            ? TypedResults.Ok(new ReferenceView(reference.ToString()))
            : Problem.Of(Reasons.NotFound).ToResult();
    }

    private Task<AppendOutcome> RecordAsync(string act, Actor actor, CustomerId? customer, int count, CancellationToken ct) => log.AppendAsync(
        new LogFact { Act = FactName.Of(act), Actor = actor.AsLogActor(), Customer = customer, Count = count, Zone = actor.Zone }, guard: null, ct);
}
