using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

/// <summary>
/// The write side. Locks are always taken in the order search epoch, customer, record, so writers wait for each other instead of
/// deadlocking; a row whose MAC is wrong is never built upon.
/// </summary>
internal sealed class CustomerWriter(RowMacs macs)
{
    private static readonly byte[] Whole = new byte[16];

    public static async Task<bool> StillAsync(Tx tx, IReadOnlyCollection<RowVersion> rows)
    {
        foreach (var row in rows.OrderBy(row => row.Customer.Value))
        {
            if ((await CustomerStore.ForShareAsync(tx, row.Customer))?.Version != row.Version)
            {
                return false;
            }
        }

        return true;
    }

    public async Task<WriteOutcome> AddCustomerAsync(Tx tx, NewCustomer customer)
    {
        var row = RowOf(customer);
        row.Mac = macs.Of(row);
        return await CustomerStore.InsertAsync(tx, row) ? new WriteOutcome.Done(row.Version, row.Mac) : new WriteOutcome.Stale();
    }

    /// <summary>A new customer's row at version 1, without its MAC.</summary>
    public static CustomerRow RowOf(NewCustomer customer) => new()
    {
        Id = customer.Id.Bytes,
        Kind = Kebab.Of(customer.Kind),
        Entity = customer.Entity.Bytes,
        State = Kebab.Of(LifeState.Active),
        Version = 1,
        Consents = ConsentSummary.Write([]),
        Created = customer.Created,
    };

    public async Task<WriteOutcome> AddRecordAsync(Tx tx, NewRecord record)
    {
        if (!await EpochFitsAsync(tx, EpochsOf(record.Blocks, record.Claims, record.Source)))
        {
            return new WriteOutcome.EpochMoved();
        }

        var owner = await CustomerStore.ForShareAsync(tx, record.Customer);
        if (RefusalOf(owner) is { } refusal)
        {
            return refusal;
        }

        if (record.Source is { } source && await TakeSourceAsync(tx, source, record) is { } standing)
        {
            return standing;
        }

        if (await ClaimAsync(tx, owner!, record.Id, record.Claims) is { } taken)
        {
            return taken;
        }

        var (row, packs) = RecordRows.Of(macs, record);
        await CustomerStore.InsertAsync(tx, row);
        foreach (var (compartment, pack) in packs)
        {
            await ItemStore.InsertAsync(tx, compartment, pack);
        }

        foreach (var compartment in CompartmentTables.All)
        {
            await SearchStore.InsertAsync(
                tx, macs, compartment, record.Customer, record.Id, record.Blocks.Where(block => block.Compartment == compartment).ToList());
        }

        return new WriteOutcome.Done(row.Version, row.Mac);
    }

    public async Task<WriteOutcome> CorrectItemsAsync(Tx tx, Correction correction)
    {
        if (!await EpochFitsAsync(tx, EpochsOf(correction.Blocks, correction.Claims)))
        {
            return new WriteOutcome.EpochMoved();
        }

        // For update: while claims are given up, no other record of this customer may appear that carries the same number.
        var owner = await CustomerStore.ForUpdateAsync(tx, correction.Customer);
        if (RefusalOf(owner) is { } refusal)
        {
            return refusal;
        }

        var row = await CustomerStore.RecordForUpdateAsync(tx, correction.Record);
        if (row is null || !Belongs(row, correction.Customer) || row.LifeState == LifeState.Destroyed)
        {
            return new WriteOutcome.NotThere();
        }

        if (!LifeRules.MayWrite(row.LifeState))
        {
            return new WriteOutcome.WrongState(row.LifeState);
        }

        row.Version++;
        foreach (var compartment in CompartmentTables.All)
        {
            var changes = correction.Items.Where(item => item.Compartment == compartment).ToList();
            if (changes.Count > 0 && await RepackAsync(tx, row, compartment, changes) is { } failed)
            {
                return failed;
            }

            await SearchStore.DeleteAsync(tx, compartment, correction.Record, correction.SearchKeys);
            await SearchStore.InsertAsync(
                tx, macs, compartment, correction.Customer, correction.Record, correction.Blocks.Where(block => block.Compartment == compartment).ToList());
        }

        await SearchStore.UnclaimAsync(tx, macs, correction.Record, correction.SearchKeys, await OthersAsync(tx, owner!, correction.Record));
        if (await ClaimAsync(tx, owner!, correction.Record, correction.Claims) is { } taken)
        {
            return taken;
        }

        row.Day = correction.Day is { } day ? RecordDays.Corrected(CustomerReader.DayOf(row), day, row.Created).DayNumber : row.Day;
        await CustomerStore.SaveAsync(tx, macs, row);
        return new WriteOutcome.Done(row.Version, row.Mac);
    }

    public async Task<WriteOutcome> SetStateAsync(Tx tx, CustomerId id, long expectedVersion, LifeState to)
    {
        var row = await CustomerStore.ForUpdateAsync(tx, id);
        if (row is null || !macs.IsRight(row) || row.LifeState == LifeState.Destroyed)
        {
            return new WriteOutcome.NotThere();
        }

        if (row.Version != expectedVersion)
        {
            return new WriteOutcome.Stale();
        }

        if (!LifeRules.MayMove(row.LifeState, to, isRecord: false))
        {
            return new WriteOutcome.WrongState(row.LifeState);
        }

        if (row.LifeState == LifeState.Archived && to == LifeState.Active)
        {
            await ArchiveRecordsAsync(tx, row);
        }

        row.State = Kebab.Of(to);
        await CustomerStore.SaveAndTellAsync(tx, macs, row);
        return new WriteOutcome.Done(row.Version, row.Mac);
    }

    public async Task<WriteOutcome> SetStateAsync(Tx tx, CustomerId customer, RecordId record, long expectedVersion, LifeState to)
    {
        var owner = await CustomerStore.ForUpdateAsync(tx, customer);
        var row = await CustomerStore.RecordForUpdateAsync(tx, record);
        if (owner is null || !macs.IsRight(owner) || row is null || !Belongs(row, customer) || row.LifeState == LifeState.Destroyed)
        {
            return new WriteOutcome.NotThere();
        }

        if (row.Version != expectedVersion)
        {
            return new WriteOutcome.Stale();
        }

        if (!LifeRules.MayMove(row.LifeState, to, isRecord: true))
        {
            return new WriteOutcome.WrongState(row.LifeState);
        }

        row.State = Kebab.Of(to);
        row.Version++;
        await CustomerStore.SaveAsync(tx, macs, row);
        await CustomerStore.SaveAndTellAsync(tx, macs, owner);
        return new WriteOutcome.Done(row.Version, row.Mac);
    }

    /// <summary>Puts the customer on a controlled list or takes him off it.</summary>
    public async Task<WriteOutcome> SetListAsync(Tx tx, CustomerId id, CustomerListId list, bool on)
    {
        var row = await CustomerStore.ForUpdateAsync(tx, id);
        if (row is null || !macs.IsRight(row) || row.LifeState == LifeState.Destroyed)
        {
            return new WriteOutcome.NotThere();
        }

        var lists = CustomerLists.Of([row]);
        if (lists.Contains(list) == on)
        {
            return new WriteOutcome.Stale();
        }

        row.Lists = CustomerLists.Pack(on ? lists.Append(list) : lists.Where(other => other != list));
        await CustomerStore.SaveAndTellAsync(tx, macs, row);
        return new WriteOutcome.Done(row.Version, row.Mac);
    }

    /// <summary>Who is on a list. An altered row counts for none: it is restricted anyway, and the walk finds it.</summary>
    public async Task<IReadOnlyList<CustomerId>> ListedAsync(Tx tx, CustomerListId list, EntityId entity, CustomerId? after, int most)
    {
        const int AtOnce = 500;
        var found = new List<CustomerId>();
        for (var from = after?.Bytes ?? [];;)
        {
            var page = await CustomerStore.ListedAsync(tx, from, AtOnce);
            found.AddRange(page.Where(row => EntityId.From(row.Entity) == entity && row.LifeState != LifeState.Destroyed && macs.IsRight(row) && CustomerLists.Of([row]).Contains(list))
                .Select(row => CustomerId.From(row.Id)).Take(most - found.Count));
            if (page.Count < AtOnce || found.Count == most)
            {
                return found;
            }

            from = page[^1].Id;
        }
    }

    public async Task<WriteOutcome> RelateAsync(Tx tx, Relation relation, long at)
    {
        byte[]? entity = null;
        foreach (var (customer, record) in new[] { (relation.From, relation.FromRecord), (relation.To, relation.ToRecord) }.OrderBy(end => end.Item1.Value))
        {
            var end = await CustomerStore.ForShareAsync(tx, customer);
            if (RefusalOf(end) is { } refusal)
            {
                return refusal;
            }

            if (!(entity ??= end!.Entity).AsSpan().SequenceEqual(end!.Entity))
            {
                return new WriteOutcome.NotThere();
            }

            if (record is { } id && (await CustomerStore.RecordForUpdateAsync(tx, id) is not { } row || !Belongs(row, customer)))
            {
                return new WriteOutcome.NotThere();
            }
        }

        var added = new RelationRow
        {
            FromCustomer = relation.From.Bytes,
            FromRecord = relation.FromRecord?.Bytes ?? Whole,
            ToCustomer = relation.To.Bytes,
            ToRecord = relation.ToRecord?.Bytes ?? Whole,
            Kind = Kebab.Of(relation.Kind),
            Created = at,
        };
        added.Mac = macs.Of(added);
        await CustomerStore.InsertAsync(tx, added);
        return new WriteOutcome.Done(1, added.Mac);
    }

    public async Task<IReadOnlyList<Relation>> RelationsAsync(Tx tx, CustomerId id) =>
        (await CustomerStore.RelationsAsync(tx, id)).Where(macs.IsRight).Select(row => new Relation(
            CustomerId.From(row.FromCustomer),
            RecordOf(row.FromRecord),
            CustomerId.From(row.ToCustomer),
            RecordOf(row.ToRecord),
            Kebab.Parse<RelationKind>(row.Kind))).ToList();

    private static RecordId? RecordOf(byte[] bytes) => bytes.AsSpan().SequenceEqual(Whole) ? null : RecordId.From(bytes);

    /// <summary>
    /// Whether all blocks are of the epoch that is written now, held until the commit. Blocks of a later epoch prove that the keyring
    /// has opened it, so the first of them closes the earlier one here, even when the turn itself was cut off before it could.
    /// </summary>
    private static async Task<bool> EpochFitsAsync(Tx tx, IReadOnlyList<int> epochs)
    {
        if (epochs.Count != 1)
        {
            return epochs.Count == 0;
        }

        if (await SearchStore.EpochAsync(tx) < epochs[0])
        {
            await SearchStore.MoveEpochAsync(tx, epochs[0]);
        }

        return await SearchStore.HeldEpochAsync(tx) == epochs[0];
    }

    /// <summary>The epochs whose blocks would be written.</summary>
    public static IReadOnlyList<int> EpochsOf(IEnumerable<NewBlock> blocks, IEnumerable<NewClaim> claims, NewSource? source = null) =>
        [.. blocks.Select(block => block.Block.Epoch).Concat(claims.Select(claim => claim.Blocks[0].Epoch)).Concat(source is null ? [] : [source.Open.Epoch]).Distinct()];

    /// <summary>The record that a source became.</summary>
    public async Task<KnownSource?> FindSourceAsync(Tx tx, NewSource source)
    {
        var rows = await tx.AskAsync(batch => CustomerStore.AskSources(batch, [source]));
        return rows.Count == 0 ? null : new KnownSource(CustomerId.From(rows[0].Customer), RecordId.From(rows[0].Record), macs.IsRight(rows[0].Placed, rows[0].Mac));
    }

    /// <summary>Notes the source of a record; why not, when it was taken in before. Under a draining epoch it may stand with another block.</summary>
    private async Task<WriteOutcome?> TakeSourceAsync(Tx tx, NewSource source, NewRecord record)
    {
        var known = source.Blocks.Count > 1 ? await FindSourceAsync(tx, source) : null;
        if (known is null && await CustomerStore.InsertSourceAsync(tx, SourceRow.Of(macs, source, record.Id, record.Customer)))
        {
            return null;
        }

        return (known ?? await FindSourceAsync(tx, source)) switch
        {
            null => new WriteOutcome.Stale(),
            { IsSound: false } => new WriteOutcome.NotThere(),
            { } standing => new WriteOutcome.SourceKnown(standing.Customer, standing.Record),
        };
    }

    private bool Belongs(RecordRow row, CustomerId customer) => row.Customer.AsSpan().SequenceEqual(customer.Bytes) && macs.IsRight(row);

    private WriteOutcome? RefusalOf(CustomerRow? owner)
    {
        if (owner is null || !macs.IsRight(owner) || owner.LifeState == LifeState.Destroyed)
        {
            return new WriteOutcome.NotThere();
        }

        return LifeRules.MayWrite(owner.LifeState) ? null : new WriteOutcome.WrongState(owner.LifeState);
    }

    /// <summary>The other records of a customer and of all who are one with him.</summary>
    private static async Task<IReadOnlyList<OwnedRow>> OthersAsync(Tx tx, CustomerRow owner, RecordId record)
    {
        var one = await CustomerStore.WithMergedAsync(tx, [owner.MergedInto ?? owner.Id]);
        return (await CustomerStore.RecordsAsync(tx, one.Select(row => row.Id)))
            .Where(row => !row.Id.AsSpan().SequenceEqual(record.Bytes))
            .Select(row => new OwnedRow(row.Customer, row.Id))
            .ToList();
    }

    /// <summary>An archived customer comes back: what was on file stays archived (PIPL 47), whatever state the single records were left in.</summary>
    private async Task ArchiveRecordsAsync(Tx tx, CustomerRow owner)
    {
        var one = await CustomerStore.WithMergedAsync(tx, [owner.Id]);
        foreach (var listed in (await CustomerStore.RecordsAsync(tx, one.Select(row => row.Id))).OrderBy(row => RecordId.From(row.Id).Value))
        {
            // A row that was altered is left as it is: a fresh MAC would hide the alteration.
            var row = await CustomerStore.RecordForUpdateAsync(tx, RecordId.From(listed.Id));
            if (row is not null && macs.IsRight(row) && LifeRules.MayMove(row.LifeState, LifeState.Archived, isRecord: true))
            {
                row.State = Kebab.Of(LifeState.Archived);
                row.Version++;
                await CustomerStore.SaveAsync(tx, macs, row);
            }
        }
    }

    /// <summary>Takes the claims; null when all are this customer's now. A value claimed under a draining epoch counts as claimed;
    /// a claim that was moved is nobody's to take or to build upon.</summary>
    private async Task<WriteOutcome?> ClaimAsync(Tx tx, CustomerRow owner, RecordId record, IReadOnlyList<NewClaim> claims)
    {
        var (customer, entity) = (owner.CustomerId, EntityId.From(owner.Entity));
        foreach (var claim in claims)
        {
            var standing = await SearchStore.StandingAsync(tx, entity, claim);
            if (standing is null && !await SearchStore.ClaimAsync(tx, SearchStore.RowOf(macs, claim, entity, customer, record)))
            {
                // Somebody committed the same claim between the two statements; now it can be seen.
                standing = await SearchStore.StandingAsync(tx, entity, claim);
            }

            if (standing is not null && !macs.IsRight(standing.Placed, standing.Mac))
            {
                return new WriteOutcome.NotThere();
            }

            if (standing is not null && !customer.Bytes.AsSpan().SequenceEqual(standing.Placed.Customer) && !customer.Bytes.AsSpan().SequenceEqual(standing.Survivor))
            {
                return new WriteOutcome.ClaimTaken(claim.Key, CustomerId.From(standing.Survivor));
            }
        }

        return null;
    }

    /// <summary>Writes a compartment's pack anew and keeps what the catalogue says of the earlier values; null when it is done.</summary>
    private async Task<WriteOutcome?> RepackAsync(Tx tx, RecordRow row, Compartment compartment, List<CorrectedItem> changes)
    {
        var was = row.PackVersion(compartment);
        IReadOnlyList<PackedItem> before = [];
        if (was > 0)
        {
            var stored = await ItemStore.OfRecordAsync(tx, compartment, row.Id);
            if (stored is null || stored.Version != was || !macs.IsRight(stored, compartment) || !ItemPack.TryRead(stored.Packed, out before))
            {
                return new WriteOutcome.NotThere();
            }
        }

        var items = before.ToDictionary(item => item.Key);
        var old = new List<OldItemRow>();
        foreach (var change in changes)
        {
            var current = items.GetValueOrDefault(change.Key);
            if ((current?.Version ?? 0) != change.Expected || (change.New is { } value && value.Version != change.Expected + 1))
            {
                return new WriteOutcome.Stale();
            }

            if (current is { IsRemoved: false } && change.KeepOldUntil is { } until)
            {
                old.Add(RecordRows.OldOf(macs, row, compartment, current, until));
            }

            if (change.New is { } next)
            {
                items[change.Key] = RecordRows.Packed(next);
            }
            else if (current is not null)
            {
                items[change.Key] = current with { Version = current.Version + 1, Sealed = [] };
            }
        }

        if (compartment == Compartment.General)
        {
            row.General = row.Version;
        }
        else
        {
            row.Sensitive = row.Version;
        }

        await ItemStore.KeepOldAsync(tx, compartment, old);
        var pack = RecordRows.PackOf(macs, row, compartment, items.Values);
        if (was == 0)
        {
            await ItemStore.InsertAsync(tx, compartment, pack);
            return null;
        }

        return await ItemStore.UpdateAsync(tx, compartment, pack, was) ? null : new WriteOutcome.Stale();
    }
}
