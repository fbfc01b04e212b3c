using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>The data owner's day: catalogue and masks, purposes, forms on their way, authorisations, notices (R14–R21, R45). One sign-in, many pages.</summary>
public sealed class OwnerTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task Catalogue_masks_purposes_forms_authorisations_and_notices_at_the_desk()
    {
        await using var owner = await browser.VisitAsync(demo, "zh");
        var page = owner.Page;
        await page.SetViewportSizeAsync(1440, 900);
        await owner.SignInAsync("data-owner", "/console/settings/catalogue");

        // One item, found by a word, with what the server's mask makes of a made-up number.
        await page.GetByLabel("按名称或代码查找").FillAsync("手机");
        await page.GetByText("手机号", new() { Exact = true }).WaitForAsync();
        await owner.ShotAsync("owner-1-catalogue-zh");
        Assert.Empty(await owner.AccessibilityAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "手机号" }).PressAsync("Enter");
        await page.GetByLabel("样例").FillAsync("13912340000");
        await page.GetByText("139****0000").WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("owner-2-mask-zh");
        Assert.DoesNotContain("13912340000", await owner.KeptAsync(), StringComparison.Ordinal);

        await page.GotoAsync("/console/settings/purposes");
        await page.GetByText("个保法第十三条第一款第(2)项").First.WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("owner-3-purposes-zh");

        // A draft that asks for more than its purposes need is refused with the place of each mistake; what the draft changes is listed.
        await page.GotoAsync("/console/settings/forms");
        await page.GetByRole(AriaRole.Link, new() { Name = "柜台值机" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "修改成新草案" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "添加信息项" }).ClickAsync();
        await page.GetByLabel("告知书").FillAsync("no-such-notice");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存草案" }).ClickAsync();
        await page.GetByText("服务器没有接受,原因如下:").WaitForAsync();
        await owner.ShotAsync("owner-4-refused-zh");
        Assert.Empty(await owner.AccessibilityAsync());
        await page.GetByLabel("告知书").FillAsync("booking");
        await page.GetByRole(AriaRole.Button, new() { Name = "删去" }).Nth(6).ClickAsync();
        await page.GetByLabel("中文名称").FillAsync("柜台值机与行李");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存草案" }).ClickAsync();
        await page.GetByText("草案已保存。").WaitForAsync();
        await page.GetByText("草案由您起草,要由另一位").WaitForAsync();
        await page.GetByText("改动 · 名称").WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("owner-5-form-zh");

        await page.GotoAsync("/console/settings/authorisations");
        await page.GetByRole(AriaRole.Button, new() { Name = "终止…" }).First.WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("owner-6-authorisations-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "终止…" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "取消" }).ClickAsync();

        await page.GotoAsync("/console/settings/notices");
        await page.GetByText("内容摘要").WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("owner-7-notices-zh");
        Assert.Empty(owner.Complaints);
    }

    [Fact]
    public async Task The_officer_sees_the_owners_pages_on_a_phone_and_pictures_that_open_to_the_entries()
    {
        await using var officer = await browser.VisitAsync(demo, "en", phone: true, dark: true);
        var page = officer.Page;
        await officer.SignInAsync("dpo", "/console/todo");
        await page.Locator(".chart canvas").First.WaitForAsync();
        Assert.True(await page.Locator(".picture").CountAsync() <= 3);
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("home-phone-en");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));

        foreach (var (path, ready, name) in new[]
        {
            ("settings/catalogue", "Search by name or key", "catalogue"), ("settings/purposes", "Lawful basis", "purposes"),
            ("settings/authorisations", "In force and to come", "authorisations"), ("settings/forms", "Counter check-in", "forms"),
        })
        {
            await page.GotoAsync("/console/" + path);
            await page.GetByText(ready).First.WaitForAsync();
            await officer.ShotAsync($"owner-phone-{name}-en");
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), path);
        }

        // Every number opens the entries behind it, by keyboard and for screen readers too.
        await page.SetViewportSizeAsync(1440, 900);
        await page.GotoAsync("/console/todo");
        var numbers = page.Locator("section[aria-label='Views by staff, by purpose'] details");
        await numbers.Locator("summary").PressAsync("Enter");
        await officer.ShotAsync("home-en");
        await numbers.GetByRole(AriaRole.Link).First.ClickAsync();
        await page.WaitForFunctionAsync("location.pathname === '/console/assurance/log' && location.search.includes('act=view')");
        Assert.Empty(officer.Complaints);
    }
}
