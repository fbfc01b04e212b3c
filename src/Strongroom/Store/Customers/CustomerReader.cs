using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;

namespace Strongroom.Store.Customers;

/// <summary>What one reading needs; the key of the read lane.</summary>
internal readonly record struct ReadKey(CustomerId Id, bool General, bool Sensitive);

/// <summary>Reads many customers in one snapshot with a fixed number of statements, checks every MAC, and fails closed per row.</summary>
internal sealed class CustomerReader(RowMacs macs, TimeProvider time)
{
    /// <summary>In the caller's transaction; customers merged into those asked for are read too.</summary>
    public async Task<IReadOnlyDictionary<ReadKey, CustomerSnapshot>> LoadAsync(Tx tx, IReadOnlyList<ReadKey> keys)
    {
        var batch = tx.Batch();
        var asked = Ask(batch, keys);
        await tx.RunAsync(batch);
        if (asked.HasMerged)
        {
            var rest = tx.Batch();
            asked.AskMerged(rest);
            await tx.RunAsync(rest);
        }

        return Answer(asked);
    }

    /// <summary>The same as the statements of one batch. Where it finds merged customers, their rows are still to be read: <see cref="LoadAsync"/>.</summary>
    public static AskedCustomers Ask(Batch batch, IReadOnlyList<ReadKey> keys) => new(batch, keys);

    public IReadOnlyDictionary<ReadKey, CustomerSnapshot> Answer(AskedCustomers asked)
    {
        var rows = asked.Rows;
        var read = new Dictionary<ReadKey, CustomerSnapshot>(asked.Keys.Count);
        if (rows.Count == 0)
        {
            return read;
        }

        var merged = rows.Values.Where(row => row.MergedInto is not null).ToLookup(row => CustomerId.From(row.MergedInto!));
        var records = asked.Records;
        var packs = asked.Packs;
        foreach (var key in asked.Keys)
        {
            if (rows.TryGetValue(key.Id, out var row) && !IsGone(row))
            {
                read[key] = Build(key, row, merged[key.Id].Where(other => !IsGone(other)).ToList(), records, packs, asked.Epoch);
            }
        }

        return read;
    }

    private static bool IsGone(CustomerRow row) =>
        string.Equals(row.State, Kebab.Of(LifeState.Destroyed), StringComparison.Ordinal);

    private CustomerSnapshot Build(
        ReadKey key,
        CustomerRow row,
        List<CustomerRow> merged,
        ILookup<CustomerId, RecordRow> records,
        Dictionary<(Compartment, RecordId), PackRow> packs,
        long epoch)
    {
        var faults = new List<FaultFound>();
        var now = time.NowMs();
        var state = Judge(row, now, faults, out var consents);
        var seen = new List<RecordSnapshot>();
        AddRecords(key, row, LifeState.Active, records, packs, faults, seen);
        foreach (var other in merged)
        {
            var otherState = Judge(other, now, faults, out var theirs);
            foreach (var (purpose, consent) in theirs)
            {
                consents[purpose] = consents.TryGetValue(purpose, out var own) ? ConsentRules.Later(own, consent) : consent;
            }

            AddRecords(key, other, otherState, records, packs, faults, seen);
        }

        return new CustomerSnapshot(
            key.Id,
            Kebab.TryParse<CustomerKind>(row.Kind, out var kind) ? kind : CustomerKind.Person,
            EntityId.From(row.Entity),
            state,
            row.Version,
            consents,
            seen.OrderBy(record => record.Created).ThenBy(record => record.Id.Value).ToList(),
            epoch,
            row.MergedInto is { } into ? CustomerId.From(into) : null,
            merged.Select(other => new RowVersion(other.CustomerId, other.Version)).Prepend(new RowVersion(key.Id, row.Version)).ToList(),
            faults)
        {
            Lists = CustomerLists.Of(merged.Prepend(row)),
        };
    }

    /// <summary>The state and consents that count. A row with a wrong MAC has no consents and is at least restricted.</summary>
    private LifeState Judge(CustomerRow row, long now, List<FaultFound> faults, out Dictionary<PurposeKey, ConsentNow> consents)
    {
        var known = Kebab.TryParse<LifeState>(row.State, out var state);
        if (known && macs.IsRight(row) && ConsentSummary.TryRead(row.Consents, out var read))
        {
            consents = read.ToDictionary(pair => pair.Key, pair => ConsentRules.At(pair.Value, now));
            return state;
        }

        consents = [];
        faults.Add(new FaultFound(Fault.Customer, row.CustomerId, null));
        return LifeRules.Narrower(known ? state : LifeState.Archived, LifeState.Restricted);
    }

    private void AddRecords(
        ReadKey key,
        CustomerRow owner,
        LifeState ownerState,
        ILookup<CustomerId, RecordRow> records,
        Dictionary<(Compartment, RecordId), PackRow> packs,
        List<FaultFound> faults,
        List<RecordSnapshot> into)
    {
        foreach (var row in records[owner.CustomerId])
        {
            var id = RecordId.From(row.Id);
            var known = Kebab.TryParse<LifeState>(row.State, out var state);
            if (known && state == LifeState.Destroyed)
            {
                continue;
            }

            if (!known || !macs.IsRight(row))
            {
                faults.Add(new FaultFound(Fault.Record, owner.CustomerId, id));
                into.Add(Snapshot(row, id, owner, LifeRules.Narrower(known ? state : LifeState.Archived, LifeState.Restricted), []));
                continue;
            }

            var items = new List<SealedItem>();
            foreach (var compartment in CompartmentTables.All)
            {
                var wanted = compartment == Compartment.General ? key.General : key.Sensitive;
                if (wanted && !TryItems(row, compartment, packs.GetValueOrDefault((compartment, id)), items))
                {
                    faults.Add(new FaultFound(Fault.Items, owner.CustomerId, id));
                }
            }

            into.Add(Snapshot(row, id, owner, LifeRules.Narrower(state, ownerState), items));
        }
    }

    /// <summary>Adds a compartment's items; false when its pack is not the one that the record's row speaks of.</summary>
    internal bool TryItems(RecordRow record, Compartment compartment, PackRow? pack, List<SealedItem> items)
    {
        var version = record.PackVersion(compartment);
        if (pack is null)
        {
            return version == 0;
        }

        if (pack.Version != version
            || !pack.Record.AsSpan().SequenceEqual(record.Id)
            || !pack.Customer.AsSpan().SequenceEqual(record.Customer)
            || !macs.IsRight(pack, compartment)
            || !ItemPack.TryRead(pack.Packed, out var read))
        {
            return false;
        }

        items.AddRange(read.Where(item => !item.IsRemoved)
            .Select(item => new SealedItem(item.Key, item.Version, compartment, item.At, item.Intake, item.Sealed)));
        return true;
    }

    private static RecordSnapshot Snapshot(RecordRow row, RecordId id, CustomerRow owner, LifeState state, IReadOnlyList<SealedItem> items) => new(
        id, owner.CustomerId, RecordTypeKey.Make(row.Type), EntityId.From(row.Entity), state, row.Version, row.Created, items)
    {
        Unit = row.Unit is { Length: 16 } unit ? UnitId.From(unit) : UnitId.None,
        Day = DayOf(row),
    };

    public static DateOnly? DayOf(RecordRow row) =>
        row.Day is not { } day ? null : day >= 0 && day <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)day) : EventDay.Unreadable;
}
