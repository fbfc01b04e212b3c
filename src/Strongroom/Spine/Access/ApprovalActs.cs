using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>
/// One vocabulary: what a decision says it needs (<see cref="Need.How"/>), what is asked for under <c>/v1/approvals/uses</c>, what a rule of kind
/// approval or scene names and what a grant is checked against are the same words.
/// </summary>
internal static class ApprovalActs
{
    /// <summary>What a batch beyond the post needs, even where no scene is kept for it.</summary>
    public const string Batch = "batch_query";

    /// <summary><c>use.view</c>, <c>use.export</c> …</summary>
    public static string Use(Act act) => $"use.{Kebab.Of(act)}";
}
