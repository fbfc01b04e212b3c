namespace Strongroom.Data;

/// <summary>Holds a data folder for one process. The kernel drops the lock when the process ends, however it ends.</summary>
public sealed class FolderLock : IDisposable
{
    private const string FileName = "strongroom.lock";
    private readonly FileStream held;

    private FolderLock(FileStream held) => this.held = held;

    /// <summary>Makes the folder (0700) if needed and takes its lock.</summary>
    /// <exception cref="StoreException"><c>store.folder-in-use</c>: another process, or another handle of this one, holds it.
    /// <c>store.folder-not-lockable</c>: the file system or a runtime switch gives no real locks.</exception>
    public static FolderLock Take(string folder)
    {
        DataFolder.Make(folder);
        var path = Path.Combine(folder, FileName);
        FileStream held;
        try
        {
            held = Open(path);
        }
        catch (IOException e)
        {
            throw new StoreException("store.folder-in-use",
                $"数据文件夹 {folder} 正被另一个 strongroom 进程使用。",
                $"The data folder {folder} is in use by another strongroom process.", e);
        }

        // Some file systems, and one runtime switch, accept a lock and do not keep it. A lock that a second handle can take is none.
        if (!CanBeTakenTwice(path)) return new FolderLock(held);
        held.Dispose();
        throw new StoreException("store.folder-not-lockable",
            $"数据文件夹 {folder} 所在的文件系统不支持加锁。",
            $"The data folder {folder} lies on a file system that keeps no locks.");
    }

    /// <summary>Gives the folder back. The file stays: removing it would let two processes lock two different files.</summary>
    public void Dispose() => held.Dispose();

    private static bool CanBeTakenTwice(string path)
    {
        try
        {
            Open(path).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
