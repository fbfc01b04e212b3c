using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>
/// At the commit of a log entry: the session is authentic, not ended and still the version that was decided on. People and clients are
/// covered by the configuration epoch, which rises with every change of theirs and which the log checks itself.
/// </summary>
internal sealed class SessionGuards(Sessions sessions, IdentityOptions options, TimeProvider time) : ICommitGuards
{
    public Func<IReadOnlySet<int>>? Ask(Batch batch, IReadOnlyList<CommitGuard> guards)
    {
        var asked = guards.Select(guard => guard.Session).OfType<(SessionId Id, long Version)>().Select(session => session.Id).Distinct().ToList();
        if (asked.Count == 0)
        {
            return null;
        }

        var rows = SessionStore.AskById(batch, asked);
        return () =>
        {
            var now = time.NowMs();
            var live = rows.All
                .Select(sessions.Authentic)
                .OfType<SessionRow>()
                .Where(session => SessionRules.IsLive(session, options.Sessions, now))
                .ToDictionary(session => session.Id, session => session.Version);
            return Enumerable.Range(0, guards.Count)
                .Where(i => guards[i].Session is { } session && (!live.TryGetValue(session.Id, out var version) || version != session.Version))
                .ToHashSet();
        };
    }
}
