using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Ground.Identifiers;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests;

namespace Strongroom.Server.Tests.Promises;

/// <summary>Sends distinctive values through everything that takes one, and remembers each of them.</summary>
/// <param name="outside">A folder of the operator's: import files lie there, which hold values by their nature.</param>
internal sealed class CanaryJourney(Place place, ServerProcess server, string outside)
{
    private readonly List<string> canaries = [];
    private readonly List<string> repeated = [];
    private readonly StringBuilder said = new();
    private readonly List<(string Customer, JsonObject Items)> people = [];
    private Staff staff = null!;
    private Business business = null!;
    private int next;

    public IReadOnlyList<string> Canaries => canaries;

    /// <summary>Refusals that quoted what was sent.</summary>
    public IReadOnlyList<string> Repeated => repeated;

    /// <summary>Everything the command line said.</summary>
    public string Said => said.ToString();

    public async Task WalkAsync()
    {
        (staff, business) = await place.PeopleAtAsync(server);
        await staff.AuthoriseAsync(null, business.ClientId, "fulfil", "name", "mobile", "email");
        await CollectAsync(75);
        await BulkAsync(60);
        await ImportAsync(40);
        await UseAsync();
        await ServeCallersAsync();
        await RingAsync();
        await AdministerAsync();
        await WrongSubmissionsAsync(40);
        await WrongRequestsAsync();
        await WrongCallersAsync();
    }

    private Synthetic Make() => new("strongroom-canary", next++);

    private string Keep(string canary)
    {
        canaries.Add(canary);
        return canary;
    }

    /// <summary>A text that stands nowhere else, with something in it that needs escaping.</summary>
    private string Text(string what) => Keep($"{what} {Letters(next++)} 泊舟");

    private string Mobile() => Keep("1540" + (7_000_000 + next++).ToString(CultureInfo.InvariantCulture));

    private string Email() => Keep($"canary.{Letters(next++).ToLowerInvariant()}@example.cn");

    private string Name() => Keep($"{Letters(next++)} Zanzibarius");

    private string Document()
    {
        var make = Make();
        return Keep(make.ResidentId(new DateOnly(1961, 1, 1).AddDays(next), man: false));
    }

    /// <summary>A name of letters alone for a number.</summary>
    private static string Letters(int number)
    {
        var letters = new char[8];
        letters[0] = 'Q';
        for (var i = 1; i < letters.Length; i++)
        {
            letters[i] = (char)('a' + (number % 25));
            number = (number / 25) + (i * 3);
        }

        return new string(letters);
    }

    private JsonObject Booking()
    {
        var booking = business.BookingOf(500_000 + next);
        var items = booking["items"]!.AsObject();
        (items["name"], items["id_no"], items["mobile"], items["email"]) = (Name(), Document(), Mobile(), Email());
        booking["consents"]![0]!["evidence"]!["reference"] = Keep($"TICK-{Letters(next++)}");
        return booking;
    }

    private async Task CollectAsync(int many)
    {
        var client = server.Client(business.Token);
        for (var i = 0; i < many; i++)
        {
            var booking = Booking();
            var taken = (await Business.CollectAsync(client, booking)).Good();
            people.Add((taken["customer"]!.GetValue<string>(), booking["items"]!.AsObject()));
        }
    }

    private async Task BulkAsync(int lines)
    {
        var body = new StringBuilder();
        for (var i = 0; i < lines; i++)
        {
            body.Append(Booking().ToJsonString()).Append('\n');
        }

        body.Append($$"""{"items": {"name": "{{Name()}}", "mobile": "{{Mobile()}}" """).Append('\n');
        body.Append($$"""{"{{Keep("kanari" + Letters(next++))}}": 1}""").Append('\n');
        var answer = await server.Client(business.Token).RawAsync(HttpMethod.Post, "/v1/collect/web-booking/bulk", body.ToString(), "application/x-ndjson");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var results = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["status"]!.GetValue<string>()).ToList();
        Assert.Equal((lines, 2), (results.Count(r => r == "created"), results.Count(r => r == "rejected")));
        Silent("bulk", answer);
    }

    private async Task ImportAsync(int rows)
    {
        var (_, token) = await Business.OpenImportAsync(staff, "import-bookings", ["name", "paper_ticket"]);
        var (file, ca, tokenFile) = (Path.Combine(outside, "bookings.csv"), Path.Combine(place.Root, "ca.pem"), Path.Combine(place.Root, "token"));
        var csv = new StringBuilder("PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked\n");
        for (var i = 0; i < rows; i++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{i},0,3,\"{Name()}\",male,22,1,0,{Keep("TKT " + Letters(next++))},7.25,,S\n");
        }

        csv.Append(CultureInfo.InvariantCulture, $"9001,0,3,\"{Name()}\",male,{Keep("age-" + Letters(next++))},1,0,{Keep("TKT " + Letters(next++))},7.25,,S\n");
        csv.Append(CultureInfo.InvariantCulture, $"9002,0,{Keep("short-" + Letters(next++))}\n");
        csv.Append(CultureInfo.InvariantCulture, $"9003,0,3,\"{Name()}\",male,22,1,0,,7.25,,{Keep("port-" + Letters(next++))}\n");
        await File.WriteAllTextAsync(file, csv.ToString());
        await File.WriteAllTextAsync(ca, server.CertificatePem);
        await File.WriteAllTextAsync(tokenFile, token);
        var ran = await place.RunAsync(
            "import", file, "--form", "import-bookings", "--map", Path.Combine(Repository.Root, "samples", "passengers-1912.map.yaml"), "--server", server.Url.ToString(),
            "--ca", ca, "--token-file", tokenFile, "--rejects", Path.Combine(place.Root, "rejects.csv"));
        said.Append(ran.All);
        Assert.True(File.Exists(Path.Combine(place.Root, "rejects.csv")), ran.All);
        Assert.Contains($"{rows} created", ran.Out, StringComparison.Ordinal);

        // What the importer says of a file it cannot read at all.
        await File.WriteAllTextAsync(file, Text("no csv") + "\n\"" + Text("broken"));
        said.Append((await place.RunAsync("import", file, "--form", "import-bookings", "--map", file, "--server", server.Url.ToString(), "--ca", ca, "--token-file", tokenFile)).All);
        File.Delete(tokenFile);
    }

    private async Task UseAsync()
    {
        var client = server.Client(business.Token);
        for (var i = 0; i < 40; i++)
        {
            var (customer, items) = people[i % people.Count];
            Silent("find nobody", await client.PostAsync("/v1/customers/find", new { item = i % 2 == 0 ? "mobile" : "email", value = i % 2 == 0 ? Mobile() : Email(), purpose = "fulfil" }), always: true);
            Assert.Contains(customer, await Business.FindAsync(client, "mobile", items["mobile"]!.GetValue<string>()));
            Silent("compare", await client.PostAsync($"/v1/customers/{customer}/compare", new
            {
                purpose = "fulfil", items = new Dictionary<string, object> { ["mobile"] = new { value = Mobile() }, ["id_no"] = new { value = Document() } },
            }), always: true);
            var answer = await client.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name", "email" }, clear = new[] { "name", "email" }, ticket = Keep("TICKET-" + Letters(next++)) });
            Silent("view", answer);
            if (i < 10)
            {
                var view = answer.Good();
                Assert.Contains(items["name"]!.GetValue<string>(), view.ToJsonString(), StringComparison.Ordinal);
                await CorrectAsync(client, customer, view);
            }
        }

        Silent("view", await client.PostAsync("/v1/customers/view-many", new { ids = people.Take(20).Select(p => p.Customer), purpose = "market", ticket = Keep("TICKET-" + Letters(next++)) }), always: true);
    }

    private async Task CorrectAsync(Caller client, string customer, JsonNode view)
    {
        var record = view["records"]!.AsArray().First(r => r!["items"]!["email"] is not null)!;
        var (id, version) = (record["id"]!.GetValue<string>(), record["items"]!["email"]!["version"]!.GetValue<int>());
        object Change(string value, int seen) => new { purpose = "fulfil", changes = new[] { new { record = id, item = "email", version = seen, value } } };

        // A client has no right to correct without its duties: taken or refused, the value stays unsaid.
        Silent("correct", await client.PatchAsync($"/v1/customers/{customer}", Change(Email(), version)));
        Silent("correct", await staff.BackOffice.PatchAsync($"/v1/customers/{customer}", Change(Email(), version)));
        Silent("correct stale", await staff.BackOffice.PatchAsync($"/v1/customers/{customer}", Change(Email(), 77)));
        Silent("correct badly", await staff.BackOffice.PatchAsync($"/v1/customers/{customer}", Change(Text("not an address"), version)));
    }

    private async Task ServeCallersAsync()
    {
        var agent = staff["call-agent"];
        for (var i = 0; i < 10; i++)
        {
            var (customer, items) = people[i];
            var session = (await agent.PostAsync("/v1/service-sessions", new { reference = Keep("CALL-" + Letters(next++)), purpose = "fulfil", customer })).Good()["id"]!.GetValue<string>();
            Silent("verify", await agent.PostAsync($"/v1/service-sessions/{session}/verify", new
            {
                items = new Dictionary<string, object> { ["id_no"] = new { value = i % 2 == 0 ? Document() : items["id_no"]!.GetValue<string>() }, ["name"] = new { value = Name() } },
            }), always: true);
            Silent("session view", await agent.PostAsync($"/v1/customers/{customer}/view", new { items = new[] { "name", "mobile" }, session }), always: true);
        }
    }

    /// <summary>The telephone system hands a number over; from there on it is nowhere in clear.</summary>
    private async Task RingAsync()
    {
        var (agent, phones) = (staff["call-agent"], server.Client((await staff.ClientAsync(["calls"], new { purposes = new[] { "fulfil" } })).Token));
        for (var i = 0; i < 3; i++)
        {
            var ring = new { agent = "call-agent", reference = Keep("RING-" + Letters(next++)), purpose = "fulfil", number = people[i].Items["mobile"]!.GetValue<string>() };
            var call = (await phones.PostAsync("/v1/calls", ring)).Good()["id"]!.GetValue<string>();
            (await agent.GetAsync("/v1/calls")).Good();
            var session = (await agent.PostAsync($"/v1/calls/{call}/take")).Good()["session"]!["id"]!.GetValue<string>();
            Silent("candidates", await agent.PostAsync($"/v1/calls/{call}/candidates"), always: true);
            Silent("ring badly", await phones.PostAsync("/v1/calls", new { ring.agent, ring.reference, ring.purpose, number = Text("no number") }));
            (await phones.PostAsync($"/v1/calls/{call}/close")).Good();
            (await agent.PostAsync($"/v1/service-sessions/{session}/close", new { note = Text("call note") })).Good();
        }
    }

    private async Task AdministerAsync()
    {
        for (var i = 0; i < 10; i++)
        {
            var account = Keep("canary-" + Letters(next++).ToLowerInvariant());
            var (_, start) = await Staff.AskForAsync(staff.Admin, staff.SecondAdmin, account, null, staff.Unit, "zh", Name());
            Keep(start);
        }

        for (var i = 0; i < 20; i++)
        {
            var digest = new string("0123456789abcdef"[i % 16], 64);
            var asked = (await staff.Owner.PostAsync("/v1/approvals", new { act = "purpose.change", subject = "some-purpose", digest, preview = "p", until = Staff.Now + 3_600_000 })).Good();
            Silent("decide", await staff.Dpo.PostAsync($"/v1/approvals/{asked["id"]}/decide", new { digest = Keep("digest " + Letters(next++)), verdict = "approve", reason = "r" }), always: true);
        }
    }

    private async Task WrongSubmissionsAsync(int many)
    {
        var client = server.Client(business.Token);
        for (var i = 0; i < many; i++)
        {
            var booking = Booking();
            switch (i % 5)
            {
                case 0: booking["items"]!["id_no"] = Keep("11010119" + Letters(next++) + "X"); break;
                case 1: booking["items"]![Keep("shoe_" + Letters(next++).ToLowerInvariant())] = Text("size"); break;
                case 2: booking["notice"]!["key"] = Text("notice"); break;
                case 3: booking.Remove("consents"); break;
                default: booking["items"]!["mobile"] = Text("no number"); break;
            }

            var answer = await Business.CollectAsync(client, booking);
            Assert.InRange((int)answer.Status, 400, 422);
            Silent("wrong submission", answer);
        }
    }

    private async Task WrongRequestsAsync()
    {
        string[] doors = ["/v1/collect/web-booking", "/v1/customers/find", $"/v1/customers/{people[0].Customer}/view", $"/v1/customers/{people[0].Customer}/compare", "/v1/customers/view-many"];
        foreach (var door in doors)
        {
            foreach (var caller in new[] { server.Client(business.Token), staff.BackOffice, server.Nobody() })
            {
                Task<Answer> SendAsync(string body, string type = "application/json") => caller.RawAsync(HttpMethod.Post, door, body, type);
                Silent(door, await SendAsync($$"""{"item": "mobile", "value": "{{Mobile()}}" """));
                Silent(door, await SendAsync($"[\"{Text("array")}\" "));
                Silent(door, await SendAsync($"\"{Text("bare")}\""));
                Silent(door, await SendAsync($$"""{"{{Keep("member" + Letters(next++))}}": "{{Text("unknown")}}"}"""));
                Silent(door, await SendAsync($$"""{"purpose": "{{Text("purpose")}}", "item": "{{Keep("item" + Letters(next++))}}", "value": ["{{Text("value")}}"]}"""));
                Silent(door, await SendAsync($"name={Uri.EscapeDataString(Text("form"))}", "application/x-www-form-urlencoded"));
                Silent(door, await SendAsync($"<name>{Text("xml")}</name>", "text/xml"));
                var large = new StringContent($$"""{"value": "{{Text("large")}}{{new string('x', 1_100_000)}}"}""", Encoding.UTF8, "application/json");
                Silent(door, await caller.SendAsync(HttpMethod.Post, door, large, request => request.Headers.ExpectContinue = true));
            }
        }
    }

    /// <summary>Values where none belongs: addresses, queries, headers, cookies, tokens, account names, passwords.</summary>
    private async Task WrongCallersAsync()
    {
        foreach (var caller in new[] { server.Nobody(), staff.Admin, staff.Auditor, server.Client(business.Token) })
        {
            foreach (var path in new[] { "/v1/people/", "/v1/audit/entries?act=", "/v1/audit/entries?after=", "/v1/customers/find?value=", "/tlog/tile/", "/v1/forms/", "/" })
            {
                Silent(path, await caller.GetAsync(path + Keep("kanari" + Letters(next++))));
                Silent(path, await caller.GetAsync(path + Uri.EscapeDataString(Text("path"))));
            }

            Silent("header", await caller.SendAsync(HttpMethod.Get, "/v1/session", null, request =>
            {
                request.Headers.TryAddWithoutValidation("X-Customer", Keep("header" + Letters(next++)));
                request.Headers.TryAddWithoutValidation("Idempotency-Key", Keep("key-" + Letters(next++)));
                request.Headers.TryAddWithoutValidation("User-Agent", Keep("agent" + Letters(next++)));
                request.Headers.TryAddWithoutValidation("traceparent", Keep("trace" + Letters(next++)));
            }));
        }

        for (var i = 0; i < 10; i++)
        {
            Silent("token", await server.Client("sr_" + Keep("token" + Letters(next++))).PostAsync("/v1/customers/find", new { item = "mobile", value = Mobile(), purpose = "fulfil" }));
            Silent("sign-in", await server.Nobody().SignInAsync(Keep("account" + Letters(next++)), Text("password")));
        }
    }

    /// <summary>A refusal must quote nothing; with <paramref name="always"/> neither may a success. The last hundred values include all of this request's.</summary>
    private void Silent(string what, Answer answer, bool always = false)
    {
        if (!always && (int)answer.Status < 400 && what != "bulk")
        {
            return;
        }

        var all = answer.Text + "\n" + string.Join('\n', answer.Headers.Select(h => $"{h.Key}: {h.Value}"));
        if (canaries.TakeLast(what == "bulk" ? 400 : 12).FirstOrDefault(c => all.Contains(c, StringComparison.OrdinalIgnoreCase)) is { } canary)
        {
            repeated.Add($"{what}: {(int)answer.Status} repeats {canary}");
        }

        if (answer.Status >= HttpStatusCode.InternalServerError)
        {
            repeated.Add($"{what}: {(int)answer.Status} {answer.Text}");
        }
    }
}
