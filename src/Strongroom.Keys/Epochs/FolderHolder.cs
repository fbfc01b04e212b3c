using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Strongroom.Keys.Disk;
using Strongroom.Keys.Formats;
using Strongroom.Keys.Roots;

namespace Strongroom.Keys.Epochs;

/// <summary>
/// A folder (0700) of files <c>epoch-N</c> (0600) and the holder's own signing key <c>holder-key</c>, on storage that no backup
/// or snapshot covers. Overwriting is best effort on flash memory; the statement says what was done, not what the medium kept.
/// </summary>
public sealed partial class FolderHolder : IEpochHolder, IDisposable
{
    private const string KeyHeader = "strongroom-holder-key 1";
    private const string SecretHeader = "strongroom-epoch-secret 1";
    private readonly string folder;
    private readonly Ed25519Key key;

    private FolderHolder(string name, string folder, Ed25519Key key) =>
        (Name, this.folder, this.key, PublicKey) = (name, folder, key, key.PublicKey);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public byte[] PublicKey { get; }

    /// <summary>Opens a holder's folder; with <paramref name="create"/> also makes one, with a signing key of its own.</summary>
    /// <exception cref="KeysUnavailableException">The folder is inside the data folder, missing, damaged, or open to others.</exception>
    public static FolderHolder Open(string name, string folder, SecretPlacement placement, bool create = false)
    {
        ArgumentNullException.ThrowIfNull(placement);
        if (!NameForm().IsMatch(name))
        {
            throw new KeysUnavailableException(KeysFault.HolderRefused, "a holder's name has 1 to 64 of a-z, 0-9 and hyphen");
        }

        placement.Check(folder, KeysFault.HolderRefused);
        var path = Path.Combine(folder, "holder-key");
        return Guard(folder, KeysFault.HolderRefused, () =>
        {
            if (create && !File.Exists(path))
            {
                Directory.CreateDirectory(folder, PrivateFile.OwnerFolder);
                using var seed = SecretBytes.Random(Ed25519.KeySize);
                using var text = new KeyText(KeyHeader);
                text.Hex("seed", seed.Span);
                using var content = text.ToBytes();
                PrivateFile.TryCreate(path, content);   // when another process was first, its key is the one read below
            }

            return new FolderHolder(name, folder, ReadKey(path));
        });
    }

    /// <inheritdoc/>
    public Task<SecretBytes?> ReadAsync(UInt128 installation, int epoch, CancellationToken ct = default) =>
        Task.FromResult(Guard(folder, KeysFault.EpochSecretWrong, () =>
        {
            var path = PathOf(epoch);
            if (!File.Exists(path))
            {
                return null;
            }

            using var content = PrivateFile.Read(path);
            return Parse(content, installation, epoch) ?? throw new KeysUnavailableException(
                KeysFault.EpochSecretWrong, $"{path} is damaged or belongs to another installation or epoch");
        }));

    /// <inheritdoc/>
    public Task<bool> TryKeepAsync(UInt128 installation, int epoch, SecretBytes secret, CancellationToken ct = default)
    {
        using var content = Write(installation, epoch, secret);
        return Task.FromResult(Guard(folder, KeysFault.EpochSecretWrong, () => PrivateFile.TryCreate(PathOf(epoch), content)));
    }

    /// <inheritdoc/>
    public Task ReplaceAsync(UInt128 installation, int epoch, SecretBytes secret, CancellationToken ct = default)
    {
        using var content = Write(installation, epoch, secret);
        Guard(folder, KeysFault.EpochSecretWrong, () =>
        {
            PrivateFile.Replace(PathOf(epoch), content);
            return true;
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ErasureStatement> EraseAsync(UInt128 installation, int epoch, long at, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(Guard(folder, KeysFault.HolderRefused, () =>
        {
            PrivateFile.Erase(PathOf(epoch));
            return ErasureStatement.Sign(key, Name, installation, epoch, at);
        }));
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    internal static SecretBytes Write(UInt128 installation, int epoch, SecretBytes secret)
    {
        using var text = new KeyText(SecretHeader);
        text.Hex("installation", Suite.Bytes(installation));
        text.Line(KeyText.Number("epoch", epoch));
        text.Hex("secret", secret.Span);
        return text.ToBytes();
    }

    internal static SecretBytes? Parse(SecretBytes content, UInt128 installation, int epoch)
    {
        var secret = new SecretBytes(Suite.KeySize);
        var owner = new byte[16];
        var reader = new KeyTextReader(content.Span);
        if (reader.Line(SecretHeader) && reader.Hex("installation", owner) && owner.AsSpan().SequenceEqual(Suite.Bytes(installation))
            && reader.Number("epoch", out var n) && n == epoch && reader.Hex("secret", secret.Span) && reader.AtEnd)
        {
            return secret;
        }

        secret.Dispose();
        return null;
    }

    /// <summary>What the keyring remembers of a secret, to tell a wrong one from a wrong root: a hash of 256 random bits tells nothing else.</summary>
    internal static byte[] DigestOf(SecretBytes secret, UInt128 installation, int epoch)
    {
        using var preimage = new SecretBytes(Bound.MaxLength);
        var bound = new Bound(preimage.Span);
        bound.Open("strongroom/epoch-secret"u8, installation);
        bound.Add(epoch);
        bound.Add(secret.Span);
        return SHA256.HashData(bound.Written);
    }

    private static Ed25519Key ReadKey(string path)
    {
        using var content = PrivateFile.Read(path);
        using var seed = new SecretBytes(Ed25519.KeySize);
        var reader = new KeyTextReader(content.Span);
        return reader.Line(KeyHeader) && reader.Hex("seed", seed.Span) && reader.AtEnd
            ? Ed25519Key.FromSeed(seed.Span)
            : throw new KeysUnavailableException(KeysFault.HolderRefused, $"{path} is not a holder key, or was damaged");
    }

    private static T Guard<T>(string folder, KeysFault fault, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeysUnavailableException(fault, $"holder folder {folder}: {e.Message}", e);
        }
    }

    private string PathOf(int epoch) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"epoch-{epoch}"));

    [GeneratedRegex("^[a-z0-9-]{1,64}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
