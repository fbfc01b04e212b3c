using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Strongroom.Ground;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;

namespace Strongroom.Server.Tests.Matrix;

/// <summary>Nobody is let in by omission: every kind of caller at every endpoint of the running server's own route table (R33, R40, R43).</summary>
[Collection(MatrixWorld.Shared)]
public sealed partial class RouteMatrixTests(MatrixWorld world)
{
    [Fact]
    public void Every_route_that_is_served_stands_in_the_matrix_and_no_other()
    {
        var served = Served(world.Endpoints).ToHashSet();
        Assert.True(served.Count > 80, $"{served.Count}");
        var unknown = served.Except(RouteMatrix.Rules.Keys).Order(StringComparer.Ordinal).ToList();
        Assert.True(unknown.Count == 0, "add a line to RouteMatrix for: " + string.Join(", ", unknown));
        var gone = RouteMatrix.Rules.Keys.Except(served).Order(StringComparer.Ordinal).ToList();
        Assert.True(gone.Count == 0, "no longer served, take it out of RouteMatrix: " + string.Join(", ", gone));

        // What is about one customer is also asked of every kind of customer.
        var apart = served.Where(route => route.Contains("/customers/", StringComparison.Ordinal)).Except(CustomerMatrix.Blocks.Select(block => block.Route)).ToList();
        Assert.True(apart.Count == 0, "add a block to CustomerMatrix for: " + string.Join(", ", apart));
    }

    [Fact]
    public async Task A_route_that_nobody_listed_is_noticed()
    {
        await using var planted = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder().Build();
        planted.MapPost("/v1/planted/{id}", () => "secret").RequirePolicy(Doors.SignedIn).Records("read");
        Assert.Equal(["POST /v1/planted/{id}"], Served(((IEndpointRouteBuilder)planted).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()).Except(RouteMatrix.Rules.Keys));
    }

    [Fact]
    public async Task Every_caller_at_every_endpoint_meets_what_the_matrix_says()
    {
        var wrong = new ConcurrentBag<string>();
        var asked = 0;
        await Parallel.ForEachAsync(world.Roles, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (role, _) =>
        {
            foreach (var rule in RouteMatrix.Rules.Values)
            {
                var answer = await KnockAsync(role, rule);
                for (var again = 0; again < Patience && !rule.Good.Contains((int)answer.Status) && Moved.Contains(answer.Code); again++)
                {
                    answer = await KnockAsync(role, rule);
                }

                Interlocked.Increment(ref asked);
                if (rule.IsOpen && role.Kind == RoleKind.Half)
                {
                    // Open to everybody, and not there to be asked with half a session.
                    continue;
                }

                var said = $"{(int)answer.Status} {answer.Code}";
                var right = rule.Refusal(role)?.Contains(said) ?? (rule.Good.Contains((int)answer.Status) && answer.Code is not ("act.ungranted" or "client.scope" or "signin.needed"));
                if (!right)
                {
                    wrong.Add($"{rule.Route} by {role}: {said}, expected {string.Join(" or ", rule.Refusal(role) ?? [string.Join('/', rule.Good)])}");
                }
            }
        });
        Assert.True(wrong.IsEmpty, $"{wrong.Count}:\n" + string.Join("\n", wrong.Order(StringComparer.Ordinal).Take(200)));
        Assert.Equal(world.Roles.Count * RouteMatrix.Rules.Count, asked);
        Assert.Contains(world.Roles, role => role.Kind == RoleKind.Half);
        Assert.True(asked > 2500, $"{asked}");
    }

    [Fact]
    public async Task Names_are_read_within_ones_own_company_by_no_third_party_and_all_of_them_by_who_oversees()
    {
        Caller Of(string name) => world.Roles.Single(role => role.Name == name).Caller;
        var (counter, hotel, outside) = (Of("counter"), Of("hotel-counter"), Of("outsourced-agent"));
        Assert.Contains(outside.Id, await NamedAsync(counter));
        Assert.DoesNotContain(hotel.Id, await NamedAsync(counter));
        Assert.Equal([hotel.Id], await NamedAsync(hotel));
        Assert.Contains(hotel.Id, await NamedAsync(Of("auditor")));
        await KindAsync(outside, AccountKind.ThirdParty);
        try
        {
            Assert.Equal([outside.Id], await NamedAsync(outside));
        }
        finally
        {
            await KindAsync(outside, AccountKind.Employee);
        }
    }

    [Fact]
    public async Task Every_post_gets_of_every_customer_what_the_matrix_says_and_a_hidden_one_looks_like_none()
    {
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(world.CustomerRoles, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (role, _) =>
        {
            var before = await world.DenialsAsync(role);
            var refused = 0;
            foreach (var block in CustomerMatrix.Blocks)
            {
                var hidden = new HashSet<string>();
                foreach (var target in CustomerMatrix.Targets)
                {
                    var word = block.Word(role.Name, target);
                    var seen = await CustomerActs.AskAsync(block.Act, role, world.Targets[target], world);
                    for (var again = 0; again < Patience && !seen.Is(word, world.Targets[target]) && Moved.Any(seen.ToString().Contains); again++)
                    {
                        seen = await CustomerActs.AskAsync(block.Act, role, world.Targets[target], world);
                    }

                    if (!seen.Is(word, world.Targets[target]))
                    {
                        wrong.Add($"{block.Act} by {role} of {target}: {seen}, expected {word}");
                    }

                    refused += seen.Status == 404 ? 1 : 0;
                    if (seen.Status == 404 && hidden.Add(seen.Told) && hidden.Count > 1)
                    {
                        wrong.Add($"{block.Act} by {role} of {target}: this 404 is told apart from another: {string.Join(" | ", hidden)}");
                    }
                }
            }

            var logged = await world.DenialsAsync(role) - before;
            if (logged < refused)
            {
                wrong.Add($"{role} met {refused} times 404 and the log has {logged} of it");
            }
        });
        Assert.True(wrong.IsEmpty, $"{wrong.Count}:\n" + string.Join("\n", wrong.Order(StringComparer.Ordinal).Take(200)));
    }

    /// <summary>Other callers change rules and customers all the while: who is told so asks again, as a client would.</summary>
    private static readonly string[] Moved = ["row.changed", "access.unsettled", "consent.older"];

    private const int Patience = 20;

    private async Task<Answer> KnockAsync(Role role, RouteRule rule)
    {
        var operation = world.Operations.GetValueOrDefault(rule.Route);
        var (method, path) = (new HttpMethod(rule.Route.Split(' ')[0]), operation?.Path ?? rule.Route.Split(' ')[1]);
        var body = method == HttpMethod.Get || method == HttpMethod.Delete ? null : new StringContent("{}", Encoding.UTF8, operation?.BodyType ?? "application/json");

        // Signing out ends the session it is sent with.
        var caller = rule.Route.EndsWith("/sign-out", StringComparison.Ordinal) ? await world.AgainAsync(role) : role.Caller;
        return await caller.SendAsync(method, path, body);
    }

    /// <summary>Method and route of every endpoint, without route constraints.</summary>
    private static IEnumerable<string> Served(IEnumerable<RouteEndpoint> endpoints) => endpoints.SelectMany(
        e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"],
        (e, method) => $"{method} {Hole().Replace(e.RoutePattern.RawText!, "{$1}") switch { { Length: > 1 } plain => plain.TrimEnd('/'), var root => root }}");

    [GeneratedRegex(@"\{\**([a-zA-Z]+)(:[a-z]+)?\}")]
    private static partial Regex Hole();

    private static async Task<IEnumerable<string>> NamedAsync(Caller caller) =>
        (await caller.GetAsync("/v1/directory")).Good()["people"]!.AsArray().Select(one => one!["person"]!.GetValue<string>());

    private async Task KindAsync(Caller person, AccountKind kind) => await world.Service<Members>().EditAsync<PersonContent>(
        Members.Person, Id.Parse<PersonId>(person.Id).Value, null, IdentityFacts.BySystem(IdentityFacts.PersonChanged),
        (_, content) => Task.FromResult<Outcome<PersonContent>>(content with { Kind = kind }), default);
}
