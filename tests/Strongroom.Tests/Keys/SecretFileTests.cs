using System.Text;
using Strongroom.Keys;
using Strongroom.Keys.Disk;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Roots;

namespace Strongroom.Tests.Keys;

/// <summary>Root files and epoch holders on disk: modes, places, damage, erasure.</summary>
public sealed class SecretFileTests : IDisposable
{
    private static readonly byte[] Passphrase = Encoding.UTF8.GetBytes("库门密码 correct horse");
    private readonly string folder = Directory.CreateTempSubdirectory("sr-secret-").FullName;
    private readonly SecretPlacement placement;

    public SecretFileTests()
    {
        Directory.CreateDirectory(At("data"));
        placement = new(At("data"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task KeyFile_IsOwnerOnly_NeverOverwritten_AndReadBack()
    {
        var root = KeyFileRoot.Create(At("keys/root"), placement);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("keys/root")));
        using var one = await root.ReadAsync();
        Assert.Throws<KeysUnavailableException>(() => KeyFileRoot.Create(At("keys/root"), placement));
        using var two = await new KeyFileRoot(At("keys/root"), placement).ReadAsync();
        Assert.True(one.SameAs(two));
        Assert.Equal(["root"], Directory.GetFiles(At("keys")).Select(f => Path.GetFileName(f)));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherExecute)]
    public void SecretFiles_OpenToOthers_AreRefused(UnixFileMode more)
    {
        KeyFileRoot.Create(At("root"), placement);
        using var sealedRoot = PassphraseRoot.Create(At("sealed"), Passphrase, placement, new(1 << 14, 8, 1));
        foreach (var path in new[] { At("root"), At("sealed") })
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | more);
        }

        Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => new KeyFileRoot(At("root"), placement).ReadAsync().AsTask()));
        Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => sealedRoot.ReadAsync().AsTask()));
    }

    [Fact]
    public void SecretsInsideTheDataFolder_AreRefused_ThroughLinksToo_ExceptInTheDemo()
    {
        Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => KeyFileRoot.Create(At("data/root"), placement)));
        Directory.CreateSymbolicLink(At("elsewhere"), At("data"));
        Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => KeyFileRoot.Create(At("elsewhere/deep/root"), placement)));
        Assert.Equal(KeysFault.HolderRefused, FaultOf(() => FolderHolder.Open("a", At("elsewhere/holder"), placement, create: true)));
        Assert.Empty(Directory.GetFileSystemEntries(At("data")));

        // The link may be on the data folder's side, or the file itself may be the link.
        Directory.CreateSymbolicLink(At("datalink"), At("data"));
        Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => KeyFileRoot.Create(At("data/root"), new(At("datalink")))));
        KeyFileRoot.Create(At("data/demo-root"), new(At("data"), AllowInsideDataFolder: true));
        File.CreateSymbolicLink(At("looks-outside"), At("data/demo-root"));
        Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => new KeyFileRoot(At("looks-outside"), placement).ReadAsync().AsTask()));

        KeyFileRoot.Create(At("data2"), placement);   // a name that only begins alike is outside
    }

    [Fact]
    public async Task KeyFile_AnyChangedByte_IsRefused()
    {
        var root = KeyFileRoot.Create(At("root"), placement);
        var right = await File.ReadAllBytesAsync(At("root"));
        for (var i = 0; i < right.Length; i++)
        {
            var wrong = (byte[])right.Clone();
            wrong[i] ^= 1;
            await File.WriteAllBytesAsync(At("root"), wrong);
            Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => root.ReadAsync().AsTask()));
        }

        foreach (var content in new[] { [], right[..^1], [.. right, (byte)'\n'], new byte[5000] })
        {
            await File.WriteAllBytesAsync(At("root"), content);
            Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => root.ReadAsync().AsTask()));
        }

        File.Delete(At("root"));
        Assert.Equal(KeysFault.RootUnreadable, FaultOf(() => root.ReadAsync().AsTask()));
    }

    [Fact]
    public async Task PassphraseFile_OpensOnlyWithItsPassphrase()
    {
        using var right = PassphraseRoot.Create(At("sealed"), Passphrase, placement, new(1 << 14, 8, 1));
        using var one = await right.ReadAsync();
        using var again = new PassphraseRoot(At("sealed"), Passphrase, placement);
        using var two = await again.ReadAsync();
        Assert.True(one.SameAs(two));
        using var wrong = new PassphraseRoot(At("sealed"), [.. Passphrase, 1], placement);
        Assert.Equal(KeysFault.PassphraseWrong, FaultOf(() => wrong.ReadAsync().AsTask()));
        Assert.Throws<ArgumentException>(() => PassphraseRoot.Create(At("short"), "elevenbytes"u8, placement));
        Assert.DoesNotContain(Convert.ToHexStringLower(one.Span), await File.ReadAllTextAsync(At("sealed")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PassphraseFile_StandardCost_IsWritten()
    {
        using var root = PassphraseRoot.Create(At("sealed"), Passphrase, placement);
        using var read = await root.ReadAsync();
        Assert.Equal(["scrypt-n 131072", "scrypt-r 8", "scrypt-p 1"], File.ReadLines(At("sealed")).Skip(1).Take(3));
    }

    [Theory]
    [InlineData("scrypt-n 16384", "scrypt-n 1024", KeysFault.RootUnreadable)]          // weaker: refused unrun
    [InlineData("scrypt-n 16384", "scrypt-n 1073741824", KeysFault.RootUnreadable)]    // a memory bomb: refused unrun
    [InlineData("scrypt-n 16384", "scrypt-n 20000", KeysFault.RootUnreadable)]
    [InlineData("scrypt-n 16384", "scrypt-n 32768", KeysFault.PassphraseWrong)]
    [InlineData("scrypt-p 1", "scrypt-p 9", KeysFault.RootUnreadable)]
    public void PassphraseFile_WithAnotherCost_IsRefused(string from, string to, KeysFault fault)
    {
        using var root = PassphraseRoot.Create(At("sealed"), Passphrase, placement, new(1 << 14, 8, 1));
        File.WriteAllText(At("sealed"), File.ReadAllText(At("sealed")).Replace(from, to, StringComparison.Ordinal));
        Assert.Equal(fault, FaultOf(() => root.ReadAsync().AsTask()));
    }

    [Fact]
    public async Task Holder_KeepsOnce_Erases_AndSigns()
    {
        using var holder = FolderHolder.Open("vault-a", At("a"), placement, create: true);
        using var secret = SecretBytes.Random(32);
        using var other = SecretBytes.Random(32);
        Assert.Null(await holder.ReadAsync(5, 1));
        Assert.True(await holder.TryKeepAsync(5, 1, secret));
        Assert.False(await holder.TryKeepAsync(5, 1, other));
        using (var read = await holder.ReadAsync(5, 1))
        {
            Assert.True(read!.SameAs(secret));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("a/epoch-1")));
        Assert.Equal(KeysFault.EpochSecretWrong, await FaultOfAsync(() => holder.ReadAsync(6, 1)));   // another installation's
        await File.WriteAllTextAsync(At("a/.epoch-1.new-left-by-a-crash"), "half a secret");
        await holder.TryKeepAsync(5, 10, other);

        var statement = await holder.EraseAsync(5, 1, 1_790_000_000_000);

        Assert.False(File.Exists(At("a/epoch-1")));
        Assert.False(File.Exists(At("a/.epoch-1.new-left-by-a-crash")));
        Assert.True(File.Exists(At("a/epoch-10")));
        Assert.True(statement.IsSignedBy(holder.PublicKey));
        Assert.Equal(("vault-a", (UInt128)5, 1), (statement.Holder, statement.Installation, statement.Epoch));
        Assert.True((await holder.EraseAsync(5, 1, 1_790_000_000_001)).IsSignedBy(holder.PublicKey));   // replay
        using var reopened = FolderHolder.Open("vault-a", At("a"), placement);
        Assert.Equal(holder.PublicKey, reopened.PublicKey);
    }

    [Fact]
    public void Erase_OverwritesTheVeryBytes()
    {
        using var content = SecretBytes.CopyOf("the secret itself"u8);
        Assert.True(PrivateFile.TryCreate(At("x"), content));
        LibC.TryLink(At("x"), At("witness"));   // a second name for the same bytes on disk
        PrivateFile.Erase(At("x"));
        Assert.False(File.Exists(At("x")));
        Assert.NotEqual("the secret itself", File.ReadAllText(At("witness")));
        Assert.Equal(content.Length, new FileInfo(At("witness")).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Vault")]
    [InlineData("a\"b")]
    [InlineData("a\n")]
    [InlineData("../a")]
    public void Holder_WithAnImpossibleName_IsRefused(string name) =>
        Assert.Equal(KeysFault.HolderRefused, FaultOf(() => FolderHolder.Open(name, At("h"), placement, create: true)));

    [Fact]
    public void Holder_WithoutItsKey_IsRefused_UnlessItIsBeingMade()
    {
        Assert.Equal(KeysFault.HolderRefused, FaultOf(() => FolderHolder.Open("a", At("h"), placement)));
        Assert.False(Directory.Exists(At("h")));
        FolderHolder.Open("a", At("h"), placement, create: true).Dispose();
        File.WriteAllText(At("h/holder-key"), "strongroom-holder-key 1\nseed 00\n");
        Assert.Equal(KeysFault.HolderRefused, FaultOf(() => FolderHolder.Open("a", At("h"), placement, create: true)));
    }

    private static KeysFault FaultOf(Func<object> work) => Assert.Throws<KeysUnavailableException>(work).Fault;

    private static async Task<KeysFault> FaultOfAsync(Func<Task> work) => (await Assert.ThrowsAsync<KeysUnavailableException>(work)).Fault;

    private string At(string path) => Path.Combine(folder, path);
}
