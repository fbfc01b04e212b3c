using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;

namespace Strongroom.Rights.Ledger;

/// <summary>The customer's ledger out of the log, for those who answer customers and those who oversee them. Its reading is an entry too.</summary>
internal sealed class CustomerLedger(
    Database database, ICustomers customers, IAuditReader reader, ICustomerReferences references, MemberCache cache, Members members, OrganisationBooks units, IAuditLog log, TimeProvider time)
{
    public const string Fact = "ledger-read";

    private const int Most = 200;

    private const int LongestTicket = 128;

    private static readonly PostKey[] Overseers = [PostKey.Of("dpo"), PostKey.Of("auditor")];

    private static readonly PostKey RightsDesk = PostKey.Of("rights-desk");

    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapGet("/customers/{id}/ledger", async Task<Results<Ok<LedgerAnswer>, ProblemHttpResult>> (
            CustomerId id, string? after, int? size, [FromHeader(Name = ServingHeaders.Ticket)] string? ticket, Actor actor, CustomerLedger ledger, CancellationToken ct) =>
            await ledger.ReadAsync(id, after, size, ticket, actor, ct) switch
            {
                Outcome<LedgerAnswer>.Done done => TypedResults.Ok(done.Value),
                Outcome<LedgerAnswer>.Refused refused => refused.Problem.ToResult(),
                _ => throw new System.Diagnostics.UnreachableException(),
            })
        .RequirePolicy(Doors.CustomerLedger).Records(Fact).WithName("customer-ledger");

    /// <param name="size">1–200 acts, 50 unless told.</param>
    /// <param name="ticket">The rights request that is answered; the rights desk reads for one, never without (domain.md §3).</param>
    internal async Task<Outcome<LedgerAnswer>> ReadAsync(CustomerId id, string? after, int? size, string? ticket, Actor actor, CancellationToken ct)
    {
        LogCursor cursor = default;
        if (size is < 1 or > Most || (after is not null && !LogCursor.TryParse(after, out cursor)))
        {
            return Problem.Of([Reasons.BadField.At(size is < 1 or > Most ? "size" : "after")]);
        }

        if (ticket is { Length: > LongestTicket })
        {
            return Problem.Of([Reasons.FieldLong.At("ticket")]);
        }

        // A missing ticket is told before the customer is looked at, so it tells nothing about him.
        var named = ticket is { Length: > 0 };
        var mute = actor.Kind == ActorKind.Person && !named && !Overseers.Any(actor.Holds);
        var customer = mute ? null : await customers.ReadAsync(id, ReadScope.Outline, ct);
        var reach = customer is null ? Reach.Nothing : await ReachAsync(customer, actor, named, ct);
        var refusal = mute ? Reasons.ScopeTicket : reach == Reach.Nothing ? Reasons.CustomerUnknown : null;
        var fact = new LogFact
        {
            Act = FactName.Of(Fact),
            Actor = actor.AsLogActor(),
            Customer = id,
            Decision = refusal is null ? Verdict.Permit : Verdict.Deny,
            Reasons = refusal is null ? [] : [(customer is null ? refusal : Reasons.ScopeOutside).Code],
            Zone = actor.Zone,
            Details = named ? new LogDetails { Ticket = ticket } : null,
        };
        var outcome = await log.AppendAsync(fact, actor.Guard(), ct);
        if (refusal is not null)
        {
            return refusal;
        }

        if (outcome is not AppendOutcome.Logged logged)
        {
            return Reasons.AccessUnsettled;
        }

        var page = await PageAsync(customer!, after is null ? null : cursor, size ?? 50, reach == Reach.Oversees, ct);
        var lines = await LinesAsync(page, actor, ct);
        var last = page.Count == (size ?? 50) ? new LogCursor(page[^1].Header.At, page[^1].Header.Id).ToString() : null;
        return new LedgerAnswer(id, lines, last, logged.Entry);
    }

    private enum Reach
    {
        Nothing,
        Reads,
        Oversees,
    }

    /// <summary>By a post that reads ledgers and is held in the customer's own legal entity; another post, or another company, gives nothing.</summary>
    private async Task<Reach> ReachAsync(CustomerSnapshot customer, Actor actor, bool withTicket, CancellationToken ct)
    {
        IReadOnlyList<HeldPost> posts = actor.Posts;
        if (actor.Kind == ActorKind.Client)
        {
            posts = (await cache.PersonAsync(actor.ConfigEpoch, actor.Person, ct)).Person?.Content.Posts ?? [];
        }

        var book = await units.AsOfAsync(actor.ConfigEpoch, ct);
        var now = time.NowMs();
        var here = posts.Where(post => post.InForce(now) && book.EntityOf(post.Unit) is { } entity
            && (entity == customer.Entity || customer.Records.Any(record => record.Entity == entity))).Select(post => post.Post).ToHashSet();
        if (actor.Kind == ActorKind.Client)
        {
            return here.Count > 0 ? Reach.Reads : Reach.Nothing;
        }

        return here.Overlaps(Overseers) ? Reach.Oversees : withTicket && here.Contains(RightsDesk) ? Reach.Reads : Reach.Nothing;
    }

    /// <summary>After a merge one person stands in the log under several references.</summary>
    private async Task<List<LogEntry>> PageAsync(CustomerSnapshot customer, LogCursor? after, int size, bool overseer, CancellationToken ct)
    {
        var entries = new List<LogEntry>();
        foreach (var owner in customer.Owners)
        {
            if (await references.OfAsync(owner, ct) is { } reference)
            {
                entries.AddRange((await reader.EntriesAsync(new LogQuery { Customer = reference, After = after, Size = size, ExceptPurpose = LedgerRules.Untold(overseer) }, ct)).Entries);
            }
        }

        return [.. entries.OrderByDescending(entry => entry.Header.At).ThenByDescending(entry => entry.Header.Id.Value).Take(size)];
    }

    private async Task<IReadOnlyList<LedgerLine>> LinesAsync(List<LogEntry> entries, Actor actor, CancellationToken ct)
    {
        var names = (await database.ReadAsync(tx => members.ListAsync<UnitContent>(tx, Members.Unit), ct)).ToDictionary(unit => UnitId.From(unit.Id), unit => unit.Content.Name);
        var lines = new List<LedgerLine>(entries.Count);
        foreach (var entry in entries)
        {
            var who = entry.Header.Fact.Actor;
            var person = who is { Kind: LogActorKind.Person, Id: { } id } ? (await cache.PersonAsync(actor.ConfigEpoch, PersonId.From(id), ct)).Person?.Content : null;
            var system = who is { Kind: LogActorKind.Client, Id: { } client } ? (await cache.ClientAsync(actor.ConfigEpoch, ClientId.From(client), ct)).Client?.Content.Name : null;
            var posts = (person?.Posts ?? []).Where(post => post.InForce(entry.Header.At))
                .Select(post => new LedgerPost(post.Post, names.GetValueOrDefault(post.Unit))).Distinct().ToList();
            lines.Add(LedgerRules.Line(entry, posts, system));
        }

        return lines;
    }
}

/// <summary>What of the log a customer is told. Pure.</summary>
internal static class LedgerRules
{
    private const string ClearPrefix = "clear.";

    private static readonly PurposeKey Authority = PurposeKey.Of("authority");

    /// <summary>Lawful secrecy: what an authority asked for is told to officer and auditor only, unless an approval opens it.</summary>
    /// <remarks>Left out where the log is searched, so that neither the size of a page nor its cursor tells of it.</remarks>
    public static PurposeKey? Untold(bool overseer) => overseer ? null : Authority;

    public static LedgerLine Line(LogEntry entry, IReadOnlyList<LedgerPost> posts, string? system)
    {
        var fact = entry.Header.Fact;
        var clear = fact.Reasons.Where(code => code.StartsWith(ClearPrefix, StringComparison.Ordinal))
            .Select(code => Name.TryParse<ItemKey>(code[ClearPrefix.Length..], out var item) ? item : (ItemKey?)null).OfType<ItemKey>().ToList();
        return new LedgerLine(
            entry.Header.Id, entry.Header.At, fact.Act.Value, fact.Actor.Kind, posts, system, fact.Purpose, fact.Items, clear, fact.Decision, fact.Count);
    }
}
