using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>
/// Every role's day: each page that its menu offers, over the demo data, in Chinese on a desk's screen and in English on a phone. No page may
/// break its policy, refuse itself, run out of the phone, fail WCAG 2.2 AA, or leave a customer's value where a browser keeps things.
/// </summary>
public sealed class RolePathTests(DemoServer demo, Browser browser)
{
    /// <summary>What must be within reach of somebody's menu, whatever else is.</summary>
    private static readonly Dictionary<string, string[]> Reaches = new()
    {
        ["admin-1"] =
        [
            "incidents/alerts", "assurance/checks", "assurance/reconciliation", "people/organisation", "people/posts", "people/zones", "people/sessions", "settings/notices-sent",
        ],
    };

    /// <summary>Pages that axe has judged, and that were photographed, in this language and width: whoever comes next sees the same parts.</summary>
    private static readonly ConcurrentDictionary<string, bool> Judged = [];

    [Theory]
    [InlineData("call-agent")]
    [InlineData("admin-1")]
    [InlineData("dpo")]
    [InlineData("auditor")]
    public async Task Every_page_of_the_role_stands_in_both_languages_at_both_widths(string account)
    {
        await using var visitor = await browser.VisitAsync(demo, "zh");
        var page = visitor.Page;
        await visitor.SignInAsync(account);
        var before = visitor.Refused.Count;
        var faults = new List<string>();
        var wide = await WalkAsync(visitor, account, "zh", faults);
        await page.SetViewportSizeAsync(390, 844);
        await page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync();
        var narrow = await WalkAsync(visitor, account, "phone-en", faults);
        Assert.True(wide.Count > 1, string.Join(' ', wide));
        Assert.Subset(wide.ToHashSet(), Reaches.GetValueOrDefault(account, []).Select(page => "/console/" + page).ToHashSet());
        Assert.Equal(wide, narrow);
        faults.AddRange(visitor.Complaints);

        // A page asks for nothing that its reader may not have.
        faults.AddRange(visitor.Refused.Skip(before));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <summary>The other posts, each in one language at one width.</summary>
    [Theory]
    [InlineData("outsourced-agent", "en")]
    [InlineData("shift-lead", "en")]
    [InlineData("data-owner", "zh")]
    [InlineData("counter", "zh")]
    [InlineData("back-office", "en")]
    [InlineData("rights-desk", "zh")]
    [InlineData("marketing", "en")]
    [InlineData("analyst", "zh")]
    [InlineData("operations", "en")]
    public async Task Every_page_of_the_role_stands(string account, string language)
    {
        var phone = language == "en";
        await using var visitor = await browser.VisitAsync(demo, language, phone);
        await visitor.SignInAsync(account);
        var before = visitor.Refused.Count;
        var faults = new List<string>();
        var gone = await WalkAsync(visitor, account, phone ? "phone-en" : "zh", faults);
        Assert.True(gone.Count > 1, string.Join(' ', gone));
        faults.AddRange([.. visitor.Complaints, .. visitor.Refused.Skip(before)]);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    /// <returns>The paths it went.</returns>
    private async Task<List<string>> WalkAsync(Visitor visitor, string account, string form, List<string> faults)
    {
        var gone = new List<string>();
        foreach (var entry in await HrefsAsync(visitor.Page, ".menu a.entry"))
        {
            await GoAsync(visitor, entry, $".menu a.entry[href='{entry}']");
            await visitor.Page.Locator($".menu a.entry.chosen[href='{entry}']").WaitForAsync();
            var below = await HrefsAsync(visitor.Page, ".menu .below a");
            foreach (var path in below.Count > 0 ? below : [entry])
            {
                if (path != entry)
                {
                    await OpenSectionAsync(visitor.Page);
                    await GoAsync(visitor, path, $".below a[href='{path}']:visible");
                    await visitor.Page.Locator($".menu .below a[href='{path}'][aria-current=page]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
                }

                gone.Add(path);
                faults.AddRange((await LookAsync(visitor, path + form, $"role-{account}-{path["/console/".Length..].Replace('/', '-')}-{form}")).Select(fault => $"{path} {form}: {fault}"));
            }
        }

        return gone;
    }

    private async Task<List<string>> LookAsync(Visitor visitor, string which, string name)
    {
        var page = visitor.Page;
        var faults = new List<string>();
        if (Judged.TryAdd(which, true))
        {
            faults.AddRange(await visitor.AccessibilityAsync());
            await visitor.ShotAsync(name);
        }

        faults.AddRange((await page.Locator("#content [role=alert]").AllInnerTextsAsync()).Select(said => $"says: {said}"));
        if (!await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"))
        {
            faults.Add("wider than the screen");
        }

        var kept = await visitor.KeptAsync();
        faults.AddRange(demo.SampleValues.Where(value => kept.Contains(value, StringComparison.Ordinal)).Select(_ => "keeps a customer's value"));
        return faults;
    }

    /// <summary>On a phone the pages of an entry are folded away above the page.</summary>
    private static async Task OpenSectionAsync(IPage page)
    {
        var fold = page.Locator(".section summary");
        if (await fold.IsVisibleAsync())
        {
            await fold.ClickAsync();
        }
    }

    /// <summary>By the menu, as a person goes; the page is there when its heading is and nothing loads any more.</summary>
    private static async Task GoAsync(Visitor visitor, string path, string link)
    {
        var page = visitor.Page;
        await page.Locator(link).First.ClickAsync();
        await visitor.AtAsync(url => url.AbsolutePath == path);
        try
        {
            await page.Locator("#content h1").First.WaitForAsync();
        }
        catch (TimeoutException)
        {
            await visitor.ShotAsync("failed-" + path["/console/".Length..].Replace('/', '-'));
            throw new TimeoutException($"{path} did not come: {string.Join(' ', visitor.Complaints)} {await page.Locator("body").InnerTextAsync()}");
        }

        await Visitor.UntilAsync(page, "!document.querySelector('#content .ant-skeleton, #content .ant-spin-spinning')");
    }

    private static async Task<IReadOnlyList<string>> HrefsAsync(IPage page, string selector) =>
        await page.Locator(selector).EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
}
