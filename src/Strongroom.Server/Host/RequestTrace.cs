using System.Diagnostics;
using System.Globalization;

namespace Strongroom.Server.Host;

/// <summary>
/// One span a request, named by its route template. The framework's own request spans are not used: they carry the path, and a path holds
/// ids. Of what the caller sends the trace id alone is taken over; trace state and baggage are free text.
/// </summary>
internal sealed class RequestTrace(RequestDelegate next)
{
    public const string Source = "Strongroom.Http";

    private static readonly ActivitySource Spans = new(Source);

    public async Task InvokeAsync(HttpContext context)
    {
        Activity.Current = null;
        _ = ActivityContext.TryParse(context.Request.Headers.TraceParent, traceState: null, isRemote: true, out var caller);
        using var span = Spans.StartActivity("request", ActivityKind.Server, caller);
        try
        {
            await next(context);
        }
        finally
        {
            Describe(span, context);
        }
    }

    private static void Describe(Activity? span, HttpContext context)
    {
        if (span is null)
        {
            return;
        }

        var method = HttpMethods.GetCanonicalizedValue(context.Request.Method);
        var known = HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method);
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
        span.DisplayName = $"{(known ? method : "other")} {route}";
        span.SetTag("http.request.method", known ? method : "other").SetTag("http.route", route)
            .SetTag("http.response.status_code", context.Response.StatusCode.ToString(CultureInfo.InvariantCulture));
        if (context.Response.StatusCode >= 500)
        {
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
