using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;
using Strongroom.Use.Correct;

namespace Strongroom.Use.Contact;

/// <summary>Which change a customer may confirm by a code, and which number gets it. Pure.</summary>
internal static class ContactCodeRules
{
    /// <summary>A scene guards the item, is switched on, and takes the customer's word.</summary>
    public static bool Confirms(IReadOnlyList<SceneRow> scenes, ItemKey item) =>
        scenes.Any(scene => scene is { Enabled: true, ByCode: true, Trigger.On: SceneTrigger.Change } && scene.Trigger.Items?.Contains(item) == true);

    /// <summary>
    /// Why this number does not get the code; null: it does. A number that is replaced answers for itself, so that nobody moves the code to one he holds;
    /// only what replaces none is confirmed through another. A number that waits for review, or was written down a moment ago, proves nothing.
    /// </summary>
    /// <param name="settled">UTC milliseconds: the number must have been taken in by then.</param>
    public static Reason? Objection(
        CustomerSnapshot customer, IReadOnlyList<HeldItem> held, ItemChange change, ContactCodeTarget to, Knowledge known, long settled)
    {
        var replaces = known.Item(change.Item)?.Definition.Kind == "mobile"
            && customer.Records.FirstOrDefault(record => record.Id == change.Record)?.Items.Any(item => item.Key == change.Item) == true;
        return (replaces && to != new ContactCodeTarget(change.Record, change.Item)) || held is [{ Record.State: not LifeState.Active }] ? Reasons.CodeNumber
            : held is [var number] && number.Value.At > settled ? Reasons.CodeFresh
            : null;
    }
}
