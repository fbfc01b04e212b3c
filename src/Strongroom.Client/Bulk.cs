using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>Lines out and results back on one HTTP/2 stream.</summary>
internal static class Bulk
{
    public static async IAsyncEnumerable<BulkResult> RunAsync(
        Exchange exchange, string route, string path, IAsyncEnumerable<Submission> submissions, [EnumeratorCancellation] CancellationToken ct)
    {
        // Whoever stops reading results ends the request too.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var lines = new Lines(submissions, stop.Token);
        using var request = await exchange.RequestAsync(HttpMethod.Post, path, lines, ct).ConfigureAwait(false);
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var http = exchange.Http();
        var answered = 0L;
        try
        {
            using var response = await OrWhyAsync(() => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token), lines, answered, ct).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                await RefuseAsync(exchange, response, route, ct).ConfigureAwait(false);
            }

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false));
            while (await OrWhyAsync(() => reader.ReadLineAsync(stop.Token).AsTask(), lines, answered, ct).ConfigureAwait(false) is { } text)
            {
                answered++;
                yield return Read(route, text);
            }

            // The server ends early when the client's rights end meanwhile.
            if (answered < lines.Sent || !lines.IsComplete)
            {
                throw Exchange.Lost(key: null, wasSent: true, new EndOfStreamException(), answered);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits; when that fails, tells the cause: the caller's own source, his cancelling, or the connection.</summary>
    private static async Task<T> OrWhyAsync<T>(Func<Task<T>> work, Lines lines, long answered, CancellationToken ct)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ct.ThrowIfCancellationRequested();
            lines.Fault?.Throw();
            if (Exchange.IsLost(e))
            {
                throw Exchange.Lost(key: null, wasSent: true, e, answered);
            }

            throw;
        }
    }

    private static async Task RefuseAsync(Exchange exchange, HttpResponseMessage response, string route, CancellationToken ct)
    {
        var reply = await exchange.ReadAsync(response, ct).ConfigureAwait(false);
        throw (int)reply.Status >= 500
            ? Answers.Unavailable(new Call(HttpMethod.Post, route, route), reply)
            : new StrongroomRefusedException(Answers.Refused(route, reply));
    }

    private static BulkResult Read(string route, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ClientJson.Wire.BulkResult) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new StrongroomProtocolException(route, 200);
        }
    }

    /// <summary>The request's body: one submission a line, written as the source yields them.</summary>
    private sealed class Lines : HttpContent
    {
        private readonly IAsyncEnumerable<Submission> submissions;
        private readonly CancellationToken stop;
        private long sent;

        public Lines(IAsyncEnumerable<Submission> submissions, CancellationToken stop)
        {
            (this.submissions, this.stop) = (submissions, stop);
            Headers.ContentType = new("application/x-ndjson");
        }

        public long Sent => Interlocked.Read(ref sent);

        public volatile bool IsComplete;

        /// <summary>What the caller's source threw.</summary>
        public ExceptionDispatchInfo? Fault { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var source = submissions.GetAsyncEnumerator(stop);
            await using (source.ConfigureAwait(false))
            {
                while (await NextAsync(source, stream).ConfigureAwait(false))
                {
                    var line = JsonSerializer.SerializeToUtf8Bytes(source.Current, ClientJson.Wire.Submission);
                    Interlocked.Increment(ref sent);
                    await stream.WriteAsync(line, stop).ConfigureAwait(false);
                    await stream.WriteAsync("\n"u8.ToArray(), stop).ConfigureAwait(false);
                }
            }

            IsComplete = true;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        /// <summary>The next one; what was written so far goes out before a wait.</summary>
        private async ValueTask<bool> NextAsync(IAsyncEnumerator<Submission> source, Stream stream)
        {
            var next = MoveAsync(source);
            if (!next.IsCompleted)
            {
                await stream.FlushAsync(stop).ConfigureAwait(false);
            }

            return await next.ConfigureAwait(false);
        }

        private async Task<bool> MoveAsync(IAsyncEnumerator<Submission> source)
        {
            try
            {
                return await source.MoveNextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Fault = ExceptionDispatchInfo.Capture(e);
                throw;
            }
        }
    }
}
