using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Monitoring;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Reviews;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Audit;
using Strongroom.Tests.Spine.Identity;

namespace Strongroom.Tests.Spine.Reviews;

/// <summary>An organisation with people in posts, rules, and a log that tests fill with what people did.</summary>
public abstract class WatchSuite(TestStore store) : StoreSuite(store)
{
    internal const long Day = 86_400_000;

    internal static readonly PostKey Agent = PostKey.Of("call-agent"), Owner = PostKey.Of("data-owner"), Admin = PostKey.Of("admin-4a"), Dpo = PostKey.Of("dpo"), Auditor = PostKey.Of("auditor");

    internal static readonly ItemKey Mobile = ItemKey.Of("mobile"), IdNo = ItemKey.Of("id_no");

    private readonly IdentityKeys keys = new();
    private readonly FakeKeys signer = new();
    private readonly Dictionary<string, (long Chain, long Seq)> chains = [];
    private ServiceProvider services = null!;

    internal ManualTime Time { get; } = new();

    internal FactLog Log { get; } = new();

    internal FirstOrganisation First { get; private set; } = null!;

    internal ISigner Signer => signer;

    internal static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        services = Register(Db);
        First = Done(await Get<Bootstrap>().BeginAsync("某某航空", [("admin.one", "管理员甲"), ("admin.two", "管理员乙")], "zh", Ct));
        await PolicyAsync(
            PolicyContent.Of(PolicyKind.Role, "call-agent", new RoleRow(Agent, [Act.View, Act.Find, Act.Compare], Levels("crvm"), Scope.All)),
            PolicyContent.Of(PolicyKind.Role, "data-owner", new RoleRow(Owner, [Act.View], Levels("cmm-"), Scope.All, Operating: false)),
            PolicyContent.Of(PolicyKind.Role, "admin-4a", new RoleRow(Admin, [Act.Administer], Levels("----"), Scope.All, Operating: false, Administers: true)));
    }

    public override async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        signer.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A second node of the same installation.</summary>
    internal async Task<ServiceProvider> OtherAsync() => Register(await OpenAsync(Options));

    internal Task PolicyAsync(params PolicyContent[] rows) => Db.WriteAsync(async tx => Assert.IsType<PolicySaved.Done>(
        await Get<PolicyStore>().PutAsync(tx, rows, new LogFact { Act = FactName.Of("policy-changed"), Actor = LogActor.System })), Ct);

    /// <summary>Somebody in a post for so many days.</summary>
    internal async Task<PersonId> HireAsync(string account, PostKey? post, int daysAgo = 200, UnitId? unit = null)
    {
        var made = Done(await Hiring.HireAsync(services, Of(First.Administrators[0].Person), account, "某人", "zh")).Person;
        if (post is { } held)
        {
            await PersonAsync(PersonId.From(made.Id), person => person with { Posts = [new HeldPost(held, unit ?? First.Unit, Time.NowMs() - (daysAgo * Day), null)] });
        }

        return PersonId.From(made.Id);
    }

    internal async Task PersonAsync(PersonId id, Func<PersonContent, PersonContent> edit) => Done(await Get<Members>().EditAsync<PersonContent>(
        Members.Person, id.Value, null, IdentityFacts.BySystem(IdentityFacts.PersonChanged), (_, person) => Task.FromResult<Outcome<PersonContent>>(edit(person)), Ct));

    internal Task<PersonContent> PersonAsync(PersonId id) => Db.ReadAsync(async tx => (await Get<Members>().LoadAsync<PersonContent>(tx, Members.Person, id.Value))!.Content, Ct);

    internal static Actor Of(PersonId person, params PostKey[] posts) => new()
    {
        Kind = ActorKind.Person, Person = person, Posts = [.. posts.Select(post => new HeldPost(post, UnitId.New(), 0, null))],
    };

    /// <summary>Somebody in a session, which the work then ends: what he sent before must not be done after.</summary>
    internal async Task<Problem> AfterItsEndAsync<T>(PersonId person, PostKey post, Func<Actor, Task<Outcome<T>>> act)
    {
        var session = (await Db.WriteAsync(tx => Get<Sessions>().BeginAsync(tx, person, Proofs.None.With(Factor.Password, Time.NowMs()).With(Factor.Totp, Time.NowMs())), Ct)).Row;
        await Db.WriteAsync(tx => Get<Sessions>().RevokeAllAsync(tx, person), Ct);
        return Refused(await act(Of(person, post) with { Session = session.Id, Version = session.Version }));
    }

    /// <summary>Cases that are not as the log says.</summary>
    internal Task<IReadOnlyList<ControlFinding>> CasesAstrayAsync() => Db.ReadAsync(async tx =>
    {
        var verifier = new ControlVerifier(Cases.Table);
        foreach (var fact in Log.Facts.ToArray())
        {
            verifier.Learn(fact);
        }

        var live = new List<RowDigest>();
        await foreach (var row in CaseStore.AllAsync(tx))
        {
            live.Add(Cases.DigestOf(row));
        }

        return verifier.Compare(live);
    }, Ct);

    /// <summary>What people did, as entries of the log's chains.</summary>
    internal async Task DidAsync(params IEnumerable<(LogFact Fact, long At, UInt128? Customer)> acts)
    {
        const string Node = "n1";
        await Db.WriteAsync(async tx =>
        {
            if (!chains.TryGetValue(Node, out var chain))
            {
                await tx.ExecuteAsync("INSERT INTO log_chain (node, lane, seq, head, mac) VALUES (@Node, 0, 0, @none, @none)", new { Node, none = new byte[32] });
                chain = (await tx.ScalarAsync<long>("SELECT chain FROM log_chain WHERE node = @Node", new { Node }), 0);
            }

            foreach (var (fact, at, customer) in acts)
            {
                var reference = customer is { } id ? CustomerReference.From([.. Id.Bytes(id), .. Id.Bytes(id)]) : (CustomerReference?)null;
                var header = new LogHeader(EntryId.New(), at, "n1", fact, reference, null);
                await tx.ExecuteAsync(
                    """
                    INSERT INTO log_entry (chain, seq, id, prev, body, mac, at, act, actor_kind, actor, customer, decision)
                    VALUES (@chain, @seq, @id, @none, @body, @none, @at, @act, @kind, @actor, @customer, @decision)
                    """,
                    new
                    {
                        chain = chain.Chain, seq = chain.Seq, id = header.Id.Bytes, none = new byte[32], body = header.ToBytes(), at, act = fact.Act.Value,
                        kind = Kebab.Of(fact.Actor.Kind), actor = fact.Actor.Id is { } actor ? Id.Bytes(actor) : null,
                        customer = reference?.Bytes, decision = fact.Decision is { } decision ? Kebab.Of(decision) : null,
                    });
                chain = (chain.Chain, chain.Seq + 1);
            }

            await tx.ExecuteAsync("UPDATE log_chain SET seq = @Seq WHERE chain = @Chain", new { chain.Seq, chain.Chain });
            chains[Node] = chain;
        }, Ct);
    }

    internal static LogFact View(PersonId person, params ItemKey[] clear) => new()
    {
        Act = FactName.Of(Act.View), Actor = LogActor.Of(person), Decision = Verdict.Permit, Purpose = PurposeKey.Of("fulfil"),
        Reasons = [.. clear.Select(item => $"clear.{item.Value}")],
    };

    internal static T Done<T>(Outcome<T> outcome) => outcome is Outcome<T>.Done done ? done.Value : throw new Xunit.Sdk.XunitException(Refused(outcome).Code);

    internal static Problem Refused<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Refused>(outcome).Problem;

    private static Dictionary<string, string> Levels(string cells) =>
        cells.Select((cell, i) => (Level: (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), Cell: cell.ToString())).ToDictionary(pair => pair.Level, pair => pair.Cell);

    private ServiceProvider Register(Database database) => IdentityNode.Register(new ServiceCollection(), database, keys, Log, Time)
        .Replace(ServiceDescriptor.Singleton(provider => new Strongroom.Spine.Outbox.Outbox(["test"], provider.GetRequiredService<IMac>(), Time)))
        .AddSingleton<ISigner>(signer)
        .AddSingleton<IAuditReader>(provider => new PageReader(database))
        .AddSingleton<IItemWeights, Weights>()
        .AddMonitoring(new MonitoringOptions())
        .Replace(ServiceDescriptor.Singleton<IRouteFacts, Routes>())
        .AddReviews()
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
        .BuildServiceProvider();

    private sealed class Weights : IItemWeights
    {
        public Task<IReadOnlyDictionary<ItemKey, ItemWeight>> NowAsync(CancellationToken ct = default) => Task.FromResult<IReadOnlyDictionary<ItemKey, ItemWeight>>(
            new Dictionary<ItemKey, ItemWeight> { [Mobile] = new(Level.Moderate, 2_500), [IdNo] = new(Level.Sensitive, 250) });
    }

    /// <summary>Entries of people, newest first, as the log's reader pages them.</summary>
    private sealed class PageReader(Database database) : IAuditReader
    {
        public async Task<LogPage> EntriesAsync(LogQuery query, CancellationToken ct = default)
        {
            var rows = await database.ReadAsync(tx => EntrySearchStore.PageAsync(tx, query, query.Size), ct);
            var entries = rows.Select(row => new LogEntry(LogHeader.TryParse(row.Body, out var header) ? header : throw new InvalidOperationException(), row.Body, null, null, DetailsState.None)).ToList();
            return new LogPage(entries, entries.Count < query.Size ? null : new LogCursor(entries[^1].Header.At, entries[^1].Header.Id));
        }

        public Task<LogEntry?> EntryAsync(EntryId id, CancellationToken ct = default) => throw new NotSupportedException();

        public Task<InclusionAnswer> InclusionAsync(EntryId id, CancellationToken ct = default) => throw new NotSupportedException();

        public Task<IReadOnlyList<Strongroom.Spine.Audit.Tlog.TreeHash>?> ConsistencyAsync(long first, long second, CancellationToken ct = default) => throw new NotSupportedException();

        public Task<byte[]?> CheckpointAsync(CancellationToken ct = default) => throw new NotSupportedException();

        public Task<byte[]?> TileAsync(Strongroom.Spine.Audit.Tlog.TileId tile, CancellationToken ct = default) => throw new NotSupportedException();

        public Task<LogHealth> HealthAsync(CancellationToken ct = default) => throw new NotSupportedException();

        public string VerifierKey => throw new NotSupportedException();

        public Task<EvidenceAnswer> EvidenceAsync(IReadOnlyList<EntryId> ids, IReadOnlyList<long> indices, CancellationToken ct = default) => throw new NotSupportedException();

        public Task<IReadOnlyList<(Strongroom.Spine.Audit.Tlog.Checkpoint Checkpoint, long At, byte[] Note)>> CheckpointsBelowAsync(long size, int most, CancellationToken ct = default) =>
            throw new NotSupportedException();
    }

    private sealed class Routes : IRouteFacts
    {
        public IReadOnlySet<string> Administration { get; } = new HashSet<string> { "person-created", "keys-rotated" };

        public IReadOnlySet<string> OfPost(PostKey post) => post == Admin ? new HashSet<string> { "person-created" } : new HashSet<string>();
    }
}
