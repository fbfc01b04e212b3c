using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Lists;

internal static class ListFacts
{
    public const string Kept = "customer-list-kept";
    public const string Read = "customer-lists-read";
    public const string Joined = "customer-listed";
    public const string Left = "customer-unlisted";
    public const string Ends = "customer-listing-end-set";
    public const string Ended = "customer-listing-ended";
    public const string MembersRead = "customer-list-members-read";
}

/// <summary>Keeps controlled lists of customers (R35): VIP, staff, litigation. Only those of the legal entities in which the keeper holds his post.</summary>
internal sealed class ListDesk(Database database, Members members, OrganisationBooks books, ICustomers customers, ListEnds ends, IAuditLog log, TimeProvider time)
{
    private const int MostNamed = 500, MostCustomers = 200, LongestName = 120, PageSize = 100;

    public async Task<ListsView> ListAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(ListFacts.Read, actor), guard: null, ct);
        var own = await EntitiesAsync(actor, ct);
        var rows = await database.ReadAsync(tx => members.ListAsync<CustomerListContent>(tx, CustomerListContent.RowKind), ct);
        return new ListsView([.. rows.Where(row => own.Contains(row.Content.Entity)).Select(View)]);
    }

    public async Task<Outcome<ListView>> KeepAsync(Actor actor, CustomerListId id, ListRequest ask, CancellationToken ct)
    {
        var content = ask.ToContent();
        if (Faults(content) is { Count: > 0 } faults)
        {
            return Problem.Of(faults);
        }

        if (!(await EntitiesAsync(actor, ct)).Contains(content.Entity))
        {
            return Problem.Of([Reasons.EntityUnknown.At("entity")]);
        }

        var fact = IdentityFacts.Of(ListFacts.Kept, actor);
        return await members.ChangeAsync<ListView>(async tx =>
        {
            var before = await members.LockAsync<CustomerListContent>(tx, CustomerListContent.RowKind, id.Value);
            if ((before is null) != (ask.Version == 0) || before?.Content.Entity is { } entity && entity != content.Entity)
            {
                return Reasons.ListUnknown;
            }

            if (before is not null && before.Version != ask.Version)
            {
                return Reasons.RowChanged;
            }

            await members.SaveAsync(tx, CustomerListContent.RowKind, id.Value, ask.Version, content, fact);
            return new ListView(id, ask.Version + 1, content);
        }, ct);
    }

    /// <summary>Every customer in an entry of his own; unknown, destroyed and another company's customers are answered alike.</summary>
    public async Task<Outcome<ListMembersView>> SetMembersAsync(Actor actor, CustomerListId id, ListMembersRequest ask, CancellationToken ct)
    {
        var changes = (ask.Add ?? []).Select((customer, i) => (Customer: customer, On: true, At: $"add[{i}]"))
            .Concat((ask.Remove ?? []).Select((customer, i) => (Customer: customer, On: false, At: $"remove[{i}]")))
            .OrderBy(change => change.Customer.Value).ToList();
        if (changes.Count is 0 or > MostCustomers || changes.DistinctBy(change => change.Customer).Count() != changes.Count)
        {
            return Problem.Of([Reasons.BadField.At("add")]);
        }

        if (ask.Until <= time.NowMs())
        {
            return Problem.Of([Reasons.BadField.At("until")]);
        }

        var own = await EntitiesAsync(actor, ct);
        try
        {
            return await database.WriteAsync<Outcome<ListMembersView>>(async tx =>
            {
                if (await members.LoadAsync<CustomerListContent>(tx, CustomerListContent.RowKind, id.Value) is not { } list || !own.Contains(list.Content.Entity))
                {
                    return Reasons.ListUnknown;
                }

                var facts = new List<LogFact>();
                foreach (var (customer, on, at) in changes)
                {
                    facts.Add(await SetAsync(tx, actor, id, list.Content.Entity, customer, on, ask.Until) ?? throw new UnknownCustomerException(at));
                }

                await log.AppendAsync(tx, facts, ct);
                return new ListMembersView(facts.Count);
            }, ct);
        }
        catch (UnknownCustomerException unknown)
        {
            return Problem.Of([Reasons.CustomerUnknown.At(unknown.At)]);
        }
    }

    private async Task<LogFact?> SetAsync(Tx tx, Actor actor, CustomerListId list, EntityId entity, CustomerId customer, bool on, long? until)
    {
        if ((await customers.ReadAsync(tx, customer, ReadScope.Outline))?.Entity != entity)
        {
            return null;
        }

        var outcome = await customers.SetListAsync(tx, customer, list, on);
        if (outcome is WriteOutcome.NotThere || (outcome is WriteOutcome.Stale && !(on && until is not null)))
        {
            return null;
        }

        List<RowDigest> rows = outcome is WriteOutcome.Done done ? [new RowDigest("customer", customer.Value, done.Version, done.Digest)] : [];
        if (await ends.SetAsync(tx, list, customer, on ? until : null, actor.Person) is { } kept)
        {
            rows.Add(kept);
        }

        return IdentityFacts.Of(outcome is not WriteOutcome.Done ? ListFacts.Ends : on ? ListFacts.Joined : ListFacts.Left, actor) with
        {
            Customer = customer, Rows = rows, Reasons = on && until is { } end ? [ListEnds.UntilCode(end)] : [],
        };
    }

    /// <summary>Who is on the list, out of the customers' own authenticated rows; logged with the list and how many were shown.</summary>
    public async Task<Outcome<ListMembersPage>> MembersAsync(Actor actor, CustomerListId id, CustomerId? after, CancellationToken ct)
    {
        var own = await EntitiesAsync(actor, ct);
        var (list, page) = await database.ReadAsync(async tx =>
            await members.LoadAsync<CustomerListContent>(tx, CustomerListContent.RowKind, id.Value) is { } row && own.Contains(row.Content.Entity)
                ? (row, await PageAsync(tx, id, row.Content.Entity, after))
                : ((Member<CustomerListContent>?)null, new ListMembersPage([], null)), ct);
        if (list is null)
        {
            return Reasons.ListUnknown;
        }

        var fact = IdentityFacts.Of(ListFacts.MembersRead, actor) with
        {
            Count = Math.Max(1, page.Members.Count), Reasons = [$"list.{id}"],
        };
        return await log.AppendAsync(fact, actor.Guard(), ct) is AppendOutcome.Changed ? Reasons.RowChanged : page;
    }

    private async Task<ListMembersPage> PageAsync(Tx tx, CustomerListId list, EntityId entity, CustomerId? after)
    {
        var found = await customers.ListedAsync(tx, list, entity, after, PageSize + 1);
        var shown = found.Take(PageSize).ToList();
        var until = await ends.OfAsync(tx, list, shown);
        return new ListMembersPage(
            [.. shown.Select(customer => new ListMember(customer, until.TryGetValue(customer, out var at) ? at : null))], found.Count > PageSize ? shown[^1] : null);
    }

    private async Task<IReadOnlySet<EntityId>> EntitiesAsync(Actor actor, CancellationToken ct)
    {
        var book = await books.AsOfAsync(actor.ConfigEpoch, ct);
        var may = PolicyTable.PostsOf(Doors.ListsManage);
        return actor.Posts.Where(held => may.Contains(held.Post)).Select(held => book.EntityOf(held.Unit)).OfType<EntityId>().ToHashSet();
    }

    private static List<FieldError> Faults(CustomerListContent list)
    {
        var faults = new List<FieldError>();
        if (list.Name is not { Length: > 0 and <= LongestName })
        {
            faults.Add(Reasons.FieldMissing.At("name"));
        }

        foreach (var (at, count) in new[] { ("persons", list.Persons.Count), ("posts", list.Posts.Count), ("clients", list.Clients.Count) })
        {
            if (count > MostNamed)
            {
                faults.Add(Reasons.FieldLong.At(at));
            }
        }

        return faults;
    }

    private static ListView View(Member<CustomerListContent> row) => new(CustomerListId.From(row.Id), row.Version, row.Content);

    /// <summary>Rolls everything back: all of the customers or none.</summary>
    private sealed class UnknownCustomerException(string at) : Exception
    {
        public string At { get; } = at;
    }
}
