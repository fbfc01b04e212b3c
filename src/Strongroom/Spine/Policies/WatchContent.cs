using Strongroom.Ground;

namespace Strongroom.Spine.Policies;

/// <summary>Content of the control row <c>watch</c>, under the person's id: the alerts because of which clear text takes a second person (R52). None: it does not.</summary>
internal sealed record WatchContent(IReadOnlyList<CaseId> Alerts)
{
    public const string RowKind = "watch";
}
