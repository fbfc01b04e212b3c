using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Correct;

/// <summary>Changes of many customers over HTTP: asked for with the file, carried out with the same bytes.</summary>
internal sealed class BatchEndpoints(BatchChanges batch, ApprovalEndpoints approvals)
{
    private const string Lines = "application/x-ndjson", Header = "Grant";

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public static void Map(IEndpointRouteBuilder v1)
    {
        v1.MapPost("/changes/request", (Caller caller, HttpContext http, BatchEndpoints self, CancellationToken ct) => self.AskAsync(caller, http, ct))
            .RequirePolicy(Doors.ChangesRun).Records(UseRequests.Previewed, ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("changes-request").Takes(typeof(ChangesAsk));
        v1.MapPost("/changes", (Caller caller, HttpContext http, BatchEndpoints self, CancellationToken ct) => self.RunAsync(caller, http, ct))
            .RequirePolicy(Doors.ChangesRun).Records(UseFacts.Correct, UseFacts.BatchBegun, UseFacts.BatchDone).WithName("changes").Takes(typeof(ChangeLine), Lines);
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AskAsync(Caller caller, HttpContext http, CancellationToken ct)
    {
        // The file is text inside JSON: its quotes are escaped.
        var (bytes, refusal) = await ReadAsync(http, "application/json", 2 * BatchFile.Largest, ct);
        if (bytes is null)
        {
            return Problem.Of(refusal!).ToResult();
        }

        // What cannot be read is told with its place, and never repeated, by the last guard.
        var ask = JsonSerializer.Deserialize(bytes, BatchJson.Default.ChangesAsk);
        return ask is null
            ? Problem.Of([Reasons.BadJson.At("1:1")]).ToResult()
            : await approvals.AnswerAsync(await approvals.SettledAsync(http, caller.Actor, actor => batch.RequestAsync(new Caller(actor, caller.AgainAsync), ask, ct)), ct);
    }

    private async Task<IResult> RunAsync(Caller caller, HttpContext http, CancellationToken ct)
    {
        if (http.Request.Headers[Header] is not [{ } named] || !Id.TryParse<ApprovalId>(named, out var approval))
        {
            return Problem.Of([Reasons.BadField.At(Header)]).ToResult();
        }

        // Nothing is held in memory for somebody who has no approval.
        var looked = await batch.LookAsync(caller.Actor, approval, ct);
        if (looked is not Outcome<ApprovalContent>.Done { Value: var content })
        {
            return ((Outcome<ApprovalContent>.Refused)looked).Problem.ToResult();
        }

        var (file, refusal) = await ReadAsync(http, Lines, BatchFile.Largest, ct);
        refusal ??= await batch.BeginAsync(caller.Actor, approval, content, file!, ct);
        if (refusal is not null)
        {
            return Problem.Of(refusal).ToResult();
        }

        http.Response.ContentType = Lines;
        var output = http.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(output);
        await batch.RunAsync(caller, approval, content, file!, async result =>
        {
            JsonSerializer.Serialize(json, result, BatchJson.Default.ChangeResult);
            json.Flush();
            json.Reset();
            await output.WriteAsync(LineEnd, ct);
        }, ct);
        await output.FlushAsync(ct);
        return TypedResults.Empty;
    }

    private static async Task<(byte[]? Body, Reason? Refusal)> ReadAsync(HttpContext http, string media, int largest, CancellationToken ct)
    {
        if (http.Request.ContentType?.StartsWith(media, StringComparison.OrdinalIgnoreCase) != true)
        {
            return (null, Reasons.MediaType);
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = largest + 1;
        }

        if (http.Request.ContentLength > largest)
        {
            return (null, Reasons.BodyLarge);
        }

        var read = await http.Request.BodyReader.ReadAtLeastAsync(largest + 1, ct);
        var bytes = read.Buffer.Length > largest ? null : read.Buffer.ToArray();
        http.Request.BodyReader.AdvanceTo(read.Buffer.End);
        return (bytes, bytes is null ? Reasons.BodyLarge : null);
    }
}
