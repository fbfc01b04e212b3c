using System.Globalization;
using System.Text.Json.Nodes;
using Strongroom.Ground.Identifiers;

namespace Strongroom.Server.Demo;

/// <summary>
/// Synthetic customers, the same in every run: valid check digits, numbers from ranges nobody has (Ground/Identifiers/Synthetic). Each line
/// is a submission of a form; several lines with one document number are one person with several records.
/// </summary>
internal static class DemoCustomers
{
    private static readonly string[] Airports = ["PEK", "PVG", "CAN", "CTU", "SZX", "XIY", "HGH", "KMG", "URC", "HAK"];
    private static readonly string[] Flights = ["YC1301", "YC1502", "YC3108", "YC4711", "YC5290", "YC8823"];
    private static readonly string[] Preferences = ["quiet", "high-floor", "twin-beds"];

    /// <summary>When the history of the demo lies: fixed, so that every run is the same.</summary>
    public static readonly DateOnly Today = new(2026, 11, 1);

    public sealed record Person(int Index, string Name, string Document, string DocumentItem, string Mobile, string Email, DateOnly Born);

    public static Person Of(int index)
    {
        var make = new Synthetic("strongroom-demo", index);
        var born = make.BirthDate(1950, 2004);
        var foreigner = make.Below(12) == 0;
        return new Person(
            index,
            make.ChineseName(),
            foreigner ? make.Passport() : make.ResidentId(born, make.Below(2) == 0),
            foreigner ? "passport" : "id_no",
            make.Mobile(),
            make.Email(),
            born);
    }

    /// <summary>Website bookings: one to three for each person.</summary>
    public static IEnumerable<JsonObject> Bookings(IEnumerable<int> people, string channel, int notice)
    {
        foreach (var index in people)
        {
            var make = new Synthetic("strongroom-demo-booking", index);
            var person = Of(index);
            for (var n = 0; n <= make.Below(3); n++)
            {
                var day = Today.AddDays(make.Below(240) - 180).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                var (from, to) = (make.Below(Airports.Length), 1 + make.Below(Airports.Length - 1));
                var items = Basics(person);
                items["email"] = person.Email;
                items["itinerary"] = new JsonArray(new JsonObject
                {
                    ["flight"] = make.Pick(Flights), ["from"] = Airports[from], ["to"] = Airports[(from + to) % Airports.Length], ["date"] = day,
                });
                items["pnr"] = make.BookingReference();
                items["ticket_no"] = make.TicketNumber();
                var line = Line(channel, "booking", notice, items, "demo-booking", index, n);
                line["consents"] = Consents(make, out var meal);
                if (meal)
                {
                    items["ssr_meal"] = "moml";
                }

                yield return line;
            }
        }
    }

    /// <summary>Hotel registrations: one or two for each person.</summary>
    public static IEnumerable<JsonObject> Stays(IEnumerable<int> people, string channel, int notice, bool askConsent)
    {
        foreach (var index in people)
        {
            var make = new Synthetic("strongroom-demo-stay", index);
            var person = Of(index);
            for (var n = 0; n <= make.Below(2); n++)
            {
                var arrival = Today.AddDays(-1 - make.Below(300));
                var items = Basics(person);
                items["birth"] = person.Born.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                items["register"] = new JsonObject { ["desk"] = "front", ["reader"] = true };
                items["stay"] = new JsonObject
                {
                    ["from"] = arrival.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    ["to"] = arrival.AddDays(1 + make.Below(4)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                };
                items["room_no"] = (800 + make.Below(400)).ToString(CultureInfo.InvariantCulture);
                items["room_pref"] = make.Pick(Preferences);
                var line = Line(channel, "lodging", notice, items, "demo-stay", index, n);
                line["evidence"] = new JsonObject { ["document-reader"] = "desk-1" };
                line["consents"] = askConsent ? new JsonArray(Consent("fulfil", "e-signed", "signature", $"S-{index}-{n}")) : new JsonArray();
                yield return line;
            }
        }
    }

    private static JsonObject Basics(Person person) => new()
    {
        ["name"] = person.Name, [person.DocumentItem] = person.Document, ["mobile"] = person.Mobile,
    };

    private static JsonObject Line(string channel, string notice, int version, JsonObject items, string system, int index, int n) => new()
    {
        ["channel"] = channel,
        ["notice"] = new JsonObject { ["key"] = notice, ["version"] = version },
        ["source"] = new JsonObject { ["system"] = system, ["record"] = new JsonArray(index.ToString(CultureInfo.InvariantCulture), n.ToString(CultureInfo.InvariantCulture)) },
        ["items"] = items,
    };

    private static JsonArray Consents(Synthetic make, out bool meal)
    {
        meal = make.Below(10) == 0;
        var said = new JsonArray(Consent("fulfil", "ticked", "tick", $"T-{make.Digits(8)}"));
        if (meal)
        {
            var special = Consent("special", "ticked", "tick", $"T-{make.Digits(8)}");
            special["separate"] = true;
            special["items"] = new JsonArray("ssr_meal");
            said.Add(special);
        }

        return said;
    }

    private static JsonObject Consent(string purpose, string form, string evidence, string reference) => new()
    {
        ["purpose"] = purpose, ["form"] = form, ["evidence"] = new JsonObject { ["kind"] = evidence, ["reference"] = reference },
    };
}
