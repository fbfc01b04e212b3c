using Strongroom.Keys.Disk;

namespace Strongroom.Keys.Roots;

/// <summary>Where the 32-byte root key comes from. Asked only at start and at an epoch turn; the caller disposes the answer.</summary>
public interface IRootKey
{
    /// <summary>Names the source for people, such as the file's path.</summary>
    string Where { get; }

    /// <summary>The root key.</summary>
    /// <exception cref="KeysUnavailableException">It cannot be had; the fault says why.</exception>
    ValueTask<SecretBytes> ReadAsync(CancellationToken ct = default);
}

/// <summary>Where secrets must not lie.</summary>
/// <param name="DataFolder">The folder that backups and snapshots copy; null for PostgreSQL installations without one.</param>
/// <param name="AllowInsideDataFolder">Only the demo says true: a copy of the folder then holds its own key.</param>
public sealed record SecretPlacement(string? DataFolder, bool AllowInsideDataFolder = false)
{
    /// <summary>Refuses a path inside the data folder, symbolic links followed.</summary>
    internal void Check(string path, KeysFault fault)
    {
        if (!AllowInsideDataFolder && DataFolder is not null && PrivateFile.IsInside(path, DataFolder))
        {
            throw new KeysUnavailableException(fault, $"{path} lies inside the data folder {DataFolder}; keep it apart, or every copy carries its own key");
        }
    }
}
