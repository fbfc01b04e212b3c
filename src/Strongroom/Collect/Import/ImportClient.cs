using System.Net.Http.Headers;
using System.Text.Json;
using Strongroom.Collect.Intake;
using Strongroom.Ground;

namespace Strongroom.Collect.Import;

/// <summary>A chunk was not answered in full.</summary>
/// <param name="Retry">The same chunk may be sent again: nothing doubles, for every row names its source.</param>
internal sealed record ChunkFailure(FieldError Why, bool Retry);

/// <summary>Sends chunks of submissions to the server and reads one result a line.</summary>
internal sealed class ImportClient(HttpClient http, TimeProvider time)
{
    private const int Tries = 4;

    private static readonly FieldError Unreachable = new("", "server.unreachable", "连不上服务器,或连接中断。再次运行即可接着导入。", "The server cannot be reached, or the connection broke. Run the same command to go on.");

    private static readonly FieldError Garbled = new("", "server.answer", "服务器的回答不完整。再次运行即可接着导入。", "The server's answer was not complete. Run the same command to go on.");

    public async Task<(IReadOnlyList<BulkResult>? Results, FieldError? Why)> SendAsync(FormKey form, ReadOnlyMemory<byte> lines, int count, CancellationToken ct)
    {
        for (var tries = 1; ; tries++)
        {
            var (results, failure) = await TryAsync(form, lines, count, ct);
            if (failure is null || !failure.Retry || tries == Tries)
            {
                return (results, failure?.Why);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250 << tries), time, ct);
        }
    }

    private async Task<(IReadOnlyList<BulkResult>? Results, ChunkFailure? Failure)> TryAsync(FormKey form, ReadOnlyMemory<byte> lines, int count, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/v1/imports/{form}", UriKind.Relative))
            {
                Content = new ReadOnlyMemoryContent(lines) { Headers = { ContentType = new MediaTypeHeaderValue(Bulk.MediaType) } },
            };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode)
            {
                return (null, await RefusalAsync(response, ct));
            }

            var results = new List<BulkResult>(count);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
            while (await reader.ReadLineAsync(ct) is { } line)
            {
                results.Add(JsonSerializer.Deserialize(line, BulkJson.Default.BulkResult) ?? throw new JsonException("null"));
            }

            // Lines in order and none missing; anything else is no answer.
            var complete = results.Count == count && Enumerable.Range(0, count).All(i => results[i].Line == i + 1);
            return complete ? (results, null) : (null, new ChunkFailure(Garbled, Retry: true));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return (null, new ChunkFailure(e is JsonException ? Garbled : Unreachable, Retry: true));
        }
    }

    private static async Task<ChunkFailure> RefusalAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var retry = (int)response.StatusCode is 429 or >= 500;
        try
        {
            using var problem = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(ct));
            var root = problem.RootElement;
            var type = root.GetProperty("type").GetString() ?? "";
            return new ChunkFailure(new FieldError("", type[(type.LastIndexOf('/') + 1)..], root.GetProperty("zh").GetString() ?? "", root.GetProperty("en").GetString() ?? ""), retry);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new ChunkFailure(Garbled, retry);
        }
    }
}
