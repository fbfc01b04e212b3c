using System.Collections.Concurrent;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Store.Customers;

/// <summary>Alarm entries for rows and values that turned out altered or damaged while they were used; each is told once per process.</summary>
internal sealed class StoreAlarms(IAuditLog log)
{
    public const string RowDamaged = "customer-row-damaged";
    public const string ItemDamaged = "item-damaged";

    private const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<(CustomerId, RecordId?, string), bool> told = new();

    public int Count => told.Count;

    public async Task RaiseAsync(IReadOnlyList<FaultFound> faults, CancellationToken ct)
    {
        foreach (var fault in faults)
        {
            await RaiseAsync(RowDamaged, fault.Customer, fault.Record, $"row.{Kebab.Of(fault.Fault)}", [], ct);
        }
    }

    /// <summary>A value did not open under its customer's keys.</summary>
    public Task ItemAsync(CustomerId customer, RecordId record, ItemKey item, CancellationToken ct) =>
        RaiseAsync(ItemDamaged, customer, record, $"item.{item.Value}", [item], ct);

    private async Task RaiseAsync(string fact, CustomerId customer, RecordId? record, string what, IReadOnlyList<ItemKey> items, CancellationToken ct)
    {
        if (told.Count >= MostRemembered || !told.TryAdd((customer, record, what), true))
        {
            return;
        }

        try
        {
            await log.AppendAsync(
                new LogFact { Act = FactName.Of(fact), Actor = LogActor.System, Customer = customer, Items = items, Reasons = [what] }, guard: null, ct);
        }
        catch
        {
            told.TryRemove((customer, record, what), out _);
            throw;
        }
    }
}
