using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Identity;

namespace Strongroom.Use.Asking;

/// <summary>What a decision needs of people besides the caller himself.</summary>
/// <param name="OwnerPosts">Posts of a client's owner; empty for people, who bring their own.</param>
/// <param name="Duties">Duties in force with the instants (UTC milliseconds) at which they lapse.</param>
internal sealed record MemberFacts(IReadOnlyList<HeldPost> OwnerPosts, IReadOnlyDictionary<string, long> Duties);

/// <summary>Duties people have fulfilled (R76, R81). Oversight registers one; without any, nothing counts as fulfilled.</summary>
internal interface IDutiesInForce
{
    /// <summary>Duty → UTC milliseconds at which it lapses.</summary>
    Task<IReadOnlyDictionary<string, long>> OfAsync(PersonId person, long epoch, CancellationToken ct);
}

/// <summary>Posts of clients' owners and duties in force.</summary>
internal sealed class MemberBook(MemberCache cache, IEnumerable<IDutiesInForce> duties)
{
    private static readonly IReadOnlyDictionary<string, long> NoDuties = FrozenDictionary<string, long>.Empty;

    private readonly IDutiesInForce[] sources = [.. duties];

    public async Task<MemberFacts> OfAsync(Actor actor, long epoch, CancellationToken ct)
    {
        IReadOnlyList<HeldPost> posts = [];
        if (actor.Kind == ActorKind.Client)
        {
            var (_, owner) = await cache.PersonAsync(epoch, actor.Person, ct);
            posts = owner is { Content.State: MemberState.Active } ? owner.Content.Posts : [];
        }

        return new MemberFacts(posts, await DutiesAsync(actor.Person, epoch, ct));
    }

    private async Task<IReadOnlyDictionary<string, long>> DutiesAsync(PersonId person, long epoch, CancellationToken ct)
    {
        if (sources.Length == 0)
        {
            return NoDuties;
        }

        var all = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            foreach (var (duty, until) in await source.OfAsync(person, epoch, ct))
            {
                all[duty] = until;
            }
        }

        return all;
    }
}
