using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Customers;

public abstract class StoreIntegritySuite(TestStore store) : StoreWorld(store)
{
    [Fact]
    public async Task A_sound_store_has_no_finding_and_everything_is_counted()
    {
        for (var i = 0; i < 230; i++)
        {
            await AddAsync(await CustomerAsync(), $"139{i:00000000}", $"ID{i}");
        }

        var steps = new List<IntegrityProgress>();
        var report = await Integrity.CheckAsync(10, new Steps(steps));

        Assert.Equal((230L, 230L, 460L, 46L, 0L), (report.Customers, report.Records, report.Items, report.Opened, report.Faults));
        Assert.Equal([200L, 230L], steps.Select(step => step.Customers));
    }

    [Theory]
    [InlineData(nameof(IntegrityFault.CustomerRow), "UPDATE customer SET version = 5", null)]
    [InlineData(nameof(IntegrityFault.RecordRow), "UPDATE record SET type = 'case'", null)]
    [InlineData(nameof(IntegrityFault.Pack), "DELETE FROM sensitive_item", DbRole.Sensitive)]
    [InlineData(nameof(IntegrityFault.Pack), "UPDATE general_item SET packed = record", DbRole.General)]
    [InlineData(nameof(IntegrityFault.Stray), "DELETE FROM record", null)]
    [InlineData(nameof(IntegrityFault.Stray), "DELETE FROM customer", null)]
    [InlineData(nameof(IntegrityFault.Claim), "UPDATE identity_claim SET entity = customer", DbRole.Sensitive)]
    [InlineData(nameof(IntegrityFault.Claim), "UPDATE identity_claim SET mac = block", DbRole.Sensitive)]
    [InlineData(nameof(IntegrityFault.SearchRow), "UPDATE search_sensitive SET customer = record", DbRole.Sensitive)]
    [InlineData(nameof(IntegrityFault.SearchRow), "UPDATE search_general SET epoch = 2", DbRole.General)]
    [InlineData(nameof(IntegrityFault.RelationRow), "UPDATE relation SET kind = 'guardian'", null)]
    [InlineData(nameof(IntegrityFault.FileRow), "UPDATE sealed_file SET item = 'face'", null)]
    public async Task Every_edit_is_found(string fault, string edit, DbRole? role)
    {
        var customer = await CustomerAsync();
        var record = await AddAsync(customer, idNo: "11010519491231002X");
        await WriteAsync(tx => Customers.RelateAsync(tx, new Relation(customer, null, customer, null, RelationKind.Handler), T0));
        using var keys = await Keys.OpenAsync(new KeyOwner(customer.Value));
        await Files.WriteAsync(keys!, new Strongroom.Store.Files.FilePlace(customer, record, ItemKey.Of("id_image"), 1, Compartment.Sensitive), new MemoryStream([1]));
        Assert.Equal(0, (await Integrity.CheckAsync(1)).Faults);

        await TamperAsync(edit, null, role);

        Assert.Contains((await Integrity.CheckAsync(1)).Findings, found => found.Fault.ToString() == fault);
    }

    [Fact]
    public async Task A_living_customer_without_keys_is_found()
    {
        var customer = await CustomerAsync();
        await AddAsync(customer);
        await Keys.DestroyAsync([new KeyOwner(customer.Value)]);

        Assert.Equal(new IntegrityFinding(IntegrityFault.NoKeys, customer, customer.Value), Assert.Single((await Integrity.CheckAsync(1)).Findings));
    }

    private sealed class Steps(List<IntegrityProgress> into) : IProgress<IntegrityProgress>
    {
        public void Report(IntegrityProgress value) => into.Add(value);
    }
}

public sealed class StoreIntegrityOnSqlite() : StoreIntegritySuite(TestStore.Sqlite());

public sealed class StoreIntegrityOnPostgres(PostgresServer server) : StoreIntegritySuite(TestStore.Postgres(server));
