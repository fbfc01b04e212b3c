using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Notices leave through a real mail server and a real listener (R123).</summary>
public sealed class OutboxTests
{
    private const string Address = "night.desk@example.cn";

    [Fact]
    public async Task A_changed_password_reaches_its_owner_by_mail_and_webhook_and_names_nobody()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && MailServer.IsInstalled, "Debian's exim4 can be started by root only.");
        await using var mail = await MailServer.StartAsync();
        using var hook = Listener(out var hookUrl);
        await using var place = await Place.InitAsync(packs: "general");
        var secret = Configure(place, mail.Port, hookUrl);
        place.Set("SSL_CERT_FILE", mail.Certificate);
        await using var server = await place.ServeAsync();

        var (account, start) = place.Administrators[0];
        var admin = await server.Nobody().BeginAsync(account, start);
        Assert.Equal(HttpStatusCode.NoContent, (await admin.PutAsync("/v1/session/contact", new { email = Address })).Status);
        var posted = TakeAsync(hook, secret);
        (await admin.PostAsync("/v1/session/password", new { current = Caller.PasswordOf(account), next = "seven quiet lanterns drift home" })).Good();

        // The change at the first sign-in is told too, when the address is there before the worker comes to it.
        var messages = await mail.MessagesAsync(1);
        Assert.NotEmpty(messages);
        Assert.All(messages, message =>
        {
            Assert.Contains($"To: {Address}", message, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("Auto-Submitted: auto-generated", message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(account, message, StringComparison.OrdinalIgnoreCase);
        });

        var body = await posted.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(("password-changed", admin.Id), (body["template"]!.GetValue<string>(), body["person"]!.GetValue<string>()));
        Assert.DoesNotContain(Address, body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(account, body.ToJsonString(), StringComparison.Ordinal);

        await DeliveredAsync(admin, "smtp");
        Assert.DoesNotContain(Address, server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outbox_that_cannot_be_used_stops_the_start()
    {
        await using var place = await Place.InitAsync(packs: "general");
        Change(place, new JsonObject { ["webhook"] = new JsonObject { ["url"] = "http://198.51.100.7/hook", ["secretFile"] = "/nowhere" } });
        var ran = await place.RunAsync("serve", "--data", place.Data, "--urls", "https://127.0.0.1:0");
        Assert.Equal(2, ran.Code);
        Assert.Contains("outbox.webhook.url", ran.All, StringComparison.Ordinal);

        Change(place, [], new JsonObject { ["url"] = "http://198.51.100.7/dial", ["secretFile"] = "/nowhere", ["ways"] = new JsonArray("call") });
        ran = await place.RunAsync("serve", "--data", place.Data, "--urls", "https://127.0.0.1:0");
        Assert.Equal(2, ran.Code);
        Assert.Contains("contact.url", ran.All, StringComparison.Ordinal);
    }

    private static async Task DeliveredAsync(Caller admin, string channel)
    {
        for (var i = 0; i < 300; i++)
        {
            var list = (await admin.GetAsync("/v1/notices-sent?state=delivered")).Good()["notices"]!.AsArray();
            if (list.Any(notice => notice!["channel"]!.GetValue<string>() == channel))
            {
                return;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail("No notice was marked as delivered by " + channel);
    }

    private static byte[] Configure(Place place, int port, string hookUrl)
    {
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var file = Path.Combine(place.Root, "hook-secret");
        File.WriteAllText(file, secret + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Change(place, new JsonObject
        {
            ["smtp"] = new JsonObject { ["host"] = "localhost", ["port"] = port, ["from"] = "strongroom@example.cn" },
            ["webhook"] = new JsonObject { ["url"] = hookUrl, ["secretFile"] = file },
        });
        return Encoding.UTF8.GetBytes(secret);
    }

    private static void Change(Place place, JsonObject outbox, JsonObject? contact = null)
    {
        var settings = Path.Combine(place.Data, "strongroom.json");
        var json = JsonNode.Parse(File.ReadAllText(settings))!;
        json["outbox"] = outbox;
        json["contact"] = contact;
        File.WriteAllText(settings, json.ToJsonString());
    }

    private static HttpListener Listener(out string url)
    {
        for (var tries = 0; ; tries++)
        {
            url = $"http://127.0.0.1:{RandomNumberGenerator.GetInt32(20_000, 60_000)}/";
            var listener = new HttpListener { Prefixes = { url } };
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (tries < 20)
            {
                ((IDisposable)listener).Dispose();
            }
        }
    }

    /// <summary>The first posted notice, its signature checked as a receiver would.</summary>
    private static async Task<JsonNode> TakeAsync(HttpListener listener, byte[] secret)
    {
        var context = await listener.GetContextAsync();
        using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var signature = context.Request.Headers["Strongroom-Signature"]!.Split(',');
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(signature[0][2..] + "." + body)));
        context.Response.StatusCode = signature[1] == "v1=" + expected ? 204 : 401;
        context.Response.Close();
        Assert.Equal("v1=" + expected, signature[1]);
        return JsonNode.Parse(body)!;
    }
}
