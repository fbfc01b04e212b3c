using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

/// <param name="Rule">Key of the conflict rule.</param>
internal sealed record DutyClash(PersonId Person, string Rule, string Zh, string En, IReadOnlyList<PostKey> Posts);

/// <param name="AtLeast">How many who could approve must be on duty.</param>
internal sealed record LoweredScene(string Scene, int AtLeast);

/// <summary>What is missing or wrong in the organisation now (R8, R10, R40). Ids only.</summary>
/// <param name="Unanswered">Units in use that name nobody responsible.</param>
/// <param name="AnswererLeft">Units whose responsible person is no longer active.</param>
/// <param name="Clashes">People who hold posts that exclude each other: assigned before a rule came.</param>
/// <param name="UnknownPosts">Assignments in force to a post no policy names; they give nothing.</param>
/// <param name="Unrequested">Active accounts that no request stands behind (R39), but for the two that began the installation.</param>
internal sealed record OrganisationReport(
    IReadOnlyList<UnitId> Unanswered, IReadOnlyList<UnitId> AnswererLeft, IReadOnlyList<DutyClash> Clashes, IReadOnlyList<PersonId> UnknownPosts,
    IReadOnlyList<PersonId> Unrequested)
{
    /// <summary>Vault scenes that fewer than two people could approve now.</summary>
    public IReadOnlyList<ThinScene> ThinScenes { get; init; } = [];

    /// <summary>Vault scenes that ask for fewer than two people on duty who could approve (domain.md §4): a small company's own decision, or a rule from before.</summary>
    public IReadOnlyList<LoweredScene> LoweredScenes { get; init; } = [];

    /// <summary>Emergencies ask for nobody at the time, and owe a review instead. A scene that asks for no co-operator, or for none on duty, asks for nobody.</summary>
    public static IReadOnlyList<LoweredScene> Lowered(IEnumerable<SceneRow> scenes) =>
    [
        .. from scene in scenes
           where scene is { Enabled: true, Trigger.On: not SceneTrigger.Emergency }
           let atLeast = scene.CoOperator is { OnDuty: true } must ? must.AtLeast : 0
           where atLeast < CoOperatorRow.Usual
           select new LoweredScene(scene.Scene, atLeast),
    ];

    /// <summary>Pure.</summary>
    public static OrganisationReport Of(IReadOnlyList<Member<UnitContent>> units, IReadOnlyList<Member<PersonContent>> people, PostBook book, long now)
    {
        var active = people.Where(person => person.Content.State == MemberState.Active).ToList();
        var here = active.Select(person => PersonId.From(person.Id)).ToHashSet();
        var used = units.Where(unit => unit.Content.State == MemberState.Active).ToList();
        var held = active.Select(person => (Id: PersonId.From(person.Id), Posts: person.Content.Posts.Where(post => post.InForce(now)).Select(post => post.Post).Distinct().ToList())).ToList();
        return new OrganisationReport(
            [.. used.Where(unit => unit.Content.Responsible is null).Select(unit => UnitId.From(unit.Id))],
            [.. used.Where(unit => unit.Content.Responsible is { } person && !here.Contains(person)).Select(unit => UnitId.From(unit.Id))],
            [.. held.SelectMany(person => ClashesOf(person.Id, person.Posts, book))],
            [.. held.Where(person => person.Posts.Exists(post => !book.Posts.ContainsKey(post))).Select(person => person.Id)],
            [.. active.Where(person => person.Content is { Request: null, Bootstrap: false }).Select(person => PersonId.From(person.Id))]);
    }

    private static IEnumerable<DutyClash> ClashesOf(PersonId person, List<PostKey> posts, PostBook book) =>
        from rule in book.Conflicts
        let clashing = posts.Where(one => posts.Exists(other => book.Posts.TryGetValue(one, out var a) && book.Posts.TryGetValue(other, out var b) && OrganisationRules.Excludes(rule, a, b))).ToList()
        where clashing.Count > 0
        select new DutyClash(person, rule.Key, rule.Text.Zh, rule.Text.En, clashing);
}

/// <summary>Makes the report and records that it was read.</summary>
internal sealed class OrganisationReports(
    Database database, Members members, IPostBooks books, IPolicySnapshots policies, Deciders deciders, IAuditLog log, TimeProvider time)
{
    public async Task<Results<Ok<OrganisationReport>, ProblemHttpResult>> AnswerAsync(Actor actor, CancellationToken ct)
    {
        if (await log.AppendAsync(IdentityFacts.Of(IdentityFacts.OrganisationReported, actor), actor.Guard(), ct) is AppendOutcome.Changed)
        {
            return Problem.Of(Reasons.RowChanged).ToResult();
        }

        var policy = await policies.CurrentAsync(actor.ConfigEpoch, ct);
        return TypedResults.Ok(await database.ReadAsync(async tx => OrganisationReport.Of(
            await members.ListAsync<UnitContent>(tx, Members.Unit), await members.ListAsync<PersonContent>(tx, Members.Person), await books.ReadAsync(tx), time.NowMs()) with
        {
            ThinScenes = await deciders.ThinAsync(tx, policy, time.NowMs()),
            LoweredScenes = OrganisationReport.Lowered(policy.Scenes),
        }, ct));
    }
}
