using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Search;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Find;

/// <summary>The look-ups a request comes to, or what is wrong with it.</summary>
internal sealed record FindPlan(IReadOnlyList<SearchLookup> Lookups, IReadOnlyList<FieldError> Errors);

/// <summary>Which digests to look up for what was typed. Touches no row.</summary>
internal static class FindPlanning
{
    public const int MostAlso = 3;

    public static FindPlan Plan(FindRequest ask, Knowledge knowledge, ItemSealer sealer)
    {
        if (ask.Also is { } others && others.Contains(null))
        {
            return new FindPlan([], [.. others.Index().Where(one => one.Item is null).Take(MostAlso).Select(one => Reasons.FieldMissing.At($"also[{one.Index}]"))]);
        }

        var typed = (ask.Also ?? []).Select((also, i) => (also!.Item, also.Value, At: $"also[{i}]")).Prepend((ask.Item, ask.Value, At: "")).ToList();
        var errors = Errors(typed, knowledge);
        if (errors.Count > 0)
        {
            return new FindPlan([], errors);
        }

        var values = typed.ToDictionary(one => one.Item, one => one.Value);
        var joined = knowledge.CombinedKeys
            .Where(key => key.Parts.All(part => values.ContainsKey(part.Item)))
            .OrderByDescending(key => key.Parts.Select(part => part.Item).Distinct().Count())
            .FirstOrDefault();
        var lookups = new List<SearchLookup>();
        var left = typed;
        if (joined is not null)
        {
            if (sealer.Lookup(joined, values) is not { } lookup)
            {
                return new FindPlan([], [.. typed.Where(one => joined.Parts.Any(part => part.Item == one.Item)).Select(one => Shape(one.Item, one.At, knowledge))]);
            }

            lookups.Add(lookup);
            left = [.. typed.Where(one => joined.Parts.All(part => part.Item != one.Item))];
        }

        foreach (var (item, value, at) in left)
        {
            var known = knowledge.Item(item)!;
            if (known.Definition.Search is not (SearchMode.Exact or SearchMode.ExactAskSecond) || SearchEntropy.Of(known.Definition) < SearchEntropy.Least)
            {
                errors.Add(Reasons.FindUnsearchable.At(Place(at, "item")));
            }
            else if (sealer.Lookup(known.Spec, value) is { } lookup)
            {
                lookups.Add(lookup);
            }
            else
            {
                errors.Add(Shape(item, at, knowledge));
            }
        }

        return new FindPlan(lookups, errors);
    }

    private static List<FieldError> Errors(List<(ItemKey Item, string Value, string At)> typed, Knowledge knowledge)
    {
        var errors = new List<FieldError>();
        if (typed.Count > MostAlso + 1)
        {
            errors.Add(Reasons.TooMany.At("also"));
            return errors;
        }

        var seen = new HashSet<ItemKey>();
        foreach (var (item, value, at) in typed)
        {
            if (knowledge.Item(item) is null)
            {
                errors.Add(Reasons.ItemUnknown.At(Place(at, "item")));
            }
            else if (!seen.Add(item))
            {
                errors.Add(Reasons.BadField.At(Place(at, "item")));
            }
            else if (string.IsNullOrWhiteSpace(value))
            {
                errors.Add(Reasons.FieldMissing.At(Place(at, "value")));
            }
        }

        return errors;
    }

    /// <summary>A value that is not of its kind is told as that, and never as "nobody".</summary>
    private static FieldError Shape(ItemKey item, string at, Knowledge knowledge)
    {
        var fault = knowledge.Item(item)!.Kind.ShapeFault;
        return new FieldError(Place(at, "value"), fault.Code, fault.Zh, fault.En);
    }

    private static string Place(string at, string member) => at.Length == 0 ? member : $"{at}.{member}";
}
