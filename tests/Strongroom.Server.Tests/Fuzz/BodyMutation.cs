using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Tests.Fuzz;

namespace Strongroom.Server.Tests.Fuzz;

/// <summary>Breaks a JSON body while keeping most of its structure, so that what is behind the first check is reached too.</summary>
internal static class BodyMutation
{
    /// <summary>Stands in what is sent and never in what is answered.</summary>
    public const string Canary = "kanarienvogel";

    /// <summary>Where the text of a value that JSON's own writer cannot make is put in afterwards.</summary>
    private const string Hole = "\"@@hole@@\"";

    private static readonly string[] Raw =
    [
        "null", "true", "[]", "{}", "[null]", "{\"\":null}", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u202e" + Canary + "\"", "0", "-1", "-0", "1.5", "1e400", "1e-400", "9223372036854775807",
        "9223372036854775808", "99999999999999999999999999999999", "01", "NaN", "'" + Canary + "'", "/*" + Canary + "*/1", "\"" + Canary + "\"", "[\"" + Canary + "\"]", "{\"" + Canary + "\":1}",
        "\"0123456789ABCDEF0123456789ABCDEF\"", "\"00000000000000000000000000000000\"", "\"ffffffffffffffffffffffffffffffff\"", "\"2026-13-45\"", "\"../../etc/passwd\"", "\"' OR 1=1 --\"",
        "\"\\u5f20\\u4e09\"", "\"A\\u030a\"", "\"  \"", "\"\\t\\n\"", "253402300800000", "-62135596800001", "{\"key\":\"" + Canary + "\",\"version\":1}",
    ];

    public static byte[] Of(Dice dice, JsonNode? sample)
    {
        var body = sample?.DeepClone() ?? new JsonObject();
        var holes = new List<string>();
        for (var times = 1 + dice.Below(2); times > 0; times--)
        {
            body = Once(dice, body, holes);
        }

        var text = body.ToJsonString();
        foreach (var hole in holes)
        {
            var at = text.IndexOf(Hole, StringComparison.Ordinal);
            text = at < 0 ? text : text[..at] + hole + text[(at + Hole.Length)..];
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return dice.OneIn(6) ? Mutation.Of(dice, bytes, bytes, []) : bytes;
    }

    private static JsonNode Once(Dice dice, JsonNode body, List<string> holes)
    {
        var places = Places(body).ToList();
        if (places.Count == 0)
        {
            holes.Add(dice.Pick(Raw));
            return JsonValue.Create("@@hole@@")!;
        }

        var (parent, key) = dice.Pick(places);
        switch (dice.Below(9))
        {
            case 0:
                Remove(parent, key);
                break;
            case 1 when parent is JsonObject map:
                map[Canary + holes.Count.ToString(CultureInfo.InvariantCulture)] = map[key]?.DeepClone();
                break;
            case 2:
                Put(parent, key, holes, "\"" + new string('x', dice.OneIn(5) ? 60_000 : 300) + Canary + "\"");
                break;
            case 3:
                Put(parent, key, holes, string.Concat(Enumerable.Repeat("[", 40)) + "1" + string.Concat(Enumerable.Repeat("]", 40)));
                break;
            case 4:
                Put(parent, key, holes, "[" + string.Join(',', Enumerable.Repeat(Child(parent, key)?.ToJsonString() ?? "null", dice.OneIn(4) ? 600 : 3)) + "]");
                break;
            case 5 when parent is JsonObject:
                // The same member twice: the first one keeps its place, the second follows with another value.
                Put(parent, key, holes, (Child(parent, key)?.ToJsonString() ?? "null") + ",\"" + key + "\":" + dice.Pick(Raw));
                break;
            case 6 when dice.Pick(places) is var (otherParent, otherKey):
                Set(parent, key, Child(otherParent, otherKey)?.DeepClone());
                break;
            default:
                Put(parent, key, holes, dice.Pick(Raw));
                break;
        }

        return body;
    }

    private static IEnumerable<(JsonNode Parent, string Key)> Places(JsonNode node) => node switch
    {
        JsonObject map => map.SelectMany(member => Enumerable.Repeat((Parent: (JsonNode)map, member.Key), 1).Concat(member.Value is null ? [] : Places(member.Value))),
        JsonArray list => list.SelectMany((item, i) => Enumerable.Repeat((Parent: (JsonNode)list, Key: i.ToString(CultureInfo.InvariantCulture)), 1).Concat(item is null ? [] : Places(item))),
        _ => [],
    };

    private static void Put(JsonNode parent, string key, List<string> holes, string raw)
    {
        holes.Add(raw);
        Set(parent, key, JsonValue.Create("@@hole@@"));
    }

    private static JsonNode? Child(JsonNode parent, string key) => parent is JsonArray list
        ? int.Parse(key, CultureInfo.InvariantCulture) is var i && i < list.Count ? list[i] : null
        : parent[key];

    private static void Set(JsonNode parent, string key, JsonNode? value)
    {
        if (parent is JsonArray list)
        {
            list[Math.Min(list.Count - 1, int.Parse(key, CultureInfo.InvariantCulture))] = value;
        }
        else
        {
            parent[key] = value;
        }
    }

    private static void Remove(JsonNode parent, string key)
    {
        if (parent is JsonArray list)
        {
            list.RemoveAt(Math.Min(list.Count - 1, int.Parse(key, CultureInfo.InvariantCulture)));
        }
        else
        {
            ((JsonObject)parent).Remove(key);
        }
    }
}
