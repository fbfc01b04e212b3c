using System.Globalization;
using System.Text;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Use.Asking;
using Strongroom.Use.Correct;

namespace Strongroom.Use.Contact;

/// <summary>What a code is to confirm: a change of one value, or one look at one item of one record.</summary>
/// <param name="Bound">Keyed digest of it: the code is for nothing else.</param>
/// <param name="Wanted">The act as it will be asked for with the code.</param>
/// <param name="Says">The message, given the code.</param>
internal sealed record CodeMatter(ContactCodeTarget About, string Bound, Ask Wanted, Func<string, Bilingual> Says)
{
    private static readonly byte[] LookDomain = Encoding.ASCII.GetBytes("view-code\0");

    /// <param name="ask">Names one of the two, of an item that is known.</param>
    public static CodeMatter Of(CustomerId customer, ContactCodeRequest ask, Actor actor, Knowledge known, IMac mac, long minutes)
    {
        var about = ask.Change is { } named ? new ContactCodeTarget(named.Record, named.Item) : new ContactCodeTarget(ask.View!.Record, ask.View.Item);
        var items = new HashSet<ItemKey> { about.Item };
        var wanted = new Ask(ask.Change is null ? Act.View : Act.Correct, UseFacts.CodeSent)
        {
            Customer = customer,
            Purpose = ask.Purpose,
            Records = new HashSet<RecordId> { about.Record },
            Items = items,
            Confirmed = items,
            Whole = true,
            Ticket = ask.Ticket,
            Session = ask.Session,
        };
        var title = known.Item(about.Item)!.Definition.Title;
        return ask.Change is { } change
            ? new CodeMatter(
                about, CorrectValues.Of(mac, [change], known), wanted with { EvenAbsent = true },
                code => ContactTexts.Code(code, minutes, title, CorrectValues.Normalised(change, known)))
            : new CodeMatter(
                about, BoundTo(mac, customer, ask.View!, ask.Purpose, actor, ask.Session), wanted with { Clear = items, Month = ask.View!.Month },
                code => ContactTexts.Look(code, minutes, title, ask.View.Month));
    }

    /// <summary>
    /// HMAC-SHA-256, 64 lower hex digits, over the customer, record, item, month, purpose, person and service session of one look. Under a domain of
    /// its own, so none is ever that of a change.
    /// </summary>
    public static string BoundTo(IMac mac, CustomerId customer, CodeView view, PurposeKey? purpose, Actor actor, ServiceSessionId? session)
    {
        var line = JsonSerializer.Serialize(new[]
        {
            customer.ToString(), view.Record.ToString(), view.Item.Value, view.Month, purpose?.Value, actor.OwnId().ToString(CultureInfo.InvariantCulture), session?.ToString(),
        });
        return Convert.ToHexStringLower(mac.Mac(MacUse.Idempotency, [.. LookDomain, .. Encoding.UTF8.GetBytes(line)]));
    }

    /// <summary>What can be said before any row is read; null where nothing is wrong.</summary>
    public static FieldError? ErrorOf(CodeView view, Knowledge known) =>
        known.Item(view.Item) is not { Definition.Kind: var kind } ? Reasons.ItemUnknown.At("view.item")
        : view.Month is null ? RecordMonths.HasMonths(kind) ? Reasons.FieldMissing.At("view.month") : null
        : !RecordMonths.HasMonths(kind) || !RecordMonths.IsMonth(view.Month) ? Reasons.BadField.At("view.month")
        : null;
}
