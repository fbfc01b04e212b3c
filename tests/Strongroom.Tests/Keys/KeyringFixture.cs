using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Roots;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Keys;

/// <summary>A keyring with its root file and two holders in a folder of its own, on a fresh database of one engine.</summary>
public abstract class KeyringSuite(TestStore store) : StoreSuite(store, "keyring")
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("sr-keys-").FullName;

    protected ManualTime Time { get; } = new();

    protected KeyringOptions Keys { get; private set; } = null!;

    private readonly List<IDisposable> held = [];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Keys = OptionsOn(Db);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        held.ForEach(h => h.Dispose());
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Options as a fresh process would make them.</summary>
    protected KeyringOptions OptionsOn(Database database, params string[] holders)
    {
        var placement = new SecretPlacement(Path.Combine(Folder, "data"));
        var path = Path.Combine(Folder, "root");
        var root = File.Exists(path) ? new KeyFileRoot(path, placement) : KeyFileRoot.Create(path, placement);
        var names = holders.Length > 0 ? holders : ["a", "b"];
        return new(root, [.. names.Select(n => HolderAt(n, placement))], database, Time) { RefreshEvery = null };
    }

    protected async Task<Keyring> FreshKeyringAsync()
    {
        Assert.True(await Keyring.InitializeAsync(Keys));
        return await Keyring.OpenAsync(Keys);
    }

    protected string SecretPath(string holder, int epoch) => Path.Combine(Folder, "holders", holder, $"epoch-{epoch}");

    protected static KeyOwner NewOwner() => KeyOwner.FromBytes(RandomNumberGenerator.GetBytes(16));

    protected static KeyOwner[] NewOwners(int count) => [.. Enumerable.Range(0, count).Select(_ => NewOwner())];

    protected static SealScope Scope(KeyOwner owner, Compartment compartment = Compartment.Sensitive) => new(owner, 1, "mobile", 0, compartment);

    /// <summary>Values sealed under each owner's keys, to see later whether they still open.</summary>
    protected static async Task<Dictionary<KeyOwner, byte[]>> SealForAsync(Keyring ring, IReadOnlyCollection<KeyOwner> owners)
    {
        var values = new Dictionary<KeyOwner, byte[]>();
        foreach (var (owner, keys) in await ring.OpenManyAsync(owners))
        {
            using (keys)
            {
                values.Add(owner, keys.Seal(Scope(owner), owner.ToBytes()));
            }
        }

        Assert.Equal(owners.Count, values.Count);
        return values;
    }

    protected static async Task AssertAllOpenAsync(Keyring ring, Dictionary<KeyOwner, byte[]> values)
    {
        var opened = await ring.OpenManyAsync(values.Keys);
        Assert.Equal(values.Count, opened.Count);
        foreach (var (owner, keys) in opened)
        {
            using (keys)
            {
                Assert.True(keys.TryOpen(Scope(owner), values[owner], out var plain));
                Assert.Equal(owner.ToBytes(), plain);
            }
        }
    }

    private FolderHolder HolderAt(string name, SecretPlacement placement)
    {
        var holder = FolderHolder.Open(name, Path.Combine(Folder, "holders", name), placement, create: true);
        held.Add(holder);
        return holder;
    }
}

/// <summary>A clock that moves when told.</summary>
public sealed class ManualTime : TimeProvider
{
    private long milliseconds = 1_790_000_000_000;

    public override long TimestampFrequency => 1000;

    public void Advance(TimeSpan by) => Interlocked.Add(ref milliseconds, (long)by.TotalMilliseconds);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Interlocked.Read(ref milliseconds));

    public override long GetTimestamp() => Interlocked.Read(ref milliseconds);
}
