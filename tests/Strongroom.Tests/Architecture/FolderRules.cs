using System.Reflection;

namespace Strongroom.Tests.Architecture;

/// <summary>The table of docs/ARCHITECTURE.md: which folder of src/Strongroom may use which.</summary>
internal static class FolderRules
{
    private static readonly string[] Stages = ["Collect", "Use", "Share", "Rights", "Destroy", "Discover"];

    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Ground"] = [],
        ["Spine"] = ["Keys", "Data"],
        ["Store"] = ["Spine", "Keys", "Data"],
        ["Collect"] = ["Spine", "Store", "Data"],
        ["Share"] = ["Spine", "Store", "Data"],
        ["Rights"] = ["Spine", "Store", "Data"],
        ["Discover"] = ["Spine", "Store", "Data"],
        ["Use"] = ["Spine", "Store", "Keys", "Data"],
        ["Destroy"] = ["Spine", "Store", "Keys", "Data"],
        ["Oversight"] = ["Spine", "Data"],
    };

    /// <summary>All a stage without key rights may see of Strongroom.Keys.</summary>
    private static readonly HashSet<string> KeysForEveryone = ["ISigner", "SigningKey", "Compartment"];

    public static IReadOnlyList<string> Breaches(Assembly assembly, string root)
    {
        var breaches = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes())
        {
            if (FolderOf(References.Outermost(type), root) is not { } from || !MayUse.TryGetValue(from, out var allowed))
            {
                continue;
            }

            foreach (var used in References.Of(type).Select(References.Outermost))
            {
                if (FolderOf(used, root) is { } to && !Allowed(from, allowed, to, used))
                {
                    breaches.Add($"{from}: {References.Outermost(type).Name} uses {to}: {used.Name}");
                }
            }
        }

        return [.. breaches];
    }

    public static IReadOnlyList<string> Unknown(Assembly assembly, string root) =>
        [.. assembly.GetTypes().Select(t => FolderOf(t, root)).OfType<string>().Distinct().Where(f => !MayUse.ContainsKey(f)).Order()];

    private static bool Allowed(string from, string[] allowed, string to, Type used) =>
        to == from
        || to == "Ground"
        || allowed.Contains(to)
        || (to == "Keys" && Stages.Contains(from) && KeysForEveryone.Contains(used.Name));

    private static string? FolderOf(Type type, string root)
    {
        var name = type.Namespace ?? "";
        return name.StartsWith(root + ".", StringComparison.Ordinal) ? name[(root.Length + 1)..].Split('.')[0] : null;
    }
}
