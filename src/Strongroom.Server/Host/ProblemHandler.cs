using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Spine.Access;

namespace Strongroom.Server.Host;

/// <summary>
/// The last guard of every request: whatever escapes becomes problem details with a stable code and no personal value. The message of
/// an exception never leaves the process, since it may quote what was sent.
/// </summary>
internal sealed partial class ProblemHandler(RequestDelegate next, ILogger<ProblemHandler> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Translate(e, context));
            return;
        }

        if (!context.Response.HasStarted && context.Response is { StatusCode: >= 400, ContentLength: null, ContentType: null })
        {
            // A 405 names the methods there are (RFC 9110 §15.5.6).
            var allow = context.Response.Headers.Allow;
            await WriteAsync(context, OfStatus(context.Response.StatusCode), allow);
        }
    }

    public static async Task WriteAsync(HttpContext context, Problem problem, StringValues allow = default)
    {
        context.Response.Clear();
        context.Response.Headers.Allow = allow;
        SecurityHeaders.Apply(context);
        await problem.ToResult().ExecuteAsync(context);
    }

    private Problem Translate(Exception e, HttpContext context)
    {
        switch (e)
        {
            case BadHttpRequestException { InnerException: JsonException json }:
                return OfJson(json);
            case BadHttpRequestException bad:
                return OfStatus(bad.StatusCode);
            case JsonException json:
                return OfJson(json);
            case CanonicalJsonException:
                // What is to be approved or signed holds a number that JSON cannot carry exactly (RFC 8785): only a request brings one.
                return Problem.Of([Reasons.BadField.At("$")]);
            case KeysUnavailableException keys:
                LogKeys(logger, keys.Code);
                return Problem.Of(Reasons.KeysUnavailable);
            case Spine.Audit.LogUnavailableException or Spine.Audit.LogAlarmException:
                return Problem.Of(Reasons.LogUnavailable);
            case Store.Catalogue.CatalogueUnavailableException:
                return Problem.Of(Reasons.PolicyMissing);
            case StoreException store:
                LogStore(logger, store.Code);
                return new Problem(store.Code, StatusCodes.Status503ServiceUnavailable, store.Zh, store.En);
            case System.Data.Common.DbException or IOException or TimeoutException:
                LogFailure(logger, e.GetType().Name, Path(context), context.TraceIdentifier);
                return Problem.Of(ServerReasons.StoreDown);
            default:
                LogFailure(logger, Frame(e), Path(context), context.TraceIdentifier);
                return Problem.Of(Reasons.ServerFault);
        }
    }

    /// <summary>
    /// Where the JSON broke: line, byte, and the member of the body it was in. Deeper names are left out, since a name inside an object can be
    /// the sender's own, and so is the name of a member that is not known.
    /// </summary>
    private static Problem OfJson(JsonException json)
    {
        var place = $"{(json.LineNumber ?? 0) + 1}:{(json.BytePositionInLine ?? 0) + 1}";
        if (json.Message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return Problem.Of(Reasons.UnknownMember) with { Errors = [Reasons.UnknownMember.At(place)] };
        }

        var member = json.Path?.Split('.', '[') is ["$", { Length: > 0 } outer, ..] && !outer.EndsWith(']') ? $" $.{outer}" : "";
        return JsonFaults.Missing(json, member.Length > 3 ? member[3..] : "") ?? Problem.Of(Reasons.BadJson) with { Errors = [Reasons.BadJson.At(place + member)] };
    }

    private static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => Problem.Of(Reasons.SignInNeeded),
        StatusCodes.Status404NotFound => Problem.Of(Reasons.NotFound),
        StatusCodes.Status405MethodNotAllowed => Problem.Of(ServerReasons.MethodNotAllowed),
        StatusCodes.Status413PayloadTooLarge => Problem.Of(Reasons.BodyLarge),
        StatusCodes.Status415UnsupportedMediaType => Problem.Of(Reasons.MediaType),
        StatusCodes.Status429TooManyRequests => Problem.Of(Reasons.RateLimited),
        >= 500 => Problem.Of(Reasons.ServerFault),
        _ => Problem.Of(Reasons.BadJson) with { Status = status },
    };

    private static string Path(HttpContext context) =>
        (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? context.Features.Get<IHttpRequestFeature>()?.Method ?? "";

    /// <summary>Type and throwing method: enough to find the line, nothing that was sent.</summary>
    private static string Frame(Exception e) => $"{e.GetType().Name} in {e.TargetSite?.DeclaringType?.Name}.{e.TargetSite?.Name}";

    [LoggerMessage(1, LogLevel.Error, "{Failure} at {Route}, reference {Reference}")]
    private static partial void LogFailure(ILogger logger, string failure, string route, string reference);

    [LoggerMessage(2, LogLevel.Error, "Keys unavailable: {Code}")]
    private static partial void LogKeys(ILogger logger, string code);

    [LoggerMessage(3, LogLevel.Error, "Store refuses: {Code}")]
    private static partial void LogStore(ILogger logger, string code);
}

/// <summary>Reasons that only the host meets.</summary>
internal static class ServerReasons
{
    public static readonly Reason StoreDown = new("store.unavailable", "数据库暂时不可用,为安全起见先停止。请稍后再试。",
        "The database cannot be reached, so this has stopped. Try again a little later.")
    {
        Status = 503,
    };

    public static readonly Reason MethodNotAllowed = new("method.not_allowed", "这个地址不支持这种请求方法,请查接口说明。",
        "This address does not take that method. See the interface description.")
    {
        Status = 405,
    };

    public static readonly Reason ConsoleMissing = new("console.missing", "这个程序没有带网页控制台,接口照常可用。请用 ./build.sh 重新构建。",
        "This program was built without its web console; the interface works. Build it with ./build.sh.")
    {
        Status = 404,
    };

    public static readonly Reason NotGuarded = new("endpoint.unguarded", "这个接口没有登记访问规则,已停用。", "This endpoint names no policy and is not served.")
    {
        Status = 503,
    };
}

/// <summary>Headers of every answer: nothing cached, nothing framed, nothing sniffed, TLS remembered.</summary>
internal static class SecurityHeaders
{
    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
    }
}
