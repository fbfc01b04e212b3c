using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests.Harness;

/// <summary>Debian's exim on a free loopback port: takes mail under STARTTLS only and puts it into a maildir.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/exim4";
    private readonly string root;
    private readonly Process process;

    private MailServer(string root, int port, Process process) => (this.root, Port, this.process) = (root, port, process);

    public int Port { get; }

    public string Certificate => Path.Combine(root, "cert.pem");

    public static bool IsInstalled => File.Exists(Program);

    public static async Task<MailServer> StartAsync()
    {
        var root = Path.Combine(Path.GetTempPath(), "sr-mail-" + RandomNumberGenerator.GetHexString(12, lowercase: true));
        var port = Ports.Free();
        Directory.CreateDirectory(root);
        File.SetUnixFileMode(root, (UnixFileMode)0b111_101_101);
        foreach (var folder in new[] { "spool", "log", "mail" })
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
        }

        MakeCertificate(root);
        await File.WriteAllTextAsync(Path.Combine(root, "exim.conf"), Settings(root, port));
        File.SetUnixFileMode(Path.Combine(root, "exim.conf"), (UnixFileMode)0b110_100_100);   // root's, or exim refuses it
        await RunAsync("chown", ["-R", "Debian-exim", .. new[] { "spool", "log", "mail", "cert.pem", "key.pem" }.Select(name => Path.Combine(root, name))]);
        var process = Process.Start(new ProcessStartInfo(Program, ["-C", Path.Combine(root, "exim.conf"), "-bdf", "-oP", Path.Combine(root, "pid")])
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        var server = new MailServer(root, port, process);
        var patience = Stopwatch.StartNew();
        while (!await AnswersAsync(port))
        {
            if (process.HasExited || patience.Elapsed > TimeSpan.FromSeconds(30))
            {
                var said = await process.StandardError.ReadToEndAsync();
                await server.DisposeAsync();
                throw new InvalidOperationException("exim did not start: " + said);
            }

            await Task.Delay(50);
        }

        return server;
    }

    /// <summary>The raw messages delivered so far; waits until there are so many.</summary>
    public async Task<IReadOnlyList<string>> MessagesAsync(int atLeast)
    {
        var inbox = Path.Combine(root, "mail", "new");
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var files = Directory.Exists(inbox) ? Directory.GetFiles(inbox) : [];
            if (files.Length >= atLeast || patience.Elapsed > TimeSpan.FromSeconds(60))
            {
                return [.. files.Select(File.ReadAllText)];
            }

            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private static string Settings(string root, int port) => $$$"""
        primary_hostname = localhost
        spool_directory = {{{root}}}/spool
        log_file_path = {{{root}}}/log/%s
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = {{{port}}}
        keep_environment =
        tls_advertise_hosts = *
        tls_certificate = {{{root}}}/cert.pem
        tls_privatekey = {{{root}}}/key.pem
        acl_smtp_rcpt = rcpt
        acl_smtp_data = accept
        never_users =
        begin acl
        rcpt:
          deny condition = ${if def:tls_in_cipher {no}{yes}}
          accept
        begin routers
        all:
          driver = accept
          transport = box
        begin transports
        box:
          driver = appendfile
          directory = {{{root}}}/mail
          maildir_format
          user = Debian-exim
        begin retry
        """;

    private static void MakeCertificate(string root)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(Path.Combine(root, "cert.pem"), certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(Path.Combine(root, "key.pem"), key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(Path.Combine(root, "key.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var ran = Process.Start(program, arguments);
        await ran.WaitForExitAsync();
        Assert.Equal(0, ran.ExitCode);
    }
}
