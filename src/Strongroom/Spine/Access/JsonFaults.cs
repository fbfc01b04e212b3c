using System.Text.Json;
using System.Text.RegularExpressions;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>What is wrong with a body that is JSON but not what the contract asks for, said without repeating what was sent.</summary>
internal static partial class JsonFaults
{
    /// <summary>The members that must be there and are not; null when that is not the fault. Their names are the contract's own.</summary>
    /// <param name="within">Where in the body, such as <c>authorisation</c>; empty at the top.</param>
    public static Problem? Missing(JsonException json, string within)
    {
        var missing = MissingNames().Match(json.Message);
        return missing.Success
            ? Problem.Of([.. missing.Groups[1].Captures.Select(name => Reasons.FieldMissing.At(within.Length > 0 ? $"{within}.{name.Value}" : name.Value))])
            : null;
    }

    // The runtime has no other way to say which; a test holds it to this wording.
    [GeneratedRegex("missing required properties including: (?:'([A-Za-z0-9_]+)'[,.;]? ?)+")]
    private static partial Regex MissingNames();
}
