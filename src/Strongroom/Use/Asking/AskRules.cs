using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Use.Asking;

/// <summary>Whether a request can be understood at all. Pure; errors name places, never values.</summary>
internal static class AskRules
{
    public const int MostItems = 100;

    public const int MostRecords = 200;

    public const int LongestTicket = 128;

    public static void CheckItems(IReadOnlyList<ItemKey>? items, string at, Knowledge knowledge, List<FieldError> errors)
    {
        if (items is null)
        {
            return;
        }

        if (items.Count > MostItems)
        {
            errors.Add(Reasons.TooMany.At(at));
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            if (knowledge.Item(items[i]) is null)
            {
                errors.Add(Reasons.ItemUnknown.At($"{at}[{i}]"));
            }
        }
    }

    public static void CheckTicket(string? ticket, List<FieldError> errors)
    {
        if (ticket is { Length: > LongestTicket })
        {
            errors.Add(Reasons.FieldLong.At("ticket"));
        }
    }
}
