using System.Diagnostics;
using System.Security.Cryptography;

namespace Strongroom.Tests.Spine.Hosts;

/// <summary>OpenSSH's own programs, where they are installed.</summary>
internal static class Ssh
{
    public const string KeyTool = "/usr/bin/ssh-keygen", Client = "/usr/bin/ssh", Server = "/usr/sbin/sshd";

    /// <summary>Exit code with what it said, both streams.</summary>
    public static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }

    public static Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        return process;
    }

    public sealed class Folder : IDisposable
    {
        public Folder() => Directory.CreateDirectory(Root);

        public string Root { get; } = Path.Combine(Path.GetTempPath(), "sr-ssh-" + RandomNumberGenerator.GetHexString(12, lowercase: true));

        public string Of(string name) => Path.Combine(Root, name);

        public async Task<string> WriteAsync(string name, string text)
        {
            await File.WriteAllTextAsync(Of(name), text + "\n");
            return Of(name);
        }

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
