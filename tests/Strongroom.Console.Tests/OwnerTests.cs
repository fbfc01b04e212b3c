using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>The data owner's day: catalogue and masks, purposes, forms on their way, authorisations, notices (R14–R21, R45). One sign-in, many pages.</summary>
public sealed class OwnerTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task The_owner_at_the_desk_and_the_officer_on_a_phone_see_their_pages_and_put_a_form_and_an_authorisation_through()
    {
        await using var owner = await browser.VisitAsync(demo, "zh");
        await using var officer = await browser.VisitAsync(demo, "en", phone: true, dark: true);
        await owner.SignInAsync("data-owner", "/console/settings/catalogue");
        await officer.SignInAsync("dpo", "/console/todo");
        await OwnerAsync(owner);
        await OfficerAsync(officer);
        await PublishAsync(owner, officer);
        await AuthoriseAsync(owner, officer);
        await NoticeAsync(owner, officer);
        Assert.Empty(owner.Complaints);
        Assert.Empty(officer.Complaints);
    }

    private static async Task OwnerAsync(Visitor owner)
    {
        var page = owner.Page;

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
        await page.GetByRole(AriaRole.Link, new() { Name = "网站订票" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "修改成新草案" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "添加信息项" }).ClickAsync();
        await page.GetByLabel("告知书").FillAsync("no-such-notice");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存草案" }).ClickAsync();
        await page.GetByText("服务器没有接受,原因如下:").WaitForAsync();
        await owner.ShotAsync("owner-4-refused-zh");
        Assert.Empty(await owner.AccessibilityAsync());
        await page.GetByLabel("告知书").FillAsync("booking");
        await page.GetByRole(AriaRole.Button, new() { Name = "删去" }).Nth(10).ClickAsync();
        await page.GetByLabel("中文名称").FillAsync("网站订票与值机");
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
    }

    private static async Task OfficerAsync(Visitor officer)
    {
        var page = officer.Page;
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
        await officer.AtAsync(url => url.AbsolutePath == "/console/assurance/log" && url.Query.Contains("act=view", StringComparison.Ordinal));
        await page.SetViewportSizeAsync(390, 844);
    }

    /// <summary>The owner's draft: reviewed by the officer, approved by the owner, published by the officer; the next submission uses it.</summary>
    private static async Task PublishAsync(Visitor owner, Visitor officer)
    {
        var page = officer.Page;
        await page.GotoAsync("/console/settings/forms?form=web-booking");
        await page.GetByRole(AriaRole.Button, new() { Name = "Passes the review" }).ClickAsync();
        await page.GetByLabel("Note (the approver reads it)").FillAsync("Seat choice moved to booking");
        await officer.ShotAsync("form-reviewed-phone-en-dark");
        Assert.Empty(await officer.AccessibilityAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for approval to publish" }).ClickAsync();
        await page.GetByText("asked; waits for approval").First.WaitForAsync();

        await ApproveAsync(owner, page, "form-approve-zh");
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await page.GetByText("Published: the next submission uses it.").WaitForAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "In use" }).GetByText("version 2").WaitForAsync();
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("form-published-phone-en-dark");
    }

    /// <summary>Asked for by the officer, approved by the owner, put in force and ended again.</summary>
    private static async Task AuthoriseAsync(Visitor owner, Visitor officer)
    {
        var page = officer.Page;
        await page.GotoAsync("/console/settings/authorisations?purpose=loyalty");
        await page.GetByText("No authorisation fits.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for one" }).ClickAsync();
        foreach (var (field, typed) in new[] { ("Post", "Counter"), ("Purpose", "Loyalty"), ("Items", "Loyalty tier") })
        {
            await page.GetByRole(AriaRole.Combobox, new() { Name = field, Exact = true }).FillAsync(typed);
            await page.Keyboard.PressAsync("Enter");
        }

        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("authorisation-asked-phone-en-dark");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByText("Sent; it waits for approval.").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open the request" }).ClickAsync();
        await page.GetByText("Progress").WaitForAsync();

        await ApproveAsync(owner, page, "authorisation-approve-zh");
        await page.GotoAsync("/console/settings/authorisations?purpose=loyalty");
        await page.GetByRole(AriaRole.Button, new() { Name = "Put in force" }).ClickAsync();
        var row = page.Locator("table.rows tbody tr");
        await row.GetByText("in force").WaitForAsync();
        Assert.Equal(1, await row.CountAsync());
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("authorisation-in-force-phone-en-dark");
        await row.GetByRole(AriaRole.Button, new() { Name = "End …" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "End it" }).ClickAsync();
        await page.GetByText("No authorisation fits.").WaitForAsync();
    }

    /// <summary>The next version of a notice (R22): drafted by the owner, compared, approved by the officer, published; the version before stays readable.</summary>
    private static async Task NoticeAsync(Visitor owner, Visitor officer)
    {
        var page = owner.Page;
        await page.GotoAsync("/console/settings/notices?notice=lodging");
        await page.GetByRole(AriaRole.Button, new() { Name = "起草第 2 版…" }).ClickAsync();
        var recipients = await page.Locator("#zh_recipients").InputValueAsync();
        await page.Locator("#zh_recipients").FillAsync(recipients + "\n洗衣公司");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存草稿" }).ClickAsync();
        await page.GetByText("接收方每行要有五段").WaitForAsync();
        await page.Locator("#zh_recipients").FillAsync(recipients + "\n洗衣公司 | 95001 | 送还衣物 | 接口 | 姓名、房号");
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("notice-1-draft-zh");
        await page.GetByText("英文", new() { Exact = true }).ClickAsync();
        recipients = await page.Locator("#en_recipients").InputValueAsync();
        await page.Locator("#en_recipients").FillAsync(recipients + "\nLaundry | 95001 | bringing clothes back | interface | name, room");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存草稿" }).ClickAsync();
        await page.GetByText("第 2 版草稿").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "与现行版本比较" }).ClickAsync();
        await page.Locator("ins").GetByText("洗衣公司").First.WaitForAsync();
        await page.GetByLabel("为什么发布新版(可不填)").FillAsync("新增洗衣公司");
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("notice-2-compared-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "提交发布审批" }).ClickAsync();
        await page.GetByText("等待批准").WaitForAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "查看申请" }).ClickAsync();
        await page.WaitForURLAsync("**/approvals/request?id=*");
        var approving = officer.Page;
        await approving.GotoAsync(page.Url);
        await approving.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).WaitForAsync();
        Assert.DoesNotMatch(@"\b(text|party)\.", await approving.GetByRole(AriaRole.Table, new() { Name = "Content" }).InnerTextAsync());
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("notice-3-approve-phone-en-dark");
        await approving.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await approving.GetByText("✓ Approved").First.WaitForAsync();

        await page.GotoAsync("/console/settings/notices?notice=lodging&version=2&against=1");
        await page.GetByText("已批准,可以发布").WaitForAsync();
        await owner.ShotAsync("notice-4-ready-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "发布", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "起草第 3 版…" }).WaitForAsync();
        await page.GetByRole(AriaRole.Region, new() { Name = "告知书" }).GetByText("已发布 · ").WaitForAsync();
        await page.GetByText("还没有草稿。").WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("notice-5-in-force-zh");
    }

    /// <summary>The owner finds what waits for him among the approvals, reads it and approves.</summary>
    private static async Task ApproveAsync(Visitor owner, IPage asking, string shot)
    {
        var id = await asking.EvaluateAsync<string>("""
            new URL(location.href).searchParams.get('id') ?? new URL(document.querySelector("a[href*='/approvals/request?id=']").href).searchParams.get('id')
            """);
        var page = owner.Page;
        await page.GotoAsync("/console/approvals");
        await page.Locator($"a[href*='{id}']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "批准", Exact = true }).WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync(shot);
        await page.GetByRole(AriaRole.Button, new() { Name = "批准", Exact = true }).ClickAsync();
        await page.GetByText("✓ 已批准").First.WaitForAsync();
    }
}
