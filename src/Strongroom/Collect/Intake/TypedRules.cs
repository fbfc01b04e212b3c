using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Intake;

/// <summary>
/// Which values of a submission a document reader should have taken (domain.md §4, no_reader; decision 0032). Pure. Files have an approval of their own,
/// systems their registration, and who fills in a form for himself has no reader.
/// </summary>
internal static class TypedRules
{
    private static readonly FrozenSet<string> Documents = new[] { "cn-id", "passport", "permit" }.ToFrozenSet(StringComparer.Ordinal);

    public static IReadOnlyList<TakenValue> Expected(SubmissionPlan plan, ActorKind caller, Act act) =>
        caller == ActorKind.Person && act == Act.Add ? [.. plan.Values.Where(value => IsExpected(plan.Form, value.Item))] : [];

    /// <summary>A document that the form takes by reader; and at a counter any identity document, whatever its form says.</summary>
    private static bool IsExpected(FormDefinition form, ItemDefinition item) => item.Identifies
        && ((form.Channel == CollectChannel.Counter && Documents.Contains(item.Kind)) || form.Items.Any(one => one.Item == item.Key && one.By == InputBy.Reader));
}
