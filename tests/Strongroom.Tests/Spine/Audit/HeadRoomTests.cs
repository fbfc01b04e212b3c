using System.Diagnostics;
using Strongroom.Data;
using Strongroom.Spine.Audit;

namespace Strongroom.Tests.Spine.Audit;

public sealed class HeadRoomTests
{
    [Fact]
    public void SpaceIsTaken_GivenUpOnce_AndTakenAgain()
    {
        var folder = Directory.CreateTempSubdirectory("sr-room-").FullName;
        try
        {
            var room = new HeadRoom(folder, 1 << 20);
            Assert.False(room.IsKept);
            Assert.True(room.TryKeep());
            Assert.True(room.IsKept);
            Assert.True(room.GiveUp());
            Assert.False(room.GiveUp());
            Assert.True(room.TryKeep());
            Assert.False(new HeadRoom(folder, long.MaxValue / 4).TryKeep());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>On a file system of 8 MiB that a flood has filled: the log still writes, at the cost of the head-room.</summary>
    [Fact]
    public async Task AFullDisk_DoesNotStopTheLog()
    {
        var folder = Directory.CreateTempSubdirectory("sr-full-").FullName;
        if (!Environment.IsPrivilegedProcess || await RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder) != 0)
        {
            Directory.Delete(folder);
            Assert.Skip("a small file system can be mounted by root only");
        }

        try
        {
            using var keys = new FakeKeys();
            var room = new HeadRoom(folder, 2 << 20);
            Assert.True(room.TryKeep());
            await using var database = await Database.OpenAsync(new DatabaseOptions.Sqlite(Path.Combine(folder, "data.db")) { Set = "data" });
            await using var log = new AuditLog(
                database, new AuditOptions(AuditSuite.Origin, "node-1"), new LogChains(keys), keys, keys, [], new TestClock(), () => { }, room);
            Assert.IsType<AppendOutcome.Logged>(await log.AppendAsync(AuditSuite.Viewed()));
            FillDisk(Path.Combine(folder, "filler"));

            var written = 1;
            while (room.IsKept)
            {
                Assert.IsType<AppendOutcome.Logged>(await log.AppendAsync(AuditSuite.Viewed()));
                written++;
            }

            Assert.IsType<AppendOutcome.Logged>(await log.AppendAsync(AuditSuite.Viewed()));
            Assert.Equal(written + 1, await database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM log_entry")));
        }
        finally
        {
            Assert.Equal(0, await RunAsync("umount", folder));
            Directory.Delete(folder);
        }
    }

    private static void FillDisk(string file)
    {
        using var filler = new FileStream(file, FileMode.CreateNew);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
                filler.Flush();
            }
        }
        catch (IOException)
        {
            // Full, as intended.
        }
    }

    private static async Task<int> RunAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
