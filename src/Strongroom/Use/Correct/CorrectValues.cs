using System.Text;
using System.Text.Json;
using Strongroom.Keys;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Correct;

/// <summary>What a correction is going to write, in a form that an approval can keep: nobody reads a value from it, and another value makes another.</summary>
internal static class CorrectValues
{
    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("correct-values\0");

    /// <summary>
    /// HMAC-SHA-256, 64 lower hex digits, over record, item, version and normalised value of every change; their order plays no part. What is no value
    /// of its kind stands as it was typed, and is refused where it would be written.
    /// </summary>
    public static string Of(IMac mac, IReadOnlyList<ItemChange> changes, Knowledge known)
    {
        var lines = changes.Select(change => JsonSerializer.Serialize(new[]
        {
            change.Record.ToString(), change.Item.Value, change.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), Normalised(change, known),
        })).Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(mac.Mac(MacUse.Idempotency, [.. Domain, .. Encoding.UTF8.GetBytes(string.Join('\n', lines))]));
    }

    /// <summary>As it will be written; null: the value is taken away.</summary>
    public static string? Normalised(ItemChange change, Knowledge known) =>
        change.Value is { } value && known.Item(change.Item) is { } item && item.Kind.TryNormalise(value, out var normalised) ? normalised : change.Value;
}
