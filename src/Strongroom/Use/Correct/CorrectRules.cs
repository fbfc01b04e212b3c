using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Correct;

/// <summary>Whether a correction is one at all. Pure; errors name places, never values.</summary>
internal static class CorrectRules
{
    public const int MostChanges = 50;

    private static readonly HashSet<string> FileKinds = new(["blob", "image", "audio", "file", "template"], StringComparer.Ordinal);

    public static bool IsFile(ItemKnown item) => FileKinds.Contains(item.Definition.Kind);

    /// <summary>What can be said before any row is read.</summary>
    /// <param name="today">The day at the company's place.</param>
    public static IReadOnlyList<FieldError> Errors(IReadOnlyList<ItemChange> changes, Knowledge knowledge, DateOnly today)
    {
        if (changes.Count is 0 or > MostChanges)
        {
            return [(changes.Count == 0 ? Reasons.FieldMissing : Reasons.TooMany).At("changes")];
        }

        var errors = new List<FieldError>();
        var seen = new HashSet<(RecordId, ItemKey)>();
        for (var i = 0; i < changes.Count; i++)
        {
            var (change, at) = (changes[i], $"changes[{i}]");
            if (knowledge.Item(change.Item) is not { } item)
            {
                errors.Add(Reasons.ItemUnknown.At($"{at}.item"));
            }
            else if (!seen.Add((change.Record, change.Item)))
            {
                errors.Add(Reasons.BadField.At($"{at}.item"));
            }
            else if (change.Version < 0 || (change.Version == 0 && change.Value is null))
            {
                errors.Add(Reasons.BadField.At($"{at}.version"));
            }
            else if (change.Value is { } value && ErrorOf(item, value, at, today) is { } error)
            {
                errors.Add(error);
            }
        }

        return errors;
    }

    /// <summary>What needs the customer's records.</summary>
    public static IReadOnlyList<FieldError> Errors(IReadOnlyList<ItemChange> changes, CustomerSnapshot customer, InformationCatalogue catalogue)
    {
        var errors = new List<FieldError>();
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (customer.Records.FirstOrDefault(record => record.Id == change.Record) is not { } record)
            {
                errors.Add(Reasons.NotFound.At($"changes[{i}].record"));
            }
            else if (catalogue.Record(record.Type)?.Items.Contains(change.Item) != true)
            {
                errors.Add(Reasons.ItemNotOfRecord.At($"changes[{i}].item"));
            }
        }

        return errors;
    }

    /// <summary>
    /// Until when the earlier value stays (UTC ms): the item's own term from now, the shorter of two; null where the catalogue lets it go
    /// once used or withdrawn.
    /// </summary>
    public static long? KeepOldUntil(RetentionRule retain, long now)
    {
        var terms = retain.Or is { } or ? new[] { new RetentionTerm(retain.After, retain.Term), or } : [new RetentionTerm(retain.After, retain.Term)];
        if (terms.Any(term => term.After is RetentionEvent.Used or RetentionEvent.Withdrawn or RetentionEvent.Delivered))
        {
            return null;
        }

        var until = terms.Min(term => term.Term.After(Instants.At(now)).ToUnixTimeMilliseconds());
        return until > now ? until : null;
    }

    private static FieldError? ErrorOf(ItemKnown item, string value, string at, DateOnly today)
    {
        if (IsFile(item))
        {
            return Reasons.ItemIsFile.At($"{at}.value");
        }

        if (item.Kind.Check(value, today) is { State: VerdictState.Invalid, Fault: { } fault })
        {
            return new FieldError($"{at}.value", fault.Code, fault.Zh, fault.En);
        }

        return item.Definition.Options is { Count: > 0 } options && options.All(option => option.Key != value)
            ? new FieldError($"{at}.value", Faults.Enum.Code, Faults.Enum.Zh, Faults.Enum.En)
            : null;
    }
}
