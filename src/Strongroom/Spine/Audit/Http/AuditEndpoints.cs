using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Audit.Http;

/// <summary>
/// The log for auditors and monitors (R51, R53): entries, proofs, checkpoint, tiles. The auditor's own reading is an entry too,
/// written before the answer.
/// </summary>
internal sealed class AuditEndpoints(IAuditReader reader, IAuditLog log)
{
    internal const string Read = "log-read", Proved = "log-proved", Fetched = "log-fetched";

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/audit");
        v1.MapGet("/entries", ([AsParameters] EntriesAsk ask, Actor actor, AuditEndpoints audit, CancellationToken ct) => audit.EntriesAsync(ask, actor, ct))
            .RequirePolicy(Doors.AuditRead).Records(Read).WithName("audit-entries");
        v1.MapGet("/entries/{id}", (EntryId id, Actor actor, AuditEndpoints audit, CancellationToken ct) => audit.EntryAsync(id, actor, ct))
            .RequirePolicy(Doors.AuditRead).Records(Read).WithName("audit-entry");
        v1.MapGet("/entries/{id}/proof", (EntryId id, Actor actor, AuditEndpoints audit, CancellationToken ct) => audit.ProofAsync(id, actor, ct))
            .RequirePolicy(Doors.AuditRead).Records(Proved).WithName("audit-entry-proof");
        v1.MapGet("/consistency", (long first, long second, Actor actor, AuditEndpoints audit, CancellationToken ct) => audit.ConsistencyAsync(first, second, actor, ct))
            .RequirePolicy(Doors.AuditVerify).Records(Proved).WithName("audit-consistency");
        app.MapGet("/tlog/checkpoint", (Actor actor, AuditEndpoints audit, CancellationToken ct) => audit.CheckpointAsync(actor, ct))
            .RequirePolicy(Doors.AuditVerify).Records(Fetched).WithName("tlog-checkpoint");
        app.MapGet("/tlog/tile/{**path}", (string path, Actor actor, AuditEndpoints audit, CancellationToken ct) => audit.TileAsync(path, actor, ct))
            .RequirePolicy(Doors.AuditRead).Records(Fetched).WithName("tlog-tile");
    }

    private async Task<Results<Ok<EntriesPage>, ProblemHttpResult>> EntriesAsync(EntriesAsk ask, Actor actor, CancellationToken ct)
    {
        if (!ask.TryQuery(out var query, out var wrong))
        {
            return Problem.Of([Reasons.BadField.At(wrong)]).ToResult();
        }

        await RecordAsync(Read, actor, ct);
        var page = await reader.EntriesAsync(query, ct);
        return TypedResults.Ok(new EntriesPage([.. page.Entries.Select(EntryView.Of)], page.Next?.ToString()));
    }

    private async Task<Results<Ok<EntryView>, ProblemHttpResult>> EntryAsync(EntryId id, Actor actor, CancellationToken ct)
    {
        await RecordAsync(Read, actor, ct);
        return await reader.EntryAsync(id, ct) is { } entry
            ? TypedResults.Ok(EntryView.Of(entry))
            : Problem.Of(Reasons.NotFound).ToResult();
    }

    private async Task<Results<Ok<ProofView>, ProblemHttpResult>> ProofAsync(EntryId id, Actor actor, CancellationToken ct)
    {
        await RecordAsync(Proved, actor, ct);
        return await reader.InclusionAsync(id, ct) switch
        {
            InclusionAnswer.Proven proven => TypedResults.Ok(new ProofView(
                proven.Index,
                Base64(proven.Leaf),
                [.. proven.Proof.Select(Base64)],
                proven.Checkpoint.Size,
                Base64(proven.Checkpoint.Root),
                Encoding.UTF8.GetString(proven.Note))),
            InclusionAnswer.Pending => Problem.Of(Reasons.LogPending).ToResult(),
            _ => Problem.Of(Reasons.NotFound).ToResult(),
        };
    }

    private async Task<Results<Ok<ConsistencyView>, ProblemHttpResult>> ConsistencyAsync(long first, long second, Actor actor, CancellationToken ct)
    {
        await RecordAsync(Proved, actor, ct);
        return await reader.ConsistencyAsync(first, second, ct) is { } proof
            ? TypedResults.Ok(new ConsistencyView(first, second, [.. proof.Select(Base64)]))
            : Problem.Of(Reasons.NotFound).ToResult();
    }

    private async Task<Results<FileContentHttpResult, ProblemHttpResult>> CheckpointAsync(Actor actor, CancellationToken ct)
    {
        await RecordAsync(Fetched, actor, ct);
        return await reader.CheckpointAsync(ct) is { } note
            ? TypedResults.Bytes(note, "text/plain; charset=utf-8")
            : Problem.Of(Reasons.NotFound).ToResult();
    }

    private async Task<Results<FileContentHttpResult, ProblemHttpResult>> TileAsync(string path, Actor actor, CancellationToken ct)
    {
        if (!TileId.TryParse("tile/" + path, out var tile))
        {
            return Problem.Of(Reasons.NotFound).ToResult();
        }

        // A verifier fetches thousands of tiles in one run: the entry bundles are what discloses, so each of those is recorded.
        if (tile.Level == TileId.Entries)
        {
            await RecordAsync(Fetched, actor, ct);
        }

        return await reader.TileAsync(tile, ct) is { } bytes
            ? TypedResults.Bytes(bytes, "application/octet-stream")
            : Problem.Of(Reasons.NotFound).ToResult();
    }

    private Task<AppendOutcome> RecordAsync(string act, Actor actor, CancellationToken ct) => log.AppendAsync(
        new LogFact { Act = FactName.Of(act), Actor = actor.AsLogActor(), Zone = actor.Zone }, guard: null, ct);

    private static string Base64(TreeHash hash) => Convert.ToBase64String(hash.ToArray());
}

/// <summary>Query of <c>GET /v1/audit/entries</c>. Everything is optional; newest first.</summary>
internal sealed record EntriesAsk
{
    // Properties, not constructor parameters: the compiler's request binding cannot name nullable ones.
    public string? Act { get; init; }

    public string? ActorKind { get; init; }

    public string? ActorId { get; init; }

    public string? Customer { get; init; }

    public string? Purpose { get; init; }

    public string? Decision { get; init; }

    /// <summary>UTC milliseconds, inclusive.</summary>
    public long? From { get; init; }

    /// <summary>UTC milliseconds, exclusive.</summary>
    public long? Until { get; init; }

    public string? After { get; init; }

    /// <summary>1–500, 50 unless told.</summary>
    public int? Size { get; init; }

    /// <summary>A reason code; such a page may hold fewer entries than asked and still have a next one.</summary>
    public string? Reason { get; init; }

    private const int LongestReason = 100;

    public bool TryQuery(out LogQuery query, out string wrong)
    {
        query = new LogQuery { From = From, Until = Until, Size = Size ?? 50 };
        wrong = "";
        if (Size is < 1 or > 500)
        {
            wrong = "size";
        }

        if (Act is not null)
        {
            if (Name.TryParse<FactName>(Act, out var act))
            {
                query = query with { Act = act };
            }
            else
            {
                wrong = "act";
            }
        }

        if (ActorKind is not null || ActorId is not null)
        {
            var good = Kebab.TryParse<LogActorKind>(ActorKind, out var kind) & (Id.TryParse<PersonId>(ActorId, out var id) || ActorId is null);
            query = query with { Actor = new LogActor(kind, ActorId is null ? null : id.Value) };
            wrong = good ? wrong : "actorKind";
        }

        return TryRest(ref query, ref wrong);
    }

    private bool TryRest(ref LogQuery query, ref string wrong)
    {
        if (Customer is not null)
        {
            wrong = CustomerReference.TryParse(Customer, out var customer) ? wrong : "customer";
            query = query with { Customer = customer };
        }

        if (Purpose is not null)
        {
            wrong = Name.TryParse<PurposeKey>(Purpose, out var purpose) ? wrong : "purpose";
            query = query with { Purpose = purpose };
        }

        if (Decision is not null)
        {
            wrong = Kebab.TryParse<Verdict>(Decision, out var decision) ? wrong : "decision";
            query = query with { Decision = decision };
        }

        if (Reason is not null)
        {
            wrong = Reason.Length is > 0 and <= LongestReason ? wrong : "reason";
            query = query with { Reason = Reason };
        }

        if (After is not null)
        {
            wrong = LogCursor.TryParse(After, out var after) ? wrong : "after";
            query = query with { After = after };
        }

        return wrong.Length == 0;
    }
}
