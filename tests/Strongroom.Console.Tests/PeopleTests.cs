using System.Text.Json;
using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>The security administrator's day: people and posts, API clients, vault scenes (R10, R34, R41, R43).</summary>
public sealed class PeopleTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task An_administrator_gives_a_post_and_suspends_an_account()
    {
        await using var admin = await browser.VisitAsync(demo, "zh");
        var page = admin.Page;
        await admin.SignInAsync("admin-1", "/console/people");
        await page.GetByRole(AriaRole.Link, new() { Name = "方圆" }).WaitForAsync();
        Assert.Empty(await admin.AccessibilityAsync());
        await admin.ShotAsync("people-zh");
        await page.GetByLabel("按姓名或账号筛选").FillAsync("counter-lapsed");
        await page.GetByRole(AriaRole.Link, new() { Name = "方圆" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "方圆" }).WaitForAsync();

        // Told what stands in the way, or that it takes two, before anything was given.
        await page.Locator("#post").FillAsync("审计");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#unit").ClickAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "授予", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        Assert.Empty(await admin.AccessibilityAsync());
        await admin.ShotAsync("person-zh");
        Assert.DoesNotContain("方圆", await admin.KeptAsync(), StringComparison.Ordinal);

        await page.GetByRole(AriaRole.Button, new() { Name = "停用" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "确定" }).ClickAsync();
        await page.GetByText("已停用").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "恢复" }).ClickAsync();
        await page.GetByText("在用").WaitForAsync();

        await page.GotoAsync("/console/approvals/scenes");
        await page.GetByRole(AriaRole.Button, new() { Name = "申请修改…" }).First.WaitForAsync();
        Assert.Empty(await admin.AccessibilityAsync());
        await admin.ShotAsync("scenes-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "申请修改…" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Switch).ClickAsync();
        await page.GetByLabel("修改原因").FillAsync("试运行结束");
        Assert.Empty(await admin.AccessibilityAsync());
        await admin.ShotAsync("scene-change-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "提交申请" }).ClickAsync();
        await page.GetByText("已提交,等待批准").WaitForAsync();
        Assert.Empty(admin.Complaints);
    }

    [Fact]
    public async Task Somebody_whose_training_lapsed_is_told_first()
    {
        await using var visitor = await browser.VisitAsync(demo, "zh", phone: true);
        await visitor.SignInAsync("counter-lapsed");
        await visitor.Page.GetByText("保护培训已过期").WaitForAsync();
        Assert.Empty(await visitor.AccessibilityAsync());
        await visitor.ShotAsync("todo-phone-zh");
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_client_is_made_on_a_phone_and_its_token_is_shown_once()
    {
        await using var admin = await browser.VisitAsync(demo, "en", phone: true);
        var page = admin.Page;
        await admin.SignInAsync("admin-2", "/console/people/clients");
        await page.GetByRole(AriaRole.Button, new() { Name = "New client…" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("ticket-desk");
        await page.Locator("#owner").FillAsync("shift-lead");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#scopes").FillAsync("metrics");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Ends").FillAsync(TimeProvider.System.GetUtcNow().AddDays(60).ToString("yyyy-MM-dd", null));
        Assert.Empty(await admin.AccessibilityAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Create" }).ClickAsync();
        await page.Locator(".once").WaitForAsync();
        await admin.ShotAsync("client-token-phone-en");
        var token = await page.Locator(".once").InnerTextAsync();
        Assert.StartsWith("sr_", token, StringComparison.Ordinal);
        Assert.Empty(await admin.AccessibilityAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Kept; close" }).ClickAsync();
        await page.GetByText("ticket-desk").WaitForAsync();
        Assert.DoesNotContain(token, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(token, await admin.KeptAsync(), StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await admin.ShotAsync("clients-phone-en");

        // What pushes work orders stands in for two people: one asks, the other approves, the first registers exactly that (R43).
        await page.GetByRole(AriaRole.Button, new() { Name = "New client…" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("service-tickets");
        await page.Locator("#owner").FillAsync("shift-lead");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#scopes").FillAsync("work orders");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("Ends").FillAsync(TimeProvider.System.GetUtcNow().AddDays(60).ToString("yyyy-MM-dd", null));
        await page.Locator("#certificates").FillAsync(new string('a', 64));
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask the other administrator" }).ClickAsync();
        await page.GetByText("Waiting for the other administrator").WaitForAsync();
        await using var second = await browser.VisitAsync(demo, "zh");
        await second.SignInAsync("admin-1", "/console/people/sessions");
        await ReadAsync(second, await page.GetByRole(AriaRole.Link, new() { Name = "See the request" }).GetAttributeAsync("href"));
        Assert.Equal("approved", await ApproveAsync(second.Page, "client.tickets"));
        await second.Page.GotoAsync("/console/people/sessions");
        await page.ReloadAsync();
        var register = page.GetByRole(AriaRole.Button, new() { Name = "Register and issue the token" });
        await register.WaitForAsync();
        Assert.Empty(await admin.AccessibilityAsync());
        await admin.ShotAsync("client-second-phone-en");
        await register.ClickAsync();
        await page.Locator(".once").WaitForAsync();
        Assert.StartsWith("sr_", await page.Locator(".once").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(admin.Complaints);

        // Whose sessions are ended is out at the next step.
        await using var third = await browser.VisitAsync(demo, "en", phone: true);
        await third.SignInAsync("counter-lapsed", "/console/todo");
        await second.Page.GetByLabel("按姓名或账号筛选").FillAsync("admin-1");
        await second.Page.GetByText("本会话").WaitForAsync();
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "刷新" }).ClickAsync();
        await second.Page.GetByLabel("按姓名或账号筛选").FillAsync("counter-lapsed");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "结束此人全部" }).First.ClickAsync();
        Assert.Empty(await second.AccessibilityAsync());
        await second.ShotAsync("live-sessions-zh");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "确定" }).ClickAsync();
        await second.Page.GetByText("没有符合的会话").WaitForAsync();
        await third.Page.ReloadAsync();
        await third.Page.Locator("input[autocomplete=username]").WaitForAsync();
        Assert.Empty(second.Complaints);
    }

    /// <summary>The approver of a client reads words and names: its owner, what it may, from where; no path of the document.</summary>
    private static async Task ReadAsync(Visitor second, string? request)
    {
        await second.Page.GotoAsync(request!);
        var content = second.Page.GetByRole(AriaRole.Table, new() { Name = "内容" });
        await content.GetByText("负责人").WaitForAsync();
        var said = await content.InnerTextAsync();
        Assert.DoesNotContain("create.", said, StringComparison.Ordinal);
        Assert.Contains("工单", said, StringComparison.Ordinal);
        Assert.Matches("来源网段\\s+不限", said);
        Assert.Empty(await second.AccessibilityAsync());
        await second.ShotAsync("client-approve-zh");
    }

    /// <summary>Approves the request of that act that waits, as the page of approvals would; answers the state it is in then.</summary>
    internal static async Task<string?> ApproveAsync(IPage page, string act) => await page.EvaluateAsync<string?>("""
        async act => {
          const headers = { 'X-Strongroom': '1', 'Content-Type': 'application/json' };
          const list = await (await fetch('/v1/approvals', { headers })).json();
          const one = list.approvals.find(one => one.act === act && one.state === 'requested');
          if (!one) return null;
          const body = JSON.stringify({ digest: one.digest, verdict: 'approve', reason: 'as agreed' });
          return (await (await fetch('/v1/approvals/' + one.id + '/decide', { method: 'POST', headers, body })).json()).state;
        }
        """, act);

    [Fact]
    public async Task An_account_that_was_asked_for_is_made_with_its_posts()
    {
        await using var lead = await browser.VisitAsync(demo, "en");
        await lead.SignInAsync("shift-lead", "/console/todo");
        var asked = await lead.Page.EvaluateAsync<JsonElement>("""
            async () => {
              const headers = { 'X-Strongroom': '1', 'Content-Type': 'application/json' };
              const me = await (await fetch('/v1/session', { headers })).json();
              const body = { person: { account: 'new-agent', name: '许舟', locale: 'zh' }, posts: [{ post: 'call-agent', unit: me.posts[0].unit }] };
              return await (await fetch('/v1/account-requests', { method: 'POST', headers, body: JSON.stringify(body) })).json();
            }
            """);
        Assert.Equal("requested", asked.GetProperty("state").GetString());

        await using var admin = await browser.VisitAsync(demo, "en", phone: true);
        var page = admin.Page;
        await admin.SignInAsync("admin-2", "/console/people/requests");
        var row = page.Locator("ul.todos li, table.rows tbody tr", new() { HasTextString = "许舟" });
        await row.WaitForAsync();
        Assert.Empty(await admin.AccessibilityAsync());
        await admin.ShotAsync("account-requests-phone-en");
        await row.GetByRole(AriaRole.Button, new() { Name = "Approve and create" }).ClickAsync();
        await page.Locator(".once").WaitForAsync();
        var start = await page.Locator(".once").InnerTextAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Kept; close" }).ClickAsync();
        await row.GetByText("approved").WaitForAsync();
        await FirstDayAsync("new-agent", start, "许舟");

        await page.GotoAsync("/console/people/report");
        await page.GetByText("Accounts without a request").WaitForAsync();
        Assert.Empty(await admin.AccessibilityAsync());
        await admin.ShotAsync("organisation-report-phone-en");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(admin.Complaints);
    }

    /// <summary>The start password, a password of one's own, an authenticator app with its recovery codes, and the agreement (R37, R81).</summary>
    private async Task FirstDayAsync(string account, string start, string name)
    {
        await using var newcomer = await browser.VisitAsync(demo, "zh");
        var page = newcomer.Page;
        await page.GotoAsync("/console/settings/nda");
        await page.Locator("input[autocomplete=username]").FillAsync(account);
        await page.Locator("input[autocomplete=current-password]").FillAsync(start);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "设置您自己的密码" }).WaitForAsync();
        Assert.Empty(await newcomer.AccessibilityAsync());
        await newcomer.ShotAsync("first-day-1-password-zh");
        await page.GetByLabel("现在的密码").FillAsync(start);
        await page.GetByLabel("新密码", new() { Exact = true }).FillAsync("four calm herons cross the weir");
        await page.GetByLabel("再输入一次新密码").FillAsync("four calm herons cross the weir");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存密码" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "验证器应用" }).ClickAsync();
        await page.GetByAltText("验证器二维码").WaitForAsync();
        Assert.Empty(await newcomer.AccessibilityAsync());
        await newcomer.ShotAsync("first-day-2-factor-zh");
        var secret = (await page.Locator("code.secret").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await page.GetByLabel("六位数字").FillAsync(Strongroom.Server.Demo.DemoCaller.CodeNow(secret));
        await page.GetByRole(AriaRole.Button, new() { Name = "确认" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "恢复码" }).WaitForAsync();
        Assert.Empty(await newcomer.AccessibilityAsync());
        await newcomer.ShotAsync("first-day-3-recovery-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "我已保存好" }).ClickAsync();

        await page.GetByLabel("请输入您的姓名作为签署").FillAsync(name);
        Assert.Empty(await newcomer.AccessibilityAsync());
        await newcomer.ShotAsync("first-day-4-agreement-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "签署" }).ClickAsync();
        await page.GetByText("您已签署").WaitForAsync();
        var kept = await newcomer.KeptAsync();
        Assert.DoesNotContain(new[] { start, secret, name }, value => kept.Contains(value, StringComparison.Ordinal));
        Assert.Empty(newcomer.Complaints);
    }
}
