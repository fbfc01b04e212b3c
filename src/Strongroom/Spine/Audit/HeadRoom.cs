using Microsoft.Data.Sqlite;
using Strongroom.Data;

namespace Strongroom.Spine.Audit;

/// <summary>
/// Disk space kept back for the log: a file of real blocks beside the database. When the disk is full it is given up once, so that
/// entries can still be written while a person makes room; until it could be taken again the node is not ready.
/// </summary>
internal sealed class HeadRoom(string folder, long bytes)
{
    private const string FileName = "log.headroom";
    private readonly string _file = Path.Combine(folder, FileName);

    /// <summary>Whether the space is kept.</summary>
    public bool IsKept => File.Exists(_file) && new FileInfo(_file).Length == bytes;

    /// <summary>Takes the space; false when the disk has not enough, or would have less than as much again left.</summary>
    public bool TryKeep()
    {
        if (IsKept)
        {
            return true;
        }

        try
        {
            if (new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace < 2 * bytes)
            {
                return false;
            }

            using var file = new FileStream(_file, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                PreallocationSize = bytes,
            });
            file.SetLength(bytes);
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (IOException)
        {
            File.Delete(_file);
            return false;
        }
    }

    /// <summary>Gives the space up; false when there was none.</summary>
    public bool GiveUp()
    {
        var kept = File.Exists(_file);
        File.Delete(_file);
        return kept;
    }

    /// <summary>Whether a write failed for want of space.</summary>
    public static bool IsDiskFull(Exception? e) => e switch
    {
        null => false,
        SqliteException { SqliteErrorCode: 13 } => true,
        Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.DiskFull } => true,
        StoreException { InnerException: null, Code: "store.unavailable" } => true,
        _ => IsDiskFull(e.InnerException),
    };
}
