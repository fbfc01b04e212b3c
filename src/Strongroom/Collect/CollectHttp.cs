using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect;

/// <summary>A body that was read whole: what it says, and its bytes for the idempotency key.</summary>
internal abstract record BodyRead<T>
{
    private BodyRead()
    {
    }

    public sealed record Good(T Value, byte[] Bytes) : BodyRead<T>;

    public sealed record Bad(Problem Problem) : BodyRead<T>;
}

/// <summary>Reading requests: bounded, strict, and without ever repeating what was sent.</summary>
internal static class CollectHttp
{
    /// <summary>Largest submission, and largest line of a bulk, in bytes. Images and recordings are files of their own.</summary>
    public const int LargestBody = 256 * 1024;

    public static async Task<BodyRead<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> contract, CancellationToken ct)
    {
        if (!IsJson(context.Request.ContentType))
        {
            return new BodyRead<T>.Bad(Problem.Of(Reasons.MediaType));
        }

        if (context.Request.ContentLength > LargestBody)
        {
            return new BodyRead<T>.Bad(Problem.Of(Reasons.BodyLarge));
        }

        var read = await context.Request.BodyReader.ReadAtLeastAsync(LargestBody + 1, ct);
        var bytes = read.Buffer.Length > LargestBody ? null : read.Buffer.ToArray();
        context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        return bytes is null ? new BodyRead<T>.Bad(Problem.Of(Reasons.BodyLarge)) : Parse(bytes, contract);
    }

    public static BodyRead<T> Parse<T>(byte[] bytes, JsonTypeInfo<T> contract)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, contract) is { } value
                ? new BodyRead<T>.Good(value, bytes)
                : new BodyRead<T>.Bad(Of(Reasons.BadJson, "1:1"));
        }
        catch (JsonException e)
        {
            return new BodyRead<T>.Bad(Of(e));
        }
    }

    /// <summary>The caller's idempotency key; null when there is none.</summary>
    /// <param name="problem">Set when the header is there and unusable.</param>
    public static IdempotencyClaim? Claim(HttpContext context, IdempotencyStore store, Actor actor, byte[] body, out Problem? problem)
    {
        problem = null;
        var header = context.Request.Headers["Idempotency-Key"];
        if (header.Count == 0)
        {
            return null;
        }

        if (header is not [{ } key] || !IdempotencyStore.IsValid(key))
        {
            problem = Problem.Of([Reasons.BadField.At("Idempotency-Key")]);
            return null;
        }

        return store.Claim(actor.OwnId(), context.Request.Path.Value ?? "", key, body);
    }

    /// <summary>Resolves this request's caller anew.</summary>
    public static Intake.ActorAgain Again(HttpContext context, Actors actors)
    {
        var origin = ActorPipeline.OriginOf(context);
        return (actor, ct) => actors.AgainAsync(actor, origin, ct);
    }

    /// <summary>Where the JSON broke. The member's name is not told: it may be anything.</summary>
    private static Problem Of(JsonException e)
    {
        if (JsonFaults.Missing(e, "") is { } missing)
        {
            return missing;
        }

        var unknown = e.Message.Contains("could not be mapped", StringComparison.Ordinal);
        return Of(
            unknown ? Reasons.UnknownMember : Reasons.BadJson,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(e.LineNumber ?? 0) + 1}:{(e.BytePositionInLine ?? 0) + 1}"));
    }

    private static Problem Of(Reason reason, string at) => Problem.Of(reason) with { Errors = [reason.At(at)] };

    private static bool IsJson(string? contentType) =>
        contentType is not null && (contentType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || contentType.StartsWith("application/json;", StringComparison.OrdinalIgnoreCase));
}
