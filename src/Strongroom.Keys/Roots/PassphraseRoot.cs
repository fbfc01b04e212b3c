using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Strongroom.Keys.Disk;
using Strongroom.Keys.Formats;
using Strongroom.Keys.OpenSsl;

namespace Strongroom.Keys.Roots;

/// <summary>
/// A random root key sealed under a passphrase: scrypt (RFC 7914) makes the key of an AES-256-GCM seal. The file is of mode 0600
/// and outside the data folder like a key file, since a passphrase can be guessed off-line.
/// </summary>
public sealed class PassphraseRoot : IRootKey, IDisposable
{
    /// <summary>Shortest passphrase accepted for a new file, in UTF-8 bytes.</summary>
    public const int MinPassphrase = 12;

    private const string Header = "strongroom-root-passphrase 1";
    private readonly string path;
    private readonly SecretPlacement placement;
    private readonly SecretBytes passphrase;

    /// <param name="path">The sealed root file.</param>
    /// <param name="passphrase">UTF-8 bytes, copied.</param>
    /// <param name="placement">Where the file must not lie.</param>
    public PassphraseRoot(string path, ReadOnlySpan<byte> passphrase, SecretPlacement placement) =>
        (this.path, this.placement, this.passphrase) = (path, placement, SecretBytes.CopyOf(passphrase));

    /// <inheritdoc/>
    public string Where => path;

    /// <summary>Makes a fresh sealed root file, durable before it returns; never overwrites. Takes about a second.</summary>
    public static PassphraseRoot Create(string path, ReadOnlySpan<byte> passphrase, SecretPlacement placement) =>
        Create(path, passphrase, placement, Cost.Standard);

    /// <inheritdoc/>
    public ValueTask<SecretBytes> ReadAsync(CancellationToken ct = default)
    {
        placement.Check(path, KeysFault.RootUnreadable);
        using var content = RootFiles.Read(path);
        return new(Open(content, passphrase.Span, path));
    }

    /// <inheritdoc/>
    public void Dispose() => passphrase.Dispose();

    internal static PassphraseRoot Create(string path, ReadOnlySpan<byte> passphrase, SecretPlacement placement, Cost cost)
    {
        ArgumentNullException.ThrowIfNull(placement);
        if (passphrase.Length < MinPassphrase)
        {
            throw new ArgumentException("A passphrase has at least 12 bytes", nameof(passphrase));
        }

        placement.Check(path, KeysFault.RootUnreadable);
        using var root = SecretBytes.Random(Suite.KeySize);
        using var content = Write(root, passphrase, cost, RandomNumberGenerator.GetBytes(16), default);
        RootFiles.Create(path, content);
        return new(path, passphrase, placement);
    }

    internal static SecretBytes Write(
        SecretBytes root, ReadOnlySpan<byte> passphrase, Cost cost, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> fixedNonce)
    {
        var body = new byte[Suite.NonceSize + Suite.KeySize + Suite.TagSize];
        using var key = KeyOf(passphrase, salt, cost);
        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        Bind(ref aad, cost, salt);
        key.Seal(root.Span, aad.Written, body, fixedNonce);
        using var text = new KeyText(Header);
        text.Line(KeyText.Number("scrypt-n", cost.N));
        text.Line(KeyText.Number("scrypt-r", cost.R));
        text.Line(KeyText.Number("scrypt-p", cost.P));
        text.Hex("salt", salt);
        text.Hex("sealed", body);
        return text.ToBytes();
    }

    internal static SecretBytes Open(SecretBytes content, ReadOnlySpan<byte> passphrase, string where)
    {
        var salt = new byte[16];
        var body = new byte[Suite.NonceSize + Suite.KeySize + Suite.TagSize];
        var reader = new KeyTextReader(content.Span);
        if (!(reader.Line(Header) && reader.Number("scrypt-n", out var n) && reader.Number("scrypt-r", out var r)
              && reader.Number("scrypt-p", out var p) && reader.Hex("salt", salt) && reader.Hex("sealed", body) && reader.AtEnd))
        {
            throw new KeysUnavailableException(KeysFault.RootUnreadable, $"{where} is not a passphrase root file, or was damaged");
        }

        var cost = new Cost(n, r, p);
        if (!cost.IsAcceptable)
        {
            // Refused before running: a doctored file must neither weaken the derivation nor exhaust the memory.
            throw new KeysUnavailableException(KeysFault.RootUnreadable, $"{where} asks for a scrypt cost outside the accepted range");
        }

        using var key = KeyOf(passphrase, salt, cost);
        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        Bind(ref aad, cost, salt);
        var root = new SecretBytes(Suite.KeySize);
        if (key.TryOpen(body, aad.Written, root.Span))
        {
            return root;
        }

        root.Dispose();
        throw new KeysUnavailableException(KeysFault.PassphraseWrong, where);
    }

    private static GcmKey KeyOf(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, Cost cost)
    {
        using var key = new SecretBytes(Suite.KeySize);
        Scrypt.Derive(passphrase, salt, (ulong)cost.N, (ulong)cost.R, (ulong)cost.P, key.Span);
        return new GcmKey(key.Span);
    }

    private static void Bind(ref Bound aad, Cost cost, ReadOnlySpan<byte> salt)
    {
        aad.Open("strongroom/root-passphrase"u8, installation: 0);
        aad.Add(cost.N);
        aad.Add(cost.R);
        aad.Add(cost.P);
        aad.Add(salt);
    }

    /// <summary>scrypt's N, r and p.</summary>
    internal readonly record struct Cost(int N, int R, int P)
    {
        /// <summary>128 MiB and about half a second a guess.</summary>
        internal static readonly Cost Standard = new(1 << 17, 8, 1);

        internal bool IsAcceptable => N is >= 1 << 14 and <= 1 << 20 && BitOperations.IsPow2(N) && R == 8 && P is >= 1 and <= 4;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{N},{R},{P}");
    }
}
