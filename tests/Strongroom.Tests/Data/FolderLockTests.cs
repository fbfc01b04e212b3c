using System.Diagnostics;
using System.Security.Cryptography;
using Strongroom.Data;

namespace Strongroom.Tests.Data;

public sealed class FolderLockTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "sr-lock-" + RandomNumberGenerator.GetHexString(12, lowercase: true));

    [Fact]
    public void ASecondHandle_IsRefused_UntilTheFirstIsGivenBack()
    {
        using (FolderLock.Take(folder))
            Assert.Equal("store.folder-in-use", Assert.Throws<StoreException>(() => FolderLock.Take(folder)).Code);
        FolderLock.Take(folder).Dispose();
    }

    [Fact]
    public void ASecondProcess_CannotTakeTheLock()
    {
        using (FolderLock.Take(folder)) Assert.Equal(1, OtherProcessTakes());
        Assert.Equal(0, OtherProcessTakes());
    }

    [Fact]
    public void TheLockOfAnotherProcess_IsRespected()
    {
        Directory.CreateDirectory(folder);
        using var other = Process.Start(new ProcessStartInfo("flock", [LockFile, "sh", "-c", "echo held; cat"])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("held", other.StandardOutput.ReadLine());

        Assert.Equal("store.folder-in-use", Assert.Throws<StoreException>(() => FolderLock.Take(folder)).Code);

        other.StandardInput.Close();
        other.WaitForExit();
        FolderLock.Take(folder).Dispose();
    }

    public void Dispose()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private string LockFile => Path.Combine(folder, "strongroom.lock");

    private int OtherProcessTakes()
    {
        using var process = Process.Start("flock", ["--nonblock", LockFile, "true"]);
        process.WaitForExit();
        return process.ExitCode;
    }
}
