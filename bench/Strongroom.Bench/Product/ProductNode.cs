using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Bench.Harness;

namespace Strongroom.Bench.Product;

/// <summary>A real installation served by <c>Strongroom.Server.dll</c>, made by <c>init</c> and filled through its API.</summary>
internal sealed class ProductNode : IAsyncDisposable
{
    private readonly string folder;
    private readonly Certificate certificate;
    private readonly Dictionary<string, string> environment;
    private ChildProcess? serving;

    private ProductNode(string folder, Certificate certificate, Dictionary<string, string> environment) =>
        (this.folder, this.certificate, this.environment) = (folder, certificate, environment);

    public Uri Url { get; private set; } = null!;

    public Company? Company { get; private set; }

    /// <summary>Customers in the order they were handed in, with their record.</summary>
    public IReadOnlyList<string> Customers { get; private set; } = [];

    /// <summary>Lines a second of the first filling.</summary>
    public double FilledPerSecond { get; private set; }

    /// <param name="database">Connection strings of data and keyring; null: SQLite.</param>
    public static async Task<ProductNode> MakeAsync(
        string folder, (string Data, string Keyring)? database, Certificate certificate, int customers, CancellationToken ct)
    {
        var environment = database is { } given
            ? new Dictionary<string, string> { ["STRONGROOM_DATABASE"] = given.Data, ["STRONGROOM_KEYRING"] = given.Keyring }
            : [];
        var node = new ProductNode(folder, certificate, environment);
        var said = await ChildProcess.RunAsync("strongroom init", "dotnet",
            [Server, "init", "--data", node.Data, "--keys", folder + ".keys", "--anchor", folder + ".anchor", "--packs", "bench", "--packs-folder", Path.Combine(AppContext.BaseDirectory, "packs"), "--company", "Bench", "--log-origin", "bench.strongroom.invalid/log", "--administer-by", "second-factor"],
            ct, environment);
        var passwords = said.Split('\n').Where(l => l.TrimStart().StartsWith("administrator ", StringComparison.Ordinal))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(words => words[1], words => words[^1]);
        await node.ServeAsync(IsUpAsync, ct);
        try
        {
            node.Company = await Company.FoundAsync(node.Url, certificate, passwords, ct);
            var clock = Stopwatch.StartNew();
            node.Customers = await node.FillAsync(customers, ct);
            node.FilledPerSecond = customers / clock.Elapsed.TotalSeconds;
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public long ResidentBytes() => serving?.ResidentBytes() ?? 0;

    public double ProcessorSeconds() => serving?.ProcessorSeconds() ?? 0;

    public async Task StopAsync()
    {
        if (serving is not null)
        {
            await serving.DisposeAsync();
            serving = null;
        }
    }

    public static async Task<bool> IsUpAsync(HttpClient caller, CancellationToken ct)
    {
        using var answer = await caller.GetAsync(new Uri("/healthz", UriKind.Relative), ct);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Starts serving the existing data; answers how long it took, from starting the process, until <paramref name="first"/> was answered.</summary>
    public async Task<TimeSpan> ServeAsync(Func<HttpClient, CancellationToken, Task<bool>> first, CancellationToken ct)
    {
        var port = PrivatePostgres.FreePort();
        Url = new Uri($"https://127.0.0.1:{port}");
        var clock = Stopwatch.StartNew();
        serving = ChildProcess.Start("strongroom serve", "dotnet",
            [Server, "serve", "--data", Data, "--urls", Url.GetLeftPart(UriPartial.Authority), "--certificate", certificate.File, "--certificate-key", certificate.KeyFile],
            environment);
        using var caller = certificate.Caller(Url, Company?.Token);
        while (true)
        {
            try
            {
                if (await first(caller, ct))
                {
                    return clock.Elapsed;
                }
            }
            catch (HttpRequestException) when (clock.Elapsed < TimeSpan.FromSeconds(60))
            {
                // Not listening yet.
            }

            if (serving.HasExited || clock.Elapsed > TimeSpan.FromSeconds(60))
            {
                throw new BenchException($"strongroom serve gives no answer: {serving.Said}");
            }

            await Task.Delay(5, ct);
        }
    }

    /// <summary>Streams an import; answers lines a second. Every line must be taken.</summary>
    public async Task<double> ImportAsync(long first, int count, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        await SendLinesAsync("/v1/imports/bench-import", Enumerable.Range(0, count).Select(i => People.Fill(Company!.ImportTemplate, first + i)), ct);
        return count / clock.Elapsed.TotalSeconds;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static string Server => Environment.GetEnvironmentVariable("STRONGROOM_SERVER") is { Length: > 0 } published
        ? published : Path.Combine(AppContext.BaseDirectory, "Strongroom.Server.dll");

    private string Data => folder;

    private async Task<IReadOnlyList<string>> FillAsync(int customers, CancellationToken ct) =>
        await SendLinesAsync("/v1/collect/bench-web/bulk", Enumerable.Range(0, customers).Select(i => People.Fill(Company!.WebTemplate, i)), ct);

    private async Task<List<string>> SendLinesAsync(string path, IEnumerable<string> lines, CancellationToken ct)
    {
        using var caller = certificate.Caller(Url, Company!.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new LinesContent(lines) };
        using var answer = await caller.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (!answer.IsSuccessStatusCode)
        {
            throw new BenchException($"{path} was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        }

        var customers = new List<string>();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            if (line.Length > 0)
            {
                var result = JsonNode.Parse(line)!;
                customers.Add((string?)result["customer"] ?? throw new BenchException($"{path} refused a line: {line}"));
            }
        }

        return customers;
    }

    private sealed class LinesContent : HttpContent
    {
        private readonly IEnumerable<string> lines;

        public LinesContent(IEnumerable<string> lines)
        {
            this.lines = lines;
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            // The answers come while this still sends, so it must not run ahead of whoever reads them on the same thread.
            await Task.Yield();
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false), 64 * 1024, leaveOpen: true);
            foreach (var line in lines)
            {
                await writer.WriteAsync(line);
                await writer.WriteAsync('\n');
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
