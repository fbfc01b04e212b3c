using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Use.Compare;

/// <summary>Which part of a value is compared.</summary>
[JsonConverter(typeof(KebabEnum<ComparePart>))]
internal enum ComparePart
{
    /// <summary>All of it, in any spelling.</summary>
    Whole,

    /// <summary>The last four letters or digits.</summary>
    [JsonStringEnumMemberName("last-4")]
    Last4,

    /// <summary>Origin and destination of one leg of a journey, for example <c>PEK-CAN</c>.</summary>
    Route,
}

/// <param name="Value">What the caller says.</param>
internal sealed record Said(string Value, ComparePart Part = ComparePart.Whole);

/// <summary>What the caller says, to be compared without showing anything (R118).</summary>
internal sealed record CompareRequest(
    IReadOnlyDictionary<ItemKey, Said?> Items,
    PurposeKey? Purpose = null,
    string? Ticket = null,
    ServiceSessionId? Session = null);

/// <summary>Whether a value the caller said is the one on file. "No" also stands for an item that is not on file.</summary>
[JsonConverter(typeof(KebabEnum<Match>))]
internal enum Match
{
    Match,
    NoMatch,
}

/// <param name="Tries">How many tries are left.</param>
internal sealed record CompareAnswer(CustomerId Customer, IReadOnlyDictionary<ItemKey, Match> Items, int Tries, EntryId Entry);
