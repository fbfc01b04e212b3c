using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Server.Tests.Matrix;
using Strongroom.Tests;
using Strongroom.Tests.Fuzz;

namespace Strongroom.Server.Tests.Fuzz;

/// <summary>
/// Every operation of the interface description under bodies, paths, queries, headers and cookies that were broken on purpose: never a
/// fault of the server, always a problem with a stable code in both languages, never an echo.
/// </summary>
[Trait("Suite", "fuzz")]
[Collection(MatrixWorld.Shared)]
public sealed class RequestFuzzTests(MatrixWorld world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly string[] Odd =
    [
        "", "%00", "%2e%2e%2f", "..%5c", "%ff%fe", "%F0%9F%98%80", "%e5%bc%a0", "'", "%22", "*", "-1", "0", "99999999999999999999", "null", "true", "%20", "+", "a%2fb", BodyMutation.Canary, "0123456789ABCDEF0123456789ABCDEF",
        "%zz", "~", ";a=b", "{id}",
    ];

    private static readonly string[] HeaderValues =
    [
        "", "\t", BodyMutation.Canary, "Bearer", "Bearer ", "Bearer sr_", "Bearer sr_" + BodyMutation.Canary, "Basic YTpi", "bearer x", "0", "null", "cross-site", "https://" + BodyMutation.Canary + ".example", "application/json; charset=utf-16",
        "application/json; boundary=\"" + BodyMutation.Canary, "multipart/form-data; boundary=x", "application/x-ndjson", "*/*", "__Host-strongroom=" + BodyMutation.Canary, "__Host-strongroom=a; __Host-strongroom=b", "=;=;", "%00", "bytes=0-1", "chunked",
        "gzip", "999999999999", "-1", "~", "\"", "a=b; c", ";;;",
    ];

    private static readonly string[] HeaderNames =
        ["Authorization", "Cookie", "Idempotency-Key", "Origin", "Sec-Fetch-Site", "X-Strongroom", "Content-Type", "Content-Encoding", "Accept", "Accept-Encoding", "Accept-Language", "Range", "If-None-Match", "X-Forwarded-For", "Forwarded", "TE", "traceparent"];

    /// <summary>All but those that take the caller's session or the keys from the tests beside this one.</summary>
    private IEnumerable<Operation> Harmless => world.Operations.Values.Where(operation => operation.Route is not ("/v1/sign-out" or "/v1/keys/rotate" or "/v1/session/password" or "/v1/session/step-up") && !operation.Route.StartsWith("/v1/session/factors", StringComparison.Ordinal));

    [Fact]
    public Task Broken_bodies_never_break_the_server() => FireAsync(
        [.. Harmless.Where(operation => operation.BodyType is not null)], 700, (dice, operation) =>
        {
            var body = BodyMutation.Of(dice, SampleBody.Of(world.Description, operation.Schema, Known()));
            return new Case(operation, Path(dice, operation, oddly: false), body, operation.BodyType!, null);
        });

    [Fact]
    public Task Broken_paths_queries_and_headers_never_break_the_server() => FireAsync([.. Harmless], 700, (dice, operation) =>
    {
        var body = operation.BodyType is null ? null : Encoding.UTF8.GetBytes((SampleBody.Of(world.Description, operation.Schema, Known()) ?? new JsonObject()).ToJsonString());
        var header = dice.OneIn(2) ? new KeyValuePair<string, string>(dice.Pick(HeaderNames), dice.Pick(HeaderValues)) : (KeyValuePair<string, string>?)null;
        return new Case(operation, Path(dice, operation, oddly: true), body, operation.BodyType ?? "application/json", header);
    });

    /// <summary>Found before, kept in <c>seeds/requests.txt</c>: <c>METHOD route | content type | body</c>, the body as text.</summary>
    [Fact]
    public async Task What_once_broke_the_server_no_longer_does()
    {
        var kept = (await File.ReadAllLinesAsync(SeedFile(), TestContext.Current.CancellationToken)).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(" | ", 3)).ToList();
        Assert.NotEmpty(kept);
        foreach (var parts in kept)
        {
            Assert.True(world.Operations.TryGetValue(parts[0], out var operation), $"no longer served: {parts[0]}");
            await TryAsync(new Case(operation, Path(new Dice(1), operation, oddly: false), Encoding.UTF8.GetBytes(parts[2]), parts[1], null));
        }

        static string SeedFile([CallerFilePath] string here = "") =>
            System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "seeds") is var beside && Directory.Exists(beside) ? System.IO.Path.Combine(beside, "requests.txt") : System.IO.Path.Combine(Repository.Root, "tests", "Strongroom.Server.Tests", "Fuzz", "seeds", "requests.txt");
    }

    private async Task FireAsync(IReadOnlyList<Operation> operations, int ordinary, Func<Dice, Operation, Case> make)
    {
        Assert.NotEmpty(operations);
        var cases = FuzzTarget.Cases(ordinary);
        var crashes = new ConcurrentBag<string>();
        var statuses = new ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(Enumerable.Range(0, cases), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            var dice = new Dice(FuzzTarget.Seed + ((ulong)i * 7919));
            var one = make(dice, operations[i % operations.Count]);
            try
            {
                statuses.AddOrUpdate(await TryAsync(one), 1, (_, n) => n + 1);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                crashes.Add($"{one}\n    {e.Message}");
            }
        });
        Assert.True(crashes.IsEmpty, $"seed {FuzzTarget.Seed}, {crashes.Count} of {cases}; when mended, a line of each in seeds/requests.txt:\n" + string.Join("\n", crashes.Distinct().Take(25)));
        Assert.True(statuses.Count >= 4, "only " + string.Join(' ', statuses.Keys));
    }

    private async Task<int> TryAsync(Case one)
    {
        var clock = Stopwatch.StartNew();
        var answer = await Knocker(one.Operation).SendAsync(one.Operation.Method, one.Path, one.Content(), request =>
        {
            if (one.Header is { } header)
            {
                HttpHeaders headers = header.Key.StartsWith("Content-", StringComparison.Ordinal) ? (request.Content ??= new ByteArrayContent([])).Headers : request.Headers;
                headers.Remove(header.Key);
                headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        });
        Assert.True(clock.Elapsed < Patience, $"took {clock.Elapsed}");
        if (one.Operation.Route == "/readyz")
        {
            // It says 503 when the log is behind, and has a form of its own.
            return (int)answer.Status;
        }

        // While others change rules all the time, a decision may say that it found no settled state: refused, and by its code.
        Assert.True((int)answer.Status < 500 || (answer.Status == System.Net.HttpStatusCode.ServiceUnavailable && answer.Code == "access.unsettled"), $"{(int)answer.Status} {answer.Text}");
        if ((int)answer.Status < 400 || answer.Text.Length == 0)
        {
            // Kestrel itself refuses what is not HTTP, without a body.
            return (int)answer.Status;
        }

        Assert.NotNull(answer.Code);
        Assert.True(answer.Json["zh"]!.GetValue<string>().Length > 0 && answer.Json["en"]!.GetValue<string>().Length > 0, answer.Text);
        Assert.DoesNotContain(BodyMutation.Canary, answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(answer.Headers.Values, value => value.Contains(BodyMutation.Canary, StringComparison.OrdinalIgnoreCase));
        return (int)answer.Status;
    }

    /// <summary>Somebody who is let in at this operation, by the matrix.</summary>
    private Caller Knocker(Operation operation) => world.Roles.First(role => role.Kind is RoleKind.Person or RoleKind.Client && role.Name != "postless"
        && RouteMatrix.Rules[$"{operation.Method} {operation.Route}"].Refusal(role) is null).Caller;

    private Dictionary<string, JsonNode> Known()
    {
        var own = world.Targets["fuzzed"];
        return new Dictionary<string, JsonNode>
        {
            ["customer"] = own.Customer, ["id"] = own.Customer, ["record"] = own.Booking, ["purpose"] = "fulfil", ["item"] = "name", ["channel"] = world.Website, ["form"] = "web-booking",
            ["key"] = "booking", ["version"] = 1, ["until"] = Staff.Now + 3_600_000, ["act"] = "view", ["post"] = "counter", ["locale"] = "en", ["expires"] = Staff.Now + 3_600_000,
        };
    }

    /// <summary>Ids of nothing, and of a customer that only this test uses.</summary>
    private string Path(Dice dice, Operation operation, bool oddly)
    {
        var path = operation.Path;
        if (operation.Route.Contains("/customers/{id}", StringComparison.Ordinal) && !dice.OneIn(4))
        {
            path = path.Replace("/customers/0123456789abcdef0123456789abcdef", "/customers/" + world.Targets["fuzzed"].Customer, StringComparison.Ordinal);
        }

        path = path.Replace("nothing-of-that-name", dice.Pick(new[] { "fuzzed-name", "web-booking", "booking", "fulfil", "name" }), StringComparison.Ordinal);
        if (!oddly)
        {
            return path;
        }

        var parts = path.Split('/');
        if (dice.OneIn(2))
        {
            parts[^1] = dice.Pick(Odd);
        }
        else if (parts.Length > 3)
        {
            parts[2 + dice.Below(parts.Length - 2)] = dice.Pick(Odd);
        }

        return string.Join('/', parts) + (dice.OneIn(2) ? $"?{dice.Pick(new[] { "size", "after", "state", "act", "from", "first", "second", "version", "purpose", BodyMutation.Canary })}={dice.Pick(Odd)}" : "");
    }

    private sealed record Case(Operation Operation, string Path, byte[]? Body, string ContentType, KeyValuePair<string, string>? Header)
    {
        public HttpContent? Content() => Body is null ? null : new ByteArrayContent(Body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(ContentType) } };

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{Operation.Method} {Operation.Route} | {ContentType} | {(Body is null ? "" : Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(600, Body.Length))))} | at {Path} {Header}");
    }
}
