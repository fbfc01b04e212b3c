using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Strongroom.Console.Tests;
using Strongroom.Tests;

[assembly: AssemblyFixture(typeof(Browser))]

namespace Strongroom.Console.Tests;

/// <summary>Debian's own chromium, driven by Playwright; each visitor has a context, that is cookies and storage, of his own.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/google-chrome"];
    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Places.First(File.Exists),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }

    public async Task<Visitor> VisitAsync(DemoServer demo, string language, bool phone = false, bool dark = false)
    {
        var context = await browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = demo.Origin,
            IgnoreHTTPSErrors = true,
            Locale = language == "zh" ? "zh-CN" : "en-GB",
            TimezoneId = "Asia/Shanghai",
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1440, Height = 900 },
            HasTouch = phone,
        });
        context.SetDefaultTimeout(120_000);
        return await Visitor.OpenAsync(context, demo, language);
    }
}

/// <summary>Somebody in front of the console. Whatever the page's policy refuses and every error on it is kept and must be nothing.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly DemoServer demo;
    private readonly List<string> complaints = [];
    private readonly ConcurrentQueue<string> journal = [];
    private readonly ConcurrentQueue<string> refused = [];
    private bool carriesKeys;

    private Visitor(IBrowserContext context, IPage page, DemoServer demo) => (this.context, Page, this.demo) = (context, page, demo);

    public IPage Page { get; }

    public IReadOnlyList<string> Complaints => complaints;

    /// <summary>What the server refused because of who asked: each stands in the log against him.</summary>
    public IReadOnlyCollection<string> Refused => refused;

    internal static async Task<Visitor> OpenAsync(IBrowserContext context, DemoServer demo, string language)
    {
        var visitor = new Visitor(context, await context.NewPageAsync(), demo);
        visitor.Page.Console += (_, message) =>
        {
            // A refusal is an answer too; the browser itself lists its status.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                visitor.complaints.Add(message.Text);
            }
        };
        visitor.Page.PageError += (_, error) => visitor.complaints.Add(error);
        visitor.Page.Request += (_, request) => visitor.Note("→", request, "");
        visitor.Page.RequestFailed += (_, request) => visitor.Note("×", request, request.Failure ?? "");
        visitor.Page.Response += (_, response) =>
        {
            visitor.Note("←", response.Request, response.Status.ToString(CultureInfo.InvariantCulture));
            if (response.Status is 401 or 403)
            {
                visitor.refused.Enqueue($"{response.Status.ToString(CultureInfo.InvariantCulture)} {response.Request.Method} {new Uri(response.Url).AbsolutePath}");
            }
        };
        await visitor.Page.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile))");
        await visitor.Page.AddInitScriptAsync($"if (location.protocol === 'https:' && !localStorage.getItem('strongroom.language')) localStorage.setItem('strongroom.language', '{language}')");
        return visitor;
    }

    public async Task SignInAsync(string name, string path = "/console/")
    {
        var (account, password) = demo.Account(name, changes: carriesKeys);
        await Page.GotoAsync(path);
        await Page.Locator("input[autocomplete=username]").FillAsync(account);
        await Page.Locator("input[autocomplete=current-password]").FillAsync(password);
        await Page.Keyboard.PressAsync("Enter");
        try
        {
            // The demo filled itself with the same accounts: the code of this very half minute may be spent already.
            await Page.Locator("input[autocomplete=one-time-code]").WaitForAsync();
            for (var tries = 0; tries < 4; tries++)
            {
                var code = await demo.CodeAsync(name);
                if (await Page.Locator("#content").CountAsync() > 0)
                {
                    break;
                }

                await Page.Locator("input[autocomplete=one-time-code]").FillAsync(code);
                await Page.Keyboard.PressAsync("Enter");
                await Page.Locator("#content, [role=alert]").First.WaitForAsync();
                if (await Page.Locator("#content").CountAsync() > 0)
                {
                    break;
                }
            }

            await Page.Locator("#content").WaitForAsync();
        }
        catch (TimeoutException)
        {
            await ShotAsync("failed-sign-in-" + name);
            throw;
        }
    }

    /// <summary>By the menu behind the person's name. The way out has ended when the sign-in form stands there: an address opened earlier would still meet the session.</summary>
    public async Task SignOutAsync(string name, string signOut)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();
        await Page.GetByText(signOut).ClickAsync();
        await Page.Locator("input[autocomplete=username]").WaitForAsync();
    }

    /// <summary>Gives the device a passkey store of its own that knows its owner: a virtual authenticator over Chromium's protocol.</summary>
    public async Task CarryKeysAsync()
    {
        carriesKeys = true;
        var wire = await Page.Context.NewCDPSessionAsync(Page);
        await wire.SendAsync("WebAuthn.enable", new Dictionary<string, object> { ["enableUI"] = false });
        await wire.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
    }

    /// <summary>
    /// Until the address is so. Asked again and again: a move within the page that ends between the first look and the waiting for an event is missed by
    /// the event.
    /// </summary>
    public Task AtAsync(Func<Uri, bool> wanted) => UntilAsync(() => Task.FromResult(wanted(new Uri(Page.Url))), "another address");

    /// <summary>
    /// Until the page says so. Asked from outside each time: what waits inside a page is evaluated there, and the console's own policy refuses that
    /// from the second look on.
    /// </summary>
    public static Task UntilAsync(IPage page, string expression) => UntilAsync(page, () => page.EvaluateAsync<bool>(expression), expression);

    private Task UntilAsync(Func<Task<bool>> holds, string what) => UntilAsync(Page, holds, what);

    private static async Task UntilAsync(IPage page, Func<Task<bool>> holds, string what)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), $"still at {new Uri(page.Url).AbsolutePath}, waiting for {what}");
            await page.WaitForTimeoutAsync(50);
        }
    }

    public async Task ShotAsync(string name)
    {
        var folder = Path.Combine(Repository.Root, "TestResults", "screenshots");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    /// <summary>axe-core over the page as it stands: WCAG 2.2 A and AA.</summary>
    public async Task<IReadOnlyList<string>> AccessibilityAsync()
    {
        await Page.EvaluateAsync(await AxeAsync());
        var found = await Page.EvaluateAsync<JsonElement>("""
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
              .then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 4).map(n => n.target.join(' ') + ' (' + (n.any[0] || n.all[0] || n.none[0] || {}).message + ')').join('; ')))
            """);
        return [.. found.EnumerateArray().Select(one => one.GetString()!)];
    }

    /// <summary>Everything the browser keeps or shows outside the page: storage, address, title, history state.</summary>
    public async Task<string> KeptAsync() => await Page.EvaluateAsync<string>("""
        async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.title, document.cookie, history.state,
          (await indexedDB.databases()).map(d => d.name), await caches.keys()])
        """);

    /// <summary>Leaves beside the test what a reader of its failure asks first; it is printed for tests that failed only.</summary>
    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestOutputHelper is { } output)
        {
            output.WriteLine($"last at {new Uri(Page.Url).AbsolutePath}; said: {string.Join(" | ", complaints)}");
            output.WriteLine(string.Join('\n', journal));
            try
            {
                // Headings and refusals only: what stands below them may be somebody's.
                output.WriteLine(string.Join(" | ", await Page.Locator("h1, h2, [role=alert], .menu a.chosen").AllInnerTextsAsync().WaitAsync(TimeSpan.FromSeconds(10))));
            }
            catch (Exception fault) when (fault is PlaywrightException or TimeoutException)
            {
                output.WriteLine("the page does not answer: " + fault.Message);
            }
        }

        await context.DisposeAsync();
    }

    /// <summary>The last requests, by path: addresses hold nobody's values.</summary>
    private void Note(string sign, IRequest request, string outcome)
    {
        journal.Enqueue($"{TimeProvider.System.GetUtcNow():mm:ss.fff} {sign} {request.Method} {new Uri(request.Url).PathAndQuery} {outcome}");
        while (journal.Count > 60)
        {
            journal.TryDequeue(out _);
        }
    }

    private static Task<string> AxeAsync() => File.ReadAllTextAsync(Path.Combine(Repository.Root, "console", "node_modules", "axe-core", "axe.min.js"));
}
