using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>Turns answers into outcomes.</summary>
internal static class Answers
{
    private const string TypePrefix = "/problems/";

    public static Outcome<T> Of<T>(Call call, Reply reply, JsonTypeInfo<T> type) => Of(call, reply, r => Read(call.ToString(), r, type));

    public static Outcome<T> Of<T>(Call call, Reply reply, Func<Reply, T> read) => (int)reply.Status is >= 200 and < 300
        ? new Outcome<T>.Done(read(reply))
        : new Outcome<T>.Refused(Refused(call.ToString(), reply));

    /// <exception cref="StrongroomProtocolException">The text is not what the call answers with. It is not quoted: it may hold values.</exception>
    public static T Read<T>(string call, Reply reply, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body, type) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            // Without the inner exception: its message may quote the value that did not fit.
            throw new StrongroomProtocolException(call, (int)reply.Status);
        }
    }

    public static Refusal Refused(string call, Reply reply)
    {
        var problem = Problem(call, reply);
        var (code, zh, en) = (problem.Type[TypePrefix.Length..], problem.Zh, problem.En);
        var reasons = problem.Reasons ?? [];
        return reply.Status switch
        {
            HttpStatusCode.Unauthorized => new Refusal.NotSignedIn(code, zh, en),
            HttpStatusCode.Forbidden when problem.Needs is { Count: > 0 } needs => new Refusal.Needs(code, zh, en, needs, reasons),
            HttpStatusCode.Forbidden => new Refusal.Denied(code, zh, en, reasons),
            HttpStatusCode.NotFound => new Refusal.NotFound(code, zh, en),
            HttpStatusCode.Conflict => new Refusal.Conflict(code, zh, en, reasons),
            HttpStatusCode.TooManyRequests => new Refusal.TooMany(code, zh, en, reply.RetryAfter, reasons),
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity =>
                new Refusal.Invalid(code, zh, en, problem.Errors ?? []),
            _ => throw new StrongroomProtocolException(call, (int)reply.Status),
        };
    }

    /// <summary>A 5xx after every repetition. A change may have been made all the same when the server lost its database at the commit.</summary>
    public static StrongroomUnavailableException Unavailable(Call call, Reply reply)
    {
        var problem = reply.MediaType == "application/problem+json" ? Problem(call.ToString(), reply) : null;
        return new StrongroomUnavailableException(
            problem?.Type[TypePrefix.Length..],
            problem?.Zh ?? "金库暂时不可用。",
            problem?.En ?? "Strongroom is not available at the moment.",
            outcomeUnknown: call.Method != HttpMethod.Get,
            call.Key);
    }

    private static ProblemDocument Problem(string call, Reply reply)
    {
        var problem = Read(call, reply, ClientJson.Wire.ProblemDocument);
        return problem.Type.StartsWith(TypePrefix, StringComparison.Ordinal) ? problem : throw new StrongroomProtocolException(call, (int)reply.Status);
    }
}
