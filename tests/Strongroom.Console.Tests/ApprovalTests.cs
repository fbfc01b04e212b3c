using System.Text.Json;
using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>Approving on a phone and at the requester's screen, grants in force, the emergency's review (console.md; R41, R45).</summary>
public sealed class ApprovalTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task A_request_is_approved_on_a_phone_and_stands_with_its_countdown()
    {
        await using var officer = await browser.VisitAsync(demo, "en", phone: true);
        await officer.SignInAsync("dpo", "/console/approvals?view=asked");
        var id = await AskAsync(officer.Page, "remote", null);

        // The emergency that nobody approved waits for the officer's review.
        var page = officer.Page;
        await page.GotoAsync("/console/approvals");
        await page.Locator(".request").First.WaitForAsync();
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("approvals-queue-phone-en");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("Needs your review") }).First.ClickAsync();
        await page.GetByLabel("Justified: it was needed").CheckAsync();
        await page.GetByLabel("What you checked").FillAsync("Asked the airport: departure control was down until noon.");
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("approvals-review-phone-en");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit the review" }).ClickAsync();
        await page.GetByText("Reviewed").First.WaitForAsync();

        await using var lead = await browser.VisitAsync(demo, "en", phone: true);
        await lead.SignInAsync("shift-lead", $"/console/approvals/request?id={id}");
        await lead.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).WaitForAsync();
        Assert.Empty(await lead.AccessibilityAsync());
        await lead.ShotAsync("approvals-card-phone-en");
        Assert.True(await lead.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Equal(0, await lead.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("all", System.Text.RegularExpressions.RegexOptions.IgnoreCase) }).CountAsync());
        await lead.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await lead.Page.GetByText("✓ Approved").First.WaitForAsync();

        await page.GotoAsync("/console/approvals?view=force");
        await page.Locator($"a[href*='{id}']").WaitForAsync();
        Assert.Matches(@"\d+:\d\d left", await page.Locator($"a[href*='{id}']").InnerTextAsync());
        Assert.DoesNotContain(demo.SampleValues, (await officer.KeptAsync()).Contains);
        Assert.Empty(officer.Complaints);
        Assert.Empty(lead.Complaints);
    }

    [Fact]
    public async Task A_request_is_refused_with_a_reason_at_the_desk()
    {
        await using var officer = await browser.VisitAsync(demo, "zh");
        await officer.SignInAsync("dpo", "/console/approvals?view=asked");
        var id = await AskAsync(officer.Page, "remote", null);
        await officer.Page.GotoAsync("/console/approvals/quality");
        await officer.Page.GetByText("互相批准的两个人").WaitForAsync();
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("approvals-quality-zh");

        await using var lead = await browser.VisitAsync(demo, "zh");
        var page = lead.Page;
        await lead.SignInAsync("shift-lead", "/console/approvals");
        await page.Locator($"a[href*='{id}']").WaitForAsync();
        Assert.Empty(await lead.AccessibilityAsync());
        await lead.ShotAsync("approvals-queue-zh");
        await page.Locator($"a[href*='{id}']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "拒绝…" }).ClickAsync();
        await page.GetByLabel("超出办理这件事所需的范围").CheckAsync();
        Assert.Empty(await lead.AccessibilityAsync());
        await lead.ShotAsync("approvals-refuse-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "拒绝这份申请" }).ClickAsync();
        await page.GetByText("✕ 已拒绝").First.WaitForAsync();

        await page.GotoAsync("/console/approvals/delegations");
        await page.GetByLabel("同事的账号").FillAsync("dpo");
        await page.GetByLabel("到(含当天)").FillAsync(DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).AddDays(3).ToString("yyyy-MM-dd", null));
        await page.GetByLabel("原因").FillAsync("年假");
        await page.GetByRole(AriaRole.Button, new() { Name = "安排代审" }).ClickAsync();
        await page.GetByText("代您答复").First.WaitForAsync();
        Assert.Empty(await lead.AccessibilityAsync());
        await lead.ShotAsync("approvals-stand-ins-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "结束" }).First.ClickAsync();
        await page.GetByText("没有代审安排").WaitForAsync();
        Assert.Empty(lead.Complaints);
        Assert.Empty(officer.Complaints);
    }

    [Fact]
    public async Task A_colleague_approves_at_the_requesters_screen_with_the_code_of_his_own_device()
    {
        await using var officer = await browser.VisitAsync(demo, "zh");
        await officer.SignInAsync("dpo", "/console/approvals?view=asked");
        var id = await AskAsync(officer.Page, "on-site", "unverified_reveal");
        await using var lead = await browser.VisitAsync(demo, "en", phone: true);
        await lead.SignInAsync("shift-lead", $"/console/approvals/request?id={id}");
        await lead.Page.GetByRole(AriaRole.Button, new() { Name = "Show my on-site code" }).ClickAsync();
        var code = await lead.Page.Locator(".on-site-code").InnerTextAsync();
        Assert.Empty(await lead.AccessibilityAsync());
        await lead.ShotAsync("approvals-my-code-phone-en");

        var page = officer.Page;
        await page.GotoAsync($"/console/approvals/request?id={id}");
        await page.GetByLabel("同事的账号").FillAsync("shift-lead");
        await page.GetByLabel("现场码(8 位)").FillAsync("00000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "用现场码授权" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        Assert.Empty(await officer.AccessibilityAsync());
        await officer.ShotAsync("approvals-on-site-zh");
        await page.GetByLabel("现场码(8 位)").FillAsync(code);
        await page.GetByRole(AriaRole.Button, new() { Name = "用现场码授权" }).ClickAsync();
        await page.GetByText("✓ 已批准").First.WaitForAsync();
        Assert.Empty(officer.Complaints);
        Assert.Empty(lead.Complaints);
    }

    /// <summary>
    /// What tells faith or health is opened by two: the desk asks, the colleague's passkey signs the digest of that very request, and the line opens. Whoever
    /// has no passkey is told so, and adds one there.
    /// </summary>
    [Fact]
    public async Task A_colleague_signs_by_passkey_and_the_line_at_the_desk_opens()
    {
        await using var counter = await browser.VisitAsync(demo, "zh");
        var desk = counter.Page;
        await counter.SignInAsync("counter", "/console/customers/desk");
        await desk.GetByLabel("服务编号(电话系统的通话号或工单号)").FillAsync("K-88");
        await desk.GetByRole(AriaRole.Radio, new() { NameRegex = new("特殊旅客服务") }).CheckAsync();
        await desk.GetByLabel("来电号码").FillAsync(demo.Special);
        await desk.Keyboard.PressAsync("Enter");
        var meal = desk.Locator("tr.line", new() { HasText = "特殊餐食" }).First;
        await meal.FocusAsync();
        await desk.Keyboard.PressAsync("Space");
        await desk.Locator(".beneath .why").GetByRole(AriaRole.Button, new() { Name = "申请授权" }).PressAsync("Enter");
        await desk.GetByLabel("原因(审批人会看到)").FillAsync("配餐核对,工单 48213");
        Assert.Empty(await counter.AccessibilityAsync());
        await counter.ShotAsync("desk-7-ask-zh");
        await desk.Keyboard.PressAsync("Enter");
        await desk.GetByText("已发出申请").WaitForAsync();

        await using var lead = await browser.VisitAsync(demo, "en", phone: true, dark: true);
        var page = lead.Page;
        await lead.CarryKeysAsync();
        await lead.SignInAsync("night-lead", "/console/approvals");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("special meals") }).First.ClickAsync();
        await page.GetByText("配餐核对,工单 48213").WaitForAsync();
        Assert.Empty(await lead.AccessibilityAsync());
        await lead.ShotAsync("approvals-sign-phone-en-dark");
        var sign = page.GetByRole(AriaRole.Button, new() { Name = "Approve with a passkey" });
        await sign.ClickAsync();
        await page.GetByText("You have no passkey yet. Add one first.").WaitForAsync();
        Assert.Empty(await lead.AccessibilityAsync());
        await lead.ShotAsync("approvals-no-passkey-phone-en-dark");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await page.GetByText("The passkey is there.").WaitForAsync();
        await lead.ShotAsync("approvals-passkey-added-phone-en-dark");

        var challenge = page.WaitForResponseAsync(answer => answer.Url.EndsWith("/sign", StringComparison.Ordinal));
        var decided = page.WaitForRequestAsync(request => request.Url.EndsWith("/decide", StringComparison.Ordinal));
        await sign.ClickAsync();
        await page.GetByText("✓ Approved").First.WaitForAsync();
        await page.GetByText("signed with a passkey").WaitForAsync();
        await lead.ShotAsync("approvals-signed-phone-en-dark");
        var asked = (await (await challenge).JsonAsync())!.Value.GetProperty("options").GetProperty("challenge").GetString()!;
        var digest = JsonDocument.Parse((await decided).PostData!).RootElement.GetProperty("digest").GetString();
        Assert.Equal(digest, Convert.ToHexStringLower(Convert.FromBase64String(asked.Replace('-', '+').Replace('_', '/') + "=")));

        await desk.GetByText("已批准,按空格查看").WaitForAsync();
        await meal.FocusAsync();
        await desk.Keyboard.PressAsync("Space");
        await meal.Locator(".value.clear").WaitForAsync();
        Assert.Matches("moml|ksml|dbml|餐", await meal.Locator(".value.clear").InnerTextAsync());
        Assert.Empty(await counter.AccessibilityAsync());
        await counter.ShotAsync("desk-8-opened-zh");
        Assert.DoesNotContain(demo.SampleValues, (await counter.KeptAsync()).Contains);
        Assert.Empty(counter.Complaints);
        Assert.Empty(lead.Complaints);
    }

    /// <summary>Asks for one more look at a customer of the demo's own requests, as the desk would.</summary>
    private static async Task<string> AskAsync(IPage page, string mode, string? scene)
    {
        var made = await page.EvaluateAsync<JsonElement>(
            """
            async ([mode, scene]) => {
              const headers = { 'X-Strongroom': '1', 'Content-Type': 'application/json' };
              const { approvals } = await (await fetch('/v1/approvals', { headers })).json();
              const customer = approvals.map(one => one.preview.split('\n')[0]).find(line => /^[0-9a-f]{32}$/.test(line));
              const body = { act: 'view', customers: [customer], purpose: 'realname', items: ['id_no', 'mobile'], until: Date.now() + 3300000, reason: '核对投诉 48213' };
              if (scene) Object.assign(body, { scenes: [scene], mode });
              return await (await fetch('/v1/approvals/uses', { method: 'POST', headers, body: JSON.stringify(body) })).json();
            }
            """, new[] { mode, scene });
        return made.TryGetProperty("id", out var id) ? id.GetString()! : throw new InvalidOperationException(made.ToString());
    }
}
