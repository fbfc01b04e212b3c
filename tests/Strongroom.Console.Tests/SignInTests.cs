using System.Text.Json;
using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>The shell and the ways in.</summary>
public sealed class SignInTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task Password_and_code_sign_in_and_a_deep_link_opens_afterwards()
    {
        await using var visitor = await browser.VisitAsync(demo, "en");
        var page = visitor.Page;
        await page.GotoAsync("/console/settings");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();
        Assert.Empty(await visitor.AccessibilityAsync());
        await visitor.ShotAsync("sign-in-en");

        await page.Locator("input[autocomplete=username]").FillAsync("auditor");
        await page.Locator("input[autocomplete=current-password]").FillAsync("not-the-password-9");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Alert).WaitForAsync();
        await visitor.ShotAsync("sign-in-refused-en");

        await visitor.SignInAsync("auditor", "/console/settings");
        await page.GetByRole(AriaRole.Heading, new() { Name = "My sign-in" }).WaitForAsync();
        await page.GetByText("This session").WaitForAsync();
        Assert.Empty(await visitor.AccessibilityAsync());
        await visitor.ShotAsync("settings-en");

        // No reload between the languages, and no entry without content.
        await page.EvaluateAsync("globalThis.stays = 1");
        await page.GetByRole(AriaRole.Button, new() { Name = "中文" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "我的登录" }).WaitForAsync();
        Assert.Equal(1, await page.EvaluateAsync<int>("globalThis.stays"));
        Assert.Equal("zh-CN", await page.EvaluateAsync<string>("document.documentElement.lang"));
        Assert.Equal(0, await page.Locator(".menu").GetByText("客户", new() { Exact = true }).CountAsync());

        await page.Keyboard.PressAsync("Control+k");
        await page.GetByRole(AriaRole.Combobox).FillAsync("to-do");
        Assert.Empty(await visitor.AccessibilityAsync());
        await visitor.ShotAsync("palette-zh");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "待办" }).WaitForAsync();
        await visitor.ShotAsync("todo-zh");
        Assert.EndsWith("/console/todo", page.Url, StringComparison.Ordinal);
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_passkey_enrolled_here_signs_in_by_itself()
    {
        await using var visitor = await browser.VisitAsync(demo, "en");
        var page = visitor.Page;
        await visitor.CarryKeysAsync();
        await visitor.SignInAsync("hotel-data-owner", "/console/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await page.GetByText("never used").WaitForAsync();
        await visitor.ShotAsync("settings-passkey-en");

        await visitor.SignOutAsync("Eva Stone", "Sign out");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "My sign-in" }).WaitForAsync();
        Assert.Empty(visitor.Complaints);
    }

    /// <summary>The company's provider is a process of its own on another origin: out there, who one is; back here, a second factor unless it asked for two.</summary>
    [Fact]
    public async Task Single_sign_on_is_linked_used_and_taken_off_by_way_of_a_real_provider()
    {
        if (demo.Provider is not { } provider)
        {
            const string Missing = "The test provider is not installed (./build.sh test does it, or npm ci in tests/Strongroom.Server.Tests/oidc)";
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), Missing);
            Assert.Skip(Missing);
            return;
        }

        await using var visitor = await browser.VisitAsync(demo, "en");
        var page = visitor.Page;
        async Task BeAsync(string amr)
        {
            await page.Context.ClearCookiesAsync(new() { Domain = provider.Issuer.Host });
            await page.Context.AddCookiesAsync([new() { Name = "who", Value = "mia", Url = provider.Issuer.ToString() }, new() { Name = "amr", Value = amr, Url = provider.Issuer.ToString() }]);
        }

        // An identity that nobody linked is nobody here.
        await BeAsync("mfa");
        await page.GotoAsync("/console/");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with corp" }).ClickAsync();
        await page.GetByText("Single sign-on did not succeed").WaitForAsync();
        Assert.Empty(await visitor.AccessibilityAsync());
        await visitor.ShotAsync("sign-in-sso-refused-en");

        await visitor.SignInAsync("front-desk", "/console/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "Link corp" }).ClickAsync();
        await page.GetByText("Single sign-on is linked.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Unlink" }).WaitForAsync();
        Assert.Empty(await visitor.AccessibilityAsync());
        await visitor.ShotAsync("settings-sso-en");
        await visitor.SignOutAsync("Mia Lang", "Sign out");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with corp" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "To-do" }).WaitForAsync();

        // A provider that asked for a password only is one factor.
        await visitor.SignOutAsync("Mia Lang", "Sign out");
        await BeAsync("pwd");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with corp" }).ClickAsync();
        await page.Locator("input[autocomplete=one-time-code]").WaitForAsync();
        Assert.Equal(0, await page.Locator("#content").CountAsync());
        await visitor.ShotAsync("sign-in-sso-second-en");

        await page.Context.ClearCookiesAsync();
        await BeAsync("mfa");
        await page.GotoAsync("/console/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with corp" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "To-do" }).WaitForAsync();
        await page.GotoAsync("/console/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "Unlink" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Link corp" }).WaitForAsync();
        Assert.Empty(visitor.Complaints);
    }

    /// <summary>The phone's owner proves himself by passkey before another screen is let in; that screen counts as one factor and proves the second when it is asked for.</summary>
    [Fact]
    public async Task A_phone_lets_another_screen_in_after_a_fresh_passkey()
    {
        await using var phone = await browser.VisitAsync(demo, "en", phone: true);
        await phone.CarryKeysAsync();
        await phone.SignInAsync("complaints", "/console/settings");
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
        await phone.Page.GetByText("never used").WaitForAsync();
        await phone.SignOutAsync("冯雪", "Sign out");
        await phone.SignInAsync("complaints", "/console/settings");

        // Only a browser in which he himself has signed in by password before may ask.
        await using var screen = await browser.VisitAsync(demo, "zh");
        var page = screen.Page;
        await screen.SignInAsync("complaints", "/console/settings");
        await screen.SignOutAsync("冯雪", "退出登录");
        var begun = page.WaitForResponseAsync(answer => answer.Url.EndsWith("/v1/sign-in/qr", StringComparison.Ordinal));
        await page.GetByRole(AriaRole.Button, new() { Name = "用手机扫码登录" }).ClickAsync();
        var ticket = (await (await begun).JsonAsync())!.Value.GetProperty("ticket").GetString()!;
        await page.GetByAltText("登录二维码").WaitForAsync();
        var number = await page.Locator(".big-number").InnerTextAsync();
        Assert.Empty(await screen.AccessibilityAsync());
        await screen.ShotAsync("sign-in-qr-zh");

        // What the picture says is an address; the phone's camera opens it.
        await phone.Page.GotoAsync("about:blank");
        await phone.Page.GotoAsync($"/console/phone#{ticket}");
        await phone.Page.GetByLabel("Number on that screen").FillAsync(number);
        Assert.Empty(await phone.AccessibilityAsync());
        await phone.ShotAsync("phone-allows-en");
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        var dialog = phone.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Please confirm it is you").First.WaitForAsync();
        Assert.Empty(await phone.AccessibilityAsync());
        await phone.ShotAsync("step-up-phone-en");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await phone.Page.GetByText("Allowed. You can close this page.").WaitForAsync();
        Assert.DoesNotContain(ticket, await phone.KeptAsync(), StringComparison.Ordinal);

        // The screen is in by itself, with the second factor still to prove.
        await page.Locator("input[autocomplete=one-time-code], #content").First.WaitForAsync();
        await screen.ShotAsync("sign-in-qr-in-zh");
        Assert.DoesNotContain(ticket, await screen.KeptAsync(), StringComparison.Ordinal);
        Assert.Empty(screen.Complaints);
        Assert.Empty(phone.Complaints);
    }

    /// <summary>The account is this class's own, so its walk stands here.</summary>
    [Fact]
    public Task Every_page_of_the_complaints_officer_stands() => new RolePathTests(demo, browser).Every_page_of_the_role_stands("complaints", "zh");
}
