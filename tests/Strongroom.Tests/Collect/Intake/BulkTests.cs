using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Strongroom.Collect.Intake;
using Strongroom.Ground;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Collect.Intake;

public abstract class BulkSuite(TestStore store) : CollectWorld(store)
{
    [Fact]
    public async Task A_broken_line_is_told_with_its_place_and_the_rest_goes_on()
    {
        var results = await RunAsync(
            Line(WebBooking("甲", "13800000001", null, ("passport", "E12345678"))),
            "{\"items\": {\"name\": \"泄密者\",",
            "",
            new string('x', 300_000),
            "{\"person\": 1}",
            Line(WebBooking("乙", "13800000002", "11010519491231002X") with { Notice = new NoticeShown("booking", 9) }),
            Line(WebBooking("丙", "13800000003", "11010519491231002X")));

        Assert.Equal(
            [(1, BulkStatus.Created, ""), (2, BulkStatus.Rejected, "json.bad"), (4, BulkStatus.Rejected, "line.too_long"), (5, BulkStatus.Rejected, "json.unknown_member"), (6, BulkStatus.Rejected, "notice.unknown"), (7, BulkStatus.Created, "")],
            results.Select(result => ((int)result.Line, result.Status, result.Errors?[0].Code ?? "")));
        Assert.DoesNotContain("泄密者", JsonSerializer.Serialize(results), StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync("customer"));
        var whole = Log.Facts.Last();
        Assert.Equal(("bulk-taken", 6L), (whole.Act.Value, whole.Count));
        Assert.Equal(["add", "created-2", "known-0", "rejected-4"], whole.Reasons);
        Assert.Equal(2, Log.Facts.Count(fact => fact.Act.Value == "add" && fact.Customer is not null));
        Assert.Equal(4, Log.Facts.Count(fact => fact.Act.Value == "add" && fact.Decision == Verdict.Deny));
    }

    [Fact]
    public async Task Every_line_counts_against_the_systems_day()
    {
        var actor = (await ActorAsync()) with { Quota = new QuotaLimits(1000, 2) };
        var lines = Enumerable.Range(0, 5).Select(i => Line(WebBooking("客", Mobile(i), null, ("passport", $"E{10000000 + i}")))).ToArray();
        var output = new MemoryStream();
        var counts = await Bulk.RunAsync(
            new BulkRequest(FormKey.Of("web-booking"), actor, (same, _) => Task.FromResult(same with { ConfigEpoch = actor.ConfigEpoch }), Act.Add),
            PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)))), PipeWriter.Create(output), CancellationToken.None);

        // The first line is the request's own; two more are the day's.
        Assert.Equal(new BulkCounts(5, 3, 0, 2), counts);
        Assert.Equal(3, await CountAsync("customer"));
        Assert.Contains("client.quota", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
        Assert.Equal(2, Log.Facts.Count(fact => fact.Reasons.Contains("client.quota")));
    }

    [Fact]
    public async Task An_import_whose_approval_is_taken_back_stops_at_its_next_group_and_says_so()
    {
        var (file, key) = (ApprovalId.New(), new ApprovalScope("use.import", "web-booking", new string('a', 64), Clock.Now + 3_600_000));
        var approval = new ApprovalContent(key, Author, Airline, OurUnit, Clock.Now, 1, "rule") { State = ApprovalState.Used, Used = 1, StepSince = Clock.Now, StepUntil = Clock.Now + 1 };
        Task StateAsync(long version, ApprovalState state) => Db.WriteAsync(tx => Control.SaveAsync(
            tx, ControlKey.Of(ApprovalDesk.Kind, file), version, approval with { State = state }, new LogFact { Act = FactName.Of("approval-changed"), Actor = LogActor.System }));
        await StateAsync(0, ApprovalState.Used);

        var (input, output) = (new Pipe(), new Pipe());
        var running = Bulk.RunAsync(new BulkRequest(FormKey.Of("web-booking"), await ActorAsync(), Again, Act.Import, file), input.Reader, output.Writer, CancellationToken.None);
        using var answers = new StreamReader(output.Reader.AsStream());
        async Task<string> NextAsync() => JsonDocument.Parse((await answers.ReadLineAsync(TestContext.Current.CancellationToken))!).RootElement is var line
            ? $"{line.GetProperty("status").GetString()} {(line.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("code").GetString() : "")}".Trim() : "";
        async Task SendAsync(int from, int count) => await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(
            Enumerable.Range(from, count).Select(i => Line(WebBooking("客", Mobile(i), null, ("passport", $"E{10000000 + i}"))) + "\n"))));

        await SendAsync(0, 3);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("created", await NextAsync());
        }

        await StateAsync(1, ApprovalState.Revoked);
        await SendAsync(3, 40);
        await input.Writer.CompleteAsync();
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal("rejected import.revoked", await NextAsync());
        }

        await running;
        Assert.Equal(3, await CountAsync("customer"));
        var whole = Log.Facts.Last();
        Assert.Equal(("bulk-taken", file), (whole.Act.Value, Assert.Single(whole.Approvals)));
        Assert.Equal(["import", "created-3", "known-0", "rejected-40", "import.revoked"], whole.Reasons);
    }

    [Fact]
    public async Task Results_come_in_order_and_only_so_many_lines_are_in_memory()
    {
        var input = new Pipe(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
        var output = new Pipe(new PipeOptions(pauseWriterThreshold: 4 * 1024, resumeWriterThreshold: 2 * 1024));
        var running = Bulk.RunAsync(new BulkRequest(FormKey.Of("web-booking"), await ActorAsync(), Again, Act.Add), input.Reader, output.Writer, CancellationToken.None);
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 900; i++)
            {
                await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(Line(WebBooking("客", Mobile(i), null, ("passport", $"E{10000000 + i}"))) + "\n"));
                Interlocked.Increment(ref sent);
            }

            await input.Writer.CompleteAsync();
        });

        // Nobody reads the results: after a while nothing more is taken from the sender.
        var before = -1;
        while (before <= 0 || before != Volatile.Read(ref sent))
        {
            before = Volatile.Read(ref sent);
            await Task.Delay(1500, TestContext.Current.CancellationToken);
        }

        Assert.InRange(before, 1, 899);
        var lines = new List<long>();
        var reader = new StreamReader(output.Reader.AsStream());
        var reading = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lines.Add(JsonSerializer.Deserialize<JsonElement>(line).GetProperty("line").GetInt64());
            }
        });
        var counts = await running;
        await output.Writer.CompleteAsync();
        await reading;
        await sending;

        Assert.Equal(Enumerable.Range(1, 900).Select(i => (long)i), lines);
        Assert.Equal(new BulkCounts(900, 900, 0, 0), counts);
    }

    private static string Mobile(int i) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"138{i:00000000}");

    private protected async Task<IReadOnlyList<BulkResult>> RunAsync(params string[] lines)
    {
        var output = new MemoryStream();
        var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await Bulk.RunAsync(new BulkRequest(FormKey.Of("web-booking"), await ActorAsync(), Again, Act.Add), PipeReader.Create(input), writer, CancellationToken.None);
        await writer.CompleteAsync();
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, BulkJson.Default.BulkResult)!)];
    }

    private protected static string Line(Submission submission) => JsonSerializer.Serialize(submission, SubmissionJson.Default.Submission);
}

public sealed class BulkOnSqlite() : BulkSuite(TestStore.Sqlite());

public sealed class BulkOnPostgres(PostgresServer server) : BulkSuite(TestStore.Postgres(server));
