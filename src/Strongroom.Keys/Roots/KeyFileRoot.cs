using System.Security.Cryptography;
using Strongroom.Keys.Disk;
using Strongroom.Keys.Formats;

namespace Strongroom.Keys.Roots;

/// <summary>The root key in a text file of mode 0600, outside the data folder.</summary>
public sealed class KeyFileRoot(string path, SecretPlacement placement) : IRootKey
{
    private const string Header = "strongroom-root-key 1";
    private const int CheckSize = 4;

    /// <inheritdoc/>
    public string Where => path;

    /// <summary>Makes a fresh root key file, durable before it returns; never overwrites.</summary>
    /// <exception cref="KeysUnavailableException">The file exists, or lies in the data folder.</exception>
    public static KeyFileRoot Create(string path, SecretPlacement placement)
    {
        ArgumentNullException.ThrowIfNull(placement);
        placement.Check(path, KeysFault.RootUnreadable);
        using var key = SecretBytes.Random(Suite.KeySize);
        using var content = Write(key);
        RootFiles.Create(path, content);
        return new(path, placement);
    }

    /// <inheritdoc/>
    public ValueTask<SecretBytes> ReadAsync(CancellationToken ct = default)
    {
        placement.Check(path, KeysFault.RootUnreadable);
        using var content = RootFiles.Read(path);
        return new(Parse(content) ?? throw new KeysUnavailableException(KeysFault.RootUnreadable, $"{path} is not a root key file, or was damaged"));
    }

    /// <summary>The check line catches a key typed in from escrow with a slip; it tells 32 bits of a hash of 256.</summary>
    internal static SecretBytes Write(SecretBytes key)
    {
        using var text = new KeyText(Header);
        text.Hex("key", key.Span);
        text.Hex("check", SHA256.HashData(key.Span).AsSpan(0, CheckSize));
        return text.ToBytes();
    }

    internal static SecretBytes? Parse(SecretBytes content)
    {
        var key = new SecretBytes(Suite.KeySize);
        var check = new byte[CheckSize];
        var reader = new KeyTextReader(content.Span);
        if (reader.Line(Header) && reader.Hex("key", key.Span) && reader.Hex("check", check) && reader.AtEnd
            && check.AsSpan().SequenceEqual(SHA256.HashData(key.Span).AsSpan(0, CheckSize)))
        {
            return key;
        }

        key.Dispose();
        return null;
    }
}

/// <summary>What both kinds of root file share.</summary>
internal static class RootFiles
{
    internal static void Create(string path, SecretBytes content)
    {
        try
        {
            Directory.CreateDirectory(PrivateFile.FolderOf(path), PrivateFile.OwnerFolder);
            if (!PrivateFile.TryCreate(path, content))
            {
                throw new KeysUnavailableException(KeysFault.RootUnreadable, $"{path} exists already and is never overwritten");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeysUnavailableException(KeysFault.RootUnreadable, $"{path} cannot be written", e);
        }
    }

    internal static SecretBytes Read(string path)
    {
        try
        {
            return PrivateFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeysUnavailableException(KeysFault.RootUnreadable, e.Message, e);
        }
    }
}
