using System.Diagnostics;
using System.Net;

namespace Strongroom.Server.Tests.Harness;

/// <summary>A real OpenID provider (oidc/provider.mjs) as a process of its own; it ends when our end of the pipe closes.</summary>
internal sealed class OidcProcess : IAsyncDisposable
{
    public const string ClientId = "strongroom", ClientSecret = "a secret of the test provider";

    private readonly Process process;

    private OidcProcess(Process process, Uri issuer) => (this.process, Issuer) = (process, issuer);

    public Uri Issuer { get; }

    /// <summary>Where build.sh installed the provider; null: not installed.</summary>
    public static string? Folder { get; } = new[] { Environment.GetEnvironmentVariable("STRONGROOM_OIDC"), Path.Combine(Strongroom.Tests.Repository.Root, "tests/Strongroom.Server.Tests/oidc") }
        .FirstOrDefault(folder => folder is not null && Directory.Exists(Path.Combine(folder, "node_modules")));

    public static async Task<OidcProcess> StartAsync(string callback)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach (var argument in (string[])["provider.mjs", callback, ClientId, ClientSecret])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        while (await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (line.StartsWith("issuer ", StringComparison.Ordinal))
            {
                return new OidcProcess(process, new Uri(line["issuer ".Length..]));
            }
        }

        throw new InvalidOperationException("The provider ended before it was ready.");
    }

    /// <summary>Plays the browser at the provider: signs in there as somebody and answers the address it sends the browser back to.</summary>
    public async Task<Uri> SignInAsync(string url, string who, string amr = "pwd")
    {
        var cookies = new CookieContainer();
        cookies.Add(Issuer, new Cookie("who", who));
        cookies.Add(Issuer, new Cookie("amr", amr));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies });
        var next = new Uri(url);
        for (var hops = 0; hops < 10; hops++)
        {
            using var answer = await http.GetAsync(next);
            Assert.True((int)answer.StatusCode is 302 or 303, $"{next}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            next = new Uri(next, answer.Headers.Location!);
            if (next.Authority != Issuer.Authority)
            {
                return next;
            }
        }

        throw new InvalidOperationException("The provider sends the browser round in circles.");
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
