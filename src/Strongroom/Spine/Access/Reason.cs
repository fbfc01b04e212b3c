using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>
/// Why an answer is what it is: a stable code, one Chinese and one English sentence (what, why, next step; never a value,
/// never blame), and the way out when there is one. Texts follow domain.md §6.
/// </summary>
public sealed record Reason(string Code, string Zh, string En)
{
    /// <summary>Label of the one button that helps; absent when nothing but another request would.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Bilingual? Fix { get; init; }

    /// <summary>HTTP status when the reason stands alone as a problem.</summary>
    [JsonIgnore]
    public int Status { get; init; } = 403;
}

/// <summary>
/// The registry of every reason. Each is a static field, so the compiler proves that a code used in the program exists;
/// a test proves that both texts do. The files of this partial class follow the folders that use them.
/// </summary>
public static partial class Reasons
{
    private static readonly Lazy<FrozenDictionary<string, Reason>> Registry = new(() => typeof(Reasons)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null))
        .OfType<Reason>()
        .ToFrozenDictionary(reason => reason.Code, StringComparer.Ordinal));

    public static IReadOnlyCollection<Reason> All => Registry.Value.Values;

    /// <summary>The reason of a stored or received code; null when this program does not know it.</summary>
    public static Reason? Find(string? code) => code is null ? null : Registry.Value.GetValueOrDefault(code);

    private static Bilingual Fix(string zh, string en) => new(zh, en);
}
