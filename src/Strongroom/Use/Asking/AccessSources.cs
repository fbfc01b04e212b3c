using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Customers;

namespace Strongroom.Use.Asking;

/// <summary>What explaining needs of store and catalogue, in the words of the decision itself. Opens nothing.</summary>
internal sealed class AccessSources(IKnowledge knowledge, ICustomers customers, IIntakePurposes intakes) : IAccessSources
{
    public async Task<CustomerSight?> CustomerAsync(CustomerId id, CancellationToken ct = default)
    {
        if (await customers.ReadAsync(id, ReadScope.Everything, ct) is not { } customer)
        {
            return null;
        }

        var known = await knowledge.AtAsync(customer.ConfigEpoch, ct);
        var held = HeldItem.Of(customer, known, null, null);
        var collected = await intakes.OfAsync([.. held.Select(item => item.Value.Intake).Distinct()], ct);
        var facts = customer.ToFacts();
        return new CustomerSight(
            facts with { Minor = facts.Minor || HeldItem.ShowsMinor(customer, known) },
            customer.ConfigEpoch,
            [.. held.Select(item => item.Facts(collected.GetValueOrDefault(item.Value.Intake), known, null))]);
    }

    public async Task<PurposeFacts?> PurposeAsync(PurposeKey purpose, CancellationToken ct = default) => (await knowledge.NowAsync(ct)).Purpose(purpose);

    public async Task<ItemFacts?> ItemAsync(ItemKey item, CancellationToken ct = default) => (await knowledge.NowAsync(ct)).Item(item)?.Facts;
}
