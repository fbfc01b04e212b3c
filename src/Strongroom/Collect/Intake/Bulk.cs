using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect.Intake;

/// <param name="File">The approval of the file that the stream is.</param>
internal sealed record BulkRequest(FormKey Form, Actor Actor, ActorAgain Again, Act Act, ApprovalId? File = null);

internal sealed record BulkCounts(long Lines, long Created, long Known, long Rejected);

/// <summary>
/// Many submissions as a stream: one JSON object a line in, one result a line out, in the same order. Lines are worked on together so
/// that their commits share a flush; each stands by itself, and a broken one is reported and the rest goes on. Memory holds a bounded
/// number of lines. One log entry for the whole, besides the one of each customer.
/// </summary>
internal sealed class Bulk(TakeIn intake, ClientQuotas quotas, IAuditLog log, CollectOptions options)
{
    public const string MediaType = "application/x-ndjson";

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    public async Task<BulkCounts> RunAsync(BulkRequest request, PipeReader input, PipeWriter output, CancellationToken ct)
    {
        var work = System.Threading.Channels.Channel.CreateBounded<Task<BulkResult>>(
            new BoundedChannelOptions(options.BulkAtOnce) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = ReadAsync(request, input, work.Writer, stop.Token);
        try
        {
            var counts = await WriteAsync(work.Reader, output, ct);
            var caller = await reading;
            await log.AppendAsync(Fact(request, counts, caller.Stopped), guard: null, ct);
            return counts;
        }
        catch
        {
            // Whoever sent this is gone, or a line failed for a reason of ours: what is under way may finish, nothing new begins.
            await stop.CancelAsync();
            await SettleAsync(reading, work.Reader);
            throw;
        }
    }

    /// <returns>Who sent it, with what the lines have heard since.</returns>
    private async Task<Caller> ReadAsync(BulkRequest request, PipeReader input, ChannelWriter<Task<BulkResult>> work, CancellationToken ct)
    {
        try
        {
            var lines = new LineReader(input, CollectHttp.LargestBody);
            var caller = new Caller(request.Actor, request.Again);
            var begun = false;
            while (!caller.Gone && await lines.NextAsync(ct) is { } line)
            {
                if (line.Bytes is not null && IsBlank(line.Bytes))
                {
                    continue;
                }

                if (caller.Stopped is { } stopped)
                {
                    // The batch's entry says it once for all that is left.
                    await work.WriteAsync(Task.FromResult(Rejected(line, stopped)), ct);
                    continue;
                }

                // The request itself has paid for the first line.
                var paid = !begun || await quotas.SpendOrWaitAsync(caller.Actor, ct);
                begun = true;
                await work.WriteAsync(paid ? TakeAsync(request, caller, line, ct) : RefuseAsync(request, caller, line, Problem.Of(Reasons.ClientQuota), ct), ct);
            }

            work.Complete();
            return caller;
        }
        catch (Exception e)
        {
            work.Complete(e);
            throw;
        }
    }

    private static async Task<BulkCounts> WriteAsync(ChannelReader<Task<BulkResult>> work, PipeWriter output, CancellationToken ct)
    {
        var counts = new BulkCounts(0, 0, 0, 0);
        await using var json = new Utf8JsonWriter(output);
        await foreach (var pending in work.ReadAllAsync(ct))
        {
            if (!pending.IsCompleted)
            {
                await output.FlushAsync(ct);
            }

            var result = await pending;
            counts = counts with
            {
                Lines = counts.Lines + 1,
                Created = counts.Created + (result.Status == BulkStatus.Created ? 1 : 0),
                Known = counts.Known + (result.Status == BulkStatus.Known ? 1 : 0),
                Rejected = counts.Rejected + (result.Status == BulkStatus.Rejected ? 1 : 0),
            };
            JsonSerializer.Serialize(json, result, BulkJson.Default.BulkResult);
            json.Flush();
            json.Reset();
            await output.WriteAsync(LineEnd, ct);
        }

        await output.FlushAsync(ct);
        return counts;
    }

    private async Task<BulkResult> TakeAsync(BulkRequest request, Caller caller, Line line, CancellationToken ct)
    {
        // The reader goes on to the next line at once.
        await Task.Yield();
        if (line.Bytes is null)
        {
            return await RefuseAsync(request, caller, line, Problem.Of([Reasons.LineLong.At("")]), ct);
        }

        switch (CollectHttp.Parse(line.Number == 1 ? WithoutMark(line.Bytes) : line.Bytes, SubmissionJson.Default.Submission))
        {
            case BodyRead<Submission>.Good body:
                return await intake.TakeAsync(new IntakeRequest(request.Form, body.Value, caller.Actor, caller.AgainAsync, request.Act, File: request.File), ct) switch
                {
                    IntakeOutcome.Taken taken => new BulkResult(line.Number, BulkStatus.Created)
                    {
                        Customer = taken.Answer.Customer, Receipt = taken.Answer.Receipt,
                        Record = taken.Answer.Records.Count > 0 ? taken.Answer.Records[^1].Id : null,
                    },
                    IntakeOutcome.Known known => new BulkResult(line.Number, BulkStatus.Known) { Customer = known.Customer, Record = known.Record },
                    IntakeOutcome.Refused refused => Rejected(line, caller.Heard(refused.Problem)),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            case BodyRead<Submission>.Bad bad:
                return await RefuseAsync(request, caller, line, bad.Problem, ct);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<BulkResult> RefuseAsync(BulkRequest request, Caller caller, Line line, Problem problem, CancellationToken ct)
    {
        await intake.RefuseUnreadAsync(caller.Actor, request.Act, problem, ct);
        return Rejected(line, problem);
    }

    private static BulkResult Rejected(Line line, Problem problem) => new(line.Number, BulkStatus.Rejected)
    {
        Errors = problem.Errors.Count > 0 ? problem.Errors : [new FieldError("", problem.Code, problem.Zh, problem.En)],
    };

    private static LogFact Fact(BulkRequest request, BulkCounts counts, Problem? stopped) => new()
    {
        Act = FactName.Of(IntakeFacts.BulkTaken),
        Actor = request.Actor.AsLogActor(),
        Zone = request.Actor.Zone,
        Count = Math.Max(1, counts.Lines),
        Reasons = [Kebab.Of(request.Act), $"created-{counts.Created}", $"known-{counts.Known}", $"rejected-{counts.Rejected}", .. stopped is null ? Array.Empty<string>() : [stopped.Code]],
        Approvals = request.File is { } file ? [file] : [],
    };

    private static async Task SettleAsync(Task reading, ChannelReader<Task<BulkResult>> work)
    {
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (work.TryRead(out var pending))
        {
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool IsBlank(byte[] line) => line.AsSpan().IndexOfAnyExcept(" \t\r"u8) < 0;

    private static byte[] WithoutMark(byte[] line) => line.AsSpan().StartsWith(ByteOrderMark) ? line[3..] : line;

    /// <summary>The caller as last resolved: one line that finds the rules changed spares the next ones the look-up.</summary>
    private sealed class Caller(Actor first, ActorAgain again)
    {
        private volatile Actor? newer;
        private volatile Problem? stopped;

        /// <summary>Why nothing more of the stream is taken in; null: it is.</summary>
        public Problem? Stopped => stopped;

        /// <summary>One line that finds the approval taken back speaks for all that follow.</summary>
        public Problem Heard(Problem problem)
        {
            stopped ??= problem.Code == Reasons.ImportRevoked.Code ? problem : null;
            return problem;
        }

        public Actor Actor => newer is { IsAnonymous: false } known ? known : first;

        public bool Gone => newer is { IsAnonymous: true };

        public async Task<Actor> AgainAsync(Actor seen, CancellationToken ct)
        {
            var found = await again(seen, ct);
            newer = found;
            return found;
        }
    }
}
