using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Tests;

namespace Strongroom.Console.Tests;

/// <summary>The auditor's week: search, one entry with its proof, a sample to take away, checkpoints (R51, R53).</summary>
public sealed class AuditTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task An_auditor_filters_opens_an_entry_and_its_proof_is_computed_in_the_browser()
    {
        await using var auditor = await browser.VisitAsync(demo, "zh");
        var page = auditor.Page;
        await auditor.SignInAsync("auditor", "/console/assurance/log");
        await page.Locator("table.entries tbody tr").First.WaitForAsync();
        Assert.Empty(await auditor.AccessibilityAsync());
        await auditor.ShotAsync("audit-1-log-zh");

        // What looks like a value is not taken into the address.
        await page.GetByLabel("原因代码").FillAsync(demo.Sample("mobile"));
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("小写代码,例如 consent.withdrawn").WaitForAsync();
        Assert.DoesNotContain(demo.Sample("mobile"), page.Url, StringComparison.Ordinal);
        await page.GetByLabel("原因代码").FillAsync("");
        await page.GetByLabel("动作").FillAsync("view");
        await page.Keyboard.PressAsync("Enter");
        await auditor.AtAsync(url => url.Query == "?act=view");

        // From a value to ids, and nothing but ids.
        await page.GetByText("按客户信息查编号", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("内容").FillAsync(demo.Sample("mobile"));
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "看相关条目" }).First.WaitForAsync();
        Assert.DoesNotContain(demo.SampleValues, (await page.ContentAsync()).Contains);
        await auditor.ShotAsync("audit-2-find-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "看相关条目" }).First.ClickAsync();
        await auditor.AtAsync(url => url.Query.Contains("customer=", StringComparison.Ordinal));
        await page.Locator("table.entries tbody tr").First.WaitForAsync();
        Assert.DoesNotContain(demo.SampleValues, (await auditor.KeptAsync()).Contains);

        await page.Locator("table.entries tbody a").Last.PressAsync("Enter");
        await page.GetByText("这条内容在已签名的日志里").WaitForAsync();
        Assert.Empty(await auditor.AccessibilityAsync());
        await auditor.ShotAsync("audit-3-entry-zh");

        // The key of somebody else: the same evidence no longer holds.
        await page.GetByLabel("您自己保存的日志公钥").FillAsync(new VerifierKey("log.example", new byte[32]).ToString());
        await page.GetByText("证明不成立").WaitForAsync();
        await page.GetByLabel("您自己保存的日志公钥").FillAsync(demo.LogKey);
        await page.GetByText("与服务器所说的公钥一致").WaitForAsync();
        await page.GetByText("这条内容在已签名的日志里").WaitForAsync();
        Assert.Empty(auditor.Complaints);
    }

    [Fact]
    public async Task A_sample_can_be_drawn_again_and_taken_away_on_a_phone()
    {
        await using var auditor = await browser.VisitAsync(demo, "en", phone: true);
        var page = auditor.Page;
        await auditor.SignInAsync("dpo", "/console/assurance/sample?seed=spot-check&size=40&n=5");
        await page.GetByRole(AriaRole.Button, new() { Name = "Draw" }).ClickAsync();
        await page.GetByText("All 5 entries are in the signed log").WaitForAsync();
        Assert.Empty(await auditor.AccessibilityAsync());
        await auditor.ShotAsync("audit-sample-phone-en");
        var numbers = await page.Locator("table.entries tbody tr td:first-child").AllInnerTextsAsync();
        Assert.Equal(Drawn("spot-check", 40, 5), numbers.Select(text => long.Parse(text.Split(' ', '\n')[0], System.Globalization.CultureInfo.InvariantCulture)));

        var waiting = page.WaitForDownloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Download evidence" }).ClickAsync();
        var file = await (await waiting).PathAsync();
        using var bundle = JsonDocument.Parse(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        CheckBundle(bundle.RootElement, demo.LogKey);
        await CheckDocumentedAsync(file);

        await page.GotoAsync("/console/assurance/checkpoints");
        await page.GetByRole(AriaRole.Button, new() { Name = "Prove from this one" }).Last.ClickAsync();
        await page.GetByText("it only grew since").WaitForAsync();
        Assert.Empty(await auditor.AccessibilityAsync());
        await auditor.ShotAsync("audit-checkpoints-phone-en");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(auditor.Complaints);
    }

    /// <summary>The rule as the page words it, in other code.</summary>
    private static List<long> Drawn(string seed, long size, int n)
    {
        var drawn = new SortedSet<long>();
        for (var i = 0; drawn.Count < n; i++)
        {
            var digest = SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{seed}{i}")));
            drawn.Add(digest.Take(6).Aggregate(0L, (sum, b) => (sum << 8) | b) % size);
        }

        return [.. drawn];
    }

    /// <summary>The lines that docs/EVIDENCE.md gives auditors, on the file as it is and on one with a bit changed.</summary>
    private async Task CheckDocumentedAsync(string file)
    {
        var script = Path.Combine(Repository.Root, "samples", "evidence", "check.py");
        var (code, said) = await RunAsync("python3", script, file, demo.LogKey);
        Assert.True(code == 0 && said.StartsWith("5 entries are in the log", StringComparison.Ordinal), said);

        var altered = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(altered, text.Replace("\"body\": \"ey", "\"body\": \"ez", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.NotEqual(0, (await RunAsync("python3", script, altered, demo.LogKey)).Code);
        File.Delete(altered);
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private static void CheckBundle(JsonElement bundle, string pinned)
    {
        Assert.Equal("strongroom-evidence/1", bundle.GetProperty("format").GetString());
        Assert.True(VerifierKey.TryParse(pinned, out var key, out var why), why);
        Assert.True(Checkpoint.TryOpen(Encoding.UTF8.GetBytes(bundle.GetProperty("checkpoint").GetString()!), key, out var checkpoint, out why), why);
        foreach (var entry in bundle.GetProperty("entries").EnumerateArray())
        {
            var leaf = Rfc6962.Leaf(entry.GetProperty("body").GetBytesFromBase64());
            var proof = entry.GetProperty("proof").EnumerateArray().Select(hash => TreeHash.From(hash.GetBytesFromBase64())).ToList();
            Assert.True(Proofs.VerifyInclusion(entry.GetProperty("index").GetUInt64(), (ulong)checkpoint.Size, leaf, proof, checkpoint.Root));
        }

        Assert.Equal(5, bundle.GetProperty("entries").GetArrayLength());
    }
}
