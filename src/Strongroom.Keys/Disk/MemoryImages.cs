using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Strongroom.Keys.Disk;

/// <summary>
/// Keeps memory that holds keys and opened values from being written out (architecture.md, Keys): no core files, and none of the doors
/// through which the runtime lets a tool of the same user attach or take a dump. Who may trace processes needs no door; that is not promised.
/// </summary>
public static partial class MemoryImages
{
    private const int CoreSize = 4;   // RLIMIT_CORE

    /// <summary>For this process and those it starts, until it ends.</summary>
    /// <exception cref="IOException">The limit could not be set.</exception>
    public static void Forbid()
    {
        var none = default(Limit);
        if (setrlimit(CoreSize, in none) != 0)
        {
            throw new IOException($"setrlimit failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        var process = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        foreach (var door in new[] { $"dotnet-diagnostic-{process}-*", $"clr-debug-pipe-{process}-*" }.SelectMany(name => Directory.EnumerateFiles(Path.GetTempPath(), name)).ToList())
        {
            File.Delete(door);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Limit
    {
        public readonly ulong Soft;
        public readonly ulong Hard;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, in Limit limit);
}
