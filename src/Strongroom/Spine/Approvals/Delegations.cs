using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

[JsonConverter(typeof(IdJson<DelegationId>))]
internal readonly record struct DelegationId(UInt128 Value) : IId<DelegationId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static DelegationId From(UInt128 value) => new(value);

    public static DelegationId New() => Id.New<DelegationId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out DelegationId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>Content of the control row <c>delegation</c>: somebody is away and another decides requests for him, for a term.</summary>
/// <param name="Posts">Under these of his posts; null: all.</param>
/// <param name="Start">UTC milliseconds, inclusive.</param>
/// <param name="Until">UTC milliseconds, exclusive; there is always an end.</param>
internal sealed record DelegationContent(PersonId From, PersonId To, IReadOnlyList<PostKey>? Posts, long Start, long Until)
{
    public bool Ended { get; init; }

    public bool InForce(long now) => !Ended && Start <= now && now < Until;
}

internal sealed record Delegation(DelegationId Id, DelegationContent Content);

/// <summary>Who stands in for whom when requests wait (R45). It moves the answering, never a right to ask or to see, and it cannot be passed on.</summary>
internal sealed class Delegations(Database database, ControlStore control, IPolicySnapshots policies, IApproverFacts facts, IEnumerable<ICommitGuards> guards, IAuditLog log, TimeProvider time)
{
    public const string Kind = "delegation";
    public const string Made = "delegation-made", EndedFact = "delegation-ended", Read = "delegations-read";

    private const long LongestMs = 31L * 24 * 60 * 60 * 1000;
    private const int LongestReason = 500;

    public async Task<Outcome<Delegation>> MakeAsync(Actor actor, PersonId to, IReadOnlyList<PostKey>? posts, long start, long until, string? reason, CancellationToken ct)
    {
        var now = time.NowMs();
        if (actor.Kind != ActorKind.Person || to == actor.Person || start < now - 60_000 || until <= start || until - start > LongestMs
            || string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason || posts is { Count: 0 } || posts?.Any(post => !actor.Holds(post)) == true)
        {
            return actor.Kind != ActorKind.Person ? Reasons.ActUngranted : Reasons.DelegationUnfit;
        }

        var policy = await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var id = DelegationId.New();
        return await database.WriteAsync<Outcome<Delegation>>(async tx =>
        {
            if (!await ApprovalDesk.StandsAsync(tx, guards, actor) || policy.Epoch != actor.ConfigEpoch)
            {
                return Reasons.RowChanged;
            }

            // A colleague of the same legal entity, and no third party's: he answers in the company's name.
            var own = actor.Posts.Where(held => held.InForce(now)).Select(held => policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Entity).OfType<EntityId>().Distinct().ToList();
            var colleagues = new List<(PersonId Person, IReadOnlyList<HeldPost> Posts)>();
            foreach (var entity in own)
            {
                colleagues.AddRange((await facts.PeopleAsync(tx, policy, entity, now)).Where(person => person.Person == to));
            }

            if (colleagues.Count == 0 || (await facts.OfAsync(tx, policy, to, colleagues[0].Posts, now)).ThirdParty)
            {
                return Reasons.DelegationUnfit;
            }

            var content = new DelegationContent(actor.Person, to, posts, start, until);
            var fact = ApprovalLog.Of(Made, actor, null, reason);
            return await control.SaveAsync(tx, ControlKey.Of(Kind, id), 0, content, fact) is ControlSaved.Done ? new Delegation(id, content) : Reasons.RowChanged;
        }, ct);
    }

    /// <summary>Ended by who gave it or who got it.</summary>
    public async Task<Outcome<Delegation>> EndAsync(Actor actor, DelegationId id, CancellationToken ct) => await database.WriteAsync<Outcome<Delegation>>(async tx =>
    {
        var row = await control.LoadForUpdateAsync<DelegationContent>(tx, ControlKey.Of(Kind, id));
        if (row is null || actor.Kind != ActorKind.Person || (row.Content.From != actor.Person && row.Content.To != actor.Person) || row.Content.Ended)
        {
            return Reasons.NotFound;
        }

        if (!await ApprovalDesk.StandsAsync(tx, guards, actor))
        {
            return Reasons.RowChanged;
        }

        var ended = row.Content with { Ended = true };
        return await control.SaveAsync(tx, row.Key, row.Version, ended, ApprovalLog.Of(EndedFact, actor, null)) is ControlSaved.Done ? new Delegation(id, ended) : Reasons.RowChanged;
    }, ct);

    /// <summary>Those the caller gave or got that are not over.</summary>
    public async Task<IReadOnlyList<Delegation>> ListAsync(Actor actor, CancellationToken ct)
    {
        var now = time.NowMs();
        var rows = (await database.ReadAsync(tx => control.ListAsync<DelegationContent>(tx, Kind), ct)).Rows;
        await log.AppendAsync(ApprovalLog.Of(Read, actor, null), guard: null, ct);
        return [.. rows.Where(row => (row.Content.From == actor.Person || row.Content.To == actor.Person) && !row.Content.Ended && now < row.Content.Until)
            .Select(row => new Delegation(DelegationId.From(row.Key.Id), row.Content))];
    }

    /// <summary>Posts of absent colleagues under which this person may answer now, each with whose it is. Only posts really held and in force count.</summary>
    /// <param name="hold">The delegations stay as they are until the transaction ends: nobody decides under one that is being ended.</param>
    public static async Task<IReadOnlyList<(PersonId For, HeldPost Held)>> OfAsync(Tx tx, ControlStore control, PersonId person, long now, bool hold)
    {
        var held = new List<(PersonId, HeldPost)>();
        foreach (var found in (await control.ListAsync<DelegationContent>(tx, Kind)).Rows.Where(row => row.Content.To == person && row.Content.InForce(now)))
        {
            var row = hold ? await control.LoadForUpdateAsync<DelegationContent>(tx, found.Key) : found;
            if (row?.Content.InForce(now) != true)
            {
                continue;
            }

            if (await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, row.Content.From)) is { } from && from.Content.IsActive(now))
            {
                held.AddRange(from.Content.Posts.Where(post => post.InForce(now) && row.Content.Posts?.Contains(post.Post) != false).Select(post => (row.Content.From, post)));
            }
        }

        return held;
    }
}
