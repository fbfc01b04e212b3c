using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Consent;

namespace Strongroom.Collect.Intake;

/// <summary>What proves a consent (R23).</summary>
[JsonConverter(typeof(KebabEnum<EvidenceKind>))]
internal enum EvidenceKind
{
    Tick,
    Signature,
    Document,
    Recording,
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class EvidenceJson : JsonSerializerContext;

/// <summary>
/// Which consents a submission carries, and whether they carry its items (PIPL 13–16, 28–31; R23, R25, R26). A purpose that rests on
/// consent may be refused and the service goes on; what only that purpose needs is then not taken in. Purposes that rest on law or
/// contract are acknowledged: the notice was shown.
/// </summary>
internal static class ConsentTakingRules
{
    private const int LongestReference = 256;

    /// <summary>Milliseconds: nobody hands in what was said more than ten years ago as if it had been recorded then.</summary>
    private const long LongestAgo = 10L * 366 * 24 * 60 * 60 * 1000;

    public static IReadOnlyList<TakenConsent> Judge(SubmissionCase asked, IReadOnlyList<TakenValue> values, bool minor, List<FieldError> errors)
    {
        var taken = All(asked, minor, errors);

        // A consent already found wrong is not reported as missing too.
        var named = (asked.Submission.Consents ?? []).Select(one => one?.Purpose).OfType<string>().ToHashSet(StringComparer.Ordinal);
        CheckAsked(asked, values, taken, named, errors);
        foreach (var value in values)
        {
            if (Uncarried(asked, value.Item, taken, minor, named) is { } reason)
            {
                errors.Add(reason.At($"items.{value.Item.Key}"));
            }
        }

        return [.. Ordered(taken), .. Acknowledged(asked, taken)];
    }

    /// <summary>Consents said on their own, without items: a customer changes his mind, or is asked later.</summary>
    public static IReadOnlyList<TakenConsent> JudgeAlone(SubmissionCase asked, List<FieldError> errors)
    {
        if (asked.Submission.Consents is not { Count: > 0 })
        {
            errors.Add(Reasons.FieldMissing.At("consents"));
        }

        return [.. Ordered(All(asked, minor: false, errors))];
    }

    private static List<Taken> All(SubmissionCase asked, bool minor, List<FieldError> errors)
    {
        var said = asked.Submission.Consents ?? [];
        var taken = new List<Taken>();
        if (said.Count > SubmissionRules.MostConsents)
        {
            errors.Add(Reasons.FieldLong.At("consents"));
            return taken;
        }

        for (var i = 0; i < said.Count; i++)
        {
            if (JudgeOne(asked, said[i], $"consents[{i}]", minor, taken, errors) is { } one)
            {
                taken.Add(one);
            }
        }

        return taken;
    }

    /// <summary>Who says both yes and no to one purpose has said no.</summary>
    private static IEnumerable<TakenConsent> Ordered(List<Taken> taken) => taken.OrderBy(one => one.Given ? 0 : 1).Select(one => one.Consent);

    private static Taken? JudgeOne(SubmissionCase asked, ConsentSaid? said, string at, bool minor, List<Taken> before, List<FieldError> errors)
    {
        if (said is null)
        {
            errors.Add(Reasons.BadField.At(at));
            return null;
        }

        if (said.Purposes is not null)
        {
            errors.Add(Reasons.ConsentBundled.At(at + ".purposes"));
            return null;
        }

        if (!Name.TryParse<PurposeKey>(said.Purpose, out var key) || asked.Catalogue.Purpose(key) is not { } purpose
            || asked.Form.Consents.FirstOrDefault(one => one.Purpose == key && one.Separate == said.Separate) is not { } form)
        {
            errors.Add(Reasons.ConsentUnasked.At(at + ".purpose"));
            return null;
        }

        if (before.Exists(other => other.Form.Purpose == key && other.Form.Separate == said.Separate))
        {
            errors.Add(Reasons.ConsentDuplicate.At(at));
            return null;
        }

        var count = errors.Count;
        var given = Given(said, at, errors);
        var spoken = said.At ?? asked.Now;
        if (spoken > asked.Now || spoken < asked.Now - LongestAgo || (said.Until is { } until && (!given || until <= asked.Now)))
        {
            errors.Add(Reasons.ConsentTerm.At(said.Until is null ? at + ".at" : at + ".until"));
        }

        var how = given ? How(said, at, form, purpose, minor, errors) : null;
        var items = Items(said, at, form, errors);
        if (errors.Count > count)
        {
            return null;
        }

        var kind = given ? (said.Separate ? ConsentEventKind.GiveSeparately : ConsentEventKind.Give) : ConsentEventKind.Refuse;
        var happened = new ConsentEvent(key, kind, spoken, ConsentId.New(), how, said.Until, asked.Notice?.Key, asked.Notice?.Version ?? 0);
        return new Taken(form, purpose, given, items, new TakenConsent(happened, given ? said.Evidence?.Reference?.Trim() : null));
    }

    private static bool Given(ConsentSaid said, string at, List<FieldError> errors)
    {
        if (said.Prechecked)
        {
            errors.Add(Reasons.ConsentPrechecked.At(at + ".prechecked"));
        }

        if (said.State is not (null or "given" or "refused"))
        {
            errors.Add(Reasons.BadField.At(at + ".state"));
        }

        return said.State is not "refused";
    }

    private static ConsentForm? How(ConsentSaid said, string at, FormConsent form, PurposeDefinition purpose, bool minor, List<FieldError> errors)
    {
        if (!Kebab.TryParse<ConsentForm>(said.Form, out var how))
        {
            errors.Add(Reasons.ConsentFormMissing.At(at + ".form"));
            return null;
        }

        if (minor && how != ConsentForm.Guardian)
        {
            errors.Add(Reasons.ConsentGuardian.At(at + ".form"));
        }
        else if (how != form.Form && how != ConsentForm.Guardian && !purpose.ConsentForms.Contains(how))
        {
            errors.Add(Reasons.ConsentForm.At(at + ".form"));
        }

        var proven = Kebab.TryParse<EvidenceKind>(said.Evidence?.Kind, out var kind) && Proves(kind, how)
            && said.Evidence!.Reference is { } reference && !string.IsNullOrWhiteSpace(reference) && reference.Length <= LongestReference;
        if (!proven)
        {
            errors.Add(Reasons.ConsentEvidence.At(at + ".evidence"));
        }

        return how;
    }

    private static bool Proves(EvidenceKind evidence, ConsentForm form) => form switch
    {
        ConsentForm.Ticked => evidence == EvidenceKind.Tick,
        ConsentForm.ESigned => evidence == EvidenceKind.Signature,
        ConsentForm.Written => evidence is EvidenceKind.Document or EvidenceKind.Signature,
        ConsentForm.RecordedVoice => evidence == EvidenceKind.Recording,
        ConsentForm.Guardian => Enum.IsDefined(evidence),
        _ => false,
    };

    /// <summary>The items a separate consent was asked for; naming none means those of the form.</summary>
    private static IReadOnlyCollection<ItemKey> Items(ConsentSaid said, string at, FormConsent form, List<FieldError> errors)
    {
        if (said.Items is null)
        {
            return form.Items;
        }

        var items = new HashSet<ItemKey>();
        for (var i = 0; i < said.Items.Count; i++)
        {
            if (!said.Separate || !Name.TryParse<ItemKey>(said.Items[i], out var item) || !form.Items.Contains(item))
            {
                errors.Add(Reasons.BadField.At($"{at}.items[{i}]"));
            }
            else
            {
                items.Add(item);
            }
        }

        return items;
    }

    /// <summary>Consents the form must have whatever the basis: a company rule, or a separate one for an item that was handed in.</summary>
    private static void CheckAsked(
        SubmissionCase asked, IReadOnlyList<TakenValue> values, List<Taken> taken, HashSet<string> named, List<FieldError> errors)
    {
        foreach (var consent in asked.Form.Consents.Where(consent => !consent.Separate && !named.Contains(consent.Purpose.Value)))
        {
            if (asked.Catalogue.Purpose(consent.Purpose) is { RestsOnConsent: false, AlsoConsent: true })
            {
                errors.Add(Reasons.ConsentMissing.At($"consents.{consent.Purpose}"));
            }
        }

        foreach (var refused in taken.Where(one => !one.Given && one.Purpose is { RestsOnConsent: false, AlsoConsent: true } && !one.Form.Separate))
        {
            if (values.Any(value => value.Item.Purposes.Contains(refused.Form.Purpose)))
            {
                errors.Add(Reasons.ConsentCompany.At($"consents.{refused.Form.Purpose}"));
            }
        }
    }

    /// <summary>Null when at least one purpose of the form carries the item.</summary>
    private static Reason? Uncarried(SubmissionCase asked, ItemDefinition item, List<Taken> taken, bool minor, HashSet<string> named)
    {
        var purposes = item.Purposes.Where(asked.Form.Purposes.Contains).Select(asked.Catalogue.Purpose).OfType<PurposeDefinition>().ToList();
        var sensitive = minor || item.Mark == Mark.Sensitive;
        var reasons = purposes.Select(purpose => Uncarried(purpose, item, taken, sensitive, named)).ToList();
        if (reasons.Count == 0)
        {
            return Reasons.FormExtraItem;
        }

        return reasons.Contains(null) ? null : reasons[0];
    }

    private static Reason? Uncarried(PurposeDefinition purpose, ItemDefinition item, List<Taken> taken, bool sensitive, HashSet<string> named)
    {
        // Law and contract carry it; the notice was shown, which is recorded as acknowledged.
        if (!purpose.RestsOnConsent && !(purpose.SeparateConsent && item.Mark == Mark.Sensitive && purpose.Bases.Contains(LegalBasis.Consent)))
        {
            return null;
        }

        var own = taken.Where(one => one.Form.Purpose == purpose.Key).ToList();
        if (own.Exists(one => one.Given && (one.Form.Separate ? one.Items.Contains(item.Key) : !sensitive)))
        {
            return null;
        }

        if (own.Exists(one => !one.Given))
        {
            return Reasons.ConsentRefused;
        }

        return own.Count == 0 && named.Contains(purpose.Key.Value) ? null
            : own.Count > 0 || sensitive ? Reasons.ConsentSeparate : Reasons.ConsentMissing;
    }

    private static IEnumerable<TakenConsent> Acknowledged(SubmissionCase asked, List<Taken> taken) => asked.Form.Purposes
        .Select(asked.Catalogue.Purpose).OfType<PurposeDefinition>()
        .Where(purpose => !purpose.RestsOnConsent && !taken.Exists(one => one.Form.Purpose == purpose.Key))
        .Select(purpose => new TakenConsent(
            new ConsentEvent(purpose.Key, ConsentEventKind.Acknowledge, asked.Now, ConsentId.New(), null, null, asked.Notice?.Key, asked.Notice?.Version ?? 0), null));

    private sealed record Taken(FormConsent Form, PurposeDefinition Purpose, bool Given, IReadOnlyCollection<ItemKey> Items, TakenConsent Consent);
}
