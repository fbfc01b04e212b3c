using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strongroom.Client;

/// <summary>
/// Something of a person: a name, a number, a masked number, the reference of a call. It shows itself to nobody who does not ask by name:
/// <see cref="ToString"/>, debuggers, structured loggers and ordinary JSON serialisers see nothing; <see cref="Reveal"/> gives the text.
/// </summary>
[System.Diagnostics.DebuggerDisplay("(personal)")]
public sealed class PersonalValue
{
    /// <summary>What stands in logs instead of a value.</summary>
    public const string Redacted = "(personal)";

    private readonly string text;

    private PersonalValue(string text, bool structured) => (this.text, IsStructured) = (text, structured);

    /// <summary>The value is JSON (an itinerary, a stay) and not one text.</summary>
    internal bool IsStructured { get; }

    public static PersonalValue Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, structured: false);
    }

    /// <summary>A structured value, for items whose kind is not text: <c>itinerary</c>, <c>stay</c>, <c>register</c> and their like.</summary>
    public static PersonalValue Of(JsonNode json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new(json.ToJsonString(), structured: true);
    }

    /// <summary>A structured value that was read from JSON.</summary>
    public static PersonalValue Of(JsonElement json) => new(json.GetRawText(), structured: true);

    public static implicit operator PersonalValue(string text) => Of(text);

    /// <summary>The text, or the JSON of a structured value. Show it where it is needed and keep it nowhere.</summary>
    public string Reveal() => text;

    public override string ToString() => Redacted;
}
