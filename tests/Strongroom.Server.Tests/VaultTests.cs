using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Vault mode on the real server (R41): the decision names the scene, a grant opens exactly that, and each mode takes what it asks for.</summary>
public sealed class VaultTests(Shared shared)
{
    private const string Lead = "shift-lead", Owner = "data-owner";

    [Fact]
    public async Task On_site_a_colleague_gives_a_code_made_for_this_request_and_three_wrong_ones_void_it()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var (one, other) = (await CustomerAsync(server, 901), await CustomerAsync(server, 902));
        var (agent, lead) = (staff.BackOffice, staff[Lead]);
        await lead.StepUpAsync(Lead);
        Assert.Equal("contact_change", NeedOf(await ChangeAsync(agent, one, null)));

        var (id, digest) = await AskAsync(agent, "correct", one, "notify", "mobile", "contact_change");
        (await lead.PostAsync($"/v1/approvals/{id}/decide", new { digest, verdict = "approve" })).Refused(409, "approval.mode");
        (await agent.PostAsync($"/v1/approvals/{id}/code")).Refused(403, "approval.self");
        var code = (await lead.PostAsync($"/v1/approvals/{id}/code")).Good()["code"]!.GetValue<string>();

        // A code is for one request: the same typed for another counts against that one, and no session comes of either.
        var (elsewhere, elsewhereDigest) = await AskAsync(agent, "correct", other, "notify", "mobile", "contact_change");
        for (var tries = 1; tries <= 3; tries++)
        {
            (await agent.PostAsync($"/v1/approvals/{elsewhere}/on-site", new { digest = elsewhereDigest, account = Lead, code })).Refused(403, "approval.on-site");
            Assert.Equal(tries == 3 ? "void" : "requested", await StateAsync(agent, elsewhere));
        }

        var session = agent.Session;
        var given = (await agent.PostAsync($"/v1/approvals/{id}/on-site", new { digest, account = Lead, code })).Good();
        Assert.Equal(("approved", "on-site"), (given["state"]!.GetValue<string>(), given["votes"]![0]!["via"]!.GetValue<string>()));
        Assert.Equal((session, lead.Id), (agent.Session, given["votes"]![0]!["person"]!.GetValue<string>()));
        (await lead.GetAsync("/v1/session")).Good();

        // Granted for one customer, and once.
        Assert.Equal("contact_change", NeedOf(await ChangeAsync(agent, other, id)));
        (await ChangeAsync(agent, one, id)).Good();
        Assert.Equal("contact_change", NeedOf(await ChangeAsync(agent, one, id)));
    }

    [Fact]
    public async Task A_document_typed_at_a_counter_takes_a_colleague_and_one_that_was_read_its_registered_reader()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var business = (await shared.BusinessAsync()).Of(staff);
        await business.PublishAsync("counter-checkin");
        var channel = await business.ChannelAsync("counter", ["counter"]);
        var (token, client) = await staff.ClientAsync(["reader"], new { channels = new[] { channel } });
        var (stranger, _) = await staff.ClientAsync(["reader"], new { channels = new[] { channel } });
        await business.AllowAsync("counter", ["counter"], [client]);
        var (counter, lead, number) = (staff["counter"], staff[Lead], "11010519491231002X");
        JsonObject Checkin(string no) => new()
        {
            ["channel"] = channel, ["notice"] = new JsonObject { ["key"] = "booking", ["version"] = 1 },
            ["items"] = new JsonObject { ["name"] = "梁知秋", ["id_no"] = no, ["seat"] = "12A" },
            ["consents"] = new JsonArray(new JsonObject { ["purpose"] = "fulfil", ["form"] = "e-signed", ["evidence"] = new JsonObject { ["kind"] = "signature", ["reference"] = "S-1" } }),
        };

        Task<Answer> HandInAsync(string no, string? grant = null) => counter.SendAsync(
            HttpMethod.Post, "/v1/collect/counter-checkin", new StringContent(Checkin(no).ToJsonString(), System.Text.Encoding.UTF8, "application/json"), request =>
            {
                if (grant is not null)
                {
                    request.Headers.Add("Grant", grant);
                }
            });
        Task<Answer> ReadAsync(string by, string account, string no) =>
            server.Client(by).PostAsync("/v1/readings", new JsonObject { ["channel"] = channel, ["account"] = account, ["items"] = new JsonObject { ["id_no"] = no } });
        Assert.Equal("no_reader", NeedOf(await HandInAsync(number)));

        // Nobody says that it was read but a reader that the channel names, of this number, for this colleague.
        (await ReadAsync(stranger, "counter", number)).Refused(403, "channel.unknown");
        (await ReadAsync(token, "nobody-here", number)).Refused(409, "reading.holder");
        (await ReadAsync(token, "back-office", number)).Refused(409, "reading.holder");
        (await ReadAsync(token, "counter", "440308199901010012")).Good();
        Assert.Equal("no_reader", NeedOf(await HandInAsync(number)));
        (await ReadAsync(token, "counter", number)).Good();
        (await HandInAsync(number)).Good(System.Net.HttpStatusCode.Created);
        Assert.Equal("no_reader", NeedOf(await HandInAsync(number)));

        // Typed: a colleague at the screen, for exactly this and once.
        Task<Answer> AskedAsync(string no) => counter.PostAsync(
            "/v1/collect/counter-checkin/request", new JsonObject { ["submission"] = Checkin(no), ["until"] = Staff.Now + 600_000, ["reason"] = "reader broken" });
        (await AskedAsync("110105194912310021")).Refused(422, "field.bad");
        var asked = (await AskedAsync(number)).Good();
        var (id, digest) = (asked["id"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
        Assert.Equal("on-site", asked["mode"]!.GetValue<string>());
        Assert.DoesNotContain(number, asked.ToJsonString(), StringComparison.Ordinal);
        (await HandInAsync(number, id)).Refused(409, "approval.unready");
        await lead.StepUpAsync(Lead);
        var code = (await lead.PostAsync($"/v1/approvals/{id}/code")).Good()["code"]!.GetValue<string>();
        (await counter.PostAsync($"/v1/approvals/{id}/on-site", new { digest, account = Lead, code })).Good();
        (await HandInAsync("440308199901010012", id)).Good(System.Net.HttpStatusCode.Created);
        (await HandInAsync("440308199901010012", id)).Refused(409, "grant.changed");
        (await HandInAsync(number, id)).Good(System.Net.HttpStatusCode.Created);
        (await HandInAsync(number, id)).Refused(409, "approval.void");
    }

    [Fact]
    public async Task A_person_changes_many_customers_only_by_exactly_the_file_that_was_approved()
    {
        var (_, server, staff) = await shared.WorldAsync();
        await shared.BusinessAsync();
        await staff.AuthoriseAsync("back-office", null, "fulfil", "name");
        var agent = staff.BackOffice;
        var file = new System.Text.StringBuilder();
        foreach (var id in new[] { await CustomerAsync(server, 941), await CustomerAsync(server, 942) })
        {
            var view = (await agent.PostAsync($"/v1/customers/{id}/view", new { purpose = "fulfil", items = new[] { "name" } })).Good();
            var record = view["records"]!.AsArray().First(r => r!["items"]!["name"] is not null)!;
            var change = new { record = record["id"]!.GetValue<string>(), item = "name", version = record["items"]!["name"]!["version"]!.GetValue<int>(), value = "新名" };
            file.Append(System.Text.Json.JsonSerializer.Serialize(new { customer = id, changes = new[] { change } })).Append('\n');
        }

        Task<Answer> SendAsync(string text, string? grant) => agent.SendAsync(
            HttpMethod.Post, "/v1/changes", new StringContent(text, System.Text.Encoding.UTF8, "application/x-ndjson"), request =>
            {
                if (grant is not null)
                {
                    request.Headers.Add("Grant", grant);
                }
            });
        (await SendAsync(file.ToString(), null)).Refused(422, "field.bad");
        var asked = (await agent.PostAsync("/v1/changes/request", new { purpose = "fulfil", file = file.ToString(), until = Staff.Now + 600_000, reason = "names checked" })).Good();
        var approval = asked["id"]!.GetValue<string>();
        Assert.Equal(["batch_change"], asked["scenes"]!.AsArray().Select(scene => scene!.GetValue<string>()));
        (await SendAsync(file.ToString(), approval)).Refused(409, "approval.unready");
        await Staff.DecideAsync(staff.Owner, Owner, approval, asked["digest"]!.GetValue<string>());
        (await SendAsync(file + file.ToString(), approval)).Refused(409, "grant.changed");
        (await SendAsync(file.ToString(), asked["requester"]!.GetValue<string>())).Refused(409, "approval.void");

        static IEnumerable<string> Said(Answer answer) => answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["status"]!.GetValue<string>());
        Assert.Equal(["changed", "changed"], Said(await SendAsync(file.ToString(), approval)));
        Assert.Equal(["known", "known"], Said(await SendAsync(file.ToString(), approval)));
    }

    [Fact]
    public async Task A_privileged_sign_in_takes_operations_and_security_and_gives_one_certificate()
    {
        var (_, _, staff) = await shared.WorldAsync();
        const string Account = "operations-lead";
        var (operative, lead) = (staff["operations"], await staff.HireAsync(Account, "operations"));
        var ask = new { hosts = new[] { "db-1" }, publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea" };
        var asked = (await operative.PostAsync("/v1/host-access/request", new { ask.hosts, ask.publicKey, until = Staff.Now + 3_600_000, reason = "disk full" })).Good();
        var (id, digest) = (asked["id"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
        Assert.Equal(["priv_login"], asked["scenes"]!.AsArray().Select(scene => scene!.GetValue<string>()));
        Assert.Contains("\"hosts\":[\"db-1\"]", asked["preview"]!.GetValue<string>(), StringComparison.Ordinal);
        Task<Answer> IssueAsync(Caller by) => by.PostAsync($"/v1/host-access/{id}/certificate", ask);
        await Staff.DecideAsync(lead, Account, id, digest);
        (await IssueAsync(operative)).Refused(409, "approval.unready");
        await Staff.DecideAsync(staff.Admin, Staff.FirstAccount, id, digest);
        (await IssueAsync(lead)).Refused(403, "approval.invalid");
        var issued = (await IssueAsync(operative)).Good();
        Assert.StartsWith("ssh-ed25519-cert-v01@openssh.com AAAA", issued["certificate"]!.GetValue<string>(), StringComparison.Ordinal);
        (await IssueAsync(operative)).Refused(409, "approval.void");
        Assert.StartsWith("ecdsa-sha2-nistp256 AAAA", (await staff.Auditor.GetAsync("/v1/host-access/ca")).Good()["line"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("host.db-1", (await staff.Auditor.GetAsync("/v1/audit/entries?act=host-access-issued")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_customer_on_a_list_opens_remotely_for_the_one_who_asked_and_not_for_another()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var (one, other, agent) = (await CustomerAsync(server, 911), await CustomerAsync(server, 912), staff.BackOffice);
        await staff.AuthoriseAsync("back-office", null, "fulfil", "name");
        var list = (await staff.Owner.PostAsync("/v1/customer-lists", new { name = "VIP vault", kind = "vip", effect = "masked", entity = staff.Entity, persons = new[] { staff.Dpo.Id } })).Good()["id"]!.GetValue<string>();
        (await staff.Owner.PostAsync($"/v1/customer-lists/{list}/customers", new { add = new[] { one, other } })).Good();
        Task<Answer> ViewAsync(string customer, string? grant) => agent.PostAsync(
            $"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" }, clear = new[] { "name" }, grant });
        Assert.Equal("vip", NeedOf(await ViewAsync(one, null)));

        // Asked for without naming the scene, it opens nothing of what the scene guards.
        var (plain, plainDigest) = await AskAsync(agent, "view", one, "fulfil", "name", null);
        await Staff.DecideAsync(staff[Lead], Lead, plain, plainDigest);
        Assert.Equal("vip", NeedOf(await ViewAsync(one, plain)));
        var (id, digest) = await AskAsync(agent, "view", one, "fulfil", "name", "vip");
        Assert.Equal("vip", NeedOf(await ViewAsync(one, id)));
        await Staff.DecideAsync(staff.Owner, Owner, id, digest);
        Assert.Contains((await agent.GetAsync("/v1/approvals/in-force")).Good()["approvals"]!.AsArray(), view => view!["id"]!.GetValue<string>() == id);
        Assert.Equal("vip", NeedOf(await ViewAsync(other, id)));
        (await ViewAsync(one, id)).Good();
        Assert.Equal("vip", NeedOf(await ViewAsync(one, id)));
        (await staff.Owner.PostAsync($"/v1/customer-lists/{list}/customers", new { remove = new[] { one, other } })).Good();
    }

    [Fact]
    public async Task A_batch_goes_by_an_order_pushed_beforehand_and_a_typed_number_alone_is_nothing()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            ids.Add(await CustomerAsync(server, 920 + i));
        }

        const string Number = "CHG-2026-0417";
        Task<Answer> ManyAsync(string? ticket) => staff[Lead].PostAsync("/v1/customers/view-many", new { ids, purpose = "fulfil", items = new[] { "name" }, ticket });
        static int Shown(Answer answer) => answer.Good()["customers"]!.AsArray().Count(line => line!["shown"] is JsonObject);
        Assert.Equal("batch_query", NeedOf(await ManyAsync(null)));
        Assert.Equal(0, Shown(await ManyAsync(Number)));

        using var own = MutualTlsTests.Certificate("CN=tickets");
        var pin = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(own.RawData));
        var (token, _) = await staff.ClientAsync(["tickets"], new { purposes = new[] { "fulfil" }, certificates = new[] { pin } });
        var tickets = server.Client(token, own);
        object Order(string approver, string number = Number, IEnumerable<string>? customers = null) => new
        {
            number, scene = "batch_query", act = "view", requester = staff[Lead].Id, approvers = new[] { approver }, customers = customers ?? ids.Take(5), purpose = "fulfil", items = new[] { "name" },
            until = Staff.Now + 3_600_000L, reason = "quarterly check",
        };
        Assert.NotEqual(200, (int)(await tickets.PostAsync("/v1/work-orders", Order(staff.BackOffice.Id))).Status);
        Assert.NotEqual(200, (int)(await tickets.PostAsync("/v1/work-orders", Order(staff[Lead].Id))).Status);
        (await server.Client(token).PostAsync("/v1/work-orders", Order(staff.Owner.Id))).Refused(403, "order.certificate");
        Assert.Equal(5, (await tickets.PostAsync("/v1/work-orders", Order(staff.Owner.Id))).Good()["customers"]!.GetValue<int>());
        (await tickets.PostAsync("/v1/work-orders", Order(staff.Owner.Id))).Refused(409, "order.taken");

        // Whether an id is anybody's, the ticket system does not learn, neither from the answer nor from how long it takes.
        var nobody = new string('a', 32);
        foreach (var (number, id) in new[] { ("CHG-5", ids[5]), ("CHG-6", nobody), (Number, nobody) })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            await tickets.PostAsync("/v1/work-orders", Order(staff.Owner.Id, number, [id]));
            Assert.True(watch.ElapsedMilliseconds >= 490, $"{number}: {watch.ElapsedMilliseconds} ms");
        }

        var answers = new[] { (await tickets.PostAsync("/v1/work-orders", Order(staff.Owner.Id, "CHG-2", [ids[5]]))).Good(), (await tickets.PostAsync("/v1/work-orders", Order(staff.Owner.Id, "CHG-3", [nobody]))).Good() };
        Assert.All(answers, answer => Assert.Equal((1, 1), (answer["customers"]!.GetValue<int>(), answer["items"]!.GetValue<int>())));
        Assert.Equal(6, (await tickets.PostAsync("/v1/work-orders", Order(staff.Owner.Id, "CHG-4", [.. ids.Take(5), nobody]))).Good()["customers"]!.GetValue<int>());

        // Five were ordered, six are asked for; and each of the five once.
        Assert.Equal(0, Shown(await staff.BackOffice.PostAsync("/v1/customers/view-many", new { ids = ids.Concat(await MoreAsync(server, 20)), purpose = "fulfil", items = new[] { "name" }, ticket = Number })));
        Assert.Equal(5, Shown(await ManyAsync(Number)));
        Assert.Equal(0, Shown(await ManyAsync(Number)));
    }

    [Fact]
    public async Task A_person_imports_exactly_the_file_that_was_approved_and_once()
    {
        var business = await shared.BusinessAsync();
        var staff = business.Staff;
        var channel = (await staff.Admin.PostAsync("/v1/channels", new
        {
            channel = new { name = "typed up later", kind = "website", entity = staff.Entity, open = true, posts = new[] { "back-office" }, clients = Array.Empty<string>() }, version = 0,
        })).Good()["id"]!.GetValue<string>();
        string LineOf(int number)
        {
            var line = business.BookingOf(number);
            line["channel"] = channel;
            return line.ToJsonString() + "\n";
        }

        var (file, changed) = (LineOf(8_801) + LineOf(8_802), LineOf(8_801) + LineOf(8_803));
        async Task<Answer> SendAsync(string body, string? grant, Caller? by = null)
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8);
            content.Headers.ContentType = new("application/x-ndjson");
            return await (by ?? staff.BackOffice).SendAsync(HttpMethod.Post, "/v1/imports/web-booking", content, request =>
            {
                if (grant is not null)
                {
                    request.Headers.Add("Grant", grant);
                }
            });
        }

        static string[] Statuses(Answer answer) => [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["status"]!.GetValue<string>())];
        Assert.Equal(["rejected", "rejected"], Statuses(await SendAsync(file, null)));
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file)));
        (await staff.BackOffice.PostAsync("/v1/imports/web-booking/request", new { digest = "short", lines = 2, until = Staff.Now + 3_600_000L, reason = "paper forms" })).Refused(422, "field.bad");
        var asked = (await staff.BackOffice.PostAsync("/v1/imports/web-booking/request", new { digest, lines = 2, until = Staff.Now + 3_600_000L, reason = "paper forms" })).Good();
        var (id, bound) = (asked["approval"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
        (await SendAsync(file, id)).Refused(409, "approval.unready");
        await Staff.DecideAsync(staff.Owner, Owner, id, bound);
        (await SendAsync(changed, id)).Refused(409, "grant.changed");
        (await SendAsync(file, "no-id")).Refused(422, "field.bad");
        Assert.Equal(["created", "created"], Statuses(await SendAsync(file, id)));
        Assert.NotEqual(200, (int)(await SendAsync(file, id)).Status);

        // The number of lines is all that the approver sees of the size: it is bound too.
        Assert.Equal(409, (int)(await SendAsync(file, await ApprovedAsync(file, 1))).Status);

        // Larger than any other body may be: it is read, and its one endless line rejected as such.
        var large = new string('x', 1_300_000) + "\n";
        Assert.Equal(["rejected"], Statuses(await SendAsync(large, await ApprovedAsync(large, 1))));

        async Task<string> ApprovedAsync(string body, int lines)
        {
            var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(body)));
            var made = (await staff.BackOffice.PostAsync("/v1/imports/web-booking/request", new { digest = sha256, lines, until = Staff.Now + 3_600_000L, reason = "paper forms" })).Good();
            await Staff.DecideAsync(staff.Owner, Owner, made["approval"]!.GetValue<string>(), made["digest"]!.GetValue<string>());
            return made["approval"]!.GetValue<string>();
        }
    }

    [Fact]
    public async Task Broken_glass_is_told_owes_a_review_and_blocks_the_next()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var (one, other) = (await CustomerAsync(server, 931), await CustomerAsync(server, 932));
        var clerk = staff["counter"];
        object Ask(string customer) => new { act = "view", customers = new[] { customer }, purpose = "realname", items = new[] { "id_no" }, until = Staff.Now + 1_800_000L, reason = "outage" };
        Task<Answer> ViewAsync(string customer, string grant) => clerk.PostAsync($"/v1/customers/{customer}/view", new { purpose = "realname", items = new[] { "id_no" }, clear = new[] { "id_no" }, grant });
        Assert.Equal(422, (int)(await clerk.PostAsync("/v1/approvals/break-glass", new { act = "view", customers = new[] { one }, purpose = "realname", items = new[] { "id_no" }, until = Staff.Now + 7_200_000L, reason = "too long" })).Status);
        Assert.Equal(422, (int)(await clerk.PostAsync("/v1/approvals/break-glass", new { act = "correct", customers = new[] { one }, purpose = "notify", items = new[] { "mobile" }, until = Staff.Now + 60_000L, reason = "no" })).Status);
        var opened = (await clerk.PostAsync("/v1/approvals/break-glass", Ask(one))).Good();
        var id = opened["id"]!.GetValue<string>();
        Assert.Equal(("approved", "none"), (opened["state"]!.GetValue<string>(), opened["mode"]!.GetValue<string>()));
        await clerk.StepUpAsync("counter");
        Assert.Contains("\"shown\":\"clear\"", (await ViewAsync(one, id)).Good().ToJsonString(), StringComparison.Ordinal);
        Assert.NotEqual(200, (int)(await ViewAsync(other, id)).Status);
        (await clerk.PostAsync("/v1/approvals/break-glass", Ask(other))).Refused(409, "approval.owed");

        var month = (await staff.Auditor.GetAsync("/v1/approvals/quality")).Good();
        Assert.Contains(month["debts"]!.AsArray(), debt => debt!["approval"]!.GetValue<string>() == id);
        (await staff.Owner.PostAsync($"/v1/approvals/{id}/review", new { verdict = "justified", note = "seen" })).Refused(403, "act.ungranted");
        Assert.Equal("justified", (await staff.Dpo.PostAsync($"/v1/approvals/{id}/review", new { verdict = "justified", note = "seen the log" })).Good()["review"]!["verdict"]!.GetValue<string>());
        Assert.NotEqual(200, (int)(await ViewAsync(one, id)).Status);
        Assert.DoesNotContain((await staff.Auditor.GetAsync("/v1/approvals/quality")).Good()["debts"]!.AsArray(), debt => debt!["approval"]!.GetValue<string>() == id);
        var next = (await clerk.PostAsync("/v1/approvals/break-glass", Ask(other))).Good()["id"]!.GetValue<string>();
        (await staff.Dpo.PostAsync($"/v1/approvals/{next}/review", new { verdict = "misused", note = "no reason seen" })).Good();
    }

    [Fact]
    public async Task A_scene_is_switched_off_by_two_who_saw_the_row_and_then_allows_nothing()
    {
        var (_, _, staff) = await shared.WorldAsync();
        async Task<JsonNode> RowAsync() => (await staff.Admin.GetAsync("/v1/scenes")).Good()["scenes"]!.AsArray().Single(scene => scene!["scene"]!.GetValue<string>() == "authority")!;
        Assert.Equal(19, (await staff.Admin.GetAsync("/v1/scenes")).Good()["scenes"]!.AsArray().Count);
        var row = await RowAsync();
        row["enabled"] = false;
        var asked = (await staff.Admin.PostAsync("/v1/scenes/authority/request", new { row, until = Staff.Now + 3_600_000L, reason = "not here" })).Good();
        var (id, digest) = (asked["id"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
        Assert.Contains("\"enabled\":false", asked["preview"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("requested", (await Staff.DecideAsync(staff.Dpo, "dpo", id, digest))["state"]!.GetValue<string>());
        (await staff.Admin.PutAsync("/v1/scenes/authority", new { row, approval = id })).Refused(409, "approval.unready");
        await Staff.DecideAsync(staff.SecondAdmin, Staff.SecondAccount, id, digest);
        var more = row.DeepClone();
        more["customers"] = 9;
        (await staff.Admin.PutAsync("/v1/scenes/authority", new { row = more, approval = id })).Refused(409, "grant.changed");
        (await staff.Admin.PutAsync("/v1/scenes/authority", new { row, approval = id })).Good();
        Assert.False((await RowAsync())["enabled"]!.GetValue<bool>());
        var customer = await CustomerAsync(staff.Admin.Server, 941);
        var off = await staff.BackOffice.PostAsync("/v1/approvals/uses", new { act = "view", customers = new[] { customer }, purpose = "fulfil", items = new[] { "name" }, until = Staff.Now + 60_000L, reason = "r", scenes = new[] { "authority" } });
        off.Refused(422, "approval.act");
    }

    private async Task<string> CustomerAsync(ServerProcess server, int number)
    {
        var business = await shared.BusinessAsync();
        return (await Business.CollectAsync(server.Client(business.Token), business.BookingOf(number))).Good()["customer"]!.GetValue<string>();
    }

    private async Task<IReadOnlyList<string>> MoreAsync(ServerProcess server, int count)
    {
        var more = new List<string>();
        for (var i = 0; i < count; i++)
        {
            more.Add(await CustomerAsync(server, 960 + i));
        }

        return more;
    }

    private static async Task<Answer> ChangeAsync(Caller agent, string customer, string? grant)
    {
        return await agent.PatchAsync($"/v1/customers/{customer}", new { purpose = "notify", grant, changes = await NumberAsync(agent, customer) });
    }

    private static async Task<object> NumberAsync(Caller agent, string customer)
    {
        var view = (await agent.PostAsync($"/v1/customers/{customer}/view", new { purpose = "notify", items = new[] { "mobile" } })).Good();
        var record = view["records"]!.AsArray().First(r => r!["items"]!["mobile"] is not null)!;
        return new[] { new { record = record["id"]!.GetValue<string>(), item = "mobile", version = record["items"]!["mobile"]!["version"]!.GetValue<int>(), value = "13900139000" } };
    }

    private static async Task<(string Id, string Digest)> AskAsync(Caller agent, string act, string customer, string purpose, string item, string? scene)
    {
        var scenes = scene is null ? [] : new[] { scene };
        var changes = act == "correct" ? await NumberAsync(agent, customer) : null;
        var asked = (await agent.PostAsync("/v1/approvals/uses", new { act, customers = new[] { customer }, purpose, items = new[] { item }, until = Staff.Now + 3_600_000L, reason = "caller asks", scenes, changes })).Good();
        return (asked["id"]!.GetValue<string>(), asked["digest"]!.GetValue<string>());
    }

    private static async Task<string> StateAsync(Caller who, string id) => (await who.GetAsync($"/v1/approvals/{id}")).Good()["state"]!.GetValue<string>();

    /// <summary>The scene that a refusal names.</summary>
    private static string NeedOf(Answer answer)
    {
        answer.Refused(403, "access.needs");
        return answer.Json["needs"]!.AsArray().Single(need => need!["what"]!.GetValue<string>() == "approval")!["how"]!.GetValue<string>();
    }
}
