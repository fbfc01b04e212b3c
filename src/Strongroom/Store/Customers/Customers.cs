using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Store.Customers;

/// <summary>Readings collected in lanes; writes in the caller's transaction.</summary>
internal sealed class Customers(Database database, CustomerReader reader, CustomerWriter writer) : ICustomers
{
    private readonly ReadLane<ReadKey, CustomerSnapshot> lane = new(async keys =>
    {
        var asked = await database.AskAsync(batch => CustomerReader.Ask(batch, keys));
        return asked.HasMerged ? await database.ReadAsync(tx => reader.LoadAsync(tx, keys)) : reader.Answer(asked);
    });

    // More than these are a batch of their own and must not push everybody else out of the lane.
    private const int FewEnoughForTheLane = 8;

    public async Task<CustomerSnapshot?> ReadAsync(CustomerId id, ReadScope scope, CancellationToken ct = default) =>
        Narrow(await lane.GetAsync(Key(id, scope), ct), scope);

    public async Task<IReadOnlyDictionary<CustomerId, CustomerSnapshot>> ReadManyAsync(
        IReadOnlyCollection<CustomerId> ids, ReadScope scope, CancellationToken ct = default)
    {
        var keys = ids.Distinct().Select(id => Key(id, scope)).ToList();
        var read = new Dictionary<CustomerId, CustomerSnapshot>(keys.Count);
        if (keys.Count <= FewEnoughForTheLane)
        {
            foreach (var found in await Task.WhenAll(keys.Select(key => lane.GetAsync(key, ct))))
            {
                if (found is not null)
                {
                    read[found.Id] = Narrow(found, scope)!;
                }
            }

            return read;
        }

        foreach (var (key, found) in await database.ReadAsync(tx => reader.LoadAsync(tx, keys), ct))
        {
            read[key.Id] = Narrow(found, scope)!;
        }

        return read;
    }

    public async Task<CustomerSnapshot?> ReadAsync(Tx tx, CustomerId id, ReadScope scope) =>
        Narrow((await reader.LoadAsync(tx, [Key(id, scope)])).Values.SingleOrDefault(), scope);

    public Task<bool> StillAsync(Tx tx, IReadOnlyCollection<RowVersion> rows) => CustomerWriter.StillAsync(tx, rows);

    public Task<WriteOutcome> AddCustomerAsync(Tx tx, NewCustomer customer) => writer.AddCustomerAsync(tx, customer);

    public Task<WriteOutcome> AddRecordAsync(Tx tx, NewRecord record) => writer.AddRecordAsync(tx, record);

    public Task<WriteOutcome> CorrectItemsAsync(Tx tx, Correction correction) => writer.CorrectItemsAsync(tx, correction);

    public Task<WriteOutcome> SetStateAsync(Tx tx, CustomerId id, long expectedVersion, LifeState to) =>
        writer.SetStateAsync(tx, id, expectedVersion, to);

    public Task<WriteOutcome> SetStateAsync(Tx tx, CustomerId customer, RecordId record, long expectedVersion, LifeState to) =>
        writer.SetStateAsync(tx, customer, record, expectedVersion, to);

    public Task<WriteOutcome> SetListAsync(Tx tx, CustomerId id, CustomerListId list, bool on) => writer.SetListAsync(tx, id, list, on);

    public Task<IReadOnlyList<CustomerId>> ListedAsync(Tx tx, CustomerListId list, EntityId entity, CustomerId? after, int most) => writer.ListedAsync(tx, list, entity, after, most);

    public Task<WriteOutcome> RelateAsync(Tx tx, Relation relation, long at) => writer.RelateAsync(tx, relation, at);

    public Task<IReadOnlyList<Relation>> RelationsAsync(Tx tx, CustomerId id) => writer.RelationsAsync(tx, id);

    public Task<KnownSource?> FindSourceAsync(Tx tx, NewSource source) => writer.FindSourceAsync(tx, source);

    private static ReadKey Key(CustomerId id, ReadScope scope) => new(id, scope.General, scope.Sensitive);

    private static CustomerSnapshot? Narrow(CustomerSnapshot? read, ReadScope scope) => read is null || scope.Records is null
        ? read
        : read with { Records = read.Records.Where(record => scope.Records.Contains(record.Id)).ToList() };
}
