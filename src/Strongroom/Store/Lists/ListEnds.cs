using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Reviews;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Lists;

/// <summary>When a customer's place on a list ends. An authentic row: whoever edits it takes nobody off a list, and raises the alarm.</summary>
/// <param name="Until">UTC milliseconds; null: it was lifted.</param>
internal sealed record ListEndContent(CustomerListId List, CustomerId Customer, long? Until)
{
    /// <summary>Who set it; the entry of the end names him.</summary>
    public PersonId? By { get; init; }
}

/// <summary>
/// Places on controlled lists that end by themselves (R35). What binds the decision is the customer's own row; here stands only when he is to be taken off
/// it, so an end that is late or lost leaves him protected. It comes by the time known to have passed: a clock that ran ahead takes nobody off.
/// </summary>
internal sealed class ListEnds(Database database, Cases cases, ICustomers customers, IAuditLog log, TimeProvider time) : IWatchDuty
{
    private const string Kind = "customer-list-end", Standing = "open", Over = "over";

    private const int Most = 500;

    private const long EveryMs = 60_000;

    private long next;

    /// <summary>Sets, moves or lifts the end; null: there was none and there is none.</summary>
    public async Task<RowDigest?> SetAsync(Tx tx, CustomerListId list, CustomerId customer, long? until, PersonId by)
    {
        var id = IdOf(list, customer);
        var known = await cases.FindAsync<ListEndContent>(tx, Kind, id, hold: true);
        if (until is null && known?.Content.Until is null)
        {
            return null;
        }

        var row = known ?? new Case<ListEndContent>(id, Standing, new ListEndContent(list, customer, until)) { Parent = CaseId.From(list.Bytes) };
        return await cases.SaveAsync(tx, Kind, row with { State = until is null ? Over : Standing, Sort = until ?? row.Sort, Content = row.Content with { Until = until, By = by } });
    }

    /// <summary>The ends of these customers' places.</summary>
    public async Task<IReadOnlyDictionary<CustomerId, long>> OfAsync(Tx tx, CustomerListId list, IEnumerable<CustomerId> members)
    {
        var ends = new Dictionary<CustomerId, long>();
        foreach (var member in members)
        {
            if ((await cases.FindAsync<ListEndContent>(tx, Kind, IdOf(list, member)))?.Content is { Until: { } until })
            {
                ends[member] = until;
            }
        }

        return ends;
    }

    /// <summary>Takes off those whose end has come.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (time.SureMs() < next)
        {
            return;
        }

        next = time.SureMs() + EveryMs;
        var due = await database.ReadAsync(tx => cases.PageAsync<ListEndContent>(tx, new CaseQuery(Kind) { State = Standing, Size = Most }), ct);
        foreach (var one in due.TakeWhile(one => one.Sort <= time.SureMs()))
        {
            await cases.ChangeAsync<bool>(async tx => await EndAsync(tx, one.Id, ct), ct);
        }
    }

    private async Task<bool> EndAsync(Tx tx, CaseId id, CancellationToken ct)
    {
        if (await cases.FindAsync<ListEndContent>(tx, Kind, id, hold: true) is not { State: Standing, Content: { Until: { } until } place } row || until > time.SureMs())
        {
            return false;
        }

        var rows = new List<RowDigest>();
        if (await customers.SetListAsync(tx, place.Customer, place.List, on: false) is WriteOutcome.Done done)
        {
            rows.Add(new RowDigest("customer", place.Customer.Value, done.Version, done.Digest));
        }

        rows.Add(await cases.SaveAsync(tx, Kind, row with { State = Over, Content = place with { Until = null } }));
        await log.AppendAsync(tx, IdentityFacts.BySystem(ListFacts.Ended) with
        {
            Customer = place.Customer, Rows = rows, Reasons = [UntilCode(until), .. place.By is { } by ? [$"by.{by}"] : Array.Empty<string>()],
        }, ct);
        return true;
    }

    /// <summary>How an entry says until when, in UTC milliseconds.</summary>
    public static string UntilCode(long until) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"until.{until}");

    private CaseId IdOf(CustomerListId list, CustomerId customer) => cases.IdOf(Kind, list.ToString(), customer.ToString());
}
