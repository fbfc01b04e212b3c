using System.Collections.Frozen;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Policies;

/// <summary>Content of the control row <c>remote-access</c>, one for each person who ever had a permit (R44): a new one replaces the old.</summary>
/// <param name="From">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive; it ends by itself.</param>
/// <param name="Approval">Who allowed it.</param>
internal sealed record RemoteContent(PersonId Person, IReadOnlyList<string> Zones, long From, long Until, ApprovalId Approval);

/// <summary>Permits to work from outside, as rows.</summary>
internal static class RemoteAccess
{
    public const string Kind = "remote-access";

    public static ControlKey KeyOf(PersonId person) => ControlKey.Of(Kind, person);

    public static async Task<FrozenDictionary<PersonId, RemotePermit>> LoadAsync(Tx tx, ControlStore control) =>
        (await control.ListAsync<RemoteContent>(tx, Kind)).Rows.Where(row => row.Key == KeyOf(row.Content.Person)).ToFrozenDictionary(
            row => row.Content.Person,
            row => new RemotePermit(row.Content.Zones.ToFrozenSet(StringComparer.Ordinal), row.Content.From, row.Content.Until));
}
