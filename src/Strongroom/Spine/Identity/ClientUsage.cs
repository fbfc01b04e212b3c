using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>
/// Reads out of the log what API clients make use of (R43), some entries at a time and each once: the calls themselves pay nothing for it.
/// </summary>
internal sealed class ClientUsage(Database database, IEnumerable<EndpointDataSource> endpoints)
{
    private const long Stride = 4_000;
    private const int MostStrides = 500;

    private readonly Lazy<ILookup<string, ClientScope>> scopes = new(() => ScopesOf(endpoints));

    /// <summary>Goes on where the last sweep of any node ended.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        for (var strides = 0; strides < MostStrides; strides++)
        {
            var behind = await database.ReadAsync(ClientUsageStore.BehindAsync, ct).ConfigureAwait(false);
            if (behind.Count == 0)
            {
                return;
            }

            foreach (var (chain, read, written) in behind)
            {
                var until = Math.Min(written, read + Stride);
                var headers = await database.ReadAsync(tx => ClientUsageStore.HeadersAsync(tx, chain, read, until), ct).ConfigureAwait(false);
                var used = headers.SelectMany(UsesOf).GroupBy(one => (one.Client, one.Kind, one.Name)).Select(group => group.MaxBy(one => one.At)!).ToList();
                await database.WriteAsync(async tx =>
                {
                    if (await ClientUsageStore.AdvanceAsync(tx, chain, read, until))
                    {
                        foreach (var one in used)
                        {
                            await ClientUsageStore.UsedAsync(tx, one);
                        }
                    }
                }, ct).ConfigureAwait(false);
            }
        }
    }

    private IEnumerable<ClientUsed> UsesOf(byte[] body)
    {
        if (!LogHeader.TryParse(body, out var header) || header.Fact.Actor is not { Id: { } id })
        {
            yield break;
        }

        var client = ClientId.From(id);
        foreach (var scope in scopes.Value[header.Fact.Act.Value])
        {
            yield return new ClientUsed(client, ClientUsageStore.Scope, Kebab.Of(scope), header.At);
        }

        if (header.Fact.Purpose is { } purpose)
        {
            yield return new ClientUsed(client, ClientUsageStore.Purpose, purpose.Value, header.At);
        }

        foreach (var item in header.Fact.Items)
        {
            yield return new ClientUsed(client, ClientUsageStore.Item, item.Value, header.At);
        }
    }

    /// <summary>The scopes behind each fact, as the endpoints themselves say it.</summary>
    private static ILookup<string, ClientScope> ScopesOf(IEnumerable<EndpointDataSource> sources) => sources
        .SelectMany(source => source.Endpoints)
        .Select(endpoint => (Scope: PolicyTable.ScopeOf(endpoint.Metadata.GetMetadata<GuardedBy>()?.Policy ?? ""), Facts: endpoint.Metadata.GetMetadata<RecordsFacts>()?.Facts ?? []))
        .Where(endpoint => endpoint.Scope is not null)
        .SelectMany(endpoint => endpoint.Facts.Select(fact => (Fact: fact, Scope: endpoint.Scope!.Value)))
        .Distinct()
        .ToLookup(pair => pair.Fact, pair => pair.Scope, StringComparer.Ordinal);
}

/// <summary>What a review should ask about a client (R34, R43).</summary>
/// <param name="LastUsed">UTC milliseconds, to the hour; null: never.</param>
/// <param name="UnusedDays">30 or 90 when it made no call for so long; null: it did.</param>
/// <param name="Settled">Registered for thirty days: only then what was not used says something, and the three lists are filled.</param>
/// <param name="Items">Of its list of items; empty also where it has none of its own.</param>
internal sealed record ClientFindings(
    ClientId Id, string Name, PersonId Owner, MemberState State, bool OwnerLeft, long? LastUsed, int? UnusedDays, bool Settled,
    IReadOnlyList<ClientScope> Scopes, IReadOnlyList<PurposeKey> Purposes, IReadOnlyList<ItemKey> Items)
{
    private const long Day = 86_400_000;

    /// <summary>Pure.</summary>
    /// <param name="used">All that the client made use of in the last 90 days.</param>
    public static ClientFindings Of(ClientId id, ClientContent client, bool ownerActive, long? lastUsed, IReadOnlySet<(string Kind, string Name)> used, long now)
    {
        var quiet = now - Math.Max(lastUsed ?? 0, client.Registered);
        var settled = now - client.Registered >= 30 * Day;
        return new ClientFindings(
            id, client.Name, client.Owner, client.State, !ownerActive, lastUsed, quiet >= 90 * Day ? 90 : quiet >= 30 * Day ? 30 : null, settled,
            settled ? [.. client.Scopes.Where(scope => !used.Contains((ClientUsageStore.Scope, Kebab.Of(scope))))] : [],
            settled ? [.. client.Purposes.Where(purpose => !used.Contains((ClientUsageStore.Purpose, purpose.Value)))] : [],
            settled ? [.. (client.Items ?? []).Where(item => !used.Contains((ClientUsageStore.Item, item.Value)))] : []);
    }
}

/// <summary>Makes the report and records that it was read.</summary>
internal sealed class ClientReports(Database database, Members members, ClientQuotas quotas, ClientUsage usage, IAuditLog log, TimeProvider time)
{
    private const long Window = 90L * 86_400_000;

    public async Task<Results<Ok<ClientFindings[]>, ProblemHttpResult>> AnswerAsync(Actor actor, CancellationToken ct)
    {
        if (await log.AppendAsync(IdentityFacts.Of(IdentityFacts.ClientsReported, actor), actor.Guard(), ct).ConfigureAwait(false) is AppendOutcome.Changed)
        {
            return Problem.Of(Reasons.RowChanged).ToResult();
        }

        return TypedResults.Ok((await FindAsync(ct).ConfigureAwait(false)).Values.Where(one => one.State != MemberState.Closed).OrderBy(one => one.LastUsed ?? 0).ToArray());
    }

    /// <summary>Every client, closed ones too.</summary>
    public async Task<IReadOnlyDictionary<ClientId, ClientFindings>> FindAsync(CancellationToken ct)
    {
        await usage.SweepAsync(ct).ConfigureAwait(false);
        var now = time.NowMs();
        var last = await quotas.LastUsedAsync(ct).ConfigureAwait(false);
        return await database.ReadAsync(async tx =>
        {
            var used = (await ClientUsageStore.AllAsync(tx)).Where(one => one.At > now - Window).ToLookup(one => one.Client, one => (one.Kind, one.Name));
            var found = new Dictionary<ClientId, ClientFindings>();
            foreach (var row in await members.ListAsync<ClientContent>(tx, Members.Client))
            {
                var id = ClientId.From(row.Id);
                var owner = await members.LoadAsync<PersonContent>(tx, Members.Person, row.Content.Owner.Value);
                found[id] = ClientFindings.Of(id, row.Content, owner?.Content.IsActive(now) == true, last.TryGetValue(id, out var at) ? at : null, used[id].ToHashSet(), now);
            }

            return (IReadOnlyDictionary<ClientId, ClientFindings>)found;
        }, ct).ConfigureAwait(false);
    }
}
