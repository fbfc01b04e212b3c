using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Contact;

/// <summary>What a customer may confirm by a code, and which number gets it. Pure.</summary>
internal static class ContactCodeRules
{
    /// <summary>A scene guards the item against this act, is switched on, and takes the customer's word.</summary>
    public static bool Confirms(IReadOnlyList<SceneRow> scenes, ItemKey item, Act act) =>
        scenes.Any(scene => scene.Enabled && SceneRules.TakesCode(scene.ToRule(), act) && scene.Trigger.Items?.Contains(item) == true);

    /// <summary>Nobody changes it alone: a scene asks for a second person, or for the word of whoever answers at it.</summary>
    private static bool IsGuarded(IReadOnlyList<SceneRow> scenes, ItemKey item) =>
        scenes.Any(scene => scene is { Enabled: true, Trigger.On: SceneTrigger.Change } && scene.Trigger.Items?.Contains(item) == true);

    /// <summary>Where the code goes when nobody names a number: the one that is replaced, else that of the record, else the customer's own.</summary>
    public static ContactCodeTarget Usual(CustomerSnapshot customer, ContactCodeTarget about, Knowledge known) => customer.Records
        .SelectMany(record => NumbersOf(record, known).Select(item => (Record: record, To: new ContactCodeTarget(record.Id, item))))
        .OrderByDescending(number => number.Record.State == LifeState.Active)
        .Select(number => number.To)
        .FirstOrDefault(to => Answers(customer, about, to, known), about);

    /// <summary>
    /// Why this number does not get the code; null: it does. A number that is replaced, or looked at, answers for itself, a record that holds one for everything in it.
    /// Only for a record without any the customer's own record answers: what else is on file somebody may have handed in with a number of his own. A number
    /// that one person changes alone, waits for review, or was written down a moment ago, proves nothing.
    /// </summary>
    /// <param name="settled">UTC milliseconds: the number must have been taken in by then.</param>
    public static Reason? Objection(
        CustomerSnapshot customer, IReadOnlyList<HeldItem> held, ContactCodeTarget about, ContactCodeTarget to, Knowledge known, long settled) =>
        !Answers(customer, about, to, known) || held is [{ Record.State: not LifeState.Active }] ? Reasons.CodeNumber
        : held is [var number] && number.Value.At > settled ? Reasons.CodeFresh
        : null;

    private static bool Answers(CustomerSnapshot customer, ContactCodeTarget about, ContactCodeTarget to, Knowledge known)
    {
        if (!IsNumber(to.Item, known) || !IsGuarded(known.Policy.Scenes, to.Item) || customer.Records.FirstOrDefault(record => record.Id == about.Record) is not { } asked)
        {
            return false;
        }

        var own = NumbersOf(asked, known);
        return own.Contains(about.Item) ? to == about
            : own.Count > 0 ? to.Record == about.Record && own.Contains(to.Item)
            : customer.Records.FirstOrDefault(record => record.Id == to.Record) is { } record && known.IsOfTheCustomer(record.Type);
    }

    private static HashSet<ItemKey> NumbersOf(RecordSnapshot record, Knowledge known) => [.. record.Items.Select(item => item.Key).Where(item => IsNumber(item, known))];

    private static bool IsNumber(ItemKey item, Knowledge known) => known.Item(item) is { Definition.Kind: "mobile", Facts.NeverShown: false };
}
