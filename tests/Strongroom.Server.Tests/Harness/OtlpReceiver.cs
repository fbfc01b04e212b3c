using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Strongroom.Server.Tests.Harness;

/// <summary>An OTLP receiver on loopback (HTTP, protobuf): keeps what arrives as it is.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();

    private OtlpReceiver(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.Urls.Add("http://127.0.0.1:0");
        receiver.app.MapPost("/v1/{signal}", async (string signal, HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            receiver.received.Enqueue((signal, body.ToArray()));
        });
        await receiver.app.StartAsync();
        return receiver;
    }

    public IReadOnlyList<byte[]> Of(string signal) => [.. received.Where(r => r.Path == signal).Select(r => r.Body)];

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>As much of the protobuf wire format as reading OTLP takes.</summary>
internal static class Proto
{
    /// <summary>The length-delimited fields of a number along a path of numbers: messages, or texts at its end.</summary>
    public static IEnumerable<byte[]> At(byte[] message, params int[] path) => path.Length == 0
        ? [message]
        : Fields(message).Where(field => field.Number == path[0]).SelectMany(field => At(field.Value, path[1..]));

    public static IEnumerable<string> Texts(byte[] message, params int[] path) => At(message, path).Select(Encoding.UTF8.GetString);

    private static List<(int Number, byte[] Value)> Fields(byte[] message)
    {
        var fields = new List<(int, byte[])>();
        var at = 0;
        ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = message[at++];
                value |= (ulong)(b & 0x7F) << shift;
                if (b < 0x80)
                {
                    return value;
                }
            }
        }

        while (at < message.Length)
        {
            var tag = Varint();
            switch (tag & 7)
            {
                case 0: Varint(); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Varint();
                    fields.Add(((int)(tag >> 3), message[at..(at + length)]));
                    at += length;
                    break;
                default: throw new FormatException("Not protobuf.");
            }
        }

        return fields;
    }
}
