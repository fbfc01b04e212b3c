using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Collect;
using Strongroom.Collect.Channels;
using Strongroom.Collect.Consents;
using Strongroom.Collect.Intake;
using Strongroom.Collect.Notices;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Policies;
using Strongroom.Tests.Store;

namespace Strongroom.Tests.Collect;

/// <summary>A store with the airline pack open for one booking system, and short ways to hand things in.</summary>
public abstract class CollectWorld(TestStore store) : StoreWorld(store)
{
    private static readonly Lazy<InformationCatalogue> Airline1 = new(() => Pack("airline"));

    private protected static readonly NoticeParty Party = new("蓝天航空", "95000", "李负责");

    private protected static readonly PersonId Author = PersonId.From(1), Approver = PersonId.From(2);

    private protected static readonly ClientId Booking = ClientId.From(77);

    /// <summary>A desk of the airline, and one of the hotel.</summary>
    internal static readonly UnitId OurUnit = UnitId.From(70), Other = UnitId.From(71);

    private protected MemoryLog Log { get; } = new();

    private protected ControlStore Control { get; private set; } = null!;

    private protected Catalogues CatalogueRows { get; private set; } = null!;

    private protected CollectConfig Config { get; private set; } = null!;

    private protected IIntakes Intakes { get; private set; } = null!;

    private protected TakeIn Intake { get; private set; } = null!;

    private protected IntakeSeals Seals { get; private set; } = null!;

    private protected DocumentReadings Readings { get; private set; } = null!;

    private protected TypedDocuments Typed { get; private set; } = null!;

    private protected IntakeLane Lane { get; private set; } = null!;

    private protected Bulk Bulk { get; private set; } = null!;

    private protected IdempotencyStore Idempotency { get; private set; } = null!;

    private protected ConsentDesk ConsentDesk { get; private set; } = null!;

    private protected Receipts Receipts { get; private set; } = null!;

    private protected TestSigner Signer { get; } = new();

    private protected WorldFacts Facts { get; private set; } = null!;

    private protected WorldCalls Calls { get; } = new();

    private protected ClientQuotas Quotas { get; private set; } = null!;

    private protected CollectSeed Seed { get; private set; } = null!;

    private protected Dictionary<CollectChannel, ChannelId> Channels { get; } = [];

    private protected virtual InformationCatalogue Catalogue => Airline1.Value;

    /// <summary>Counts and may disturb: runs before each resolving anew.</summary>
    private protected ActorAgain Again => async (actor, ct) => actor with { ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync, ct) };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Control = new ControlStore(new ControlRows(Keys), Log, new ControlAlarms(Log, NullLogger<ControlAlarms>.Instance), Clock);
        CatalogueRows = new Catalogues(Db, Control);
        Config = new CollectConfig(Db, Control, CatalogueRows);
        Intakes = new Strongroom.Store.Intakes.Intakes(Macs);
        Idempotency = new IdempotencyStore(Keys, Clock);
        Seed = new CollectSeed(Control, Clock);
        await Db.WriteAsync(async tx =>
        {
            await CatalogueRows.SaveAsync(tx, Catalogue, LogActor.System);
            await Seed.InstallAsync(tx, Catalogue, Party, new SeedBy(LogActor.System, Author, Approver));
            foreach (var kind in Enum.GetValues<CollectChannel>())
            {
                Channels[kind] = ChannelId.New();
                await Control.SaveAsync(
                    tx, ControlKey.Of(ChannelContent.RowKind, Channels[kind]), 0,
                    new ChannelContent(Kebab.Of(kind), kind, Airline, Open: true, [PostKey.Of("counter"), PostKey.Of("call-agent"), PostKey.Of("rights-desk")], [Booking]),
                    new LogFact { Act = FactName.Of("channel-registered"), Actor = LogActor.System });
            }

            foreach (var (unit, entity) in new[] { (OurUnit, Airline), (Other, EntityId.From(8)) })
            {
                await Control.SaveAsync(
                    tx, ControlKey.Of(Members.Unit, unit), 0, new UnitContent(entity, null, "柜台", MemberState.Active),
                    new LogFact { Act = FactName.Of("unit-added"), Actor = LogActor.System });
            }
        });
        Facts = new WorldFacts(Clock, Booking, OurUnit, Airline);
        var seals = Seals = new IntakeSeals(Keys, new ItemSealer(Keys));
        var entities = new CallerEntities(new OrganisationBooks(Db, new Members(Db, Control)));
        var gate = new IntakeGate(Facts, Calls, Customers);
        var typed = Typed = Build(Readings = new DocumentReadings(Macs));
        Quotas = new ClientQuotas(Db, Clock);
        var writer = new IntakeWriter(Customers, Consents, Matching, Intakes, Idempotency, Log, new FileGrants(Control), typed, [new ConfigEpochGuards()]);
        var lane = Lane = new IntakeLane(Db, writer, new Newcomers(Macs, Consents, Intakes, Matching), Matching, Idempotency, Log, new FileGrants(Control), [new ConfigEpochGuards()]);
        Intake = new TakeIn(
            Config, seals, new IntakeMatching(Db, Customers, Matching, seals, new StoreAlarms(Log)), new IntakeSealing(seals), lane, typed, Log, entities, gate, CollectOptions.China, Clock);
        Bulk = new Bulk(Intake, Quotas, Log, CollectOptions.China);
        ConsentDesk = new ConsentDesk(Db, Config, Customers, Consents, Intakes, seals, gate, [new ConfigEpochGuards()], Log, Clock);
        Receipts = new Receipts(Db, ConsentDesk, Consents, Intakes, Signer, Log);
    }

    /// <summary>Without scenes nothing asks for an approval of what was typed.</summary>
    private protected virtual TypedDocuments Build(DocumentReadings readings) => new(Db, readings, new PolicySnapshots(Db, new PolicyStore(Control)), null!, Clock);

    private protected static InformationCatalogue Pack(string name) => PackLoader.Load(Path.Combine(Repository.Root, "packs", name)) switch
    {
        PackLoadResult.Loaded loaded => ((CatalogueMergeResult.Merged)CatalogueMerge.Merge(Catalogues.Own, new Bilingual("测试", "Test"), [loaded.Catalogue])).Catalogue,
        PackLoadResult.Broken broken => throw new InvalidOperationException(broken.Mistakes[0].ToString()),
        _ => throw new InvalidOperationException(),
    };

    private protected async Task<Actor> ActorAsync() => new()
    {
        Kind = ActorKind.Client,
        Client = Booking,
        Person = Author,
        Scopes = new[] { ClientScope.Collect, ClientScope.Import, ClientScope.Consent }.ToFrozenSet(),
        Purposes = Catalogue.Purposes.Select(purpose => purpose.Key).ToFrozenSet(),
        Forms = Catalogue.Forms.Select(form => form.Key).ToFrozenSet(),
        Channels = Channels.Values.ToFrozenSet(),
        ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync),
    };

    /// <summary>Somebody who holds posts, each in a unit of his own.</summary>
    private protected async Task<Actor> StaffAsync(params (string Post, UnitId Unit)[] posts) => new()
    {
        Kind = ActorKind.Person,
        Person = Approver,
        Posts = [.. posts.Select(held => new HeldPost(PostKey.Of(held.Post), held.Unit, 0, null))],
        ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync),
    };

    /// <summary>Opens a call about a customer for the person of <see cref="StaffAsync"/>.</summary>
    private protected ServiceSessionId Call(CustomerId customer, bool verified)
    {
        var id = ServiceSessionId.New();
        Calls.Calls[id] = new ServiceFacts(customer, Approver, verified, Clock.Now + 3_600_000);
        return id;
    }

    private protected async Task<IntakeOutcome> HandInAsync(string form, Submission submission, IdempotencyClaim? claim = null, Act act = Act.Add) =>
        await Intake.TakeAsync(new IntakeRequest(FormKey.Of(form), submission, await ActorAsync(), Again, act, claim), CancellationToken.None);

    private protected async Task<IntakeAnswer> TakenAsync(string form, Submission submission)
    {
        var outcome = await HandInAsync(form, submission);
        return outcome is IntakeOutcome.Taken taken
            ? taken.Answer
            : throw new InvalidOperationException(outcome is IntakeOutcome.Refused refused
                ? refused.Problem.Code + ": " + string.Join(", ", refused.Problem.Errors.Select(error => $"{error.At} {error.Code}"))
                : outcome.ToString());
    }

    private protected async Task<IReadOnlyList<(string At, string Code)>> ErrorsAsync(string form, Submission submission)
    {
        var refused = Assert.IsType<IntakeOutcome.Refused>(await HandInAsync(form, submission));
        Assert.All(refused.Problem.Errors, error => Assert.True(error.Zh.Length > 0 && error.En.Length > 0));
        return [.. refused.Problem.Errors.Select(error => (error.At, error.Code))];
    }

    /// <summary>A good web booking; change it with <c>with</c>.</summary>
    private protected Submission WebBooking(string name = "王小明", string mobile = "13800138000", string? idNo = "11010519491231002X", params (string Key, string Value)[] more)
    {
        var items = new Dictionary<string, JsonElement> { ["name"] = Text(name), ["mobile"] = Text(mobile), ["itinerary"] = Text("CA1301 PEK-CAN 2026-05-01") };
        if (idNo is not null)
        {
            items["id_no"] = Text(idNo);
        }

        foreach (var (key, value) in more)
        {
            items[key] = Text(value);
        }

        return new Submission
        {
            Notice = new NoticeShown("booking", 1),
            Channel = Channels[CollectChannel.Website].ToString(),
            Items = items,
            Consents = [Ticked("fulfil")],
        };
    }

    private protected static ConsentSaid Ticked(string purpose) => new()
    {
        Purpose = purpose, Form = "ticked", Evidence = new EvidenceSaid("tick", "event-1"),
    };

    private protected static JsonElement Text(string value) => JsonSerializer.SerializeToElement(value);

    private protected Task<long> CountAsync(string table) => Db.ReadAsync(async tx =>
    {
        DbRole? role = table.Contains("general", StringComparison.Ordinal) ? DbRole.General
            : table.Contains("sensitive", StringComparison.Ordinal) || table == "identity_claim" ? DbRole.Sensitive : null;
        if (role is null)
        {
            return await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
        }

        await using var scope = await tx.AsRoleAsync(role.Value);
        return await tx.ScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
    });
}

/// <summary>
/// The rules of a world, asked as the product asks: registered systems may collect, import and record consents for their purposes; at the
/// desk counters and agents do. A test may take purposes away.
/// </summary>
internal sealed class WorldFacts(TimeProvider time, ClientId client, UnitId desk, EntityId entity) : IAccessFacts
{
    public IReadOnlySet<PurposeKey>? Purposes { get; set; }

    public IReadOnlyList<SceneRule> Scenes { get; set; } = [];

    public Task<AccessQuestion> QuestionAsync(Actor actor, AccessAsk ask, CancellationToken ct = default)
    {
        var acts = new HashSet<Act> { Act.Add, Act.Consent, Act.Withdraw, Act.Receipts };
        RoleRule Role(string post, Scope scope) => new(PostKey.Of(post), acts, Strongroom.Spine.Access.LevelRights.Of("c m m -"), scope);
        var policy = new AccessPolicy { Epoch = actor.ConfigEpoch, Scenes = Scenes, Roles = [Role("counter", Scope.OwnStationShift), Role("call-agent", Scope.SessionCustomer), Role("rights-desk", Scope.OpenRequests)] };
        var tree = OrganisationTree.Empty with
        {
            Units = new Dictionary<UnitId, UnitReach> { [desk] = new(entity, new[] { desk }.ToFrozenSet()), [CollectWorld.Other] = new(EntityId.From(8), new[] { CollectWorld.Other }.ToFrozenSet()) }.ToFrozenDictionary(),
            ClientPosts = new Dictionary<ClientId, IReadOnlyList<HeldPost>> { [client] = [new HeldPost(PostKey.Of("back-office"), desk, 0, null)] }.ToFrozenDictionary(),
        };
        var snapshot = new PolicySnapshot(actor.ConfigEpoch, policy, [], PostBook.Empty, tree, []);
        return Task.FromResult(AccessFacts.Build(Purposes is { } left ? actor with { Purposes = left.ToFrozenSet() } : actor, ask, snapshot, time.NowMs()));
    }
}

/// <summary>The calls being served, as a test says.</summary>
internal sealed class WorldCalls : IServiceSight
{
    public Dictionary<ServiceSessionId, ServiceFacts> Calls { get; } = [];

    public Task<ServiceFacts?> OfAsync(ServiceSessionId id, Actor actor, CancellationToken ct = default) =>
        Task.FromResult(Calls.GetValueOrDefault(id) is { } call && call.Holder == actor.Person ? call : null);
}

/// <summary>A fresh Ed25519 key.</summary>
internal sealed class TestSigner : ISigner, IDisposable
{
    private readonly Ed25519Key key = Ed25519Key.Generate();

    public byte[] Sign(SigningKey use, ReadOnlySpan<byte> message) => key.Sign(message);

    public byte[] PublicKey(SigningKey use) => key.PublicKey;

    public void Dispose() => key.Dispose();
}
