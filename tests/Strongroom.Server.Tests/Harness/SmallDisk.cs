using System.Diagnostics;

namespace Strongroom.Server.Tests.Harness;

/// <summary>A small file system of its own in memory, to be filled up. Only root can mount one; others skip the test.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    /// <param name="size">As mount takes it, for example <c>8m</c>.</param>
    public static async Task<SmallDisk> MountAsync(string folder, string size)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size},mode=0700", "tmpfs", folder) == 0,
            "a small file system can be mounted by root only");
        return new SmallDisk(folder);
    }

    /// <summary>Takes all room that is left; more can be taken when some was given back.</summary>
    public void Fill()
    {
        using var filler = new FileStream(Path.Combine(folder, "filler"), new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 });
        foreach (var size in new[] { 1 << 20, 1 << 12, 1 << 8, 1 })
        {
            var block = new byte[size];
            try
            {
                while (true)
                {
                    filler.Write(block);
                }
            }
            catch (IOException)
            {
                // Full, to this grain.
            }
        }
    }

    public void MakeRoom() => File.Delete(Path.Combine(folder, "filler"));

    public async ValueTask DisposeAsync() => Assert.Equal(0, await RunAsync("umount", "-l", folder));

    private static async Task<int> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
