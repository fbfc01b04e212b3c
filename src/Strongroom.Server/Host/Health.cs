using Microsoft.AspNetCore.Http.HttpResults;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Clock;

namespace Strongroom.Server.Host;

/// <summary>Liveness says the process answers; readiness says that it may serve. Neither says anything about anybody.</summary>
internal static class Health
{
    private const string Clock = "clock";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => TypedResults.Text("ok")).RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("healthz");
        app.MapGet("/readyz", ReadyAsync).RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("readyz");
    }

    private static async Task<JsonHttpResult<Readiness>> ReadyAsync(
        Installation installation, IAuditReader log, IKeyring keyring, TimeProvider time, CancellationToken ct)
    {
        var found = await LookAsync(installation, log, keyring, time, ct);
        return TypedResults.Json(found, statusCode: found.Ready ? 200 : 503);
    }

    /// <summary>Looks at everything the product needs, as /readyz does and monitoring.</summary>
    public static async Task<Readiness> LookAsync(Installation installation, IAuditReader log, IKeyring keyring, TimeProvider time, CancellationToken ct)
    {
        var parts = new Dictionary<string, string>
        {
            ["data"] = await TryAsync(() => installation.Data.PingAsync(ct)),
            ["keyring"] = await TryAsync(() => installation.KeyringData.PingAsync(ct)),
            ["keys"] = await TryAsync(() => keyring.RefreshAsync(ct)),
            ["epochs"] = await TryAsync(() => installation.Keyring.CheckSecretsAsync(ct)),
        };
        try
        {
            var health = await log.HealthAsync(ct);
            parts["log"] = health.IsReady(time.NowMs()) ? "ok" : health.Alarm?.Code ?? "log.behind";
            foreach (var anchor in health.Anchors)
            {
                parts["anchor." + anchor.Name] = anchor.Error ?? (anchor.Lag > 100_000 ? "anchor.behind" : "ok");
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            parts["log"] = "log.unavailable";
        }

        if (installation.Settings is { Demo: false, Anchors.Count: 0 })
        {
            parts["anchor"] = "anchor.none";
        }

        // Named and not counted: the node goes on by the time that is known, nothing acts by itself while its clock is ahead of that, and one whose clock runs ahead must not take all others away.
        parts[Clock] = (time as SteadyClock)?.State switch { ClockState.Back => "clock.back", ClockState.Ahead => "clock.ahead", _ => "ok" };
        return new Readiness(parts.All(p => p.Key == Clock || p.Value == "ok"), parts);
    }

    private static async Task<string> TryAsync(Func<Task> part)
    {
        try
        {
            await part();
            return "ok";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return e switch { StoreException store => store.Code, KeysUnavailableException keys => keys.Code, _ => "unavailable" };
        }
    }

    /// <param name="Parts">Each part with <c>ok</c> or a stable code.</param>
    internal sealed record Readiness(bool Ready, IReadOnlyDictionary<string, string> Parts);
}
