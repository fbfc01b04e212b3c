using System.Text.RegularExpressions;
using Strongroom.Ground;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Server.Tests;

/// <summary>Nobody is let in by omission: every endpoint names who may knock and what it leaves in the log.</summary>
public sealed partial class RouteTableTests(RouteTableTests.Fixture fixture) : IClassFixture<RouteTableTests.Fixture>
{
    /// <summary>One installation that nobody serves; each test builds the application on it anew.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal Place Place { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Place = await Place.InitAsync(packs: "general");

        public ValueTask DisposeAsync() => Place.DisposeAsync();
    }

    [Fact]
    public async Task Every_endpoint_names_a_policy_and_a_fact_and_a_planted_one_without_is_caught_and_not_served()
    {
        var place = fixture.Place;
        await using var host = await InProcess.BuildAsync(place);
        Assert.NotEmpty(host.Endpoints);
        Assert.Empty(Unguarded(host.Endpoints));

        host.App.MapGet("/planted-bare", () => "secret");
        host.App.MapGet("/planted-without-fact", () => "secret").RequirePolicy(Doors.SignedIn);
        host.App.MapGet("/planted-unknown-policy", () => "secret").RequirePolicy("everybody").Records("read");
        Assert.Equal(["/planted-bare", "/planted-unknown-policy", "/planted-without-fact"], Unguarded(host.Endpoints).Order(StringComparer.Ordinal));

        var caller = await host.StartAsync();
        foreach (var path in new[] { "/planted-bare", "/planted-without-fact", "/planted-unknown-policy" })
        {
            (await caller.GetAsync(path)).Refused(401, "signin.needed");
        }

        await caller.BeginAsync(place.Administrators[0].Account, place.Administrators[0].Password);
        (await caller.GetAsync("/planted-bare")).Refused(503, "endpoint.unguarded");
        (await caller.GetAsync("/planted-without-fact")).Refused(503, "endpoint.unguarded");
        Assert.Equal(403, (int)(await caller.GetAsync("/planted-unknown-policy")).Status);
        (await caller.GetAsync("/v1/session")).Good();
    }

    [Fact]
    public async Task Only_liveness_readiness_sign_in_and_the_consoles_shell_are_open_to_anybody()
    {
        await using var host = await InProcess.BuildAsync(fixture.Place);
        var open = host.Endpoints.Where(e => e.Metadata.GetMetadata<GuardedBy>()?.Policy == Doors.Anonymous).Select(e => e.RoutePattern.RawText!).Order(StringComparer.Ordinal);
        Assert.Equal(["/", "/assets/{file}", "/console/{*page}", "/healthz", "/readyz", "/v1/sign-in", "/v1/sign-in/passkey", "/v1/sign-in/passkey/options", "/v1/sign-in/qr", "/v1/sign-in/qr/take", "/v1/sign-in/sso", "/v1/sign-in/sso", "/v1/sign-in/sso/callback"], open);
    }

    [Fact]
    public async Task The_interface_description_holds_every_route_that_is_served_with_policy_and_name()
    {
        await using var host = await InProcess.BuildAsync(fixture.Place);
        var caller = await host.StartAsync();
        await caller.BeginAsync(fixture.Place.Administrators[1].Account, fixture.Place.Administrators[1].Password);
        var operations = Operation.Of((await caller.GetAsync("/openapi/v1.json")).Good());
        Assert.All(operations, operation => Assert.True(operation.Policy.Length > 0 && operation.Id.Length > 0, $"{operation.Method} {operation.Route}"));
        Assert.Equal(operations.Count, operations.Select(o => o.Id).Distinct().Count());

        var served = host.Endpoints
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [], (e, method) => $"{method} {Plain(e.RoutePattern.RawText!)}")
            .Where(route => !route.EndsWith("/openapi/v1.json", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(served, operations.Select(o => $"{o.Method} {o.Route}").Order(StringComparer.Ordinal));
    }

    /// <summary>Route constraints and catch-alls are no part of an OpenAPI path.</summary>
    private static string Plain(string route) => Hole().Replace(route, "{$1}") is { Length: > 1 } plain ? plain.TrimEnd('/') : route;

    [GeneratedRegex(@"\{\**([a-zA-Z]+)(:[a-z]+)?\}")]
    private static partial Regex Hole();

    private static IEnumerable<string> Unguarded(IEnumerable<RouteEndpoint> endpoints) => endpoints
        .Where(e => e.Metadata.GetMetadata<GuardedBy>() is not { Policy: var policy } || !PolicyTable.Names.Contains(policy)
            || e.Metadata.GetMetadata<RecordsFacts>() is not { Facts: { Count: > 0 } facts }
            || !facts.All(fact => fact == LogFacts.Nothing || Name.TryParse<FactName>(fact, out _)))
        .Select(e => e.RoutePattern.RawText!);
}
