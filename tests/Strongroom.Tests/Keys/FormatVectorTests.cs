using System.Security.Cryptography;
using System.Text;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Formats;
using Strongroom.Keys.OpenSsl;
using Strongroom.Keys.Rings;
using Strongroom.Keys.Roots;

namespace Strongroom.Tests.Keys;

/// <summary>Every stored format against answers computed by another implementation.</summary>
public sealed class FormatVectorTests
{
    private static readonly UInt128 Installation = new Vectors("value").Id("installation");

    [Fact]
    public void SelfTest_PassesHere() => KeysSelfTest.Run();

    [Fact]
    public void Value_SealsAndOpens_AsTheVector()
    {
        var v = new Vectors("value");
        using var key = new GcmKey(v.Hex("key"));
        var scope = ScopeOf(v);
        Assert.Equal(v.Hex("sealed"), ValueSeal.Seal(key, Installation, v.Hex("keyId"), scope, Encoding.UTF8.GetBytes(v.Text("plain")), v.Hex("nonce")));
        Assert.True(ValueSeal.TryOpen(key, Installation, v.Hex("keyId"), scope, v.Hex("sealed"), out var plain));
        Assert.Equal(v.Text("plain"), Encoding.UTF8.GetString(plain));
    }

    [Fact]
    public async Task File_OpensAsTheVector()
    {
        var (file, value) = (new Vectors("file"), new Vectors("value"));
        var plain = Enumerable.Range(0, 2049).SelectMany(i => SHA256.HashData([(byte)(i >> 24), (byte)(i >> 16), (byte)(i >> 8), (byte)i])).ToArray();
        using var rebuilt = new MemoryStream();
        rebuilt.Write(file.Hex("headerHex"));
        using (var chunk = new AesGcm(file.Hex("fileKey"), 16))
        {
            var sealedChunk = new byte[65536 + 16];
            chunk.Encrypt(new byte[12], plain.AsSpan(0, 65536), sealedChunk.AsSpan(0, 65536), sealedChunk.AsSpan(65536));
            rebuilt.Write(sealedChunk);
        }

        rebuilt.Write(file.Hex("tailHex"));
        Assert.Equal(file.Text("sealedSha256"), Convert.ToHexStringLower(SHA256.HashData(rebuilt.ToArray())));

        rebuilt.Position = 0;
        using var key = new GcmKey(value.Hex("key"));
        using var opened = new MemoryStream();
        var length = await FileSeal.OpenAsync(key, Installation, value.Hex("keyId"), ScopeOf(value), rebuilt, opened, CancellationToken.None);
        Assert.Equal(file.Number("plainLength"), length);
        Assert.Equal(plain, opened.ToArray());
    }

    [Fact]
    public void Wrap_IsAsTheVector()
    {
        var v = new Vectors("wrap");
        using var parent = new GcmKey(v.Hex("parent"));
        var binding = new KeyWrap.Binding(KeyWrap.UnderEpochKey, v.Number("epoch"), v.Hex("owner"), (WrapUse)v.Number("use"), v.Hex("keyId"));
        Assert.Equal(v.Hex("wrapped"), KeyWrap.Wrap(parent, Installation, binding, v.Hex("key"), v.Hex("nonce")));
    }

    [Fact]
    public void EpochKey_IsWrappedUnderRootAndSecret_AsTheVector()
    {
        var v = new Vectors("epochKey");
        using var root = SecretBytes.CopyOf(v.Hex("root"));
        using var secret = SecretBytes.CopyOf(v.Hex("secret"));
        using var kek = KeyWrap.EpochKek(root, secret, Installation, v.Number("epoch"), (WrapUse)v.Number("use"));
        var binding = new KeyWrap.Binding(KeyWrap.UnderEpochKek, v.Number("epoch"), "epoch"u8, (WrapUse)v.Number("use"), default);
        Assert.Equal(v.Hex("wrapped"), KeyWrap.Wrap(kek, Installation, binding, v.Hex("key"), v.Hex("nonce")));
        Assert.Equal(v.Hex("secretDigest"), FolderHolder.DigestOf(secret, Installation, v.Number("epoch")));
    }

    [Fact]
    public void SearchDigestAndBlock_AreAsTheVector()
    {
        var v = new Vectors("search");
        using var itemKey = SearchDigests.ItemKeyOf(v.Hex("master"), Installation, v.Text("item"));
        var digest = new byte[16];
        SearchDigests.Digest(itemKey, Encoding.UTF8.GetBytes(v.Text("normalised")), digest);
        Assert.Equal(v.Hex("digest"), digest);
        using var blockKey = KeyWrap.Subkey(v.Hex("epochSearchKey"), "strongroom/search-block"u8, Installation, v.Number("epoch"), v.Text("item"));
        using var cipher = new AesBlock(blockKey.Span);
        var block = new byte[16];
        cipher.Encrypt(digest, block);
        Assert.Equal(v.Hex("block"), block);
    }

    [Fact]
    public void RootFile_IsAsTheVector()
    {
        var v = new Vectors("rootFile");
        using var root = SecretBytes.CopyOf(v.Hex("root"));
        using var written = KeyFileRoot.Write(root);
        Assert.Equal(v.Text("text"), Encoding.ASCII.GetString(written.Span));
        using var read = KeyFileRoot.Parse(written);
        Assert.True(read!.SameAs(root));
    }

    [Fact]
    public void PassphraseFile_IsAsTheVector()
    {
        var v = new Vectors("passphraseFile");
        using var root = SecretBytes.CopyOf(v.Hex("root"));
        var passphrase = Encoding.UTF8.GetBytes(v.Text("passphrase"));
        using var written = PassphraseRoot.Write(root, passphrase, new(v.Number("n"), 8, 1), v.Hex("salt"), v.Hex("nonce"));
        Assert.Equal(v.Text("text"), Encoding.ASCII.GetString(written.Span));
        using var read = PassphraseRoot.Open(written, passphrase, "vector");
        Assert.True(read.SameAs(root));
    }

    [Fact]
    public void EpochFile_IsAsTheVector()
    {
        var v = new Vectors("epochFile");
        using var secret = SecretBytes.CopyOf(v.Hex("secret"));
        using var written = FolderHolder.Write(Installation, v.Number("epoch"), secret);
        Assert.Equal(v.Text("text"), Encoding.ASCII.GetString(written.Span));
        using var read = FolderHolder.Parse(written, Installation, v.Number("epoch"));
        Assert.True(read!.SameAs(secret));
        Assert.Null(FolderHolder.Parse(written, Installation + 1, v.Number("epoch")));
        Assert.Null(FolderHolder.Parse(written, Installation, v.Number("epoch") + 1));
    }

    [Fact]
    public void Statement_IsAsTheVector_AndOnlyItsOwnKeyVerifiesIt()
    {
        var v = new Vectors("statement");
        using var key = Ed25519Key.FromSeed(v.Hex("seed"));
        var statement = ErasureStatement.Sign(key, v.Text("holder"), Installation, v.Number("epoch"), v.Long("at"));
        Assert.Equal(v.Hex("publicKey"), key.PublicKey);
        Assert.Equal(v.Text("envelope"), statement.ToJson(key.PublicKey));

        var parsed = ErasureStatement.Parse(v.Text("envelope"))!;
        Assert.True(parsed.IsSignedBy(key.PublicKey));
        using var other = Ed25519Key.Generate();
        Assert.False(parsed.IsSignedBy(other.PublicKey));
        Assert.False((parsed with { Epoch = parsed.Epoch + 1 }).IsSignedBy(key.PublicKey));
        Assert.Null(ErasureStatement.Parse(v.Text("envelope").Replace("{\"at\"", "{ \"at\"", StringComparison.Ordinal)));
        Assert.Null(ErasureStatement.Parse("{}"));
        Assert.Null(ErasureStatement.Parse("not json"));
    }

    [Fact]
    public void SystemKeys_MacAndSecret_AreAsTheVectors()
    {
        var (mac, secret) = (new Vectors("mac"), new Vectors("secret"));
        var secrets = SystemKeys.Names.ToDictionary(n => n, _ => SecretBytes.CopyOf(mac.Hex("master")));
        using var keys = new SystemKeys(Installation, secrets);
        Assert.Equal(mac.Hex("tokenHash"), keys.Mac(MacUse.TokenHash, Encoding.UTF8.GetBytes(mac.Text("message"))));
        Assert.Equal(secret.Text("plain"), Encoding.UTF8.GetString(keys.Open(secret.Text("use"), secret.Hex("sealed"))));
        Assert.Throws<BrokenSealException>(() => keys.Open("totp:2", secret.Hex("sealed")));
        Assert.Throws<BrokenSealException>(() => keys.Open("totp:1", secret.Hex("sealed").AsSpan(1)));
        Assert.Throws<BrokenSealException>(() => keys.Open("totp:1", default));
        Assert.Equal(6, Enum.GetValues<MacUse>().Select(u => Convert.ToHexString(keys.Mac(u, [1]))).Distinct().Count());
    }

    [Fact]
    public void LogReference_IsAsTheVector()
    {
        var v = new Vectors("logReference");
        var open = new OpenCustomer(Installation, new(v.Id("customer")), new byte[8], new byte[32], new byte[32], v.Hex("logKey"));
        using var keys = new CustomerKeys(open);
        Assert.Equal(v.Hex("reference"), keys.LogReference());
    }

    private static SealScope ScopeOf(Vectors v) =>
        new(new(v.Id("customer")), v.Id("record"), v.Text("item"), v.Number("version"), (Compartment)v.Number("compartment"));
}
