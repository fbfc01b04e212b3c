using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Files;
using Strongroom.Store.Search;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store;

/// <summary>A fresh store on one engine with keys in memory, and short ways to fill it.</summary>
public abstract class StoreWorld(TestStore store) : StoreSuite(store)
{
    internal const long T0 = 1_700_000_000_000;

    private protected static readonly EntityId Airline = EntityId.From(7);

    private protected static readonly PersonId Reviewer = PersonId.From(99);

    private protected TestKeys Keys { get; } = new();

    private protected TestClock Clock { get; } = new(T0);

    private protected RowMacs Macs { get; private set; } = null!;

    private protected ICustomers Customers { get; private set; } = null!;

    private protected IConsents Consents { get; private set; } = null!;

    private protected IMatching Matching { get; private set; } = null!;

    private protected ICustomerSearch Search { get; private set; } = null!;

    private protected CustomerReader Reader { get; private set; } = null!;

    private protected SealedFiles Files { get; private set; } = null!;

    private protected ItemSealer Sealer { get; private set; } = null!;

    private protected StoreIntegrity Integrity { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Macs = new RowMacs(Keys);
        Reader = new CustomerReader(Macs, Clock);
        Customers = new Strongroom.Store.Customers.Customers(Db, Reader, new CustomerWriter(Macs));
        Consents = new Consents(Macs);
        Matching = new Matching(Macs);
        Search = new CustomerSearch(Db, Macs);
        Files = new SealedFiles(Db, Macs, Clock);
        Sealer = new ItemSealer(Keys);
        Integrity = new StoreIntegrity(Db, Keys, Macs, Reader, new Consents(Macs), Files);
    }

    private protected async Task<CustomerId> CustomerAsync(EntityId? entity = null, CustomerKind kind = CustomerKind.Person)
    {
        var id = CustomerId.New();
        await Keys.CreateAsync([new KeyOwner(id.Value)]);
        await Db.WriteAsync(async tx => (await Customers.AddCustomerAsync(tx, new NewCustomer(id, kind, entity ?? Airline, T0))).OrUndo());
        return id;
    }

    private protected async Task<NewItem> SealAsync(CustomerId customer, RecordId record, string key, Compartment compartment, string value, int version = 1)
    {
        using var keys = await Keys.OpenAsync(new KeyOwner(customer.Value)) ?? throw new InvalidOperationException("no keys");
        var scope = new SealScope(new KeyOwner(customer.Value), record.Value, key, version, compartment);
        return new NewItem(ItemKey.Of(key), version, compartment, T0, IntakeId.From(5), keys.Seal(scope, Encoding.UTF8.GetBytes(value)));
    }

    /// <summary>A record with a mobile (general, searchable) and an identity number (sensitive, claimed).</summary>
    private protected async Task<NewRecord> RecordAsync(CustomerId customer, string mobile = "13800138000", string? idNo = null)
    {
        var id = RecordId.New();
        var items = new List<NewItem> { await SealAsync(customer, id, "mobile", Compartment.General, mobile) };
        var blocks = new List<NewBlock> { new(SearchKeyName.Of("mobile"), Compartment.General, Keys.Block("mobile", Encoding.UTF8.GetBytes(mobile))) };
        var claims = new List<NewClaim>();
        if (idNo is not null)
        {
            items.Add(await SealAsync(customer, id, "id_no", Compartment.Sensitive, idNo));
            blocks.Add(new NewBlock(SearchKeyName.Of("id_no"), Compartment.Sensitive, Keys.Block("id_no", Encoding.UTF8.GetBytes(idNo))));
            claims.Add(Claim("id_no", idNo));
        }

        return new NewRecord(customer, id, RecordTypeKey.Of("profile"), Airline, T0, items, blocks, claims) { Day = HappenedOn };
    }

    /// <summary>The day of the records made from now on.</summary>
    private protected DateOnly? HappenedOn { get; set; }

    private protected async Task<RecordId> AddAsync(CustomerId customer, string mobile = "13800138000", string? idNo = null)
    {
        var record = await RecordAsync(customer, mobile, idNo);
        await WriteAsync(tx => Customers.AddRecordAsync(tx, record));
        return record.Id;
    }

    private protected NewClaim Claim(string key, string value) => new(SearchKeyName.Of(key), Keys.Lookup(key, Encoding.UTF8.GetBytes(value)));

    private protected SearchLookup Lookup(string key, Compartment compartment, string value) =>
        new(SearchKeyName.Of(key), compartment, Keys.Lookup(key, Encoding.UTF8.GetBytes(value)));

    /// <summary>The write, undone unless it is done; answers what it was.</summary>
    private protected async Task<WriteOutcome> WriteAsync(Func<Tx, Task<WriteOutcome>> write)
    {
        try
        {
            return await Db.WriteAsync(async tx => (await write(tx)).OrUndo());
        }
        catch (WriteRefusedException refused)
        {
            return refused.Outcome;
        }
    }

    private protected async Task<string?> OpenAsync(RecordSnapshot record, string item)
    {
        using var keys = await Keys.OpenAsync(new KeyOwner(record.Owner.Value));
        var found = record.Items.SingleOrDefault(one => one.Key.Value == item);
        return found is not null && keys is not null && keys.TryOpen(record.ScopeOf(found), found.Sealed, out var plain) ? Encoding.UTF8.GetString(plain) : null;
    }

    /// <summary>Plays the database administrator: any statement, in the role that owns the table.</summary>
    private protected Task TamperAsync(string sql, object? args = null, DbRole? role = null) => Db.WriteAsync(async tx =>
    {
        if (role is { } asked)
        {
            await using var scope = await tx.AsRoleAsync(asked);
            await tx.ExecuteAsync(sql, args);
        }
        else
        {
            await tx.ExecuteAsync(sql, args);
        }
    });

    private protected ConsentSubmission Says(CustomerId customer, params ConsentEvent[] events) =>
        new(customer, ReceiptId.New(), IntakeId.From(5), Clock.Now, events.Select(one => new ConsentTaken(one)).ToList());

    private protected static ConsentEvent Event(string purpose, ConsentEventKind kind, long at, long? until = null) => new(
        PurposeKey.Of(purpose), kind, at, ConsentId.New(), kind is ConsentEventKind.Give or ConsentEventKind.GiveSeparately ? ConsentForm.Ticked : null,
        until, NoticeKey.Of("privacy"), 3);
}

/// <summary>A clock that stands still until moved.</summary>
internal sealed class TestClock(long now) : TimeProvider, IWallClock
{
    public long Now { get; set; } = now;

    /// <summary>What is known to have passed, when the clock jumped ahead of it.</summary>
    public long? Known { get; set; }

    public DateTimeOffset WallNow => GetUtcNow();

    public long KnownMs => Known ?? Now;

    public bool IsAhead => Known < Now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);
}
