using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Strongroom.Client;

namespace BookingDesk;

/// <summary>What a clerk does: book, look somebody up, check in. It keeps ids only; everything personal stays in Strongroom.</summary>
internal sealed class Desk(StrongroomClient strongroom, Screen screen)
{
    private const string Purpose = "fulfil";

    /// <returns>Whether it was done.</returns>
    public Task<bool> RunAsync(Arguments arguments, CancellationToken ct) => arguments.Command switch
    {
        "book" => BookAsync(ct),
        "lookup" => LookUpAsync(arguments.Item, ct),
        "checkin" => CheckInAsync(ct),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task<bool> BookAsync(CancellationToken ct)
    {
        var reference = NewReference();
        var submission = new Submission
        {
            Channel = "website",
            Notice = new NoticeShown("booking", 1),
            Items = new Dictionary<string, PersonalValue>
            {
                ["name"] = await screen.AskAsync("姓名", "Name", ct),
                ["id_no"] = await screen.AskAsync("身份证号", "Identity number", ct),
                ["mobile"] = await screen.AskAsync("手机号", "Mobile number", ct),
                ["itinerary"] = PersonalValue.Of(new JsonArray(new JsonObject
                {
                    ["flight"] = await screen.AskAsync("航班号", "Flight", ct),
                    ["from"] = await screen.AskAsync("出发机场", "From", ct),
                    ["to"] = await screen.AskAsync("到达机场", "To", ct),
                    ["date"] = await screen.AskAsync("日期(年-月-日)", "Date (yyyy-mm-dd)", ct),
                })),
                ["pnr"] = reference,
            },
            Consents =
            [
                new ConsentSaid(Purpose) { Form = ConsentForm.Ticked, Evidence = new ConsentEvidence("tick", $"desk-{reference}") },
            ],

            // The booking's own key: handing it in again, after a crash for instance, makes no second booking.
            Source = new SourceRecord("booking-desk", [reference]),
        };
        switch (await strongroom.CollectAsync("web-booking", submission, ct: ct))
        {
            case Outcome<Collected>.Done { Value: Collected.Taken { Answer: var taken } }:
                screen.Say($"已订:{reference} 客户 {taken.Customer} 同意凭证 {taken.Receipt}", $"Booked: {reference} customer {taken.Customer} consent receipt {taken.Receipt}");
                return true;
            case Outcome<Collected>.Done { Value: Collected.Known { Answer: var known } }:
                screen.Say($"这个订座早已登记:客户 {known.Customer}", $"This booking is on file already: customer {known.Customer}");
                return true;
            case Outcome<Collected>.Refused { Refusal: var refusal }:
                return Tell(refusal);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<bool> LookUpAsync(string item, CancellationToken ct)
    {
        var value = await screen.AskAsync(item, item, ct);
        if (await FindAsync(new FindRequest(item, value) { Purpose = Purpose }, ct) is not { } customer)
        {
            return false;
        }

        // Masked is enough to recognise somebody; nothing is asked for in clear.
        return await ShowAsync(customer, ["name", "mobile", "pnr", "itinerary"], clear: [], ct);
    }

    private async Task<bool> CheckInAsync(CancellationToken ct)
    {
        var request = new FindRequest("pnr", await screen.AskAsync("订座编号", "Booking reference", ct))
        {
            Purpose = Purpose,
            Also = [new FindAlso("name", await screen.AskAsync("姓名", "Name", ct))],
        };
        if (await FindAsync(request, ct) is not { } customer)
        {
            return false;
        }

        // Who stands here says the last four of his document; it is compared without being shown.
        var said = new Dictionary<string, Said> { ["id_no"] = new(await screen.AskAsync("证件后四位", "Last four of the document", ct), ComparePart.Last4) };
        var compared = await strongroom.CompareAsync(customer, new CompareRequest(said) { Purpose = "realname" }, ct);
        if (compared is Outcome<CompareAnswer>.Refused { Refusal: var refusal })
        {
            return Tell(refusal);
        }

        if (compared.Required.Items["id_no"] != Match.Match)
        {
            screen.Say($"证件不符,还可再试 {compared.Required.Tries} 次。", $"The document does not match; {compared.Required.Tries} tries are left.");
            return false;
        }

        screen.Say("证件相符,可以登机。", "The document matches. Good to board.");
        return await ShowAsync(customer, ["name", "itinerary", "seat"], clear: ["name"], ct);
    }

    private async Task<CustomerId?> FindAsync(FindRequest request, CancellationToken ct)
    {
        switch (await strongroom.FindAsync(request, ct))
        {
            case Outcome<FindAnswer>.Done { Value.Customers: [var first, ..] }:
                return first.Id;
            case Outcome<FindAnswer>.Refused { Refusal: var refusal }:
                Tell(refusal);
                return null;
            default:
                screen.Say("没有找到。", "Nobody was found.");
                return null;
        }
    }

    private async Task<bool> ShowAsync(CustomerId customer, string[] items, string[] clear, CancellationToken ct)
    {
        var viewed = await strongroom.ViewAsync(customer, new ViewRequest { Purpose = Purpose, Items = items, Clear = clear }, ct);
        if (viewed is Outcome<ViewAnswer>.Refused { Refusal: var refusal })
        {
            return Tell(refusal);
        }

        screen.Say($"客户 {customer}", $"Customer {customer}");
        foreach (var (item, shown) in viewed.Required.Records.SelectMany(record => record.Items))
        {
            var text = shown.Value?.Reveal() ?? "-";
            screen.Say($"  {item,-10} {text}", $"  {item,-10} {text}");
        }

        screen.Say($"日志 {viewed.Required.Entry}", $"Log entry {viewed.Required.Entry}");
        return true;
    }

    /// <summary>A refusal in the clerk's language, with the ways out that the server names.</summary>
    private bool Tell(Refusal refusal)
    {
        screen.Say(refusal.Zh, refusal.En);
        var reasons = refusal switch
        {
            Refusal.Needs needs => needs.Reasons,
            Refusal.Denied denied => denied.Reasons,
            _ => [],
        };
        foreach (var reason in reasons)
        {
            screen.Say($"  {reason.Zh}{reason.Fix?.Zh}", $"  {reason.En} {reason.Fix?.En}");
        }

        foreach (var error in refusal is Refusal.Invalid invalid ? invalid.Errors : [])
        {
            screen.Say($"  {error.At}:{error.Zh}", $"  {error.At}: {error.En}");
        }

        return false;
    }

    private static string NewReference() => RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 6);
}
