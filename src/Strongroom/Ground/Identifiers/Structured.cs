using System.Text.Json;
using Strongroom.Ground.Json;

namespace Strongroom.Ground.Identifiers;

/// <summary>Values that are JSON text: records, lists, journeys and references to people.</summary>
internal static class Structured
{
    /// <summary>The canonical text of one JSON value of the given kind, or null.</summary>
    public static string? Normalise(string value, JsonValueKind kind) => Read(value, root =>
        root.ValueKind == kind ? CanonicalJson.ToText(root) : null);

    /// <summary>Reads JSON text; null when it is not JSON or <paramref name="read"/> finds nothing it understands.</summary>
    public static T? Read<T>(string value, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(value, CanonicalJson.Strict);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or CanonicalJsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The text of a string member; null when there is none or it is no well-formed string.</summary>
    public static string? Text(JsonElement record, string member)
    {
        try
        {
            return record.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // An escaped lone surrogate.
        }
    }
}

/// <summary>One leg of a journey. Airports are IATA codes, the date is yyyy-MM-dd local to the origin.</summary>
internal sealed record Segment(string? Flight, string From, string To, string Date)
{
    /// <summary>
    /// Reads a JSON array of {flight?, from, to, date, cabin?, seat?}, or legs "CA1301 PEK-CAN 2024-05-01" parted by semicolons.
    /// Null when a leg is not understood or there is none.
    /// </summary>
    public static IReadOnlyList<Segment>? ReadAll(string value)
    {
        if (IdentifierText.Fold(value) is not { Length: > 0 } text)
        {
            return null;
        }

        // JSON is read unfolded: a full-width quotation mark inside a string must not end the string.
        var legs = text[0] == '['
            ? Structured.Read(value, root => root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().Select(FromJson).ToList() : null)
            : text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(FromText).ToList();
        return legs is { Count: > 0 } && legs.TrueForAll(leg => leg is not null) ? [.. legs.OfType<Segment>()] : null;
    }

    /// <summary>What a search for this leg is made of: flight and date.</summary>
    public string? SearchTerm => Flight is null ? null : Flight + " " + Date;

    public override string ToString() => (Flight is null ? "" : Flight + " ") + From + "-" + To + " " + Date;

    private static Segment? FromJson(JsonElement leg)
    {
        if (leg.ValueKind != JsonValueKind.Object
            || leg.EnumerateObject().Any(member => member.Name is not ("flight" or "from" or "to" or "date" or "cabin" or "seat")))
        {
            return null;
        }

        return Create(Structured.Text(leg, "flight"), Structured.Text(leg, "from"), Structured.Text(leg, "to"), Structured.Text(leg, "date"));
    }

    private static Segment? FromText(string leg)
    {
        var words = leg.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (flight, rest) = words.Length == 3 ? (words[0], words[1..]) : (null, words);
        return rest.Length == 2 && rest[0].Split('-') is [var from, var to] ? Create(flight, from, to, rest[1]) : null;
    }

    private static Segment? Create(string? flight, string? from, string? to, string? date)
    {
        var normal = flight is null || IdentifierText.Fold(flight) is not { } folded ? null : TravelCodes.Flight(folded);
        return (flight is null || normal is not null) && Airport(from) is { } origin && Airport(to) is { } destination
            && date is not null && CalendarDate.IsStored(date) ? new Segment(normal, origin, destination, date) : null;
    }

    private static string? Airport(string? code) =>
        code is { Length: 3 } && code.All(char.IsAsciiLetter) ? code.ToUpperInvariant() : null;
}

/// <summary>
/// A reference to another person: a customer id (32 hex), a record {name?, mobile?, document?, relation?, customer?}, or just a name.
/// </summary>
internal sealed record PersonReference(string? Customer, string? Document, string? Mobile, string? Name)
{
    private static readonly string[] _members = ["name", "mobile", "document", "relation", "customer"];

    public static PersonReference? Read(string value)
    {
        if (IdentifierText.Fold(value) is not { Length: > 0 } text)
        {
            return null;
        }

        if (text[0] == '{')
        {
            return Structured.Read(value, FromJson);
        }

        return IsHandle(text) ? new PersonReference(text, null, null, null)
            : ResidentId.Normalise(text) is { } id ? new PersonReference(null, id, null, null)
            : Identifiers.Mobile.Normalise(text) is { } mobile ? new PersonReference(null, null, mobile, null)
            : PersonNames.Normalise(text) is { } normal && PersonNames.Check(normal).IsOk ? new PersonReference(null, null, null, text)
            : null;
    }

    /// <summary>The strongest thing known: customer id, then document, then mobile, then name. Normalised.</summary>
    public string? SearchTerm => Customer ?? Document ?? Mobile ?? (Name is null ? null : PersonNames.Normalise(Name));

    public static bool IsHandle(string text) => text.Length == 32 && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    private static PersonReference? FromJson(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || root.EnumerateObject().Any(member => !_members.Contains(member.Name) || member.Value.ValueKind != JsonValueKind.String))
        {
            return null;
        }

        var customer = Structured.Text(root, "customer");
        var document = IdentifierText.Fold(Structured.Text(root, "document"));
        var mobile = IdentifierText.Fold(Structured.Text(root, "mobile"));
        var name = IdentifierText.Fold(Structured.Text(root, "name"));
        var person = new PersonReference(
            customer,
            document is null ? null : ResidentId.Normalise(document) ?? TravelCodes.Code(document),
            mobile is null ? null : Phone.Normalise(mobile),
            name);
        var understood = (customer is null || IsHandle(customer)) && (document is null || person.Document is not null)
            && (mobile is null || person.Mobile is not null) && (name is null || (PersonNames.Normalise(name) is { } n && PersonNames.Check(n).IsOk));
        return understood && person.SearchTerm is not null ? person : null;
    }
}
