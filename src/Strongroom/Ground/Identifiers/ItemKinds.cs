using System.Collections.Frozen;
using System.Text.Json;

namespace Strongroom.Ground.Identifiers;

/// <summary>The registry of item kinds: the one place that knows what a pack's `kind:` means (domain.md §1).</summary>
internal static class ItemKinds
{
    private const int Line = 256;
    private const int Document = 1 << 20;

    private static readonly FrozenDictionary<string, ItemKind> _byName = Build().ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<ItemKind> All => _byName.Values;

    /// <summary>Null when no kind has this name; a pack that uses it is then not loaded.</summary>
    public static ItemKind? Find(string name) => _byName.GetValueOrDefault(name);

    public static ItemKind Of(string name) => _byName[name];

    private static IEnumerable<ItemKind> Build() => [.. People(), .. Contact(), .. Numbers(), .. Plain(), .. Records(), .. Sealed()];

    private static IEnumerable<ItemKind> People() =>
    [
        new("name", "name", 128, Faults.Name, PersonNames.Normalise, (_, name, _) => PersonNames.Check(name)),
        new("name-latin", "name-latin", 128, Faults.NameLatin, PersonNames.Normalise, (_, name, _) => PersonNames.CheckLatin(name)),
        new("date", "date-year", 32, Faults.Date, CalendarDate.Normalise,
            (raw, _, _) => CalendarDate.IsStored(raw) ? Verdict.Ok() : Verdict.Invalid(Faults.Date)),
        new("cn-id", "keep:1,1", 64, Faults.ResidentIdShape, ResidentId.Normalise, (_, id, today) => ResidentId.Check(id, today)),
        new("passport", "passport", 64, Faults.Passport, Passport.Normalise, (_, number, _) => Passport.Check(number)),
        new("permit", "first:1+last:2", 64, Faults.PermitShape, Permit.Normalise, (_, number, today) => Permit.Check(number, today)),
        new("person-ref", "person", 2_000, Faults.Person, value => PersonReference.Read(value)?.SearchTerm, isRaw: true),
    ];

    private static IEnumerable<ItemKind> Contact() =>
    [
        new("mobile", "mobile", 64, Faults.Mobile, Mobile.Normalise, (_, number, _) => Mobile.Check(number)),
        new("phone", "last:2", 64, Faults.Phone, Phone.Normalise, (_, number, _) => Phone.Check(number)),
        new("email", "email", 320, Faults.Email, Email.Normalise),
        new("address", "address-district", 512, Faults.NotUnderstood, FreeText.Address),
        new("ip", "ip24", 64, Faults.Ip, InternetAddress.Normalise),
    ];

    private static IEnumerable<ItemKind> Numbers() =>
    [
        new("code", "last:4", 128, Faults.Code, TravelCodes.Code),
        new("code6", "last:2", 32, Faults.Code6, TravelCodes.Code6),
        new("digits", "last:4", 64, Faults.Digits, text => TravelCodes.Digits(text, 0)),
        new("digits10", "last:4", 32, Faults.Digits10, text => TravelCodes.Digits(text, 10)),
        new("digits13", "ticket", 32, Faults.Digits13, text => TravelCodes.Digits(text, 13)),
        new("flight", "shown", 16, Faults.Flight, TravelCodes.Flight),
        new("pan", "last:4", 64, Faults.PanShape, BankCard.Normalise, (_, pan, _) => BankCard.Check(pan)),
        new("plate", "first:2+last:2", 32, Faults.Plate, Plate.Normalise, (_, plate, _) => Plate.Check(plate)),
        new("imei", "last:4", 32, Faults.ImeiShape, Imei.Normalise, (_, imei, _) => Imei.Check(imei)),
        new("uscc", "shown", 64, Faults.UsccShape, SocialCreditCode.Normalise, (_, code, _) => SocialCreditCode.Check(code)),
        new("money", "hidden", 64, Faults.Money, Money.Normalise, (_, money, _) => Money.Check(money)),
        new("number", "band", 32, Faults.Number, Number.Normalise),
    ];

    private static IEnumerable<ItemKind> Plain() =>
    [
        new("enum", "shown", 64, Faults.Enum, FreeText.Normalise),
        new("text", "hidden", 20_000, Faults.NotUnderstood, FreeText.Normalise),
        new("text+file", "hidden", 20_000, Faults.NotUnderstood, FreeText.Normalise, searchable: false),
    ];

    private static IEnumerable<ItemKind> Records() =>
    [
        new("segments", "route", Line * 64, Faults.Segments,
            value => Segment.ReadAll(value) is { } legs ? string.Join("; ", legs) : null, isRaw: true,
            terms: value => Segment.ReadAll(value)?.Select(leg => leg.SearchTerm).OfType<string>().Distinct().ToList() ?? []),
        Json("record", "hidden", JsonValueKind.Object, Faults.Object),
        Json("list", "count", JsonValueKind.Array, Faults.Array),
        Json("records", "count", JsonValueKind.Array, Faults.Array),
        Json("track", "hidden", JsonValueKind.Array, Faults.Array),
        Json("log", "hidden", JsonValueKind.Array, Faults.Array),
    ];

    private static IEnumerable<ItemKind> Sealed() =>
    [
        .. ((string[])["blob", "image", "audio", "file", "template", "ref"]).Select(name => new ItemKind(
            name, name is "blob" or "template" ? "never" : "hidden", 32, Faults.Handle, text => PersonReference.IsHandle(text) ? text : null, searchable: false)),
        new("verifier", "never", 1_024, Faults.NotUnderstood, text => text, searchable: false),
    ];

    private static ItemKind Json(string name, string mask, JsonValueKind kind, Fault shape) =>
        new(name, mask, Document, shape, value => Structured.Normalise(value, kind), searchable: false, isRaw: true);
}
