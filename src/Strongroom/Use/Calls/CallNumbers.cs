using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Calls;

/// <summary>Numbers that telephones show. Pure.</summary>
internal static class CallNumbers
{
    private const string MobileKind = "mobile", PhoneKind = "phone";

    /// <summary>The number as one of these kinds writes it; null: it is none.</summary>
    public static string? Normal(string number) =>
        ItemKinds.Of(MobileKind).TryNormalise(number, out var mobile) ? mobile
        : ItemKinds.Of(PhoneKind).TryNormalise(number, out var phone) ? phone
        : null;

    /// <summary>
    /// Whether it can be a telephone system's number of a call: one word of letters, digits and <c>. _ : / # @ -</c>, for it stands on an agent's desk and what a thief of
    /// the token writes there must not read like a colleague; and not the caller's own number, for it stays in the log when that one is gone.
    /// </summary>
    /// <param name="number">The caller's number in its normal form; null: withheld.</param>
    public static bool IsReference(string reference, string? number) =>
        reference.All(letter => char.IsAsciiLetterOrDigit(letter) || "._:/#@-".Contains(letter))
        && (number is null || !Digits(reference).Contains(Digits(number), StringComparison.Ordinal));

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    /// <summary>What is told of a number that is none; never the number.</summary>
    public static FieldError Fault(string at)
    {
        var fault = ItemKinds.Of(PhoneKind).ShapeFault;
        return new FieldError(at, fault.Code, fault.Zh, fault.En);
    }

    /// <summary>As the catalogue masks numbers of this kind.</summary>
    public static string Masked(string number, Knowledge known)
    {
        var kind = ItemKinds.Of(ItemKinds.Of(MobileKind).TryNormalise(number, out _) ? MobileKind : PhoneKind);
        var item = known.Catalogue.Items.FirstOrDefault(item => item.Kind == kind.Name);
        return kind.Show(number, item is null ? kind.DefaultMask : known.Item(item.Key)!.Mask);
    }

    /// <summary>The items under which a customer can be found by this number, in the catalogue's order.</summary>
    public static IEnumerable<ItemKey> Items(string number, Knowledge known) =>
        from item in known.Catalogue.Items
        where item.Kind is MobileKind or PhoneKind && item.Search is SearchMode.Exact or SearchMode.ExactAskSecond
            && known.Item(item.Key) is { Facts.NeverShown: false } one && one.Kind.TryNormalise(number, out _) && SearchEntropy.Of(item) >= SearchEntropy.Least
        select item.Key;
}
