using System.Security.Cryptography;
using System.Text;
using Strongroom.Keys.Formats;

namespace Strongroom.Keys.Rings;

/// <summary>The installation's own secrets: signing, MACs, sealing and the search master key. Loaded once; an epoch turn only re-wraps them.</summary>
internal sealed class SystemKeys : ISigner, IMac, ISecretSealer, IDisposable
{
    internal static readonly string[] Names = ["log-signing", "receipt-signing", "search-master", "mac", "sealing"];

    private readonly UInt128 installation;
    private readonly Ed25519Key log;
    private readonly Ed25519Key receipt;
    private readonly HmacKey[] macs;
    private readonly SecretBytes sealing;

    /// <param name="installation">The installation's id.</param>
    /// <param name="secrets">One 32-byte secret for each of <see cref="Names"/>; the caller disposes them.</param>
    internal SystemKeys(UInt128 installation, IReadOnlyDictionary<string, SecretBytes> secrets)
    {
        this.installation = installation;
        log = Ed25519Key.FromSeed(secrets["log-signing"].Span);
        receipt = Ed25519Key.FromSeed(secrets["receipt-signing"].Span);
        macs = [.. Enum.GetValues<MacUse>().Select(use =>
        {
            using var key = KeyWrap.Subkey(secrets["mac"].Span, "strongroom/mac"u8, installation, 0, NameOf(use));
            return new HmacKey(key.Span);
        })];
        sealing = SecretBytes.CopyOf(secrets["sealing"].Span);
        SearchMaster = SecretBytes.CopyOf(secrets["search-master"].Span);
    }

    internal SecretBytes SearchMaster { get; }

    private static ReadOnlySpan<byte> Magic => "SS"u8;

    public byte[] Sign(SigningKey key, ReadOnlySpan<byte> message) => KeyOf(key).Sign(message);

    public byte[] PublicKey(SigningKey key) => KeyOf(key).PublicKey;

    public byte[] Mac(MacUse use, ReadOnlySpan<byte> message) => macs[(int)use].Mac(message);

    public byte[] Seal(string use, ReadOnlySpan<byte> plain)
    {
        var output = new byte[Suite.PrefixSize + Suite.NonceSize + plain.Length + Suite.TagSize];
        Suite.WritePrefix(Magic, output);
        using var key = SealingKey(use);
        key.Seal(plain, output.AsSpan(0, Suite.PrefixSize), output.AsSpan(Suite.PrefixSize));
        return output;
    }

    public byte[] Open(string use, ReadOnlySpan<byte> sealedSecret)
    {
        var plain = new byte[Math.Max(0, sealedSecret.Length - Suite.PrefixSize - Suite.NonceSize - Suite.TagSize)];
        using var key = SealingKey(use);
        return Suite.HasPrefix(Magic, sealedSecret) && key.TryOpen(sealedSecret[Suite.PrefixSize..], sealedSecret[..Suite.PrefixSize], plain)
            ? plain
            : throw new BrokenSealException("A sealed secret does not open for its use");
    }

    public void Dispose()
    {
        log.Dispose();
        receipt.Dispose();
        sealing.Dispose();
        SearchMaster.Dispose();
        foreach (var mac in macs)
        {
            mac.Dispose();
        }
    }

    /// <summary>The use is bound through the key: another use is another key.</summary>
    private GcmKey SealingKey(string use)
    {
        using var subkey = KeyWrap.Subkey(sealing.Span, "strongroom/sealed-secret"u8, installation, 0, use);
        return new GcmKey(subkey.Span);
    }

    private Ed25519Key KeyOf(SigningKey key) => key switch
    {
        SigningKey.Log => log,
        SigningKey.Receipt => receipt,
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>Written out, so that renaming a member of the enum cannot change a key.</summary>
    private static string NameOf(MacUse use) => use switch
    {
        MacUse.ControlRow => "control-row",
        MacUse.TokenHash => "token-hash",
        MacUse.Idempotency => "idempotency",
        MacUse.ImportSource => "import-source",
        MacUse.ClientAddress => "client-address",
        MacUse.LogEntry => "log-entry",
        _ => throw new ArgumentOutOfRangeException(nameof(use)),
    };
}
