using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Forms;

/// <summary>Whether a form may be opened at all (R2, R20, R21, R25, R26). Pure; the rules of the catalogue itself are asked, so a form
/// made here and one from a pack are held to the same.</summary>
internal static class FormRules
{
    public static FormDefinition Definition(FormKey key, FormAsk ask) => new(
        key,
        ask.Title,
        ask.Channel,
        ask.Records.ToListed(),
        ask.Purposes.ToListed(),
        ask.Notice,
        (ask.Evidence ?? []).ToListed(),
        ask.Items.Select(item => new FormItem(item.Item, item.Required, item.OneOf, item.By)).ToListed(),
        (ask.Consents ?? []).Where(consent => consent.Purpose is not null)
            .Select(consent => new FormConsent(consent.Purpose!.Value, consent.Form, consent.Separate, (consent.Items ?? []).ToListed())).ToListed());

    /// <summary>What only the request can show: boxes ticked in advance, bundled consents, texts left empty.</summary>
    public static IReadOnlyList<FieldError> Check(FormAsk ask)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(ask.Title.Zh) || string.IsNullOrWhiteSpace(ask.Title.En))
        {
            errors.Add(Reasons.FieldMissing.At("title"));
        }

        if (ask.Items.Count == 0 || ask.Purposes.Count == 0 || ask.Records.Count == 0)
        {
            errors.Add(Reasons.FieldMissing.At(ask.Items.Count == 0 ? "items" : ask.Purposes.Count == 0 ? "purposes" : "records"));
        }

        foreach (var (consent, i) in (ask.Consents ?? []).Select((consent, i) => (consent, i)))
        {
            if (consent.Prechecked)
            {
                errors.Add(Reasons.ConsentPrechecked.At($"consents[{i}].prechecked"));
            }

            if (consent.Purposes is not null)
            {
                errors.Add(Reasons.ConsentBundled.At($"consents[{i}].purposes"));
            }
            else if (consent.Purpose is null)
            {
                errors.Add(Reasons.FieldMissing.At($"consents[{i}].purpose"));
            }
        }

        return errors;
    }

    /// <summary>Every rule of the catalogue that the form breaks, by its place in the form.</summary>
    /// <param name="notices">The notices as they are published; the form is shown with the newest.</param>
    public static IReadOnlyList<FieldError> Check(FormDefinition form, InformationCatalogue catalogue, IEnumerable<NoticeText> notices)
    {
        var path = $"forms/{form.Key}";
        var held = catalogue with { Forms = [form], Notices = notices.ToListed() };
        return
        [
            .. CatalogueRules.Check(held)
                .Where(issue => issue.Path == path || issue.Path.StartsWith(path + "/", StringComparison.Ordinal))
                .Select(issue => new FieldError(
                    issue.Path.Length > path.Length ? issue.Path[(path.Length + 1)..].Replace('/', '.') : "",
                    issue.Code == "form.extra-item" ? Reasons.FormExtraItem.Code : issue.Code,
                    issue.Text.Zh,
                    issue.Text.En)),
        ];
    }
}
