using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Keys;
using Strongroom.Keys.Rings;

namespace Strongroom.Tests.Store;

/// <summary>A keyring in memory with the real seals: random keys, real AES-256-GCM, the real bindings.</summary>
internal sealed class TestKeys : IKeyring, IMac, ISearchBlocks
{
    private static readonly UInt128 Here = 0xABCDEF;

    private readonly ConcurrentDictionary<KeyOwner, OpenCustomer> rings = new();

    private readonly ConcurrentDictionary<KeyOwner, bool> unconfirmed = new();

    private readonly byte[] macKey = RandomNumberGenerator.GetBytes(32);

    public UInt128 Installation => Here;

    public int OpenEpoch { get; set; } = 1;

    public IReadOnlyList<int> Draining { get; set; } = [];

    /// <summary>Runs inside <see cref="OrphansAsync"/>, after the list was made: where a slow creator can come in.</summary>
    public Func<Task> AfterOrphans { get; set; } = () => Task.CompletedTask;

    public Task CreateAsync(IReadOnlyList<KeyOwner> customers, CancellationToken ct = default)
    {
        foreach (var owner in customers)
        {
            var made = new OpenCustomer(
                Here, owner, RandomNumberGenerator.GetBytes(KeyIdSize),
                RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
            Assert.True(rings.TryAdd(owner, made));
            unconfirmed[owner] = true;
        }

        return Task.CompletedTask;
    }

    public async Task<CustomerKeys> MakeAsync(CancellationToken ct = default)
    {
        var owner = KeyOwner.FromBytes(RandomNumberGenerator.GetBytes(16));
        await CreateAsync([owner], ct);
        return (await OpenAsync(owner, ct))!;
    }

    public Task<CustomerKeys?> OpenAsync(KeyOwner customer, CancellationToken ct = default) =>
        Task.FromResult(rings.TryGetValue(customer, out var ring) && ring.TryShare() ? new CustomerKeys(ring) : null);

    public async Task<IReadOnlyDictionary<KeyOwner, CustomerKeys>> OpenManyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default)
    {
        var open = new Dictionary<KeyOwner, CustomerKeys>();
        foreach (var owner in customers)
        {
            if (await OpenAsync(owner, ct) is { } keys)
            {
                open[owner] = keys;
            }
        }

        return open;
    }

    public Task DestroyAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default)
    {
        foreach (var owner in customers)
        {
            rings.TryRemove(owner, out _);
            unconfirmed.TryRemove(owner, out _);
        }

        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<KeyOwner>> OrphansAsync(long createdBefore, int max, CancellationToken ct = default)
    {
        IReadOnlyList<KeyOwner> found = unconfirmed.Keys.Take(max).ToList();
        await AfterOrphans();
        return found;
    }

    /// <summary>Notes of durable data are lost, as when the process dies before it makes them.</summary>
    public bool ForgetsConfirmations { get; set; }

    public int Forgotten => Volatile.Read(ref forgotten);

    private int forgotten;

    public Task ConfirmAsync(IReadOnlyCollection<KeyOwner> customers, CancellationToken ct = default)
    {
        if (ForgetsConfirmations)
        {
            Interlocked.Increment(ref forgotten);
            throw new KeysUnavailableException(KeysFault.KeyringUnreachable, "test");
        }

        foreach (var owner in customers)
        {
            unconfirmed.TryRemove(owner, out _);
        }

        return Task.CompletedTask;
    }

    public void Fence()
    {
    }

    /// <summary>Runs when somebody asks for the epochs to be read again.</summary>
    public Action OnRefresh { get; set; } = () => { };

    public Task RefreshAsync(CancellationToken ct = default)
    {
        OnRefresh();
        return Task.CompletedTask;
    }

    public byte[] Mac(MacUse use, ReadOnlySpan<byte> message) => HMACSHA256.HashData(macKey, (byte[])[(byte)use, .. message]);

    public SearchBlock Block(string item, ReadOnlySpan<byte> normalised) => Lookup(item, normalised)[0];

    public IReadOnlyList<SearchBlock> Lookup(string item, ReadOnlySpan<byte> normalised)
    {
        var digest = Mac(MacUse.TokenHash, (byte[])[.. Encoding.UTF8.GetBytes(item), 0, .. normalised]).AsSpan(0, 16).ToArray();
        return [.. Draining.Prepend(OpenEpoch).Select(epoch => new SearchBlock(epoch, Aes(item, epoch).EncryptEcb(digest, PaddingMode.None)))];
    }

    public byte[] ReKey(string item, ReadOnlySpan<byte> block, int from, int to) =>
        Aes(item, to).EncryptEcb(Aes(item, from).DecryptEcb(block, PaddingMode.None), PaddingMode.None);

    private const int KeyIdSize = 8;

    private Aes Aes(string item, int epoch)
    {
        var aes = System.Security.Cryptography.Aes.Create();
        aes.Key = Mac(MacUse.Idempotency, Encoding.UTF8.GetBytes($"{item}/{epoch}"));
        return aes;
    }
}
