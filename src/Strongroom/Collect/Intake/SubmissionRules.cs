using System.Globalization;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Customers;

namespace Strongroom.Collect.Intake;

/// <summary>What a submission is judged by.</summary>
/// <param name="Notice">The notice that must be shown today; null when none is published, and then nothing is taken in.</param>
/// <param name="Now">UTC milliseconds.</param>
/// <param name="Today">The day at the handler's place.</param>
/// <param name="ReaderJudged">Handed in by a colleague, one at a time, where a scene asks for a reader: the server knows itself whether one took the document.</param>
internal sealed record SubmissionCase(
    Submission Submission,
    FormDefinition Form,
    InformationCatalogue Catalogue,
    NoticeText? Notice,
    long Now,
    DateOnly Today,
    bool ReaderJudged = false);

/// <summary>
/// Whether a submission may be taken in (R2, R3, R22, R23, R25; PIPL 14–17, 28–31). Total; tells every mistake at once, in the order
/// items, evidence, notice, consents, and never a value.
/// </summary>
internal static class SubmissionRules
{
    public const int MostConsents = 64;

    private const int MostRelations = 16, LongestReference = 256, LongestTicket = 128, MostSourceColumns = 8;

    private static readonly ItemKey Birth = ItemKey.Of("birth");

    public static SubmissionJudged Judge(SubmissionCase asked)
    {
        var errors = new List<FieldError>();
        var values = Values(asked, errors);
        Required(asked, values, errors);
        var evidence = Evidence(asked, errors);
        var subject = Subject(asked.Submission, errors);
        CheckSource(asked.Submission.Source, errors);
        var relations = Relations(asked.Submission, errors);
        CheckNotice(asked, errors);
        var minor = IsMinor(values, asked.Today);
        var consents = ConsentTakingRules.Judge(asked, values, minor, errors);
        if (errors.Count > 0)
        {
            return new SubmissionJudged.Wrong(errors);
        }

        return new SubmissionJudged.Good(new SubmissionPlan(
            asked.Form, asked.Notice!.Key, asked.Notice.Version, KindOf(asked), minor, subject, asked.Submission.Source, values, consents, relations, evidence));
    }

    /// <summary>Under 14 by the birth date or the identity number handed in (PIPL 28, 31).</summary>
    public static bool IsMinor(IEnumerable<TakenValue> values, DateOnly today) => values
        .Select(value => value.Item.Kind switch
        {
            "cn-id" => BornOf(value.Value),
            "date" when value.Item.Key == Birth => DateOnly.TryParseExact(value.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born) ? born : null,
            _ => (DateOnly?)null,
        })
        .Any(born => born is { } day && day.AddYears(14) > today);

    private static DateOnly? BornOf(string identityNumber) =>
        ItemKinds.Of("cn-id").TryNormalise(identityNumber, out var id) && id.Length == 18
        && DateOnly.TryParseExact(id.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var born) ? born : null;

    private static List<TakenValue> Values(SubmissionCase asked, List<FieldError> errors)
    {
        var values = new List<TakenValue>();
        if (asked.Submission.Items is not { Count: > 0 } items)
        {
            errors.Add(Reasons.FieldMissing.At("items"));
            return values;
        }

        foreach (var ((name, json), position) in items.Select((pair, i) => (pair, i)))
        {
            // A name the catalogue does not know may be anything, a person's included: only its position is told.
            if (!Name.TryParse<ItemKey>(name, out var key) || asked.Catalogue.Item(key) is not { } item)
            {
                errors.Add(Reasons.ItemUnknown.At($"items[{position}]"));
            }
            else if (!asked.Form.Items.Any(held => held.Item == key))
            {
                errors.Add(Reasons.FormExtraItem.At($"items.{key}"));
            }
            else if (Text(json) is not { } text)
            {
                errors.Add(Reasons.BadField.At($"items.{key}"));
            }
            else if (FaultOf(item, text, asked.Today) is { } fault)
            {
                errors.Add(fault with { At = $"items.{key}" });
            }
            else if (RecordOf(asked, key) is not { } record)
            {
                errors.Add(Reasons.BadField.At($"records.{key}"));
            }
            else
            {
                values.Add(new TakenValue(item, text, record));
            }
        }

        foreach (var (name, position) in (asked.Submission.Records?.Keys ?? []).Select((name, i) => (name, i)))
        {
            if (!items.ContainsKey(name))
            {
                errors.Add(Reasons.BadField.At($"records[{position}]"));
            }
        }

        return values;
    }

    private static string? Text(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!.Trim() is { Length: > 0 } text ? text : "",
        JsonValueKind.Number or JsonValueKind.Object or JsonValueKind.Array => json.GetRawText(),
        _ => null,
    };

    private static FieldError? FaultOf(ItemDefinition item, string text, DateOnly today)
    {
        if (ItemKinds.Of(item.Kind).Check(text, today).Fault is { } fault)
        {
            return new FieldError("", fault.Code, fault.Zh, fault.En);
        }

        return item.Options.Count > 0 && !item.Options.Any(option => option.Key == text) ? Reasons.ItemOption.At("") : null;
    }

    /// <summary>The named record, or else the most special of the form that holds the item: the last one. Null when a hint does not fit.</summary>
    private static RecordTypeKey? RecordOf(SubmissionCase asked, ItemKey key)
    {
        var holding = asked.Form.Records.Where(type => asked.Catalogue.Record(type)?.Items.Contains(key) == true).ToList();
        if (asked.Submission.Records?.GetValueOrDefault(key.Value) is not { } hint)
        {
            return holding.Count > 0 ? holding[^1] : null;
        }

        return Name.TryParse<RecordTypeKey>(hint, out var type) && holding.Contains(type) ? type : null;
    }

    private static void Required(SubmissionCase asked, List<TakenValue> values, List<FieldError> errors)
    {
        var given = asked.Submission.Items ?? new Dictionary<string, JsonElement>();
        foreach (var item in asked.Form.Items.Where(item => item.Required && !given.ContainsKey(item.Item.Value)))
        {
            errors.Add(Reasons.ItemMissing.At($"items.{item.Item}"));
        }

        foreach (var group in asked.Form.Items.Where(item => item.OneOf is not null).GroupBy(item => item.OneOf))
        {
            if (!group.Any(item => given.ContainsKey(item.Item.Value)))
            {
                errors.Add(Reasons.ItemOneOf.At("items." + string.Join('|', group.Select(item => item.Item.Value))));
            }
        }
    }

    private static string? Evidence(SubmissionCase asked, List<FieldError> errors)
    {
        var given = asked.Submission.Evidence ?? new Dictionary<string, string>();
        foreach (var ((name, reference), position) in given.Select((pair, i) => (pair, i)))
        {
            if (!Kebab.TryParse<FormEvidence>(name, out _) || string.IsNullOrWhiteSpace(reference) || reference.Length > LongestReference)
            {
                errors.Add(Reasons.BadField.At($"evidence[{position}]"));
            }
        }

        // Where the server knows whether a reader took it, nobody has to make up a number for a document that was typed.
        foreach (var needed in asked.Form.Evidence.Where(needed => !given.ContainsKey(Kebab.Of(needed)) && !(asked.ReaderJudged && needed == FormEvidence.DocumentReader)))
        {
            errors.Add(Reasons.EvidenceMissing.At($"evidence.{Kebab.Of(needed)}"));
        }

        return given.Count == 0 ? null : JsonSerializer.Serialize(given.ToDictionary(), EvidenceJson.Default.DictionaryStringString);
    }

    private static CustomerId? Subject(Submission submission, List<FieldError> errors)
    {
        if (submission.Ticket is { Length: > LongestTicket })
        {
            errors.Add(Reasons.FieldLong.At("ticket"));
        }

        if (submission.Subject is null)
        {
            return null;
        }

        if (CustomerId.TryParse(submission.Subject, null, out var subject))
        {
            return subject;
        }

        errors.Add(Reasons.BadField.At("subject"));
        return null;
    }

    private static void CheckSource(SourceNamed? source, List<FieldError> errors)
    {
        if (source is null)
        {
            return;
        }

        if (!Name.IsValid(source.System))
        {
            errors.Add(Reasons.BadField.At("source.system"));
        }

        if (source.Record is not { Count: > 0 and <= MostSourceColumns } record || record.Any(part => string.IsNullOrWhiteSpace(part) || part.Length > LongestReference))
        {
            errors.Add(Reasons.BadField.At("source.record"));
        }
    }

    private static List<TakenRelation> Relations(Submission submission, List<FieldError> errors)
    {
        var relations = new List<TakenRelation>();
        foreach (var (relation, i) in (submission.Relations ?? []).Take(MostRelations + 1).Select((relation, i) => (relation, i)))
        {
            if (i == MostRelations)
            {
                errors.Add(Reasons.FieldLong.At("relations"));
            }
            else if (Kebab.TryParse<RelationKind>(relation?.Kind, out var kind) && CustomerId.TryParse(relation?.Customer, null, out var customer))
            {
                relations.Add(new TakenRelation(kind, customer));
            }
            else
            {
                errors.Add(Reasons.BadField.At($"relations[{i}]"));
            }
        }

        return relations;
    }

    public static void CheckNotice(SubmissionCase asked, List<FieldError> errors)
    {
        if (asked.Submission.Notice is not { Key: { } key, Version: { } version })
        {
            errors.Add(Reasons.NoticeMissing.At("notice"));
        }
        else if (asked.Notice is null || !string.Equals(key, asked.Notice.Key.Value, StringComparison.Ordinal) || version > asked.Notice.Version || version < 1)
        {
            errors.Add(Reasons.NoticeUnknown.At("notice"));
        }
        else if (version < asked.Notice.Version)
        {
            errors.Add(Reasons.NoticeStale.At("notice.version"));
        }
    }

    private static CustomerKind KindOf(SubmissionCase asked) =>
        asked.Form.Records.Any(type => asked.Catalogue.Record(type)?.Holder == RecordHolder.Organisation) ? CustomerKind.Organisation : CustomerKind.Person;
}
