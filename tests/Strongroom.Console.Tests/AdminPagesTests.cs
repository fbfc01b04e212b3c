using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>
/// The pages of who watches and administers (issue 5, point 6): one sign-in looks at many. Moving goes through the console's own router, as
/// its menu does, so that a page costs no load.
/// </summary>
public sealed class AdminPagesTests(DemoServer demo, Browser browser)
{
    private static readonly (string Path, string Title)[] Watched =
    [
        ("incidents/rules", "监测规则"), ("assurance/checks", "日志检查"), ("assurance/reviews", "权限复核"), ("assurance/unused", "长期未用的权限"),
        ("assurance/reconciliation", "账号核对"), ("people/organisation", "法人与单位"), ("people/posts", "岗位与冲突"), ("people/duties", "协议与培训"),
        ("people/lists", "受控客户名单"), ("assurance/results", "检查结果通报"), ("people/zones", "网络区域"), ("people/remote", "远程许可"), ("people/on-duty", "现在谁当班"),
    ];

    [Fact]
    public async Task The_officer_handles_an_alert_and_reads_what_is_watched()
    {
        await using var officer = await browser.VisitAsync(demo, "zh");
        var page = officer.Page;
        await page.SetViewportSizeAsync(1440, 900);
        await officer.SignInAsync("dpo", "/console/incidents/alerts");

        // The watch runs behind the log.
        var alert = page.GetByRole(AriaRole.Link, new() { Name = "被拒绝" });
        for (var tries = 0; tries < 60 && await alert.CountAsync() == 0; tries++)
        {
            await page.ReloadAsync();
            await SettledAsync(page, "告警");
        }

        await LookAsync(officer, "admin-alerts-zh");
        await alert.First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "我来处理" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "有合理原因…" }).ClickAsync();
        await page.GetByLabel("写明查到了什么").FillAsync("营销用途没有客户同意,系统已拦下");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "关闭…" }).WaitForAsync();
        await LookAsync(officer, "admin-alert-zh");

        foreach (var (path, title) in Watched)
        {
            await GoAsync(page, path);
            await SettledAsync(page, title);
            await LookAsync(officer, $"admin-{path.Replace('/', '-')}-zh");
        }

        // Who is on a controlled list is read back, by ids (R35).
        await GoAsync(page, "people/lists");
        await page.GetByRole(AriaRole.Button, new() { Name = "名单上的客户…" }).First.ClickAsync();
        await page.Locator(".ant-drawer table.rows tbody tr").First.WaitForAsync();
        await LookAsync(officer, "admin-list-members-zh");
        Assert.DoesNotContain(demo.SampleValues, (await page.ContentAsync()).Contains);
        await page.Keyboard.PressAsync("Escape");

        // An account that is nobody's is explained by naming who answers for it.
        await GoAsync(page, "assurance/reconciliation");
        var orphan = page.Locator("table.rows tbody tr", new() { HasTextString = "dcs-gate-7" });
        await orphan.GetByRole(AriaRole.Button, new() { Name = "说明原因" }).ClickAsync();
        await page.GetByRole(AriaRole.Combobox, new() { Name = "今后由谁负责" }).FillAsync("沈明");
        await page.Locator(".ant-select-item-option", new() { HasTextString = "沈明" }).ClickAsync();
        await page.GetByLabel("为什么这是对的").FillAsync("登机口公用账号,由数据负责人管");
        await LookAsync(officer, "admin-explain-zh");
        Assert.Equal(0, await page.GetByRole(AriaRole.Link, new() { Name = "更早的" }).CountAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "记为已说明" }).ClickAsync();
        await orphan.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await GoAsync(page, "assurance/reconciliation?view=explained");
        await orphan.GetByText("沈明").WaitForAsync();

        // Reveals of the last minutes, ids only; a line opens its entry.
        await GoAsync(page, "assurance/live");
        var line = page.Locator("table.rows tbody a").First;
        await line.WaitForAsync();
        await LookAsync(officer, "admin-live-zh");
        Assert.DoesNotContain(demo.SampleValues, (await page.ContentAsync()).Contains);
        await line.ClickAsync();
        await officer.AtAsync(url => url.AbsolutePath.EndsWith("/assurance/entry", StringComparison.Ordinal));
        Assert.Empty(officer.Complaints);
    }

    [Fact]
    public async Task A_data_owner_decides_a_right_and_a_roster_is_refused_with_its_line()
    {
        await using var owner = await browser.VisitAsync(demo, "en");
        var page = owner.Page;
        await owner.SignInAsync("data-owner", "/console/todo");
        await page.GetByRole(AriaRole.Link, new() { Name = "rights wait for you" }).ClickAsync();

        // What nobody used comes first and is not kept without a word.
        var row = page.Locator("table.rows tbody tr.marked").First;
        await row.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await page.GetByLabel("Unused for 90 days: why it stays").FillAsync("Stands in for a colleague on leave");
        await LookAsync(owner, "admin-review-en");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("confirmed 1").WaitForAsync();

        await GoAsync(page, "people/rosters");
        await page.GetByText("Import a roster").ClickAsync();
        await page.GetByLabel("or paste it").FillAsync("day,start,end,account,post,unit\n2026-13-01,06:00,14:00,counter,counter,x\n");
        await page.GetByRole(AriaRole.Button, new() { Name = "Import", Exact = true }).ClickAsync();
        await page.GetByText("Line 2, column 1").WaitForAsync();
        await LookAsync(owner, "admin-rosters-en");
        Assert.Empty(owner.Complaints);
    }

    private static Task GoAsync(IPage page, string path) =>
        page.EvaluateAsync("path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", "/console/" + path);

    /// <summary>The page itself is there, not the one before it, and what it asked for too.</summary>
    private static async Task SettledAsync(IPage page, string title)
    {
        await page.Locator("#content h1", new() { HasTextString = title }).First.WaitForAsync();
        await page.Locator("#content .ant-skeleton").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    private static async Task LookAsync(Visitor visitor, string name)
    {
        Assert.Empty(await visitor.AccessibilityAsync());
        await visitor.ShotAsync(name);
    }
}
