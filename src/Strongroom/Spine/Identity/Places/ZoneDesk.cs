using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Places;

/// <summary>Changes the network zones (R44), never so that whoever changes them could not change them back.</summary>
internal sealed class ZoneDesk(PlacePolicies places, Members members)
{
    public Task<IReadOnlyList<NetworkRow>> ListAsync(Actor actor, CancellationToken ct) => places.ListAsync<NetworkRow>(actor, PlacePolicy.Zones, ct);

    public Task<Outcome<Approval>> RequestAsync(Actor actor, IReadOnlyList<NetworkRow> zones, Origin origin, long expires, CancellationToken ct) =>
        places.RequestAsync(actor, PlacePolicy.Zones, zones, expires, tx => FaultAsync(tx, zones, origin), ct);

    public Task<Outcome<IReadOnlyList<NetworkRow>>> ChangeAsync(Actor actor, ApprovalId approval, IReadOnlyList<NetworkRow> zones, Origin origin, CancellationToken ct) =>
        places.ChangeAsync(actor, PlacePolicy.Zones, approval, zones, tx => FaultAsync(tx, zones, origin), ct);

    private async Task<Problem?> FaultAsync(Tx tx, IReadOnlyList<NetworkRow> zones, Origin origin)
    {
        var faults = NetworkRules.Faults(zones).ToList();
        for (var i = 0; i < zones.Count && faults.Count == 0; i++)
        {
            if (NetworkRules.UnitOf(zones[i].Zone) is { } unit && await members.LoadAsync<UnitContent>(tx, Members.Unit, unit.Value) is not { Content.State: MemberState.Active })
            {
                faults.Add(Reasons.UnitUnknown.At($"zones[{i}].zone"));
            }
        }

        if (faults.Count > 0)
        {
            return Problem.Of(faults);
        }

        // Whoever changes the zones could do so again from where he is now.
        var plan = new NetworkPlan(zones.Select(NetworkRules.ToZone).OfType<NetworkZone>());
        return plan.RulesOf(plan.ZoneOf(origin.Address)) is { Administer: true, Remote: false } ? null : Problem.Of(Reasons.ZoneLockout);
    }
}

/// <summary>Says which posts work by roster, and with how much grace.</summary>
internal sealed class RosterPosts(PlacePolicies places, IPostBooks books)
{
    private const int MostGrace = 240;

    public Task<IReadOnlyList<RosterRow>> ListAsync(Actor actor, CancellationToken ct) => places.ListAsync<RosterRow>(actor, PlacePolicy.RosterPosts, ct);

    public Task<Outcome<Approval>> RequestAsync(Actor actor, IReadOnlyList<RosterRow> posts, long expires, CancellationToken ct) =>
        places.RequestAsync(actor, PlacePolicy.RosterPosts, posts, expires, tx => FaultAsync(tx, posts), ct);

    public Task<Outcome<IReadOnlyList<RosterRow>>> ChangeAsync(Actor actor, ApprovalId approval, IReadOnlyList<RosterRow> posts, CancellationToken ct) =>
        places.ChangeAsync(actor, PlacePolicy.RosterPosts, approval, posts, tx => FaultAsync(tx, posts), ct);

    private async Task<Problem?> FaultAsync(Tx tx, IReadOnlyList<RosterRow> posts)
    {
        var (book, faults, seen) = (await books.ReadAsync(tx), new List<FieldError>(), new HashSet<PostKey>());
        for (var i = 0; i < posts.Count && faults.Count < 100; i++)
        {
            if (!book.Posts.ContainsKey(posts[i].Post) || !seen.Add(posts[i].Post))
            {
                faults.Add(Reasons.PostUnknown.At($"posts[{i}].post"));
            }

            if (posts[i] is not { EarlyMinutes: >= 0 and <= MostGrace, LateMinutes: >= 0 and <= MostGrace })
            {
                faults.Add(Reasons.BadField.At($"posts[{i}]"));
            }
        }

        return faults.Count > 0 ? Problem.Of(faults) : null;
    }
}
