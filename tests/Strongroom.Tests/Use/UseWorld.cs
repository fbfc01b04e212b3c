using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Roots;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Files;
using Strongroom.Store.Search;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Store.Catalogue;
using Strongroom.Use;
using Strongroom.Use.Asking;
using Strongroom.Use.Calls;
using Strongroom.Use.Compare;
using Strongroom.Use.Contact;
using Strongroom.Use.Correct;
using Strongroom.Use.Files;
using Strongroom.Use.Find;
using Strongroom.Use.Sessions;
using Strongroom.Use.View;
using Strongroom.Use.Volume;

namespace Strongroom.Tests.Use;

/// <summary>
/// A whole installation without HTTP on one engine: real keyring, log, policies, catalogue (airline) and store; one company, one unit,
/// and members of staff who hold one post each. Every value that goes in is remembered, so a test can look for it where it must not be.
/// </summary>
public abstract class UseWorld(TestStore store) : StoreSuite(store)
{
    internal const string Mobile = "13800138000", IdNo = "11010519491231002X", Name = "欧阳晓明", Pnr = "AB3XYZ", Birth = "1949-12-31";

    private protected static readonly EntityId Airline = EntityId.From(7);
    private protected static readonly EntityId Hotel = EntityId.From(8);
    private protected static readonly UnitId Desk = UnitId.From(70);
    private protected static readonly IntakeId Booked = IntakeId.From(5);
    private protected static readonly PurposeKey Fulfil = PurposeKey.Of("fulfil"), Notify = PurposeKey.Of("notify"),
        Realname = PurposeKey.Of("realname"), Market = PurposeKey.Of("market"), Verify = PurposeKey.Of("verify");

    private protected virtual IReadOnlyList<string> InstalledPacks => ["airline"];

    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string folder = Directory.CreateTempSubdirectory("sr-use-").FullName;
    private readonly List<IAsyncDisposable> held = [];
    private FolderHolder holder = null!;
    private Keyring ring = null!;

    private protected Keyring Ring => ring;
    private protected long T0 { get; private set; }

    private protected Store.TestClock Clock { get; } = new(1_790_000_000_000);

    private protected CountingKeys Keys { get; private set; } = null!;

    private protected HookedLog Log { get; private set; } = null!;

    private protected AuditReader Entries { get; private set; } = null!;

    private protected InformationCatalogue Catalogue { get; private set; } = null!;

    private protected PolicyStore Policies { get; private set; } = null!;

    private protected ControlStore Control { get; private set; } = null!;

    private protected RowMacs Macs { get; private set; } = null!;

    private protected Customers Customers { get; private set; } = null!;

    private protected Consents Consents { get; private set; } = null!;

    private protected ItemSealer Sealer { get; private set; } = null!;

    private protected ServiceSessions Sessions { get; private set; } = null!;

    private protected Volumes Volumes { get; private set; } = null!;

    private protected Asking Asking { get; private set; } = null!;

    private protected ViewCustomer View { get; private set; } = null!;

    private protected ViewMany ViewMany { get; private set; } = null!;

    private protected FindCustomer Find { get; private set; } = null!;

    private protected Comparing Compare { get; private set; } = null!;

    private protected Func<IContactGateway, ContactCustomer> Contact { get; private set; } = null!;

    /// <param name="gateway">Where codes leave.</param>
    private protected ContactCodes Codes(IContactGateway gateway, long settledMs = 0) => codes(gateway, settledMs);

    private Func<IContactGateway, long, ContactCodes> codes = null!;

    private protected CorrectCustomer Correct { get; private set; } = null!;

    /// <summary>Corrections whose messages leave by this gateway.</summary>
    private protected Func<IContactGateway, CorrectCustomer> CorrectBy { get; private set; } = null!;

    private protected CustomerFiles Files { get; private set; } = null!;

    private protected ServiceSessionEndpoints Service { get; private set; } = null!;

    private protected WaitingCalls Ringing { get; private set; } = null!;

    private protected Telephony Telephony { get; private set; } = null!;

    private protected CallDesk AtDesk { get; private set; } = null!;

    private protected ApprovalDesk Approvals { get; private set; } = null!;

    private protected UseRequests Requests { get; private set; } = null!;

    private protected VaultRequests Vault { get; private set; } = null!;

    private protected BatchChanges Batch { get; private set; } = null!;

    private protected WorkOrders Orders { get; private set; } = null!;

    private protected Deciders Deciders { get; private set; } = null!;

    private protected MemberCache Cache { get; private set; } = null!;

    /// <summary>What intakes were for; a test may add or take away.</summary>
    private protected Dictionary<IntakeId, IReadOnlySet<PurposeKey>> Intakes { get; } = new()
    {
        [Booked] = new HashSet<PurposeKey> { Fulfil, Notify, Realname, Market, Verify, PurposeKey.Of("special") },
    };

    private protected IntakePurposes IntakePurposes => new(ids => Task.FromResult<IReadOnlyDictionary<IntakeId, IReadOnlySet<PurposeKey>>>(
        ids.Where(Intakes.ContainsKey).ToDictionary(id => id, id => Intakes[id])));

    /// <summary>The unit that handles the records made from now on; none: the head office.</summary>
    private protected UnitId HandledBy { get; set; }

    /// <summary>People whose next look finds nobody.</summary>
    private protected HashSet<PersonId> Suspended { get; } = [];

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        T0 = Clock.Now;
        await OpenKeysAsync();
        Macs = new RowMacs(ring.Mac);
        Volumes = new Volumes(Db, Clock);
        ICommitGuards[] guards = [new ConfigEpochGuards(), new CustomerGuards(), Volumes];
        var options = new AuditOptions("strongroom.test/use", "node-1");
        var chains = new LogChains(ring.Mac);
        var audit = new AuditLog(Db, options, chains, new KeyringReferences(ring), ring.Secrets, guards, Clock, () => { });
        held.Add(audit);
        Log = new HookedLog(audit);
        Entries = new AuditReader(Db, options, ring.Signer, ring.Secrets, new Sequencer(Db, options, chains, ring.Signer, [], Clock), new AnchorProgress(), Clock);
        Control = new ControlStore(new ControlRows(ring.Mac), Log, new ControlAlarms(Log, NullLogger<ControlAlarms>.Instance), Clock);
        Policies = new PolicyStore(Control);
        Customers = new Customers(Db, new CustomerReader(Macs, Clock), new CustomerWriter(Macs));
        Consents = new Consents(Macs);
        Sealer = new ItemSealer(ring.Search);
        Cache = new MemberCache(Db, new Members(Db, Control));
        await ConfigureAsync();
        Build(guards);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var one in held)
        {
            await one.DisposeAsync();
        }

        await ring.DisposeAsync();
        holder.Dispose();
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task OpenKeysAsync()
    {
        var placement = new SecretPlacement(Path.Combine(folder, "data"));
        holder = FolderHolder.Open("a", Path.Combine(folder, "holder"), placement, create: true);
        var database = await OpenAsync(await Store.MigratedAsync("keyring"));
        var options = new KeyringOptions(KeyFileRoot.Create(Path.Combine(folder, "root"), placement), [holder], database, Clock) { RefreshEvery = null };
        await Keyring.InitializeAsync(options, Ct);
        ring = await Keyring.OpenAsync(options, Ct);
        Keys = new CountingKeys(ring);
    }

    private async Task ConfigureAsync()
    {
        Catalogue = Assert.IsType<CatalogueMergeResult.Merged>(CatalogueMerge.Merge(Catalogues.Own, new Bilingual("本安装", "This installation"), [.. InstalledPacks.Select(Packs.Load)])).Catalogue;
        await Db.WriteAsync(tx => new Catalogues(Db, Control).SaveAsync(tx, Catalogue, LogActor.System));
        await Db.WriteAsync(tx => Control.SaveAsync(
            tx, new ControlKey(Members.Unit, Desk.Value), 0, new UnitContent(Airline, null, "值机柜台", MemberState.Active), new LogFact { Act = FactName.Of("unit-created"), Actor = LogActor.System }));
        await PolicyAsync(
            Role("back-office", "ccrv", Scope.OwnUnit), Role("call-agent", "cmv-", Scope.SessionCustomer, finds: 3, ("2", "c"), ("3", "r")),
            Role("marketing", "mm--", Scope.ConsentedSegment), Role("dpo", "mmvv", Scope.All),
            Authorised("back-office", Fulfil, "name", "birth", "pnr", "itinerary", "seat", "ticket_no"), Authorised("back-office", Notify, "name", "mobile", "email"),
            Authorised("back-office", Realname, "id_no", "passport", "id_image"), Authorised("back-office", Market, "contact_pref"),
            Authorised("call-agent", Notify, "name", "mobile", "email"), Authorised("call-agent", Fulfil, "name", "birth", "pnr", "seat"),
            PolicyContent.Of(PolicyKind.Approval, "uses", new ApprovalRow("use.view", [PostKey.Of("dpo")], 3_600_000)));
    }

    private void Build(ICommitGuards[] guards)
    {
        var knowledge = new KnowledgeBook(Db, new PolicySnapshots(Db, Policies), new Catalogues(Db, Control));
        var intakes = IntakePurposes;
        var alarms = new StoreAlarms(Log);
        var options = new UseOptions { SettledMs = 0 };
        var opener = new ItemOpener(Keys, alarms);
        var idempotency = new IdempotencyStore(ring.Mac, Clock);
        var search = new CustomerSearch(Db, Macs);
        Sessions = new ServiceSessions(Db, Macs, ring.Secrets);
        var quotas = new ClientQuotas(Db, Clock);
        var (rules, people) = (new PolicySnapshots(Db, Policies), new PostApproverFacts(Control));
        Deciders = new Deciders(Control, people);
        Approvals = new ApprovalDesk(Db, Control, Policies, rules, Deciders, new ApprovalNotices(new Outbox([], ring.Mac, Clock)), new RequesterPatterns(Entries), ring.Secrets, guards, Log, Clock);
        Orders = new WorkOrders(Db, Control, Approvals, Deciders, new ApprovalNotices(new Outbox([], ring.Mac, Clock)), ring.Mac, Log, Clock);
        Asking = new Asking(
            Db, knowledge, Customers, intakes, new Grants(Approvals, Orders), Sessions, Volumes, Log, guards, alarms, options, Clock);
        Contact = gateway => new ContactCustomer(
            knowledge, Asking, new ContactOnce(Db, Asking, idempotency, Log), opener, gateway, Volumes, Db, Log, options with { ContactsPerHour = 4, ContactsPerCustomerDay = 3 }, Clock);
        codes = (gateway, settled) => new ContactCodes(Db, knowledge, Asking, Contact(gateway), new ContactOnce(Db, Asking, idempotency, Log), Macs, ring.Mac, Log, options with { SettledMs = settled }, Clock);
        View = new ViewCustomer(knowledge, Asking, opener, Codes(new NoContactGateway()));
        var delegations = new Delegations(Db, Control, rules, people, guards, Log, Clock);
        var endpoints = new ApprovalEndpoints(Approvals, delegations, rules, actors: null!, proofs: null!, new ApprovalNames(Db, Control, new PersonSeal(ring.Secrets), new Secrets(ring.Mac)), Clock);
        Requests = new UseRequests(knowledge, View, Approvals, endpoints, ring.Mac);
        Vault = new VaultRequests(knowledge, Customers, Requests, new BreakGlass(Control, Approvals, Deciders, new ApprovalNotices(new Outbox([], ring.Mac, Clock))), Orders, endpoints, Clock);
        ViewMany = new ViewMany(knowledge, View, quotas, Log);
        Find = new FindCustomer(knowledge, Asking, Sealer, search, Customers, quotas, alarms, Log);
        Compare = new Comparing(knowledge, Asking, opener, Volumes, Log, options, Clock);
        var corrections = new Corrections(Db, Asking, Customers, Sealer, opener, Keys, Log, idempotency, Clock);
        Batch = new BatchChanges(Db, knowledge, Customers, View, corrections, new Grants(Approvals, Orders), Approvals, idempotency, Log, options, Clock);
        CorrectBy = gateway => new CorrectCustomer(knowledge, corrections, Codes(gateway), idempotency, ring.Mac, options, Clock);
        Correct = CorrectBy(new NoContactGateway());
        Files = new CustomerFiles(knowledge, Asking, opener, corrections, new SealedFiles(Db, Macs, Clock), Customers, Keys);
        Ringing = new WaitingCalls(Macs, ring.Secrets);
        Service = new ServiceSessionEndpoints(Db, knowledge, Asking, Compare, Sessions, Ringing, Log, options, Clock);
        Telephony = new Telephony(Db, knowledge, Asking, Ringing, Sessions, new Members(Db, Control), new Secrets(ring.Mac), idempotency, Log, options, Clock);
        AtDesk = new CallDesk(Db, knowledge, Asking, Ringing, Sessions, Service, Find, View, Log, Clock);
    }

    private protected Task PolicyAsync(params PolicyContent[] rows) => Db.WriteAsync(async tx =>
        Assert.IsType<PolicySaved.Done>(await Policies.PutAsync(tx, rows, new LogFact { Act = FactName.Of("policy-changed"), Actor = LogActor.System })));

    private protected static PolicyContent Role(string post, string levels, Scope scope, int? finds = null, params (string Level, string Right)[] verified) => PolicyContent.Of(
        PolicyKind.Role, post, new RoleRow(
            PostKey.Of(post), [Act.View, Act.Find, Act.Compare, Act.Correct, Act.Contact], levels.Select((letter, i) => ($"{i + 1}", $"{letter}")).ToDictionary(), scope,
            Verified: verified.Length == 0 ? null : verified.ToDictionary(), FindsPerHour: finds));

    private protected static PolicyContent Authorised(string post, PurposeKey purpose, params string[] items) => PolicyContent.Of(
        PolicyKind.Authorisation, $"{post}-{purpose}",
        new AuthorisationRow(AuthorisationId.New(), purpose, [.. items.Select(ItemKey.Of)], 0, long.MaxValue, PostKey.Of(post)));

    /// <summary>Somebody who holds one post at the desk, signed in a minute ago with a second factor.</summary>
    private protected async Task<Caller> CallerAsync(string post, PersonId? person = null, UnitId? unit = null) =>
        new(await NowAsync(new Actor { Kind = ActorKind.Person, Person = person ?? PersonId.New(), Posts = [new HeldPost(PostKey.Of(post), unit ?? Desk, 0, null)] }), NowAsync);

    private Task<Actor> NowAsync(Actor actor, CancellationToken ct = default) => NowAsync(actor);

    private async Task<Actor> NowAsync(Actor actor) => Suspended.Contains(actor.Person) ? Actor.Nobody : actor with
    {
        ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync), Strength = Strength.Passkey, StrengthAt = Clock.Now - 60_000, Zone = "office",
    };

    /// <summary>A customer with a profile and a booking; items that are null are left out.</summary>
    private protected async Task<Person> PersonAsync(
        string name = Name, string? mobile = Mobile, string? idNo = null, string pnr = Pnr, EntityId? entity = null, string? pref = null, bool minor = false)
    {
        var id = CustomerId.New();
        await ring.CreateAsync([new KeyOwner(id.Value)], Ct);
        await Db.WriteAsync(async tx => (await Customers.AddCustomerAsync(tx, new NewCustomer(id, CustomerKind.Person, entity ?? Airline, T0))).OrUndo());
        var profile = await RecordAsync(id, "profile", entity, minor, null, ("name", name), ("mobile", mobile), ("id_no", idNo), ("birth", Birth), ("contact_pref", pref));
        var booking = await RecordAsync(id, "booking", entity, minor, new Dictionary<ItemKey, string> { [ItemKey.Of("name")] = name }, ("pnr", pnr), ("seat", "12A"));
        return new Person(id, profile, booking);
    }

    private protected async Task<RecordId> RecordAsync(
        CustomerId customer, string type, EntityId? entity, bool minor, IReadOnlyDictionary<ItemKey, string>? also, params (string Key, string? Value)[] items)
    {
        var id = RecordId.New();
        using var keys = await ring.OpenAsync(new KeyOwner(customer.Value), Ct);
        var sealing = items.Where(item => item.Value is not null).Select(item => Catalogue.Item(ItemKey.Of(item.Key))!.Spec() is var spec && minor
            ? new ItemToSeal(spec with { Compartment = Compartment.Sensitive }, item.Value!)
            : new ItemToSeal(Catalogue.Item(ItemKey.Of(item.Key))!.Spec(), item.Value!)).ToList();
        var made = Sealer.Seal(keys!, id, Booked, T0, sealing, Catalogue.CombinedKeys(), also);
        await Db.WriteAsync(async tx => (await Customers.AddRecordAsync(
            tx, new NewRecord(customer, id, RecordTypeKey.Of(type), entity ?? Airline, T0, made.Items, made.Blocks, made.Claims) 
            {
                Unit = HandledBy,
                Day = RecordDays.Of(Catalogue, RecordTypeKey.Of(type), items.Where(item => item.Value is not null).Select(item => (ItemKey.Of(item.Key), item.Value!))),
            })).OrUndo());
        return id;
    }

    private protected Task ConsentAsync(CustomerId customer, PurposeKey purpose, ConsentEventKind kind) => Db.WriteAsync(async tx =>
        Assert.IsType<ConsentOutcome.Recorded>(await Consents.RecordAsync(tx, new ConsentSubmission(
            customer, ReceiptId.New(), Booked, Clock.Now,
            [new ConsentTaken(new ConsentEvent(
                purpose, kind, ++Clock.Now, ConsentId.New(), kind is ConsentEventKind.Give or ConsentEventKind.GiveSeparately ? ConsentForm.Ticked : null, null, NoticeKey.Of("privacy"), 3))]))));

    private protected async Task<ViewAnswer> ShownAsync(CustomerId customer, ViewRequest ask, Caller caller) =>
        Assert.IsType<ViewCustomer.Outcome.Shown>(await View.ViewAsync(customer, ask, caller, 1, Ct)).Answer;

    private protected async Task<Problem> RefusedAsync(CustomerId customer, ViewRequest ask, Caller caller)
    {
        var problem = Assert.IsType<ViewCustomer.Outcome.Refused>(await View.ViewAsync(customer, ask, caller, 1, Ct)).Problem;
        NoValueIn(problem);
        return problem;
    }

    /// <summary>No value of the world's people stands in an answer.</summary>
    private protected static void NoValueIn(object answer)
    {
        // Random ids and instants may hold a value's last four digits by chance.
        var json = Regex.Replace(JsonSerializer.Serialize(answer, Unescaped), @"[0-9a-f]{32}|\b[0-9]{13}\b", "");
        Assert.All(new[] { Mobile, IdNo, Name, Pnr, Birth, Mobile[^4..], Pnr[^2..] + "\"" }, value => Assert.DoesNotContain(value, json, StringComparison.Ordinal));
    }

    private protected async Task<IReadOnlyList<LogEntry>> LoggedAsync(string act) =>
        (await Entries.EntriesAsync(new LogQuery { Act = FactName.Of(act), Size = 500 }, Ct)).Entries;

    private protected static ItemKey[] Items(params string[] keys) => [.. keys.Select(ItemKey.Of)];

    private protected static ViewedItem Item(ViewAnswer answer, string key) => answer.Records.SelectMany(record => record.Items).Single(item => item.Key.Value == key).Value;

    private protected sealed record Person(CustomerId Id, RecordId Profile, RecordId Booking);
}

/// <summary>The real keyring, with the number of customers whose keys were handed out to the folder under test.</summary>
internal sealed class CountingKeys(IKeyring inner) : IKeyring
{
    public int Opened { get; private set; }

    public UInt128 Installation => inner.Installation;

    public int OpenEpoch => inner.OpenEpoch;

    public Task CreateAsync(IReadOnlyList<KeyOwner> customers, CancellationToken ct = default) => inner.CreateAsync(customers, ct);

    public Task<CustomerKeys> MakeAsync(CancellationToken ct = default) => inner.MakeAsync(ct);

    public Task<CustomerKeys?> OpenAsync(KeyOwner customer, CancellationToken ct = default)
    {
        Opened++;
        return inner.OpenAsync(customer, ct);
    }

    public Task<IReadOnlyDictionary<KeyOwner, CustomerKeys>> OpenManyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default)
    {
        Opened += customers.Count;
        return inner.OpenManyAsync(customers, ct);
    }

    public Task DestroyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default) => inner.DestroyAsync(customers, ct);

    public Task<IReadOnlyList<KeyOwner>> OrphansAsync(long createdBefore, int max, CancellationToken ct = default) => inner.OrphansAsync(createdBefore, max, ct);

    public Task ConfirmAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default) => inner.ConfirmAsync(customers, ct);

    public void Fence() => inner.Fence();

    public Task RefreshAsync(CancellationToken ct = default) => inner.RefreshAsync(ct);
}

/// <summary>The real log; a test can break it, or act in the moment between a decision and its entry.</summary>
internal sealed class HookedLog(IAuditLog inner) : IAuditLog
{
    public bool Down { get; set; }

    /// <summary>Runs once, before the next entry that stands alone.</summary>
    public Func<Task>? BeforeNext { get; set; }

    /// <summary>Runs before every entry that stands alone.</summary>
    public Func<Task>? BeforeEach { get; set; }

    public Task<IReadOnlyList<EntryId>> AppendAsync(Tx tx, IReadOnlyList<LogFact> facts, CancellationToken ct = default) =>
        Down ? throw new LogUnavailableException() : inner.AppendAsync(tx, facts, ct);

    public async Task<AppendOutcome> AppendAsync(LogFact fact, CommitGuard? guard = null, CancellationToken ct = default)
    {
        if (Down)
        {
            throw new LogUnavailableException();
        }

        var before = BeforeNext;
        BeforeNext = null;
        await (before?.Invoke() ?? Task.CompletedTask);
        await (BeforeEach?.Invoke() ?? Task.CompletedTask);
        return await inner.AppendAsync(fact, guard, ct);
    }

    public Task CountRefusalAsync(string prefix, string reason, CancellationToken ct = default) => inner.CountRefusalAsync(prefix, reason, ct);
}
