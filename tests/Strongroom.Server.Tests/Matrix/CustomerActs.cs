using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Matrix;

/// <summary>What came of one act on one customer, in one form whatever the route.</summary>
/// <param name="Told">What a refused caller can tell apart: status, body and headers, but the date and the request's own random trace id.</param>
internal sealed partial record Seen(int Status, string Code, IReadOnlyList<string> Reasons, string Text, string Told)
{
    public static Seen Of(Answer answer)
    {
        var told = $"{(int)answer.Status} {TraceId().Replace(answer.Text, "")} " + string.Join(' ', answer.Headers.Where(h => h.Key != "date").OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}={h.Value}"));
        return new Seen((int)answer.Status, answer.Code ?? "", answer.Code is null ? [] : [.. Codes(answer.Json["reasons"]), .. Codes(answer.Json["errors"])], answer.Text, told);
    }

    public static IEnumerable<string> Codes(JsonNode? list) => (list as JsonArray ?? []).Select(one => one is JsonObject ? one["code"]!.GetValue<string>() : one!.GetValue<string>());

    /// <summary>What this is in the words of <see cref="CustomerMatrix"/>.</summary>
    public bool Is(string word, Target target)
    {
        var told = target.Secret.Any(value => Text.Contains(value, StringComparison.Ordinal));
        return word.Split('/').Any(one => one switch
        {
            "-" => Status == 404 && Code is "customer.unknown" or "not.found" && !told,
            "shut" => Status == 403 && Code is "act.ungranted" or "client.scope" && !told,
            "none" => Status == 403 && Code == "access.denied" && Reasons.Any(reason => reason is "act.ungranted" or "client.scope") && !told,
            "masked" => Status == 200 && Text.Contains("\"masked\"", StringComparison.Ordinal) && !told,
            "clear" => Status == 200 && told,
            "ok" => Status is >= 200 and < 300 && !told,
            _ => (Code == one || Reasons.Contains(one)) && !told,
        });
    }

    [GeneratedRegex("\"traceId\":\"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]\"")]
    private static partial Regex TraceId();

    public override string ToString() => $"{Status} {Code} [{string.Join(' ', Reasons)}]";
}

/// <summary>How each act of <see cref="CustomerMatrix"/> is asked for.</summary>
internal static class CustomerActs
{
    private static readonly string[] Two = ["name", "pnr"];

    public static async Task<Seen> AskAsync(string act, Role role, Target target, MatrixWorld world)
    {
        var (caller, at) = (role.Caller, $"/v1/customers/{target.Customer}");
        return act switch
        {
            "view" => Seen.Of(await caller.PostAsync($"{at}/view", new { purpose = "fulfil", items = Two })),
            "view-clear" => Seen.Of(await caller.PostAsync($"{at}/view", new { purpose = "fulfil", items = Two, clear = new[] { "name" } })),
            "view-level-3" => Seen.Of(await caller.PostAsync($"{at}/view", new { purpose = "fulfil", items = new[] { "itinerary" }, clear = new[] { "itinerary" } })),
            "view-with-ticket" => Seen.Of(await caller.PostAsync($"{at}/view", new { purpose = "fulfil", items = Two, ticket = "R-1" })),
            "view-while-serving" => await ServingAsync(caller, target, "fulfil", session => caller.PostAsync($"{at}/view", new { session, items = Two })),
            "view-many" => Line(await caller.PostAsync("/v1/customers/view-many", new { ids = new[] { target.Customer }, purpose = "fulfil", items = Two })),
            "view-by-law" => Seen.Of(await caller.PostAsync($"{at}/view", new { purpose = "realname", items = new[] { "id_no" } })),
            "find" => Found(await caller.PostAsync("/v1/customers/find", new { item = "mobile", value = target.Mobile, purpose = "fulfil" })),
            "find-by-law" => Found(await caller.PostAsync("/v1/customers/find", new { item = "mobile", value = target.Mobile, purpose = "realname" })),
            "compare" => Seen.Of(await caller.PostAsync($"{at}/compare", new { purpose = "fulfil", items = new { pnr = new { value = "AAAAA9" } } })),
            "contact" => Seen.Of(await caller.PostAsync($"{at}/contact", new { by = "call", record = target.Profile, item = "mobile", purpose = "notify" })),
            "contact-code" => Seen.Of(await caller.PostAsync($"{at}/contact-code", new { change = NewNumber(target.Profile), purpose = "notify" })),
            // In a record that holds no numbers: nobody is sent anything, and no count is raised.
            "contact-code-while-serving" => await ServingAsync(caller, target, "notify", session => caller.PostAsync($"{at}/contact-code", new { session, change = NewNumber(target.Booking) })),

            // A version that no value has: whoever may correct is told that it is out of date, and nothing changes.
            "correct" => Seen.Of(await caller.PatchAsync(at, new { purpose = "fulfil", changes = new[] { new { record = target.Profile, item = "name", version = 99, value = "Nobody" } } })),
            "put-file" => Seen.Of(await caller.SendAsync(
                HttpMethod.Put, $"{at}/records/{target.Booking}/files/id_image?version=0&purpose=realname", new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/octet-stream") } })),
            "open-file" => Seen.Of(await caller.PostAsync($"{at}/files/{new string('b', 32)}/open", new { purpose = "fulfil" })),
            "ledger" => Seen.Of(await caller.GetAsync($"{at}/ledger")),
            "receipts" => Seen.Of(await caller.GetAsync($"{at}/receipts")),
            "receipt" => Seen.Of(await caller.GetAsync($"/v1/receipts/{target.Receipt}")),
            "consent" => Seen.Of(await caller.PostAsync($"{at}/consents", new
            {
                form = "web-booking", channel = world.Website, notice = new { key = "booking", version = 1 },
                consents = new[] { new { purpose = "fulfil", form = "ticked", evidence = new { kind = "tick", reference = "T-9" } } },
            })),
            "withdraw" => Seen.Of(await caller.PostAsync($"{at}/consents/market/withdraw")),
            "serve" => Seen.Of(await caller.PostAsync("/v1/service-sessions", new { reference = "C-1", purpose = "fulfil", customer = target.Customer })),
            "serve-later" => await ServeLaterAsync(caller, target),
            "explain" => Explained(await caller.PostAsync("/v1/access/explain", new { act = "view", customer = target.Customer, purpose = "fulfil", items = Two })),
            _ => throw new ArgumentException(act),
        };
    }

    private static object NewNumber(string record) => new { record, item = "mobile", version = 1, value = "13900139000" };

    private static async Task<Seen> ServingAsync(Caller caller, Target target, string purpose, Func<string, Task<Answer>> act)
    {
        var opened = await caller.PostAsync("/v1/service-sessions", new { reference = "C-1", purpose, customer = target.Customer });
        return Seen.Of(opened.Status != System.Net.HttpStatusCode.OK ? opened : await act(opened.Json["id"]!.GetValue<string>()));
    }

    private static async Task<Seen> ServeLaterAsync(Caller caller, Target target)
    {
        var opened = await caller.PostAsync("/v1/service-sessions", new { reference = "C-2", purpose = "fulfil" });
        return opened.Status != System.Net.HttpStatusCode.OK
            ? Seen.Of(opened)
            : Seen.Of(await caller.PostAsync($"/v1/service-sessions/{opened.Json["id"]!.GetValue<string>()}/customer", new { customer = target.Customer }));
    }

    /// <summary>One line of a batch, as if it were an answer of its own.</summary>
    private static Seen Line(Answer answer)
    {
        if (answer.Code is not null)
        {
            return Seen.Of(answer);
        }

        var line = answer.Good()["customers"]!.AsArray().Single()!.AsObject();
        if (line["refused"] is not { } refused)
        {
            return new Seen(200, "", [], line.ToJsonString(), "");
        }

        var code = refused["code"]!.GetValue<string>();
        return new Seen(code == "customer.unknown" ? 404 : 403, code, [.. Seen.Codes(refused["reasons"])], refused.ToJsonString(), refused.ToJsonString());
    }

    /// <summary>The decision alone: nobody there is a decision too.</summary>
    private static Seen Explained(Answer answer)
    {
        if (answer.Code is not null)
        {
            return Seen.Of(answer);
        }

        var decision = answer.Good()["decision"]!;
        var reasons = Seen.Codes(decision["reasons"]).ToList();
        return reasons.Contains("customer.unknown")
            ? new Seen(404, "customer.unknown", reasons, answer.Text, decision.ToJsonString())
            : new Seen(200, decision["overall"]!.GetValue<string>(), reasons, answer.Text, "");
    }

    private static Seen Found(Answer answer) =>
        answer.Code is not null ? Seen.Of(answer) : new Seen(200, answer.Good()["customers"]!.AsArray().Count > 0 ? "found" : "nobody", [], answer.Text, "");
}
