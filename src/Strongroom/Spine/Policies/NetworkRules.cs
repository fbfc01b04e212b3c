using System.Net;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Policies;

/// <summary>Which network zones can be said (R44). Pure.</summary>
internal static class NetworkRules
{
    public const int MostZones = 200, MostPrefixes = 500;

    private const string Branch = "branch.";

    /// <summary>Null when the row is not wholly understood.</summary>
    public static NetworkZone? ToZone(NetworkRow row)
    {
        if (!IsName(row.Zone) || row.Prefixes.Count > MostPrefixes || (row.Clear is { } level && !Enum.IsDefined(level)) || row.Acts?.All(Enum.IsDefined) == false)
        {
            return null;
        }

        var prefixes = new List<IPNetwork>(row.Prefixes.Count);
        foreach (var text in row.Prefixes)
        {
            if (!IPNetwork.TryParse(text, out var prefix))
            {
                return null;
            }

            prefixes.Add(prefix);
        }

        return new NetworkZone(row.Zone, prefixes, row.Clear, row.Acts?.ToHashSet(), row.Administer, row.Remote);
    }

    /// <summary>The unit of a <c>branch.</c> zone; null: another zone.</summary>
    public static UnitId? UnitOf(string zone) =>
        zone.StartsWith(Branch, StringComparison.Ordinal) && Id.TryParse<UnitId>(zone[Branch.Length..], out var unit) ? unit : null;

    /// <summary>Everything wrong with zones that are to replace the present ones, each with its place; empty: nothing.</summary>
    public static IReadOnlyList<FieldError> Faults(IReadOnlyList<NetworkRow> rows)
    {
        if (rows.Count is 0 or > MostZones)
        {
            return [Reasons.ZoneForm.At("zones")];
        }

        var faults = new List<FieldError>();
        var (names, seen) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<IPNetwork>());
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (!IsName(row.Zone) || !names.Add(row.Zone))
            {
                faults.Add(Reasons.ZoneForm.At($"zones[{i}].zone"));
            }

            // The internet is what is left: a prefix that names it would be one that could be forgotten.
            if (row.Prefixes.Count > MostPrefixes || (row.Zone == NetworkPlan.Internet && row.Prefixes.Count > 0))
            {
                faults.Add(Reasons.ZoneForm.At($"zones[{i}].prefixes"));
            }

            for (var j = 0; j < Math.Min(row.Prefixes.Count, MostPrefixes); j++)
            {
                if (!IPNetwork.TryParse(row.Prefixes[j], out var prefix) || !seen.Add(prefix))
                {
                    faults.Add(Reasons.ZonePrefix.At($"zones[{i}].prefixes[{j}]"));
                }
            }
        }

        return faults;
    }

    private static bool IsName(string? zone) => Name.IsValid(zone) || (zone is not null && UnitOf(zone) is not null);
}
