using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>What every page stands in (issue 5, point 1): its policy, and what happens when something goes wrong.</summary>
public sealed class ShellTests(DemoServer demo, Browser browser)
{
    /// <summary>Rules change while somebody works: what a reading met in that moment is asked again, and nobody is left before a page of refusal.</summary>
    [Fact]
    public async Task A_reading_that_meets_a_change_is_asked_again_by_itself()
    {
        await using var visitor = await browser.VisitAsync(demo, "en");
        var page = visitor.Page;
        await visitor.SignInAsync("analyst", "/console/settings");
        var refused = 0;
        foreach (var path in (string[])["**/v1/session", "**/v1/catalogue/words"])
        {
            var met = false;
            await page.RouteAsync(path, async route =>
            {
                if (met)
                {
                    await route.ContinueAsync();
                    return;
                }

                (met, refused) = (true, refused + 1);
                await route.FulfillAsync(new() { Status = 409, ContentType = "application/problem+json", Body = "{\"type\":\"/problems/row.changed\",\"zh\":\"…\",\"en\":\"…\"}" });
            });
        }

        await page.ReloadAsync();
        await page.Locator("#content h1").First.WaitForAsync();
        Assert.Equal(2, refused);
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_page_that_breaks_says_so_and_leaves_the_menu()
    {
        await using var visitor = await browser.VisitAsync(demo, "en");
        var page = visitor.Page;
        await visitor.SignInAsync("analyst", "/console/settings");
        await page.RouteAsync("**/v1/nda", route => route.FulfillAsync(new() { Status = 200, ContentType = "application/json", Body = "{\"version\":1,\"termDays\":1,\"zh\":{\"a\":1},\"en\":{\"a\":1}}" }));
        await page.GetByRole(AriaRole.Link, new() { Name = "Confidentiality agreement" }).ClickAsync();
        await page.Locator("#content [role=alert]", new() { HasTextString = "The page met a fault" }).WaitForAsync();
        await visitor.ShotAsync("page-broken-en");
        await page.GetByRole(AriaRole.Link, new() { Name = "My sign-in" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "My sign-in" }).WaitForAsync();
        Assert.Equal(0, await page.GetByRole(AriaRole.Alert).CountAsync());
    }

    [Fact]
    public async Task The_page_allows_no_inline_script_and_no_other_origin()
    {
        await using var visitor = await browser.VisitAsync(demo, "en");
        var first = await visitor.Page.GotoAsync("/console/");
        var policy = await first!.HeaderValueAsync("content-security-policy") ?? "";
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("no-store", await first.HeaderValueAsync("cache-control"));
        Assert.Equal("same-origin", await first.HeaderValueAsync("cross-origin-opener-policy"));
        Assert.Contains("publickey-credentials-get=(self)", await first.HeaderValueAsync("permissions-policy") ?? "", StringComparison.Ordinal);
        var again = await visitor.Page.GotoAsync("/console/");
        Assert.NotEqual(policy, await again!.HeaderValueAsync("content-security-policy"));

        // A planted breach is refused, and noticed.
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
        Assert.Empty(visitor.Complaints);
        await visitor.Page.EvaluateAsync("(() => { const s = document.createElement('script'); s.textContent = 'globalThis.broken = 1'; document.body.append(s); })()");
        Assert.True(await visitor.Page.EvaluateAsync<bool>("globalThis.broken === undefined"));
        Assert.Contains(visitor.Complaints, complaint => complaint.StartsWith("CSP script-src", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_gone_is_said_and_comes_back_by_itself()
    {
        await using var visitor = await browser.VisitAsync(demo, "en");
        var page = visitor.Page;
        await visitor.SignInAsync("shift-lead", "/console/settings");
        await page.GetByText("This session").WaitForAsync();
        await page.Context.SetOfflineAsync(true);
        await page.GetByRole(AriaRole.Link, new() { Name = "To-do" }).ClickAsync();
        await page.GetByText("The server is out of reach").WaitForAsync();
        await visitor.ShotAsync("server-lost-en");
        await page.Context.SetOfflineAsync(false);
        await page.GetByText("The server is out of reach").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.GetByRole(AriaRole.Heading, new() { Name = "To-do" }).WaitForAsync();
        Assert.Equal(0, await page.GetByRole(AriaRole.Alert).CountAsync());
    }
}
