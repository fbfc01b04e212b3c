using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Audit;

/// <summary>A log on a fresh database: writing, sequencing step by step, and playing the database administrator.</summary>
public abstract class AuditSuite(TestStore store) : StoreSuite(store)
{
    internal const string Origin = "strongroom.test/log";

    private readonly List<AuditLog> _logs = [];
    private readonly List<Sequencer> _sequencers = [];

    internal FakeKeys Keys { get; } = new();

    /// <summary>The memory of a node that lives on; <see cref="Restart"/> loses it.</summary>
    internal LogChains Chains { get; private set; } = null!;

    internal TestClock Clock { get; } = new();

    internal AuditLog Log { get; private set; } = null!;

    internal Sequencer Sequencer { get; private set; } = null!;

    internal AuditReader Reader { get; private set; } = null!;

    internal VerifierKey PinnedKey => new(Origin, Keys.PublicKey(SigningKey.Log));

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Chains = new LogChains(Keys);
        Log = Node("node-1", Db);
        Sequencer = SequencerOn(Db);
        Reader = new AuditReader(Db, new AuditOptions(Origin, "node-1"), Keys, Keys, Sequencer, new AnchorProgress(), Clock);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var log in _logs)
        {
            await log.DisposeAsync();
        }

        _sequencers.ForEach(s => s.Dispose());
        Keys.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal AuditLog Node(string name, Database database, int denialsPerHour = 200)
    {
        var log = new AuditLog(
            database, new AuditOptions(Origin, name) { DenialsPerHour = denialsPerHour }, Chains, Keys, Keys, [new ConfigEpochGuards()], Clock, () => { });
        _logs.Add(log);
        return log;
    }

    internal Sequencer SequencerOn(Database database, int largestMerge = 2048, params IAnchor[] anchors)
    {
        var sequencer = new Sequencer(database, new AuditOptions(Origin, "node-1") { LargestMerge = largestMerge }, Chains, Keys, anchors, Clock);
        _sequencers.Add(sequencer);
        return sequencer;
    }

    /// <summary>A new process on the same database: it remembers nothing.</summary>
    internal void Restart()
    {
        Chains = new LogChains(Keys);
        Log = Node("node-1", Db);
    }

    internal static LogFact Viewed(PersonId? person = null, CustomerId? customer = null) => new()
    {
        Act = FactName.Of(Act.View),
        Actor = LogActor.Of(person ?? PersonId.From(7)),
        Customer = customer,
        Purpose = PurposeKey.Of("fulfil"),
        Items = [ItemKey.Of("mobile"), ItemKey.Of("name")],
        Decision = Verdict.Permit,
        Details = new LogDetails { Ticket = "T-1", Address = "203.0.113.7" },
    };

    internal async Task<IReadOnlyList<EntryId>> AppendAsync(int count, AuditLog? log = null)
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => (log ?? Log).AppendAsync(Viewed())));
        return [.. outcomes.Select(o => Assert.IsType<AppendOutcome.Logged>(o).Entry)];
    }

    /// <summary>A log of the given size whose entries were merged in several steps.</summary>
    internal async Task<IReadOnlyList<EntryId>> PublishedAsync(int count, int perStep = 7)
    {
        var ids = new List<EntryId>();
        for (var done = 0; done < count; done += perStep)
        {
            ids.AddRange(await AppendAsync(Math.Min(perStep, count - done)));
            Assert.Equal(SequencerStep.Published, await Sequencer.StepAsync());
        }

        return ids;
    }

    internal Task<int> DbaAsync(string sql, object? args = null) => Db.WriteAsync(tx => tx.ExecuteAsync(sql, args));

    internal Task<VerifyResult> VerifyAsync(byte[]? trusted = null) =>
        Db.ReadAsync(tx => new LogVerifier(new DatabaseSource(tx, Keys), PinnedKey).RunAsync(trusted));

    internal async Task<VerifyResult.Broken> BrokenAsync() => Assert.IsType<VerifyResult.Broken>(await VerifyAsync());

    internal Task<long> CountAsync(string table) => Db.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT count(*) FROM {table}"));
}

/// <summary>A clock that tests move.</summary>
internal sealed class TestClock : TimeProvider
{
    private long _ms = 1_790_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref _ms));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ms, (long)by.TotalMilliseconds);
}

/// <summary>Keys of one test: a real Ed25519 key, real AES-GCM for details, references by HMAC until the customer is destroyed.</summary>
internal sealed class FakeKeys : ISigner, IMac, ISecretSealer, ICustomerReferences, IDisposable
{
    private readonly Ed25519Key _log = Ed25519Key.Generate();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public HashSet<CustomerId> Destroyed { get; } = [];

    public int Signatures { get; private set; }

    public byte[] Sign(SigningKey key, ReadOnlySpan<byte> message)
    {
        Signatures++;
        return _log.Sign(message);
    }

    public byte[] PublicKey(SigningKey key) => _log.PublicKey;

    public byte[] Mac(MacUse use, ReadOnlySpan<byte> message) => HMACSHA256.HashData(_secret, (byte[])[(byte)use, .. message]);

    public byte[] Seal(string use, ReadOnlySpan<byte> plain)
    {
        using var gcm = new AesGcm(_secret, 16);
        var box = new byte[12 + plain.Length + 16];
        RandomNumberGenerator.Fill(box.AsSpan(0, 12));
        gcm.Encrypt(box.AsSpan(0, 12), plain, box.AsSpan(12, plain.Length), box.AsSpan(12 + plain.Length), System.Text.Encoding.UTF8.GetBytes(use));
        return box;
    }

    public byte[] Open(string use, ReadOnlySpan<byte> sealedSecret)
    {
        using var gcm = new AesGcm(_secret, 16);
        var plain = new byte[sealedSecret.Length - 28];
        try
        {
            gcm.Decrypt(sealedSecret[..12], sealedSecret[12..^16], sealedSecret[^16..], plain, System.Text.Encoding.UTF8.GetBytes(use));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new BrokenSealException("details");
        }
    }

    public Task<CustomerReference?> OfAsync(CustomerId customer, CancellationToken ct) => Task.FromResult<CustomerReference?>(
        Destroyed.Contains(customer) ? null : CustomerReference.From(HMACSHA256.HashData(_secret, customer.Bytes)));

    public void Dispose() => _log.Dispose();
}
