using System.Collections.Frozen;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Monitoring;

/// <summary>Which entries of the log tell of which duty.</summary>
internal interface IRouteFacts
{
    /// <summary>What only some posts may do: by post, the facts its doors write.</summary>
    IReadOnlySet<string> OfPost(PostKey post);

    /// <summary>Everything operations and administrators do.</summary>
    IReadOnlySet<string> Administration { get; }
}

/// <summary>Reads it off the routes themselves: each names its door and its facts, so a new route is known without a list beside it.</summary>
internal sealed class RouteFacts : IRouteFacts
{
    private static readonly PostKey Operations = PostKey.Of("operations");

    private readonly Lazy<FrozenDictionary<PostKey, FrozenSet<string>>> posts;
    private readonly Lazy<FrozenSet<string>> administration;

    public RouteFacts(EndpointDataSource routes)
    {
        // Routes are complete once the server answers, not when this is made.
        posts = new(() => (from pair in Facts(routes) from post in PolicyTable.PostsOf(pair.Policy) group pair.Fact by post)
            .ToFrozenDictionary(group => group.Key, group => group.ToFrozenSet(StringComparer.Ordinal)));
        administration = new(() => Facts(routes)
            .Where(pair => PolicyTable.Administers(pair.Policy) || (PolicyTable.PostsOf(pair.Policy).Contains(Operations) && !Serves(pair.Policy)))
            .Select(pair => pair.Fact).ToFrozenSet(StringComparer.Ordinal));
    }

    public IReadOnlySet<string> Administration => administration.Value;

    public IReadOnlySet<string> OfPost(PostKey post) => posts.Value.GetValueOrDefault(post) ?? FrozenSet<string>.Empty;

    private static bool Serves(string policy) => policy is Doors.LogReview or Doors.ImportRun;

    private static IEnumerable<(string Policy, string Fact)> Facts(EndpointDataSource routes) =>
        from endpoint in routes.Endpoints
        let policy = endpoint.Metadata.GetMetadata<GuardedBy>()?.Policy
        where policy is not null
        from fact in endpoint.Metadata.GetMetadata<RecordsFacts>()?.Facts ?? []
        where fact != LogFacts.Nothing
        select (policy, fact);
}
