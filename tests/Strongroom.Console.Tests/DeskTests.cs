using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>An agent's call from ring to hang-up, by keyboard alone (domain.md §5; R117, R118).</summary>
public sealed class DeskTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task A_call_is_served_without_the_mouse_and_leaves_nothing_behind()
    {
        await using var agent = await browser.VisitAsync(demo, "zh");
        var page = agent.Page;
        await DeskTimes.PrepareAsync(page);
        await agent.SignInAsync("call-agent", "/console/customers/desk");
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-1-begin-zh");

        // What the call is for is never assumed: it is asked, and the hand is there already.
        await page.GetByLabel("服务编号(电话系统的通话号或工单号)").FillAsync("TEL-20261122-0193");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("请先选择这次查看的用途。").WaitForAsync();
        Assert.Equal(0, await page.Locator(".choices input:checked").CountAsync());
        await page.Locator(".choices input:focus").WaitForAsync();
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-1-purpose-zh");
        await page.Keyboard.PressAsync("1");
        Assert.True(await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("订座出票") }).IsCheckedAsync());
        await page.Keyboard.PressAsync("Enter");
        await page.GetByLabel("查找客户").FillAsync(demo.Sample("mobile"));
        await page.Keyboard.PressAsync("Enter");
        var lines = page.Locator("tr.line");
        await lines.First.WaitForAsync();

        // Whose card it is stands first, with what he agreed to beside it; then what the call is for, and last what another purpose opens.
        Assert.StartsWith("姓名", await lines.First.InnerTextAsync(), StringComparison.Ordinal);
        await lines.First.GetByText("已同意 订座出票").WaitForAsync();
        Assert.StartsWith("航班行程", await lines.Nth(1).InnerTextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("身份证号", await lines.Last.InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await lines.CountAsync() > 3);
        Assert.Contains("****", await page.Locator(".card").InnerTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(demo.SampleValues, (await page.ContentAsync()).Contains);
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-2-masked-zh");

        // Refused before the caller is verified: a sentence and one button in the same line.
        var mobile = page.Locator("tr.line", new() { HasText = demo.Booking[^3..] }).First;
        await mobile.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.Locator(".beneath .why").WaitForAsync();
        await agent.ShotAsync("desk-3-why-not-zh");
        await page.Locator(".beneath .why button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        // Verified by two things the caller says.
        await page.Keyboard.TypeAsync(demo.Document[^4..]);
        await page.GetByLabel("订座编号或客票号").FillAsync("7810000000000");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("✗ 不一致").WaitForAsync();
        await agent.ShotAsync("desk-4-verify-zh");
        await page.GetByLabel("订座编号或客票号").FillAsync(demo.Booking);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("已核实来电人").WaitForAsync();

        await mobile.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.GetByText(demo.Booking).WaitForAsync();
        await agent.ShotAsync("desk-5-revealed-zh");
        Assert.Empty(await agent.AccessibilityAsync());
        Assert.DoesNotContain(demo.SampleValues, (await agent.KeptAsync()).Contains);
        await page.Keyboard.PressAsync("Escape");
        await page.GetByText(demo.Booking).WaitForAsync(new() { State = WaitForSelectorState.Detached });

        await new DeskTimes(agent).MeasureAsync(mobile, demo.Sample("mobile"));

        // Hang-up: the note refuses identifiers, and everything goes.
        await page.GetByRole(AriaRole.Button, new() { Name = "挂断" }).PressAsync("Enter");
        await page.GetByLabel("小结").FillAsync($"回电 {demo.Sample("mobile")}");
        Assert.True(await page.GetByRole(AriaRole.Button, new() { Name = "保存并结束" }).IsDisabledAsync());
        await agent.ShotAsync("desk-6-wrap-up-zh");
        await page.GetByLabel("小结").FillAsync("改签咨询,已答复");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存并结束" }).PressAsync("Enter");
        await page.GetByLabel("服务编号(电话系统的通话号或工单号)").WaitForAsync();
        Assert.DoesNotContain("****", await page.ContentAsync(), StringComparison.Ordinal);
        await ServeARingAsync(agent);
        Assert.DoesNotContain(demo.SampleValues, (await agent.KeptAsync()).Contains);
        Assert.Empty(agent.Complaints);
    }

    /// <summary>The telephone system rings, one key takes the call, the caller's number finds him, and hang-up masks everything and asks for the note.</summary>
    private async Task ServeARingAsync(Visitor agent)
    {
        var (page, number) = (agent.Page, demo.Sample("mobile"));
        using var telephone = new Telephone(demo);

        // On another page: that it rings is told there, and nothing of the caller; the same key goes to the desk.
        await page.GetByRole(AriaRole.Link, new() { Name = "待办" }).First.ClickAsync();
        var call = await telephone.RingAsync("call-agent", "TEL-20261122-0194", "fulfil", number);
        var told = page.Locator(".call-waits a");
        await told.WaitForAsync();
        await agent.ShotAsync("desk-7-elsewhere-zh");
        Assert.DoesNotContain(number[^4..], await told.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Empty(await agent.AccessibilityAsync());
        await page.Keyboard.PressAsync("F2");
        await page.GetByRole(AriaRole.Alert, new() { Name = "来电" }).GetByText($"{number[..3]}****{number[^4..]}").WaitForAsync();
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-7-rings-zh");
        await page.Keyboard.PressAsync("F2");
        await page.Locator("tr.line").First.WaitForAsync();
        await page.Locator(".callbar").GetByText("TEL-20261122-0194").WaitForAsync();
        Assert.DoesNotContain(demo.SampleValues, (await page.ContentAsync()).Contains);

        // Verified and shown, as in any call; then the caller hangs up.
        await page.GetByLabel("末四位").First.FillAsync(demo.Document[^4..]);
        await page.GetByLabel("订座编号或客票号").FillAsync(demo.Booking);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("已核实来电人").WaitForAsync();
        await page.Locator("tr.line", new() { HasText = demo.Booking[^3..] }).First.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await page.GetByText(demo.Booking).WaitForAsync();
        await agent.ShotAsync("desk-8-served-zh");
        await telephone.HangUpAsync(call);
        await page.GetByText("明文已全部遮住").WaitForAsync();
        Assert.Equal(0, await page.GetByText(demo.Booking).CountAsync());
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-9-hung-up-zh");
        await page.GetByLabel("小结").FillAsync("改签咨询,已答复");
        await page.GetByRole(AriaRole.Button, new() { Name = "保存并结束" }).PressAsync("Enter");
        await page.GetByLabel("服务编号(电话系统的通话号或工单号)").WaitForAsync();
    }

    [Fact]
    public async Task The_desk_works_on_a_phone_in_English()
    {
        await using var agent = await browser.VisitAsync(demo, "en", phone: true, dark: true);
        var page = agent.Page;
        using var telephone = new Telephone(demo);
        var call = await telephone.RingAsync("counter", "TEL-20261122-0195", "special", demo.Sample("mobile"));
        await agent.SignInAsync("counter", "/console/customers/desk");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("Take the call") }).WaitForAsync();
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-rings-phone-en-dark");
        await telephone.HangUpAsync(call);
        await page.GetByLabel("Reference (call number").FillAsync("C-17");
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("Booking") }).CheckAsync();
        await page.GetByLabel("Caller's number").FillAsync(demo.Changed);
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("tr.line").First.WaitForAsync();
        // On a wide screen the head of the card is a line for the name and one for each state of consent (here two), however long the purposes' names are.
        var phone = page.ViewportSize!;
        await page.SetViewportSizeAsync(1440, 900);
        await page.Locator(".consents .good").First.WaitForAsync();
        await agent.ShotAsync("desk-card-en-dark");
        Assert.InRange((await page.Locator(".whose .said").BoundingBoxAsync())!.Height, 1, 96);
        await page.SetViewportSizeAsync(phone.Width, phone.Height);
        await page.Locator("tr.line", new() { HasText = "Mobile" }).First.ClickAsync();
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-phone-en-dark");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));

        // The customer is called without his number being seen: under the purpose it serves, and told plainly that no gateway is connected here.
        await page.GetByRole(AriaRole.Button, new() { Name = "Call C", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Call for “Telling customers about changes”" }).ClickAsync();
        await page.GetByText("No telephone or message gateway is connected").WaitForAsync();
        await agent.ShotAsync("desk-contact-phone-en-dark");
        await page.GetByRole(AriaRole.Button, new() { Name = "Text S", Exact = true }).First.ClickAsync();
        await page.GetByText("Ask for a call back").WaitForAsync();
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-text-phone-en-dark");
        await page.Keyboard.PressAsync("Escape");

        // A number is changed with the customer's own word, under a purpose that it serves, in the language chosen for him.
        var mobile = page.Locator("tr.line", new() { HasText = "Mobile" }).First;
        async Task CorrectAsync()
        {
            await mobile.GetByRole(AriaRole.Button, new() { Name = "Correct", Exact = true }).PressAsync("Enter");
            await page.GetByRole(AriaRole.Button, new() { Name = "Correct for “Telling customers about changes”" }).PressAsync("Enter");
            await page.GetByLabel("New Mobile").FillAsync("139 0013 9000");
            await page.Keyboard.PressAsync("Enter");
        }

        await CorrectAsync();
        var send = page.GetByRole(AriaRole.Button, new() { Name = "Send the code" });
        await send.WaitForAsync();
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-code-phone-en-dark");
        await send.PressAsync("Enter");
        var code = await demo.SaidAsync($"SMS → {demo.Changed[^4..]}: Code ([0-9]{{6}}), .*ending in 9000");
        await page.GetByLabel("Code the customer reads out").FillAsync(code[..5] + (code[5] == '0' ? '1' : '0'));
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".beneath [role=alert]").WaitForAsync();
        await page.GetByText("Tries left: 2.").WaitForAsync();
        await agent.ShotAsync("desk-code-refused-phone-en-dark");
        await page.Keyboard.PressAsync("Escape");

        // Or a colleague approves exactly this correction at the agent's screen, and it is saved in the same line.
        await CorrectAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask for approval" }).PressAsync("Enter");
        await page.GetByLabel("Reason").FillAsync("lost telephone, passport seen");
        var asked = await page.RunAndWaitForResponseAsync(() => page.Keyboard.PressAsync("Enter"), one => one.Url.EndsWith("/v1/approvals/uses", StringComparison.Ordinal));
        var request = (await asked.JsonAsync())!.Value;
        Assert.Equal("use.correct", request.GetProperty("act").GetString());
        await page.GetByLabel("Colleague’s account").WaitForAsync();
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("desk-correction-on-site-phone-en-dark");
        await using var lead = await browser.VisitAsync(demo, "en", phone: true);
        await lead.SignInAsync("shift-lead", $"/console/approvals/request?id={request.GetProperty("id").GetString()}");
        await lead.Page.GetByRole(AriaRole.Button, new() { Name = "Show my on-site code" }).ClickAsync();
        await page.GetByLabel("Colleague’s account").FillAsync("shift-lead");
        await page.GetByLabel("On-site code (8 digits)").FillAsync(await lead.Page.Locator(".on-site-code").InnerTextAsync());
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("A colleague has approved the correction: Mobile").WaitForAsync();
        await agent.ShotAsync("desk-correction-approved-phone-en-dark");
        var save = page.Locator(".beneath").GetByRole(AriaRole.Button, new() { Name = "Save" });
        var saved = await page.RunAndWaitForResponseAsync(() => save.PressAsync("Enter"), one => one.Request.Method == "PATCH");
        Assert.Equal(200, saved.Status);
        await save.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(agent.Complaints);
    }
}
