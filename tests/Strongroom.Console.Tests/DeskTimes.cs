using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Strongroom.Tests;

namespace Strongroom.Console.Tests;

/// <summary>
/// How long the desk lets somebody wait, as the page itself sees it: from the key to the frame after what was asked for stands there. Written down, never
/// asserted: the machine has other things to do. Goals: masked card 800 ms, reveal 300 ms, desk usable 2 s (domain.md §5).
/// </summary>
internal sealed class DeskTimes(Visitor agent)
{
    private const int Rounds = 7;

    private readonly Dictionary<string, IReadOnlyList<double>> taken = [];

    /// <param name="line">A line of the open call that may be revealed.</param>
    /// <param name="search">What finds the same customer again.</param>
    public async Task MeasureAsync(ILocator line, string search)
    {
        var page = agent.Page;
        taken["desk-after-sign-in"] = [await page.EvaluateAsync<double>("globalThis.deskAt - globalThis.enterAt")];
        taken["reveal"] = await RoundsAsync(async () =>
        {
            await line.FocusAsync();
            var took = await TookAsync("Space", " ", ".value.clear");
            await page.Keyboard.PressAsync("Escape");
            await page.Locator(".value.clear").WaitForAsync(new() { State = WaitForSelectorState.Detached });
            return took;
        });
        taken["masked-card"] = await RoundsAsync(async () =>
        {
            await page.GetByLabel("查找客户").FillAsync(search);
            await page.EvaluateAsync("document.querySelectorAll('tr.line').forEach(row => row.dataset.before = '')");
            return await TookAsync("Enter", "Enter", "tr.line:not([data-before])");
        });

        // The same account's desk in a tab of its own: from nothing, as on the first morning, and with what the browser kept.
        var tab = await page.Context.NewPageAsync();
        await PrepareAsync(tab);
        taken["desk-warm"] = await RoundsAsync(() => OpenAsync(tab));
        var wire = await page.Context.NewCDPSessionAsync(tab);
        await wire.SendAsync("Network.setCacheDisabled", new Dictionary<string, object> { ["cacheDisabled"] = true });
        taken["desk-cold"] = await RoundsAsync(() => OpenAsync(tab));
        await tab.CloseAsync();
        await WriteAsync();
    }

    /// <summary>Notes in the page when the desk's first field has the focus, and when Enter was last pressed.</summary>
    public static Task PrepareAsync(IPage page) => page.AddInitScriptAsync("""
        addEventListener('keydown', event => { if (event.key === 'Enter' && globalThis.deskAt === undefined) globalThis.enterAt = event.timeStamp; }, true);
        addEventListener('focusin', event => { if (event.target.closest('.call-start')) globalThis.deskAt ??= performance.now(); }, true);
        """);

    private static async Task<double> OpenAsync(IPage tab)
    {
        await tab.GotoAsync("/console/customers/desk");
        await Visitor.UntilAsync(tab, "globalThis.deskAt !== undefined");
        return await tab.EvaluateAsync<double>("globalThis.deskAt");
    }

    private async Task<double> TookAsync(string key, string name, string selector)
    {
        // The page listens before the key goes down: keys take another way to it than scripts.
        await agent.Page.EvaluateAsync(
            """
            ([key, selector]) => {
              let from = null;
              globalThis.took = new Promise((done, fail) => {
                setTimeout(() => fail(new Error(`${selector} did not come after ${key}: ${document.querySelector('#content').innerText}`)), 60000);
                const seen = new MutationObserver(() => {
                  if (from === null || !document.querySelector(selector)) return;
                  seen.disconnect();
                  requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
                });
                seen.observe(document.body, { subtree: true, childList: true });
                addEventListener('keydown', event => { if (event.key === key) from ??= event.timeStamp; }, true);
              });
            }
            """, new[] { name, selector });
        await agent.Page.Keyboard.PressAsync(key);
        return await agent.Page.EvaluateAsync<double>("globalThis.took");
    }

    private static async Task<IReadOnlyList<double>> RoundsAsync(Func<Task<double>> once)
    {
        var all = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            all.Add(await once());
        }

        return all;
    }

    private async Task WriteAsync()
    {
        var figures = taken.ToDictionary(pair => pair.Key, pair => new
        {
            medianMs = Math.Round(pair.Value.Order().ElementAt(pair.Value.Count / 2)), worstMs = Math.Round(pair.Value.Max()), rounds = pair.Value.Count,
        });
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "TestResults"));
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "desk-times.json"), JsonSerializer.Serialize(figures), TestContext.Current.CancellationToken);
        foreach (var (what, figure) in figures)
        {
            TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{what}: median {figure.medianMs} ms, worst {figure.worstMs} ms of {figure.rounds}"));
        }
    }
}
