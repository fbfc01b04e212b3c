using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Contact;

/// <summary>Whether a request to reach somebody makes sense. Pure.</summary>
internal static class ContactRules
{
    private static readonly HashSet<string> Callable = new(StringComparer.Ordinal) { "mobile", "phone" };

    public static IReadOnlyList<FieldError> Errors(ContactRequest ask, Knowledge knowledge)
    {
        var errors = new List<FieldError>();
        if (knowledge.Item(ask.Item) is not { } item)
        {
            errors.Add(Reasons.ItemUnknown.At("item"));
        }
        else if (item.Facts.NeverShown || !(ask.By == ContactWay.Sms ? item.Definition.Kind == "mobile" : Callable.Contains(item.Definition.Kind)))
        {
            errors.Add(Reasons.ContactItem.At("item"));
        }

        if (ask.By == ContactWay.Sms ? ContactTexts.Find(ask.Text) is null : ask.Text is not null)
        {
            errors.Add(Reasons.ContactText.At("text"));
        }

        if (ask.Locale is not (null or "zh" or "en"))
        {
            errors.Add(Reasons.BadField.At("locale"));
        }

        AskRules.CheckTicket(ask.Ticket, errors);
        return errors;
    }
}
