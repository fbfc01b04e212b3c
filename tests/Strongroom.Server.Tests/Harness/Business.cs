using System.Globalization;
using System.Text.Json.Nodes;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Server.Tests.Harness;

/// <summary>A business on an installation: notices and forms opened by two people, channels registered, a booking system with its token.</summary>
internal sealed class Business
{
    private const string Booking = "web-booking";

    private readonly Dictionary<string, string> channels = [];

    private Business(Staff staff) => Staff = staff;

    public Staff Staff { get; }

    /// <summary>The booking system's token: collect, find, view, compare.</summary>
    public string Token { get; private set; } = "";

    public string ClientId { get; private set; } = "";

    /// <summary>The same business, run by its people at another server.</summary>
    public Business Of(Staff staff)
    {
        var same = new Business(staff) { Token = Token, ClientId = ClientId };
        foreach (var (kind, id) in channels)
        {
            same.channels[kind] = id;
        }

        return same;
    }

    public static async Task<Business> OpenAsync(Staff staff)
    {
        var business = new Business(staff);
        await business.PublishAsync(Booking);
        var website = await business.ChannelAsync("website", []);
        (business.Token, business.ClientId) = await staff.ClientAsync(
            ["collect", "find", "view", "compare", "correct", "consent", "explain"], new { purposes = new[] { "fulfil", "realname", "notify" }, forms = new[] { Booking }, channels = new[] { website } });
        await business.AllowAsync("website", [], [business.ClientId]);
        return business;
    }

    /// <summary>A form for files, its channel, and a client that imports, finds and views the given items.</summary>
    public static async Task<(Business Business, string Token)> OpenImportAsync(Staff staff, string form, string[] items)
    {
        var business = new Business(staff);
        await business.PublishAsync(form);
        var channel = await business.ChannelAsync("file-import", ["back-office"]);
        var (token, client) = await staff.ClientAsync(["import", "find", "view"], new { purposes = new[] { "fulfil" }, forms = new[] { form }, channels = new[] { channel } });
        await business.AllowAsync("file-import", ["back-office"], [client]);
        await staff.AuthoriseAsync(null, client, "fulfil", items);
        return (business, token);
    }

    /// <summary>The usual way of a form and its notice: reviewed by another than the author, approved by the one in charge, published.</summary>
    public async Task PublishAsync(string form)
    {
        var (owner, dpo) = (Staff.Owner, Staff.Dpo);
        var draft = (await owner.GetAsync($"/v1/forms/{form}")).Good()["draft"]!;
        var notice = draft["form"]!["notice"]!.GetValue<string>();
        var text = (await owner.GetAsync($"/v1/notices/{notice}/1")).Good();
        if (!text["published"]!.GetValue<bool>())
        {
            var noticeApproval = await Staff.ApproveAsync(owner, dpo, $"/v1/notices/{notice}/1/request");
            (await owner.PostAsync($"/v1/notices/{notice}/1/publish", new { approval = noticeApproval })).Good();
        }

        (await owner.PostAsync($"/v1/forms/{form}/review")).Good();
        var approval = await Staff.ApproveAsync(dpo, owner, $"/v1/forms/{form}/request");
        (await dpo.PostAsync($"/v1/forms/{form}/publish", new { approval })).Good();
    }

    /// <returns>The channel's id.</returns>
    public async Task<string> ChannelAsync(string kind, string[] posts)
    {
        var made = (await Staff.Admin.PostAsync("/v1/channels", Channel(kind, posts, [], 0))).Good();
        return channels[kind] = made["id"]!.GetValue<string>();
    }

    public async Task AllowAsync(string kind, string[] posts, string[] clients) =>
        (await Staff.Admin.PutAsync($"/v1/channels/{channels[kind]}", Channel(kind, posts, clients, 1))).Good();

    /// <summary>Lets the booking system use what it handed in.</summary>
    public Task AuthoriseAsync() => Staff.AuthoriseAsync(null, ClientId, "fulfil", "name", "mobile", "pnr", "itinerary");

    /// <summary>A website booking of a synthetic person with a valid identity number; the same number, the same person.</summary>
    public JsonObject BookingOf(int number, string? name = null)
    {
        var make = new Synthetic("strongroom-black-box", number);
        return new JsonObject
        {
            ["channel"] = channels["website"],
            ["notice"] = new JsonObject { ["key"] = "booking", ["version"] = 1 },
            ["items"] = new JsonObject
            {
                ["name"] = name ?? make.ChineseName(),
                // Born on a day of his own: among thousands drawn by chance two share a document, and are then one customer.
                ["id_no"] = make.ResidentId(new DateOnly(1950, 1, 1).AddDays(number % 18_250), false),
                ["mobile"] = make.Mobile(),
                ["itinerary"] = new JsonArray(new JsonObject { ["flight"] = "YC1301", ["from"] = "PEK", ["to"] = "CAN", ["date"] = TimeProvider.System.GetUtcNow().AddDays(9).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }),
                ["pnr"] = make.BookingReference(),
            },
            ["consents"] = new JsonArray(new JsonObject
            {
                ["purpose"] = "fulfil", ["form"] = "ticked",
                ["evidence"] = new JsonObject { ["kind"] = "tick", ["reference"] = "T-" + number.ToString(CultureInfo.InvariantCulture) },
            }),
        };
    }

    public static Task<Answer> CollectAsync(Caller caller, JsonObject submission) => caller.PostAsync($"/v1/collect/{Booking}", submission);

    /// <summary>Looks for exactly one customer by one item.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(Caller caller, string item, string value, string purpose = "fulfil") =>
        [.. (await caller.PostAsync("/v1/customers/find", new { item, value, purpose })).Good()["customers"]!.AsArray().Select(c => c!["id"]!.GetValue<string>())];

    private JsonObject Channel(string kind, string[] posts, string[] clients, int version) => new()
    {
        ["channel"] = new JsonObject
        {
            ["name"] = kind, ["kind"] = kind, ["entity"] = Staff.Entity, ["open"] = true,
            ["posts"] = new JsonArray([.. posts.Select(p => JsonValue.Create(p))]), ["clients"] = new JsonArray([.. clients.Select(c => JsonValue.Create(c))]),
        },
        ["version"] = version,
    };
}
