using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>The data owner asks the decision without the act (R33).</summary>
public sealed class WhatIfTests(DemoServer demo, Browser browser)
{
    [Fact]
    public async Task A_data_owner_sees_what_the_decision_would_be_and_why()
    {
        await using var owner = await browser.VisitAsync(demo, "zh");
        var page = owner.Page;
        await owner.SignInAsync("data-owner", "/console/settings/what-if");
        await page.GetByRole(AriaRole.Button, new() { Name = "试算" }).WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "试算" }).ClickAsync();
        await page.GetByText("customer.unknown").WaitForAsync();
        Assert.Empty(await owner.AccessibilityAsync());
        await owner.ShotAsync("what-if-zh");
        Assert.Empty(owner.Complaints);
    }
}
