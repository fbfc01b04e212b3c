using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>A published form at the counter and on a phone: notice, consents one by one, mistakes at their fields, receipt (R2, R22, R23, R26).</summary>
public sealed class CollectTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task A_form_is_filled_in_at_the_counter_by_keyboard_and_leaves_nothing_behind()
    {
        await using var counter = await browser.VisitAsync(demo, "zh");
        var page = counter.Page;
        await counter.SignInAsync("counter", "/console/customers/collect");
        await page.GetByRole(AriaRole.Link, new() { Name = "柜台值机" }).PressAsync("Enter");
        var shown = page.GetByLabel("已向客户出示或读出这一版告知书");
        await shown.WaitForAsync();
        Assert.Equal(0, await page.Locator("input[type=radio]:checked, input[type=checkbox]:checked").CountAsync());
        Assert.Empty(await counter.AccessibilityAsync());
        await counter.ShotAsync("collect-1-form-zh");

        // Nothing goes out before the notice was shown and every consent was asked.
        var submit = page.GetByRole(AriaRole.Button, new() { Name = "提交登记" });
        await submit.PressAsync("Enter");
        await page.GetByText("先出示告知书,再提交。").WaitForAsync();
        await page.GetByText("请问过客户再选。").WaitForAsync();

        // The server's mistakes stand at their fields, and the hand is at the first of them.
        await shown.PressAsync("Space");
        await page.GetByLabel("同意", new() { Exact = true }).PressAsync("Space");
        await page.GetByLabel("电子签名编号").FillAsync("SIG-20261122-7");
        await page.GetByLabel("姓名").FillAsync("梁知秋");
        await page.GetByLabel("身份证号").FillAsync("110105194912310021");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("[aria-invalid=true]:focus").WaitForAsync();
        Assert.Empty(await counter.AccessibilityAsync());
        await counter.ShotAsync("collect-2-mistakes-zh");

        await page.GetByLabel("身份证号").FillAsync("11010519491231002X");
        await page.GetByLabel("座位号").FillAsync("12A");
        await page.GetByLabel("证件阅读记录编号").FillAsync("RD-0001");
        await page.Keyboard.PressAsync("Enter");

        // No reader attested it, whatever the number says: a colleague approves exactly this, here, and what was typed stays.
        await page.GetByLabel("为什么没有用阅读器(授权人会看到)").FillAsync("阅读器故障");
        Assert.Equal("12A", await page.GetByLabel("座位号").InputValueAsync());
        var asked = await page.RunAndWaitForResponseAsync(() => page.Keyboard.PressAsync("Enter"), answer => answer.Url.EndsWith("/request", StringComparison.Ordinal));
        var id = (await asked.JsonAsync())!.Value.GetProperty("id").GetString()!;
        await using var lead = await browser.VisitAsync(demo, "en", phone: true);
        await lead.SignInAsync("shift-lead", $"/console/approvals/request?id={id}");
        await lead.Page.GetByText("Typed by hand", new() { Exact = true }).WaitForAsync();
        Assert.DoesNotContain("11010519491231002X", await lead.Page.ContentAsync(), StringComparison.Ordinal);
        await lead.Page.GetByRole(AriaRole.Button, new() { Name = "Show my on-site code" }).ClickAsync();
        var code = await lead.Page.Locator(".on-site-code").InnerTextAsync();
        await lead.ShotAsync("collect-typed-phone-en");
        await page.GetByLabel("同事的账号").FillAsync("shift-lead");
        await page.GetByLabel("现场码(8 位)").FillAsync(code);
        Assert.Empty(await counter.AccessibilityAsync());
        await counter.ShotAsync("collect-4-typed-zh");
        await page.GetByRole(AriaRole.Button, new() { Name = "用现场码授权" }).ClickAsync();
        await page.GetByText("回执编号").WaitForAsync();
        Assert.Empty(await counter.AccessibilityAsync());
        await counter.ShotAsync("collect-3-receipt-zh");
        Assert.DoesNotContain("梁知秋", await page.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("11010519491231002X", await counter.KeptAsync(), StringComparison.Ordinal);

        // The signed receipt, as the customer takes it along: what was agreed to, and no value.
        var receipt = await page.Locator("dl.told code").First.InnerTextAsync();
        var file = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "取签名回执" }).PressAsync("Enter"));
        var signed = await File.ReadAllTextAsync(await file.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains(receipt, signed, StringComparison.Ordinal);
        Assert.NotNull(JsonNode.Parse(signed)!["sig"]);
        Assert.DoesNotContain("11010519491231002X", signed, StringComparison.Ordinal);
        Assert.Empty(counter.Complaints);
    }

    [Fact]
    public async Task A_sensitive_item_waits_for_its_separate_consent_on_a_phone()
    {
        await using var agent = await browser.VisitAsync(demo, "en", phone: true);
        var page = agent.Page;
        await agent.SignInAsync("back-office", "/console/customers/collect?form=call-assistance");
        var medical = page.GetByRole(AriaRole.Textbox, new() { NameRegex = new("Medical|medical") });
        await medical.WaitForAsync();
        Assert.True(await medical.IsDisabledAsync());
        var separate = page.Locator("fieldset.separate");
        await separate.GetByText("Agrees").ClickAsync();
        Assert.True(await medical.IsEnabledAsync());
        await medical.FillAsync("needs oxygen");
        await separate.GetByText("Does not agree").ClickAsync();
        Assert.True(await medical.IsDisabledAsync());
        Assert.Equal("", await medical.InputValueAsync());
        Assert.Empty(await agent.AccessibilityAsync());
        await agent.ShotAsync("collect-phone-en");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(agent.Complaints);
    }
}
