using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Strongroom.Keys.Disk;

/// <summary>What .NET has no call for: forcing a directory to disk, a link that never overwrites, and the real path behind every symbolic link.</summary>
internal static partial class LibC
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000;   // O_RDONLY | O_DIRECTORY | O_CLOEXEC on x86-64 Linux; see Directory()
    private const int AlreadyExists = 17;                      // EEXIST

    /// <summary>Forces a directory's entries to disk; without it a rename or an unlink may come undone by a power cut.</summary>
    internal static void SyncDirectory(string path)
    {
        var handle = open(path, Directory());
        if (handle < 0)
        {
            throw Failed("open", path);
        }

        try
        {
            if (fsync(handle) != 0)
            {
                throw Failed("fsync", path);
            }
        }
        finally
        {
            _ = close(handle);
        }
    }

    /// <summary>Gives a file a second name; false when that name is taken.</summary>
    internal static bool TryLink(string from, string to)
    {
        if (link(from, to) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == AlreadyExists ? false : throw Failed("link", to);
    }

    /// <summary>The path with every symbolic link in it followed; it must exist.</summary>
    internal static string RealPath(string path)
    {
        var resolved = realpath(Path.GetFullPath(path), 0);
        if (resolved == 0)
        {
            throw Failed("realpath", path);
        }

        try
        {
            return Marshal.PtrToStringUTF8(resolved)!;
        }
        finally
        {
            free(resolved);
        }
    }

    /// <summary>O_DIRECTORY differs between architectures (x86-64 0x10000, arm64 0x4000); O_CLOEXEC is the same.</summary>
    private static int Directory() => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 | 0x80000 : ReadOnlyDirectory;

    private static IOException Failed(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed for {path}: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int handle);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint realpath(string path, nint buffer);

    [LibraryImport("libc")]
    private static partial void free(nint pointer);
}
