using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Files;
using Strongroom.Store.Search;

namespace Strongroom.Store.Customers;

/// <summary>What the walk can find wrong.</summary>
internal enum IntegrityFault
{
    CustomerRow,
    RecordRow,
    Pack,

    /// <summary>A pack whose record, or a record whose customer, is not there.</summary>
    Stray,
    ConsentRow,

    /// <summary>The customer's summary does not follow from the history: a row was put back or taken away.</summary>
    ConsentSummary,
    FileRow,
    RelationRow,

    /// <summary>A merge or its steps were edited: it cannot be undone any more.</summary>
    MergeRow,

    /// <summary>An identity claim that was moved or altered, is not of its customer's legal entity, or is of nobody.</summary>
    Claim,

    /// <summary>A search row that was moved or altered.</summary>
    SearchRow,

    /// <summary>An import source that was moved or altered.</summary>
    Source,

    /// <summary>An earlier value whose time, intake or term was altered, or that was moved.</summary>
    OldItem,

    /// <summary>A living customer without keys.</summary>
    NoKeys,

    /// <summary>A sampled value did not open.</summary>
    Seal,
}

internal sealed record IntegrityFinding(IntegrityFault Fault, CustomerId Customer, UInt128 Row);

internal sealed record IntegrityProgress(long Customers, long Records, long Opened);

/// <param name="Findings">At most <see cref="StoreIntegrity.MostFindings"/>; <paramref name="Faults"/> counts all.</param>
internal sealed record IntegrityReport(long Customers, long Records, long Items, long Opened, long Faults, IReadOnlyList<IntegrityFinding> Findings);

/// <summary>The integrity check (R4): walks every customer, checks every MAC and pack, and opens a sample of the seals. Reads only; ids only.</summary>
internal sealed class StoreIntegrity(Database database, IKeyring keyring, RowMacs macs, CustomerReader reader, Consents consents, SealedFiles files)
{
    public const int MostFindings = 1000;

    private const int Batch = 200;

    private const int Page = 1000;

    /// <param name="openEvery">Opens the values of every n-th customer; 1 opens all, 0 none.</param>
    public async Task<IntegrityReport> CheckAsync(int openEvery, IProgress<IntegrityProgress>? progress = null, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(openEvery);
        var walk = new Walk();
        byte[] after = [];
        while (true)
        {
            var from = after;
            var page = await database.ReadAsync(tx => PageAsync(tx, from, walk), ct);
            if (page.Count == 0)
            {
                await database.ReadAsync(tx => StraysAsync(tx, walk), ct);
                await MergesAsync(walk, ct);
                await PlacedAsync(walk, ct);
                return new IntegrityReport(walk.Customers, walk.Records, walk.Items, walk.Opened, walk.Faults, walk.Findings);
            }

            await OpenSampleAsync(page, openEvery, walk, ct);
            after = page[^1].Row.Id;
            progress?.Report(new IntegrityProgress(walk.Customers, walk.Records, walk.Opened));
        }
    }

    private async Task<List<Checked>> PageAsync(Tx tx, byte[] after, Walk walk)
    {
        var rows = await CustomerStore.PageAsync(tx, after, Batch);
        if (rows.Count == 0)
        {
            return [];
        }

        var ids = rows.Select(row => row.Id).ToList();
        var records = (await CustomerStore.RecordsAsync(tx, ids)).ToLookup(row => CustomerId.From(row.Customer));
        var history = (await ConsentStore.OfCustomersAsync(tx, ids)).ToLookup(row => CustomerId.From(row.Customer));
        var stored = (await FileStore.OfCustomersAsync(tx, ids)).ToLookup(row => CustomerId.From(row.Customer));
        var relations = (await CustomerStore.RelationsFromAsync(tx, ids)).ToLookup(row => CustomerId.From(row.FromCustomer));
        var packs = new Dictionary<(Compartment, UInt128), PackRow>();
        foreach (var compartment in CompartmentTables.All)
        {
            foreach (var pack in await ItemStore.OfCustomersAsync(tx, compartment, ids))
            {
                packs[(compartment, RecordId.From(pack.Record).Value)] = pack;
            }
        }

        var page = new List<Checked>(rows.Count);
        foreach (var row in rows)
        {
            var id = row.CustomerId;
            walk.Customers++;
            CheckCustomer(row, history[id].ToList(), walk);
            foreach (var file in stored[id].Where(file => !files.IsRight(file)))
            {
                walk.Add(IntegrityFault.FileRow, id, FileId.From(file.Id).Value);
            }

            foreach (var relation in relations[id].Where(relation => !macs.IsRight(relation)))
            {
                walk.Add(IntegrityFault.RelationRow, id, CustomerId.From(relation.ToCustomer).Value);
            }

            var items = new List<(RecordId, SealedItem)>();
            foreach (var record in records[id])
            {
                CheckRecord(id, record, packs, items, walk);
            }

            page.Add(new Checked(row, items));
        }

        return page;
    }

    private void CheckCustomer(CustomerRow row, List<ConsentRow> history, Walk walk)
    {
        var id = row.CustomerId;
        foreach (var wrong in history.Where(one => !consents.IsRight(one)))
        {
            walk.Add(IntegrityFault.ConsentRow, id, ConsentId.From(wrong.Id).Value);
        }

        if (!macs.IsRight(row) || !ConsentSummary.TryRead(row.Consents, out var summary))
        {
            walk.Add(IntegrityFault.CustomerRow, id, id.Value);
            return;
        }

        // The last event on each purpose must be what the summary says, and no event may be newer than the row.
        var last = history.GroupBy(one => one.Purpose, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.MaxBy(one => (one.Version, one.N))!);
        var follows = history.All(one => one.Version <= row.Version)
            && last.Count == summary.Count
            && summary.Values.All(now => last.TryGetValue(now.Purpose.Value, out var latest) && latest.State == Kebab.Of(now.State));
        if (!follows)
        {
            walk.Add(IntegrityFault.ConsentSummary, id, id.Value);
        }
    }

    private void CheckRecord(
        CustomerId customer, RecordRow record, Dictionary<(Compartment, UInt128), PackRow> packs, List<(RecordId, SealedItem)> items, Walk walk)
    {
        var id = RecordId.From(record.Id);
        walk.Records++;
        if (!macs.IsRight(record))
        {
            walk.Add(IntegrityFault.RecordRow, customer, id.Value);
            return;
        }

        var read = new List<SealedItem>();
        foreach (var compartment in CompartmentTables.All)
        {
            packs.Remove((compartment, id.Value), out var pack);
            if (!reader.TryItems(record, compartment, pack, read))
            {
                walk.Add(IntegrityFault.Pack, customer, id.Value);
            }
        }

        walk.Items += read.Count;
        items.AddRange(read.Select(item => (id, item)));
    }

    /// <summary>Rows that belong to nothing are not reached by the walk over customers.</summary>
    private static async Task<bool> StraysAsync(Tx tx, Walk walk)
    {
        foreach (var row in await CustomerStore.StrayRecordsAsync(tx, MostFindings))
        {
            walk.Add(IntegrityFault.Stray, CustomerId.From(row.Customer), RecordId.From(row.Record).Value);
        }

        foreach (var row in await SearchStore.StrayClaimsAsync(tx, MostFindings))
        {
            walk.Add(IntegrityFault.Claim, CustomerId.From(row.Customer), RecordId.From(row.Record).Value);
        }

        foreach (var compartment in CompartmentTables.All)
        {
            foreach (var row in await ItemStore.StraysAsync(tx, compartment, MostFindings))
            {
                walk.Add(IntegrityFault.Stray, CustomerId.From(row.Customer), RecordId.From(row.Record).Value);
            }
        }

        return true;
    }

    private async Task MergesAsync(Walk walk, CancellationToken ct)
    {
        byte[] after = [];
        while (true)
        {
            var from = after;
            var page = await database.ReadAsync(
                async tx =>
                {
                    var rows = await MatchStore.PageAsync(tx, from, Batch);
                    foreach (var row in rows)
                    {
                        if (!macs.IsRight(row, await MatchStore.StepsAsync(tx, MergeId.From(row.Id))))
                        {
                            walk.Add(IntegrityFault.MergeRow, CustomerId.From(row.Kept), MergeId.From(row.Id).Value);
                        }
                    }

                    return rows;
                },
                ct);
            if (page.Count == 0)
            {
                return;
            }

            after = page[^1].Id;
        }
    }

    /// <summary>Search rows, claims, import sources and earlier values: table by table, for they are many and no index leads to them from a customer.</summary>
    private async Task PlacedAsync(Walk walk, CancellationToken ct)
    {
        foreach (var table in RekeyTable.All)
        {
            await PagesAsync<BlockRow>((tx, after) => RekeyStore.NextAsync(tx, table, null, after, Page), row =>
            {
                if (!macs.IsRight(table.Placed(row), row.Mac))
                {
                    walk.Add(table.Fault, CustomerOf(row.Customer), RecordOf(row.Record));
                }
            }, ct);
        }

        foreach (var compartment in CompartmentTables.All)
        {
            await PagesAsync<OldItemRow>((tx, after) => ItemStore.OldPageAsync(tx, compartment, after, Batch), row =>
            {
                if (!macs.IsRight(row, compartment))
                {
                    walk.Add(IntegrityFault.OldItem, CustomerOf(row.Customer), RecordOf(row.Record));
                }
            }, ct);
        }
    }

    private async Task PagesAsync<T>(Func<Tx, T?, Task<IReadOnlyList<T>>> next, Action<T> check, CancellationToken ct)
        where T : class
    {
        T? after = null;
        while (true)
        {
            var from = after;
            var rows = await database.ReadAsync(tx => next(tx, from), ct);
            if (rows.Count == 0)
            {
                return;
            }

            foreach (var row in rows)
            {
                check(row);
            }

            after = rows[^1];
        }
    }

    /// <summary>What stands where an id should may be anything.</summary>
    private static CustomerId CustomerOf(byte[] id) => id.Length == 16 ? CustomerId.From(id) : default;

    private static UInt128 RecordOf(byte[] id) => id.Length == 16 ? RecordId.From(id).Value : default;

    private async Task OpenSampleAsync(List<Checked> page, int openEvery, Walk walk, CancellationToken ct)
    {
        var living = page.Where(one => one.Row.State != Kebab.Of(LifeState.Destroyed)).ToList();
        var sample = openEvery == 0 ? [] : living.Where(_ => walk.Turn++ % openEvery == 0).ToList();
        var open = await keyring.OpenManyAsync(sample.Select(one => new KeyOwner(one.Row.CustomerId.Value)).ToList(), ct);
        try
        {
            foreach (var one in sample)
            {
                var id = one.Row.CustomerId;
                if (!open.TryGetValue(new KeyOwner(id.Value), out var keys))
                {
                    walk.Add(IntegrityFault.NoKeys, id, id.Value);
                    continue;
                }

                foreach (var (record, item) in one.Items)
                {
                    var scope = new SealScope(new KeyOwner(id.Value), record.Value, item.Key.Value, item.Version, item.Compartment);
                    var opened = keys.TryOpen(scope, item.Sealed, out var plain);
                    System.Security.Cryptography.CryptographicOperations.ZeroMemory(plain);
                    walk.Opened++;
                    if (!opened)
                    {
                        walk.Add(IntegrityFault.Seal, id, record.Value);
                    }
                }
            }
        }
        finally
        {
            foreach (var keys in open.Values)
            {
                keys.Dispose();
            }
        }
    }

    private sealed record Checked(CustomerRow Row, List<(RecordId Record, SealedItem Item)> Items);

    private sealed class Walk
    {
        public long Customers { get; set; }

        public long Records { get; set; }

        public long Items { get; set; }

        public long Opened { get; set; }

        public long Faults { get; private set; }

        public long Turn { get; set; }

        public List<IntegrityFinding> Findings { get; } = [];

        public void Add(IntegrityFault fault, CustomerId customer, UInt128 row)
        {
            Faults++;
            if (Findings.Count < MostFindings)
            {
                Findings.Add(new IntegrityFinding(fault, customer, row));
            }
        }
    }
}
