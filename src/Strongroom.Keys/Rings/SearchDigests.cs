using System.Collections.Concurrent;
using System.Security.Cryptography;
using Strongroom.Keys.Formats;
using Strongroom.Keys.OpenSsl;

namespace Strongroom.Keys.Rings;

/// <summary>
/// Search blocks. An item's digest is fixed by the search master key; what is stored is that digest as one AES block under the
/// epoch's key, so an old backup's blocks say nothing, even to one who has today's keys, once their epoch's secret is erased.
/// </summary>
internal sealed class SearchDigests(UInt128 installation, SecretBytes master, Func<EpochSet> epochs) : ISearchBlocks, IDisposable
{
    private readonly ConcurrentDictionary<string, HmacKey> itemKeys = new(StringComparer.Ordinal);

    public SearchBlock Block(string item, ReadOnlySpan<byte> normalised)
    {
        Span<byte> digest = stackalloc byte[AesBlock.Size];
        Digest(ItemKey(item), normalised, digest);
        var block = Hide(epochs().Open, item, digest);
        CryptographicOperations.ZeroMemory(digest);
        return block;
    }

    public IReadOnlyList<SearchBlock> Lookup(string item, ReadOnlySpan<byte> normalised)
    {
        Span<byte> digest = stackalloc byte[AesBlock.Size];
        Digest(ItemKey(item), normalised, digest);
        try
        {
            return HideInAll(epochs(), item, digest);
        }
        catch (ObjectDisposedException)
        {
            // A turn ended in between; the set read now no longer has the epoch that went.
            return HideInAll(epochs(), item, digest);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(digest);
        }
    }

    public byte[] ReKey(string item, ReadOnlySpan<byte> block, int from, int to)
    {
        var set = epochs();
        var (old, now) = (set.Find(from), set.Find(to));
        if (old is null || now is null)
        {
            throw new KeysUnavailableException(KeysFault.KeyringDamaged, $"epoch {(old is null ? from : to)} is not loaded for re-keying search blocks");
        }

        Span<byte> digest = stackalloc byte[AesBlock.Size];
        old.BlockCipher(item).Decrypt(block, digest);
        var rekeyed = Hide(now, item, digest).Value;
        CryptographicOperations.ZeroMemory(digest);
        return rekeyed;
    }

    /// <summary>HMAC-SHA-256 cut to 128 bits.</summary>
    internal static void Digest(HmacKey itemKey, ReadOnlySpan<byte> normalised, Span<byte> digest)
    {
        Span<byte> full = stackalloc byte[Sha256.Size];
        itemKey.Mac(normalised, full);
        full[..AesBlock.Size].CopyTo(digest);
        CryptographicOperations.ZeroMemory(full);
    }

    internal static HmacKey ItemKeyOf(ReadOnlySpan<byte> master, UInt128 installation, string item)
    {
        using var key = KeyWrap.Subkey(master, "strongroom/search-key"u8, installation, 0, item);
        return new HmacKey(key.Span);
    }

    public void Dispose()
    {
        foreach (var key in itemKeys.Values)
        {
            key.Dispose();
        }
    }

    private static List<SearchBlock> HideInAll(EpochSet set, string item, ReadOnlySpan<byte> digest)
    {
        var blocks = new List<SearchBlock>(1 + set.Draining.Count);
        foreach (var epoch in set.All)
        {
            blocks.Add(Hide(epoch, item, digest));
        }

        return blocks;
    }

    private static SearchBlock Hide(EpochKeys epoch, string item, ReadOnlySpan<byte> digest)
    {
        var block = new byte[AesBlock.Size];
        epoch.BlockCipher(item).Encrypt(digest, block);
        return new(epoch.N, block);
    }

    /// <summary>Two first askers may both derive; the loser's copy is zeroed by its finalizer.</summary>
    private HmacKey ItemKey(string item) =>
        itemKeys.GetOrAdd(item, static (name, self) => ItemKeyOf(self.Master.Span, self.Installation, name), (Master: master, Installation: installation));
}
