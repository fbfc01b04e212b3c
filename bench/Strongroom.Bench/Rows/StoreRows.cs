using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using Strongroom.Bench.Harness;
using Strongroom.Bench.Plain;
using Strongroom.Bench.Product;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Roots;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Anchors;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Audit.Verify;

namespace Strongroom.Bench.Rows;

/// <summary>Import, the log and the turn of the key epoch. Import goes over HTTP; the others call the product's own parts on PostgreSQL.</summary>
internal static class StoreRows
{
    private const int Writers = 64;
    private const string ImportWork = "import, streaming", LogWork = "log append, 64 writers, PostgreSQL", VerifyWork = "verify a log", TurnWork = "epoch rotation";

    public static readonly Row Import = new("import", [Row.Promise(ImportWork, "rows/s ÷ COPY with the same indexes", Goal.Least(0.25))], ImportAsync);

    public static readonly Row Log = new("log",
        [
            Row.Promise(LogWork, "entries per fsync of the WAL", Goal.Least(16)),
            Row.Promise(LogWork, "entries/s ÷ one writer", Goal.Least(8)),
        ], LogAsync);

    public static readonly Row Verify = new("verify", [Row.Promise(VerifyWork, "entries/s ÷ SHA-256 of 65 bytes", Goal.Least(0.5))], VerifyAsync);

    public static readonly Row Turn = new("rotation", [Row.Promise(TurnWork, "keys/s ÷ AES-GCM re-wraps (open, seal, open; reused key object)", Goal.Least(0.4))], TurnAsync);

    private static async Task<IReadOnlyList<Line>> ImportAsync(Scene scene)
    {
        var (node, postgres, n) = (await scene.ProductAsync(), await scene.PostgresAsync(), scene.Options.ImportRows);
        var database = await postgres.CreateAsync("copying", scene.Stop);
        await PrivatePostgres.ExecuteAsync(database, scene.Stop, [.. PostgresStore.Schema("customer", isSealed: false)]);

        // COPY starts with as many rows on file as the import does.
        await PostgresStore.CopyAsync(database, "customer", PlainNode.Rows(node.Customers), scene.Stop);
        var (product, copy) = (new Series("rows/s"), new Series("rows/s"));
        for (var round = 0; round < scene.Options.Rounds; round++)
        {
            var first = scene.NewPersons(n);
            var (server, rowStore) = (node.ProcessorSeconds(), postgres.ProcessorSeconds());
            product.Add(await node.ImportAsync(first, n, scene.Stop));
            (server, rowStore) = ((node.ProcessorSeconds() - server) / n * 1e6, (postgres.ProcessorSeconds() - rowStore) / n * 1e6);
            var rows = Enumerable.Range(0, n).Select(i => (RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(16), People.Row(first + i))).ToList();
            copy.Add(n / await Clock.SecondsAsync(() => PostgresStore.CopyAsync(database, "customer", rows, scene.Stop)));
            Scene.Say($"round {round + 1} import {product.Rounds[^1]:N0} rows/s (server {server:0} µs + PostgreSQL {rowStore:0} µs a row), COPY {copy.Rounds[^1]:N0} rows/s");
        }

        return [Line.Ratio(ImportWork, "rows/s ÷ COPY with the same indexes", Goal.Least(0.25), product, copy)];
    }

    private static async Task<IReadOnlyList<Line>> LogAsync(Scene scene)
    {
        var postgres = await scene.PostgresAsync();
        await using var parts = await Parts.OpenAsync(scene, "log");
        await using var log = parts.NewLog();
        await WriteAsync(log, Writers, 1, scene.Stop);
        var (many, one, perSync) = (new Series("/s"), new Series("/s"), new Series("entries"));
        for (var round = 0; round < scene.Options.Rounds; round++)
        {
            var syncs = await postgres.SyncsAsync(scene.Stop);
            var (entries, seconds) = await WriteAsync(log, Writers, scene.Options.Seconds, scene.Stop);

            // The server adds a session's counts at its next idle second.
            await Task.Delay(1500, scene.Stop);
            many.Add(entries / seconds);
            perSync.Add(entries / (double)Math.Max(1, await postgres.SyncsAsync(scene.Stop) - syncs));
            (entries, seconds) = await WriteAsync(log, 1, scene.Options.Seconds, scene.Stop);
            one.Add(entries / seconds);
            Scene.Say($"round {round + 1} 64 writers {many.Rounds[^1]:N0}/s, {perSync.Rounds[^1]:N1} entries per fsync, one writer {one.Rounds[^1]:N0}/s");
        }

        return
        [
            Line.Single(LogWork, "entries per fsync of the WAL", Goal.Least(16), perSync),
            Line.Ratio(LogWork, "entries/s ÷ one writer", Goal.Least(8), many, one),
        ];
    }

    private static async Task<(long Entries, double Seconds)> WriteAsync(AuditLog log, int writers, int seconds, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(async () =>
        {
            long n = 0;
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                await log.AppendAsync(Fact(), guard: null, ct);
                n++;
            }

            return n;
        }, ct)));
        return (counts.Sum(), clock.Elapsed.TotalSeconds);
    }

    /// <summary>The entry that one view of four items writes.</summary>
    private static LogFact Fact() => new()
    {
        Act = FactName.Of(Act.View),
        Actor = LogActor.Of(ClientId.New()),
        Reference = CustomerReference.From(RandomNumberGenerator.GetBytes(32)),
        Purpose = PurposeKey.Of("fulfil"),
        Items = [.. People.Viewed.Select(ItemKey.Of)],
        Decision = Verdict.Permit,
        Reasons = [.. People.Viewed.Select(item => "clear." + item)],
        Authorisations = [AuthorisationId.New()],
    };

    private static async Task<IReadOnlyList<Line>> VerifyAsync(Scene scene)
    {
        await using var parts = await Parts.OpenAsync(scene, "verify");
        var folder = scene.Folder.In("verify.anchor");
        await parts.FillLogAsync(scene.Options.LogEntries, folder, scene.Stop);
        var (verified, limit) = (new Series("entries/s"), new Series("hashes/s"));
        for (var round = 0; round < scene.Options.Rounds; round++)
        {
            var size = 0L;
            var seconds = await Clock.SecondsAsync(async () => size = await new LogVerifier(new FolderSource(folder), parts.Key).RunAsync(ct: scene.Stop) switch
            {
                VerifyResult.Sound sound => sound.Size,
                VerifyResult.Broken broken => throw new BenchException("the log does not verify: " + broken.Text.En),
                _ => throw new UnreachableException(),
            });
            verified.Add(size / seconds);
            limit.Add(Limits.HashesPerSecond(1));
            Scene.Say($"round {round + 1} verify {verified.Rounds[^1]:N0} entries/s of {size:N0}, SHA-256 {limit.Rounds[^1]:N0}/s");
        }

        return
        [
            Line.Ratio($"{VerifyWork} of {scene.Options.LogEntries:N0} entries, from an anchor folder", "entries/s ÷ SHA-256 of 65 bytes", Goal.Least(0.5), verified, limit),
        ];
    }

    private static async Task<IReadOnlyList<Line>> TurnAsync(Scene scene)
    {
        const int Wraps = 3, Chunk = 1000;
        await using var parts = await Parts.OpenAsync(scene, "rotation");
        var owners = Enumerable.Range(0, scene.Options.KeyOwners).Select(_ => new KeyOwner(CustomerId.New().Value)).ToList();
        foreach (var chunk in owners.Chunk(Chunk))
        {
            await parts.Keyring.CreateAsync(chunk, scene.Stop);
        }

        var (turned, limit) = (new Series("keys/s"), new Series("re-wraps/s"));
        for (var round = 0; round < scene.Options.Rounds; round++)
        {
            var seconds = await Clock.SecondsAsync(() => new EpochTurn(parts.Keyring, new NothingToFind()).RunAsync(ct: scene.Stop));
            turned.Add(owners.Count * Wraps / seconds);
            limit.Add(Limits.ReWrapsPerSecond(1));
            Scene.Say($"round {round + 1} turn {turned.Rounds[^1]:N0} keys/s, limit {limit.Rounds[^1]:N0}/s");
        }

        return
        [
            Line.Ratio($"{TurnWork}, {owners.Count * Wraps:N0} keys of {owners.Count:N0} customers, PostgreSQL, without search blocks",
                "keys/s ÷ AES-GCM re-wraps (open, seal, open; reused key object)", Goal.Least(0.4), turned, limit),
        ];
    }

    private sealed class NothingToFind : ISearchBlockRekeyer
    {
        public Task CloseAsync(int from, int to, CancellationToken ct = default) => Task.CompletedTask;

        public Task<long> RekeyBatchAsync(int from, int to, int max, CancellationToken ct = default) => Task.FromResult(0L);

        public Task<long> RemainingAsync(int from, CancellationToken ct = default) => Task.FromResult(0L);
    }

    /// <summary>A keyring and a log on databases of their own.</summary>
    private sealed class Parts : IAsyncDisposable
    {
        private static readonly AuditOptions Options = new("bench.strongroom.invalid/log", "bench");

        private readonly Stack<object> owned = new();

        public Keyring Keyring { get; private set; } = null!;

        public Database Data { get; private set; } = null!;

        public VerifierKey Key => new(Options.Origin, Keyring.Signer.PublicKey(SigningKey.Log));

        public static async Task<Parts> OpenAsync(Scene scene, string name)
        {
            var (postgres, parts) = (await scene.PostgresAsync(), new Parts());
            try
            {
                var folder = scene.Folder.In(name);
                var place = new SecretPlacement(folder + ".data");
                var root = parts.Own(KeyFileRoot.Create(Path.Combine(folder, "root.key"), place));
                var holder = parts.Own(FolderHolder.Open("holder-1", Path.Combine(folder, "epochs"), place, create: true));
                var ring = parts.Own(await Database.OpenAsync(
                    new DatabaseOptions.Postgres(await postgres.CreateAsync($"micro_{name}_keys", scene.Stop)) { Set = "keyring" }, scene.Stop));
                var keys = new KeyringOptions(root, [holder], ring, TimeProvider.System);
                await Keyring.InitializeAsync(keys, scene.Stop);
                parts.Keyring = parts.Own(await Keyring.OpenAsync(keys, scene.Stop));
                parts.Data = parts.Own(await Database.OpenAsync(
                    new DatabaseOptions.Postgres(await postgres.CreateAsync($"micro_{name}", scene.Stop)) { Set = "data" }, scene.Stop));
                return parts;
            }
            catch
            {
                await parts.DisposeAsync();
                throw;
            }
        }

        public AuditLog NewLog() => new(Data, Options, new LogChains(Keyring.Mac), new KeyringReferences(Keyring), Keyring.Secrets, [], TimeProvider.System, () => { });

        /// <summary>Writes entries in transactions of many, merges them into the tree and ships all of it.</summary>
        public async Task FillLogAsync(int entries, string anchor, CancellationToken ct)
        {
            const int Chunk = 1000;
            await using var log = NewLog();
            using var sequencer = new Sequencer(Data, Options, new LogChains(Keyring.Mac), Keyring.Signer, [], TimeProvider.System);
            for (var done = 0; done < entries; done += Chunk)
            {
                await Data.WriteAsync(tx => log.AppendAsync(tx, [.. Enumerable.Range(0, Math.Min(Chunk, entries - done)).Select(_ => Fact())], ct), ct);
            }

            while (await sequencer.StepAsync(ct) == SequencerStep.Published)
            {
                // Until nothing waits.
            }

            await sequencer.ReleaseAsync();
            Directory.CreateDirectory(anchor);
            var reader = new AuditReader(Data, Options, Keyring.Signer, Keyring.Secrets, sequencer, new AnchorProgress(), TimeProvider.System, null);
            var folder = new FolderAnchor("bench", anchor, Key);
            await folder.SetUpAsync(ct);
            await folder.ShipAsync(reader, ct);
        }

        public async ValueTask DisposeAsync()
        {
            while (owned.TryPop(out var part))
            {
                switch (part)
                {
                    case IAsyncDisposable later: await later.DisposeAsync(); break;
                    case IDisposable now: now.Dispose(); break;
                }
            }
        }

        private T Own<T>(T part)
            where T : notnull
        {
            owned.Push(part);
            return part;
        }
    }
}
