using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>
/// One vocabulary: what a decision says it needs (<see cref="Need.How"/>), what is asked for under <c>/v1/approvals/uses</c>, what a rule of kind
/// approval names and what a grant is checked against are the same words.
/// </summary>
internal static class ApprovalActs
{
    /// <summary><c>use.view</c>, <c>use.export</c> …</summary>
    public static string Use(Act act) => $"use.{Kebab.Of(act)}";
}
