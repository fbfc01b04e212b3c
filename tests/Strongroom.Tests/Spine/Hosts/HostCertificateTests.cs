using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Hosts;

namespace Strongroom.Tests.Spine.Hosts;

/// <summary>The bytes of a certificate, read back field by field and by OpenSSH's own tool; and what may be asked for.</summary>
public sealed class HostCertificateTests
{
    private const long Now = 1_800_000_000_000, Hour = 3_600_000;
    private static readonly HostKey Key = new(Convert.FromHexString("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));   // RFC 8032, 7.1
    private static readonly string Line = $"ssh-ed25519 {Convert.ToBase64String(Key.Blob)}";

    [Fact]
    public void Every_field_stands_where_OpenSSH_reads_it_and_the_signature_holds_over_all_of_them()
    {
        using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var approval = ApprovalId.New();
        for (var round = 0; round < 64; round++)
        {
            // Many signatures, since halves with a high first bit or leading zeros are written otherwise.
            var line = HostCertificate.Of(approval, Key, ["db-1", "web.example"], Now + 1, Now + Hour + 999).Sign(authority).Split(' ');
            Assert.Equal([HostCertificate.Kind, approval.ToString()], [line[0], line[2]]);
            var bytes = Convert.FromBase64String(line[1]);
            var read = new Reader(bytes);
            Assert.Equal(HostCertificate.Kind, read.Text());
            Assert.Equal(32, read.Bytes().Length);
            Assert.Equal(Key.Point, read.Bytes());
            Assert.Equal((ulong)(approval.Value >> 64), read.Long());
            Assert.Equal(1u, read.Int());
            Assert.Equal(approval.ToString(), read.Text());
            var hosts = new Reader(read.Bytes());
            Assert.Equal(("db-1", "web.example"), (hosts.Text(), hosts.Text()));
            Assert.True(hosts.IsOver);

            // Never earlier and never later than what was approved.
            Assert.Equal((1_800_000_001UL, 1_800_003_600UL), (read.Long(), read.Long()));
            Assert.Empty(read.Bytes());
            var extensions = new Reader(read.Bytes());
            Assert.Equal(("permit-pty", ""), (extensions.Text(), extensions.Text()));
            Assert.True(extensions.IsOver);
            Assert.Empty(read.Bytes());
            var signer = read.Bytes();
            Assert.Equal(HostCertificate.AuthorityLine(authority).Split(' ')[1], Convert.ToBase64String(signer));
            var body = bytes.AsSpan(0, read.At).ToArray();
            var signature = new Reader(read.Bytes());
            Assert.True(read.IsOver);
            Assert.Equal("ecdsa-sha2-nistp256", signature.Text());
            var halves = new Reader(signature.Bytes());
            byte[] fixedForm = [.. Half(halves.Bytes()), .. Half(halves.Bytes())];
            Assert.True(halves.IsOver && signature.IsOver);
            Assert.True(authority.VerifyData(body, fixedForm, HashAlgorithmName.SHA256));
        }
    }

    [Fact]
    public async Task OpenSSHs_own_tool_reads_the_same()
    {
        Assert.SkipUnless(File.Exists(Ssh.KeyTool), "OpenSSH's ssh-keygen is not installed.");
        using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var approval = ApprovalId.New();
        using var folder = new Ssh.Folder();
        var path = await folder.WriteAsync("some-cert.pub", HostCertificate.Of(approval, Key, ["db-1", "db-2"], Now, Now + Hour).Sign(authority));
        var (code, said) = await Ssh.RunAsync(Ssh.KeyTool, "-L", "-f", path);
        Assert.Equal(0, code);
        Assert.Contains($"Key ID: \"{approval}\"", said, StringComparison.Ordinal);
        Assert.Contains($"Public key: ED25519-CERT {Key.Fingerprint}", said, StringComparison.Ordinal);
        Assert.Contains("Critical Options: (none)", said, StringComparison.Ordinal);
        Assert.Matches(@"Principals:\s+db-1\s+db-2\s+Critical", said);
        Assert.Matches(@"Extensions:\s+permit-pty\s*$", said);
        (code, said) = await Ssh.RunAsync(Ssh.KeyTool, "-l", "-f", await folder.WriteAsync("ca.pub", HostCertificate.AuthorityLine(authority)));
        Assert.Equal(0, code);
        Assert.Contains("strongroom (ECDSA)", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_one_whole_ed25519_key_on_one_line_is_taken()
    {
        Assert.Equal(Key.Point, HostKey.Parse(Line)!.Point);
        Assert.Equal(Key.Point, HostKey.Parse($" {Line}  ops at work \n")!.Point);
        byte[] longer = [.. Key.Blob, 0];
        string?[] refused =
        [
            null, "", "ssh-ed25519", "ssh-ed25519 ????", Line.Replace("ssh-ed25519", "ssh-rsa", StringComparison.Ordinal), $"command=\"x\" {Line}", Line + "\n" + Line,
            $"ssh-ed25519 {Convert.ToBase64String(longer)}", $"ssh-ed25519 {Convert.ToBase64String(Key.Blob[..^1])}", Line + " " + new string('x', HostKey.LongestLine),
            $"ssh-ed25519 {Convert.ToBase64String(new SshMessage().Text("ssh-ed25518").Bytes(Key.Point).ToArray())}", $"sk-ssh-ed25519@openssh.com {Convert.ToBase64String(Key.Blob)}",
        ];
        Assert.All(refused, line => Assert.Null(HostKey.Parse(line)));
    }

    [Fact]
    public void Hosts_key_and_window_are_judged_by_their_fields()
    {
        var good = new HostAsk(["db-1", "10.0.0.7", "a"], Line, Now + (4 * Hour), "disk full");
        string[] At(HostAsk ask) => [.. HostAccessRules.Errors(ask, Now).Select(error => $"{error.At} {error.Code}")];
        Assert.Empty(At(good));
        Assert.Empty(At(good with { From = Now + Hour, Until = Now + (5 * Hour) }));
        Assert.Equal(["hosts field.missing"], At(good with { Hosts = [] }));
        Assert.Equal(["hosts hosts.name"], At(good with { Hosts = ["a", "a"] }));
        Assert.Equal(["hosts " + Reasons.TooMany.Code], At(good with { Hosts = [.. Enumerable.Range(0, 11).Select(i => $"h{i}")] }));
        foreach (var host in new[] { "DB", "a b", "a,b", "*", "-a", "a.", "a_b", "数", "a/../b", "", new string('a', 51) })
        {
            Assert.Equal(["hosts[1] hosts.name"], At(good with { Hosts = ["db-1", host] }));
        }

        Assert.Equal(["publicKey hosts.key"], At(good with { PublicKey = "ssh-rsa AAAA" }));
        Assert.Equal(["until approval.until"], At(good with { Until = Now + (4 * Hour) + 1 }));
        Assert.Equal(["until approval.until"], At(good with { From = Now + Hour, Until = Now + (5 * Hour) + 1 }));
        Assert.Equal(["until approval.until"], At(good with { Until = Now }));
        Assert.Equal(["until approval.until"], At(good with { Until = long.MinValue + Hour, From = long.MaxValue }));
        Assert.Equal(["from " + Reasons.BadField.Code], At(good with { From = Now - 1 }));
        Assert.Equal(["reason field.missing"], At(good with { Reason = " " }));
    }

    [Fact]
    public void An_approval_is_bound_to_everything_but_the_order_of_the_hosts()
    {
        var who = PersonId.New();
        var bound = HostAccessRules.Bound(["a", "b"], Key, Now, Now + Hour, who);
        Assert.Equal(bound, HostAccessRules.Bound(["b", "a"], Key, Now, Now + Hour, who));
        string[] others =
        [
            HostAccessRules.Bound(["a"], Key, Now, Now + Hour, who), HostAccessRules.Bound(["a", "b", "c"], Key, Now, Now + Hour, who),
            HostAccessRules.Bound(["a", "b"], new HostKey(new byte[32]), Now, Now + Hour, who), HostAccessRules.Bound(["a", "b"], Key, null, Now + Hour, who),
            HostAccessRules.Bound(["a", "b"], Key, Now, Now + Hour + 1, who), HostAccessRules.Bound(["a", "b"], Key, Now, Now + Hour, PersonId.New()),
        ];
        Assert.DoesNotContain(bound, others);
        Assert.Equal(others.Length, others.Distinct().Count());
    }

    private static byte[] Half(byte[] integer)
    {
        Assert.True(integer.Length is > 0 and <= 33 && (integer[0] < 0x80) && (integer[0] != 0 || integer[1] >= 0x80));
        var value = new BigInteger(integer, isUnsigned: true, isBigEndian: true).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - value.Length], .. value];
    }

    private sealed class Reader(byte[] bytes)
    {
        public int At { get; private set; }

        public bool IsOver => At == bytes.Length;

        public uint Int() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

        public ulong Long() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

        public byte[] Bytes() => Take((int)Int());

        public string Text() => Encoding.UTF8.GetString(Bytes());

        private byte[] Take(int count)
        {
            At += count;
            return bytes[(At - count)..At];
        }
    }
}
