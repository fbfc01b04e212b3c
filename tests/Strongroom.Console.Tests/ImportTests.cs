using System.Text;
using System.Text.Json;
using Microsoft.Playwright;

namespace Strongroom.Console.Tests;

/// <summary>A file of the back office: asked for by its digest, approved by the data owner, imported byte for byte (R41).</summary>
public sealed class ImportTests(DemoServer demo, Browser browser)
{
    private const string Passenger = "丁一舟";

    [Fact]
    public async Task A_file_is_asked_for_approved_and_imported_and_another_one_is_not()
    {
        await using var clerk = await browser.VisitAsync(demo, "zh");
        var page = clerk.Page;
        await clerk.SignInAsync("back-office", "/console/customers/imports");
        var bookings = new List<string> { LineOf(1), LineOf(2), "{\"channel\":\"file-import\"}" };
        var file = File("bookings.ndjson", string.Join('\n', bookings));

        await page.Locator("input[type=file]").SetInputFilesAsync(File("names.csv", "name,mobile\n"));
        await page.GetByText("第 1 行不是一个 JSON 对象").WaitForAsync();
        await page.Locator("input[type=file]").SetInputFilesAsync(file);
        await page.GetByText("3 行 · SHA-256").WaitForAsync();
        await page.GetByLabel("表单").ClickAsync();
        await page.Locator(".ant-select-item-option", new() { HasTextString = "导入" }).First.ClickAsync();
        await page.GetByLabel("为什么要导入").FillAsync("停电期间的纸质登记");
        await page.GetByRole(AriaRole.Button, new() { Name = "提交申请" }).ClickAsync();
        await page.GetByText("已提交,等待批准").WaitForAsync();
        Assert.Empty(await clerk.AccessibilityAsync());
        await clerk.ShotAsync("import-asked-zh");

        await using var owner = await browser.VisitAsync(demo, "en", phone: true);
        await owner.SignInAsync("data-owner");
        Assert.Equal("approved", await PeopleTests.ApproveAsync(owner.Page, "use.import"));

        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "选择文件并导入…" }).First.ClickAsync();
        var chosen = page.GetByLabel("请选申请时的那个文件");
        await chosen.SetInputFilesAsync(File("bookings.ndjson", bookings[0]));
        await page.GetByText("这不是批准的那个文件").WaitForAsync();
        await chosen.SetInputFilesAsync(file);
        await page.GetByText("与批准的文件一致").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "导入", Exact = true }).ClickAsync();
        await page.GetByText("导入结束").WaitForAsync();
        await page.GetByText("新增 2").WaitForAsync();
        await page.GetByText("拒绝 1").WaitForAsync();
        Assert.Empty(await clerk.AccessibilityAsync());
        await clerk.ShotAsync("import-done-zh");

        // Nothing of the file stays with the browser or on the page.
        var kept = await clerk.KeptAsync() + await page.ContentAsync();
        Assert.DoesNotContain(new[] { Passenger, "P-7001", "bookings.ndjson" }, kept.Contains);
        Assert.Empty(clerk.Complaints);
    }

    private static string LineOf(int number) => JsonSerializer.Serialize(new
    {
        notice = new { key = "booking", version = 1 },
        channel = "file-import",
        source = new { system = "paper", record = new[] { $"P-700{number}" } },
        items = new { name = Passenger, paper_ticket = $"P-700{number}" },
        consents = new[] { new { purpose = "fulfil", form = "written", evidence = new { kind = "document", reference = $"F-{number}" } } },
        evidence = new Dictionary<string, string> { ["file-digest"] = new('a', 64) },
    });

    private static FilePayload File(string name, string text) => new() { Name = name, MimeType = "application/x-ndjson", Buffer = Encoding.UTF8.GetBytes(text) };
}
