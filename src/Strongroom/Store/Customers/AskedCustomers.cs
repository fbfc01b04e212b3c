using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;

namespace Strongroom.Store.Customers;

/// <summary>What a reading of customers asks of the database, and the rows that came back. Compartments nobody asked for are not touched.</summary>
internal sealed class AskedCustomers
{
    private readonly Rows<long> epoch;
    private readonly Rows<CustomerRow> customers;
    private readonly List<Rows<RecordRow>> records = [];
    private readonly List<(Compartment Compartment, Rows<PackRow> Rows)> packs = [];
    private Dictionary<CustomerId, CustomerRow>? rows;

    public AskedCustomers(Batch batch, IReadOnlyList<ReadKey> keys)
    {
        Keys = keys;
        var ids = Ids(keys);
        epoch = ConfigEpoch.Ask(batch);
        customers = CustomerStore.AskWithMerged(batch, ids);
        records.Add(CustomerStore.AskRecords(batch, ids));
        foreach (var compartment in CompartmentTables.All)
        {
            var wanted = Ids(keys.Where(key => Wants(key, compartment)));
            if (wanted.Count > 0)
            {
                packs.Add((compartment, ItemStore.AskOfCustomers(batch, compartment, wanted)));
            }
        }
    }

    public IReadOnlyList<ReadKey> Keys { get; }

    public long Epoch => epoch.All[0];

    /// <summary>Customers merged into those asked for are among the rows; their records and packs are still to be asked for.</summary>
    public bool HasMerged => Rows.Count > 0 && Rows.Values.Any(row => row.MergedInto is not null && !Asked(row.CustomerId));

    public IReadOnlyDictionary<CustomerId, CustomerRow> Rows => rows ??= customers.All.DistinctBy(row => row.CustomerId).ToDictionary(row => row.CustomerId);

    public ILookup<CustomerId, RecordRow> Records => records.SelectMany(read => read.All).ToLookup(row => CustomerId.From(row.Customer));

    public Dictionary<(Compartment, RecordId), PackRow> Packs
    {
        get
        {
            var found = new Dictionary<(Compartment, RecordId), PackRow>();
            foreach (var (compartment, read) in packs)
            {
                foreach (var pack in read.All)
                {
                    found[(compartment, RecordId.From(pack.Record))] = pack;
                }
            }

            return found;
        }
    }

    /// <summary>Asks for the rest of those that were merged, in the same snapshot.</summary>
    public void AskMerged(Batch batch)
    {
        var others = Rows.Values.Where(row => row.MergedInto is not null && !Asked(row.CustomerId)).ToList();
        records.Add(CustomerStore.AskRecords(batch, [.. others.Select(row => row.Id)]));
        foreach (var compartment in CompartmentTables.All)
        {
            var survivors = Keys.Where(key => Wants(key, compartment)).Select(key => key.Id).ToHashSet();
            List<byte[]> wanted = [.. others.Where(row => survivors.Contains(CustomerId.From(row.MergedInto!))).Select(row => row.Id)];
            if (wanted.Count > 0)
            {
                packs.Add((compartment, ItemStore.AskOfCustomers(batch, compartment, wanted)));
            }
        }
    }

    private static bool Wants(ReadKey key, Compartment compartment) => compartment == Compartment.General ? key.General : key.Sensitive;

    private static List<byte[]> Ids(IEnumerable<ReadKey> keys) => [.. keys.Select(key => key.Id).Distinct().Select(id => id.Bytes)];

    private bool Asked(CustomerId id) => Keys.Any(key => key.Id == id);
}
