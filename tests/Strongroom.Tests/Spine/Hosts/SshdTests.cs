using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Strongroom.Ground;
using Strongroom.Spine.Hosts;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Hosts;

/// <summary>What a certificate opens at Debian's own sshd, set up with the three lines of docs/OPERATIONS.md.</summary>
public sealed class SshdTests
{
    [Fact]
    public async Task A_certificate_opens_the_host_it_names_in_its_window_and_nothing_else()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists(Ssh.Server) && File.Exists(Ssh.Client), "Debian's sshd can be started by root only.");
        using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var folder = new Ssh.Folder();
        foreach (var name in new[] { "host", "own" })
        {
            Assert.Equal(0, (await Ssh.RunAsync(Ssh.KeyTool, "-q", "-t", "ed25519", "-N", "", "-f", folder.Of(name))).Code);
        }

        var key = HostKey.Parse(await File.ReadAllTextAsync(folder.Of("own.pub")))!;
        var port = Ports.Free();
        using var server = await StartAsync(folder, port, HostCertificate.AuthorityLine(authority));
        try
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            HostCertificate Of(long from, long until, params string[] hosts) => HostCertificate.Of(ApprovalId.New(), key, hosts, now + from, now + until);
            async Task<(int Code, string Said)> OpensAsync(string? certificate) => await Ssh.RunAsync(Ssh.Client,
            [
                "-F", "none", "-p", $"{port}", "-i", folder.Of("own"), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "PreferredAuthentications=publickey",
                .. certificate is null ? Array.Empty<string>() : ["-o", $"CertificateFile={await folder.WriteAsync("some-cert.pub", certificate)}"],
                "root@127.0.0.1", "true",
            ]);

            const long Minute = 60_000;
            var opened = await OpensAsync(Of(-Minute, 10 * Minute, "db-1", "web-1").Sign(authority));
            Assert.True(opened.Code == 0, opened.Said);
            string?[] closed =
            [
                null, Of(-Minute, 10 * Minute, "db-2", "root").Sign(authority), Of(-10 * Minute, -Minute, "db-1").Sign(authority),
                Of(10 * Minute, 20 * Minute, "db-1").Sign(authority), Of(-Minute, 10 * Minute, "db-1").Sign(stranger),
            ];
            foreach (var certificate in closed)
            {
                var (code, said) = await OpensAsync(certificate);
                Assert.Equal(255, code);
                Assert.Contains("Permission denied (publickey)", said, StringComparison.Ordinal);
            }
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }
    }

    private static async Task<Process> StartAsync(Ssh.Folder folder, int port, string authority)
    {
        await folder.WriteAsync("ca.pub", authority);
        await folder.WriteAsync("principals", "db-1");
        await folder.WriteAsync("sshd_config", $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {folder.Of("host")}
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            AuthorizedKeysFile none
            TrustedUserCAKeys {folder.Of("ca.pub")}
            AuthorizedPrincipalsFile {folder.Of("principals")}
            """);
        Directory.CreateDirectory("/run/sshd");   // where it separates its privileges; a service would make it
        var server = Ssh.Start(Ssh.Server, "-D", "-f", folder.Of("sshd_config"), "-E", folder.Of("log"));
        var patience = Stopwatch.StartNew();
        while (!await AnswersAsync(port))
        {
            if (server.HasExited || patience.Elapsed > TimeSpan.FromSeconds(30))
            {
                server.Kill(entireProcessTree: true);
                throw new InvalidOperationException("sshd did not start: " + await server.StandardError.ReadToEndAsync() + await File.ReadAllTextAsync(folder.Of("log")));
            }

            await Task.Delay(50);
        }

        return server;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
