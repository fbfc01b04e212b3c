using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Monitoring;

/// <summary>Whose acts are counted.</summary>
internal enum FigureReach
{
    /// <summary>Everybody's.</summary>
    All,

    /// <summary>Of people who hold a post in one's own units or below.</summary>
    Units,
}

/// <param name="Days">One number for each day of the window, oldest first.</param>
internal sealed record FigureLine(string Key, IReadOnlyList<long> Days);

/// <param name="Zh">The reason's sentence.</param>
internal sealed record RefusalLine(string Key, string Zh, string En, IReadOnlyList<long> Days);

/// <summary>What staff did in the last days, in numbers without names. Of a unit with one person they are that person's, wherever he acted: whoever answers for the unit may know.</summary>
/// <param name="From">UTC milliseconds at which the window's first local day begins.</param>
/// <param name="Reach">all or units.</param>
/// <param name="Views">Permitted views by purpose.</param>
/// <param name="Refusals">Acts that were refused or stopped, by each reason that was given.</param>
/// <param name="Consents">Consents that staff recorded and took back, by the log's name of the act.</param>
internal sealed record FiguresView(
    long From, string Reach, IReadOnlyList<FigureLine> Views, IReadOnlyList<RefusalLine> Refusals, IReadOnlyList<FigureLine> Consents);

/// <summary>
/// GET /v1/figures: the home page's pictures. Read off the counts that <see cref="LogFeed"/> keeps (a row for a person, day and name), so its cost
/// grows with people × days of the window and never with the log. Systems are not counted: habits and pictures are people's.
/// </summary>
internal sealed class Figures(Database database, Members members, IPolicySnapshots policies, MonitoringOptions options, TimeProvider time)
{
    public const int Window = 30;

    private static readonly PostKey Owner = PostKey.Of("data-owner");
    private static readonly PostKey[] Overseers = [PostKey.Of("auditor"), PostKey.Of("dpo")];

    public static void Map(IEndpointRouteBuilder app) => app
        .MapGet("/v1/figures", async (Actor actor, Figures self, CancellationToken ct) => TypedResults.Ok(await self.OfAsync(actor, ct)))
        .RequirePolicy(Doors.Figures).Records(LogFacts.Nothing).WithName("figures");

    internal async Task<FiguresView> OfAsync(Actor actor, CancellationToken ct)
    {
        var today = UsageRules.DayOf(time.NowMs(), options.OffsetMinutes);
        var from = today - Window + 1;
        var people = Overseers.Any(actor.Holds) ? null : await ReachAsync(actor, ct);
        var sums = people is { Count: 0 } ? [] : await database.ReadAsync(tx => UsageStore.FiguresAsync(tx, people, from, today), ct);
        return new FiguresView(
            UsageRules.BeginOf(from, options.OffsetMinutes), Kebab.Of(people is null ? FigureReach.All : FigureReach.Units),
            [.. Lines(sums, UsageRules.PurposePrefix, from)],
            [.. Lines(sums, UsageRules.ReasonPrefix, from).Where(line => Reasons.Find(line.Key) is not null)
                .Select(line => new RefusalLine(line.Key, Reasons.Find(line.Key)!.Zh, Reasons.Find(line.Key)!.En, line.Days))],
            [.. Lines(sums, UsageRules.ConsentPrefix, from)]);
    }

    /// <summary>People with a post in force in the units of a data owner, or below.</summary>
    private async Task<IReadOnlyCollection<PersonId>> ReachAsync(Actor actor, CancellationToken ct)
    {
        var now = time.NowMs();
        var tree = (await policies.CurrentAsync(ct)).Organisation;
        var units = actor.Posts.Where(held => held.Post == Owner && held.InForce(now)).SelectMany(held => tree.Units.GetValueOrDefault(held.Unit)?.Below ?? []).ToHashSet();
        return [.. (await database.ReadAsync(tx => members.ListAsync<PersonContent>(tx, Members.Person), ct))
            .Where(person => person.Content.Posts.Any(held => held.InForce(now) && units.Contains(held.Unit)))
            .Select(person => PersonId.From(person.Id))];
    }

    private static IEnumerable<FigureLine> Lines(IReadOnlyList<FigureRow> rows, string prefix, long from) => rows
        .Where(row => row.What.StartsWith(prefix, StringComparison.Ordinal))
        .GroupBy(row => row.What[prefix.Length..])
        .Select(group =>
        {
            var days = new long[Window];
            foreach (var row in group)
            {
                days[row.Day - from] += row.N;
            }

            return new FigureLine(group.Key, days);
        })
        .OrderByDescending(line => line.Days.Sum()).ThenBy(line => line.Key, StringComparer.Ordinal);
}
