using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

/// <summary>A live session of anybody. Instants are UTC milliseconds.</summary>
/// <param name="Expires">When it ends if nobody uses it.</param>
/// <param name="Zone">Network zone of the sign-in; null: not known (begun before this was kept).</param>
/// <param name="Current">The caller's own, by which he asks.</param>
internal sealed record LiveSession(
    SessionId Id, PersonId Person, string Name, string Account, long Created, long LastSeen, long Expires, Strength Strength, IReadOnlyList<Proof> Proofs,
    string? Zone, DeviceKind? Device, bool Current);

/// <param name="Next">Goes on from there as <c>after</c>; null: that is all.</param>
internal sealed record LiveSessionsView(IReadOnlyList<LiveSession> Sessions, string? Next);

/// <summary>Where a page of sessions ends: the newest come first.</summary>
internal readonly record struct SessionCursor(long Created, SessionId Id)
{
    /// <summary>Before every session.</summary>
    public static readonly SessionCursor Start = new(long.MaxValue, default);

    public static bool TryParse(string? text, out SessionCursor cursor)
    {
        cursor = Start;
        if (text is null)
        {
            return true;
        }

        var at = text.IndexOf('-', StringComparison.Ordinal);
        if (at < 1 || !long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var created) || !SessionId.TryParse(text[(at + 1)..], null, out var id))
        {
            return false;
        }

        cursor = new SessionCursor(created, id);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Created}-{Id}");
}

/// <summary>Every live session in one list, for administrators of accounts (R37, R38): who, since when, from where, on what; ended one by one. All of a person's end under <c>/v1/people</c>.</summary>
internal sealed class LiveSessions(Database database, Sessions sessions, ControlStore control, PersonSeal seal, IAuditLog log, IEnumerable<ICommitGuards> guards, IdentityOptions options, TimeProvider time)
{
    public const int PageSize = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1/live-sessions");
        v1.MapGet("", (string? after, PersonId? person, Actor actor, LiveSessions self, CancellationToken ct) => self.AnswerAsync(after, person, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.SessionsListed).WithName("live-sessions");
        v1.MapDelete("/{id}", (SessionId id, Actor actor, LiveSessions self, CancellationToken ct) => self.EndAsync(id, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(IdentityFacts.SessionEnded).WithName("live-session-end");
    }

    private async Task<Results<Ok<LiveSessionsView>, ProblemHttpResult>> AnswerAsync(string? after, PersonId? person, Actor actor, CancellationToken ct)
    {
        if (!SessionCursor.TryParse(after, out var cursor))
        {
            return Problem.Of([Reasons.BadField.At("after")]).ToResult();
        }

        return await log.AppendAsync(IdentityFacts.Of(IdentityFacts.SessionsListed, actor), actor.Guard(), ct) is AppendOutcome.Changed
            ? Problem.Of(Reasons.RowChanged).ToResult()
            : TypedResults.Ok(await PageAsync(cursor, actor.Session, ct, person: person));
    }

    /// <summary>Sessions that would be let in now; an edited row is none.</summary>
    /// <param name="person">Whose alone; null: everybody's.</param>
    internal Task<LiveSessionsView> PageAsync(SessionCursor after, SessionId? own, CancellationToken ct, int size = PageSize, PersonId? person = null) => database.ReadAsync(async tx =>
    {
        var (now, limits) = (time.NowMs(), options.Sessions);
        var stored = await SessionStore.SinceAsync(tx, now - limits.AbsoluteMs, now - limits.IdleMs, after, size, person);
        var rows = stored.Select(sessions.Authentic).OfType<SessionRow>().Where(row => SessionRules.IsLive(row, limits, now)).ToList();
        var people = (await control.LoadManyAsync<PersonContent>(tx, Members.Person, [.. rows.Select(row => row.Person.Value).Distinct()]))
            .ToDictionary(row => row.Key.Id, row => seal.Open(PersonId.From(row.Key.Id), row.Content));
        var page = rows.Where(row => people.ContainsKey(row.Person.Value)).Select(row => View(row, people[row.Person.Value], row.Id == own, limits)).ToList();
        return new LiveSessionsView(page, stored.Count < size ? null : new SessionCursor(stored[^1].Created, SessionId.From(stored[^1].Id)).ToString());
    }, ct);

    private static LiveSession View(SessionRow row, PersonNames names, bool own, SessionLimits limits) => new(
        row.Id, row.Person, names.Display, names.Account, row.Created, row.LastSeen, SessionRules.Expires(row, limits), row.Strength, row.Proofs.All,
        row.From.Zone, row.From.Device, own);

    private async Task<Results<NoContent, ProblemHttpResult>> EndAsync(SessionId id, Actor actor, CancellationToken ct) =>
        await EndOneAsync(id, actor, ct) is { } refused ? Problem.Of(refused).ToResult() : TypedResults.NoContent();

    /// <summary>Ended at its next request on every node; the entry names whose it was. Refused when the caller's own session or rights have changed meanwhile (R24).</summary>
    internal Task<Reason?> EndOneAsync(SessionId id, Actor actor, CancellationToken ct) => database.WriteAsync<Reason?>(async tx =>
    {
        if (!await ApprovalDesk.StandsAsync(tx, guards, actor))
        {
            return Reasons.RowChanged;
        }

        if (await sessions.EndAsync(tx, id) is not { } ended)
        {
            return Reasons.NotFound;
        }

        await log.AppendAsync(tx, IdentityFacts.Of(IdentityFacts.SessionEnded, actor) with { Rows = [ended] }, ct);
        return null;
    }, ct);
}
