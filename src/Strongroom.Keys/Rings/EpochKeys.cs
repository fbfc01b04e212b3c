using Strongroom.Keys.Formats;
using Strongroom.Keys.OpenSsl;

namespace Strongroom.Keys.Rings;

/// <summary>The open keys of one epoch. They wrap and derive; they never leave.</summary>
internal sealed class EpochKeys : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, AesBlock> blocks = [];
    private readonly UInt128 installation;
    private readonly SecretBytes search;
    private bool gone;

    private EpochKeys(UInt128 installation, int n, GcmKey general, GcmKey sensitive, GcmKey system, SecretBytes search) =>
        (this.installation, N, General, Sensitive, System, this.search) = (installation, n, general, sensitive, system, search);

    internal int N { get; }

    internal GcmKey General { get; }

    internal GcmKey Sensitive { get; }

    /// <summary>Wraps customers' log keys and the installation's secrets.</summary>
    internal GcmKey System { get; }

    /// <summary>Fresh epoch keys, wrapped under root and epoch secret.</summary>
    internal static (byte[] General, byte[] Sensitive, byte[] System, byte[] Search) Make(
        SecretBytes root, SecretBytes secret, UInt128 installation, int n)
    {
        return (One(WrapUse.General), One(WrapUse.Sensitive), One(WrapUse.System), One(WrapUse.Search));

        byte[] One(WrapUse use)
        {
            using var key = SecretBytes.Random(Suite.KeySize);
            using var kek = KeyWrap.EpochKek(root, secret, installation, n, use);
            return KeyWrap.Wrap(kek, installation, BindingOf(n, use), key.Span);
        }
    }

    /// <summary>Opens an epoch's keys; null when any of them does not open, which means another root key.</summary>
    internal static EpochKeys? TryOpen(SecretBytes root, SecretBytes secret, UInt128 installation, EpochRow row)
    {
        var n = (int)row.N;
        using var general = Unwrap(WrapUse.General, row.General);
        using var sensitive = Unwrap(WrapUse.Sensitive, row.Sensitive);
        using var system = Unwrap(WrapUse.System, row.System);
        var search = Unwrap(WrapUse.Search, row.Search);
        if (general is null || sensitive is null || system is null || search is null)
        {
            search?.Dispose();
            return null;
        }

        return new(installation, n, new(general.Span), new(sensitive.Span), new(system.Span), search);

        SecretBytes? Unwrap(WrapUse use, byte[]? wrapped)
        {
            using var kek = KeyWrap.EpochKek(root, secret, installation, n, use);
            var key = new SecretBytes(Suite.KeySize);
            if (wrapped is not null && KeyWrap.TryUnwrap(kek, installation, BindingOf(n, use), wrapped, key.Span))
            {
                return key;
            }

            key.Dispose();
            return null;
        }
    }

    /// <summary>The cipher that hides an item's digests in this epoch. Under the lock, so that no key is derived from zeroed bytes.</summary>
    internal AesBlock BlockCipher(string item)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(gone, this);
            if (!blocks.TryGetValue(item, out var cipher))
            {
                using var key = KeyWrap.Subkey(search.Span, "strongroom/search-block"u8, installation, N, item);
                blocks.Add(item, cipher = new AesBlock(key.Span));
            }

            return cipher;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            gone = true;
            search.Dispose();
            foreach (var cipher in blocks.Values)
            {
                cipher.Dispose();
            }
        }

        General.Dispose();
        Sensitive.Dispose();
        System.Dispose();
    }

    private static KeyWrap.Binding BindingOf(int n, WrapUse use) => new(KeyWrap.UnderEpochKek, n, "epoch"u8, use, default);
}

/// <summary>The epochs as this node last saw them: the open one and those being drained. Replaced as a whole.</summary>
internal sealed record EpochSet(EpochKeys Open, IReadOnlyList<EpochKeys> Draining)
{
    internal IEnumerable<EpochKeys> All => Draining.Prepend(Open);

    internal EpochKeys? Find(int n) => n == Open.N ? Open : Draining.FirstOrDefault(e => e.N == n);
}
