using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <summary>What is known of somebody who could decide.</summary>
/// <param name="Duties">Duties he holds now, for rules that name one.</param>
internal sealed record ApproverStanding(bool OnDuty, bool ThirdParty, IReadOnlySet<string> Duties);

/// <summary>Where a co-operator stands: rosters, duties, lines of report. Asked in the transaction of the decision.</summary>
internal interface IApproverFacts
{
    Task<ApproverStanding> OfAsync(Tx tx, PolicySnapshot policy, PersonId person, IReadOnlyList<HeldPost> posts, long now);

    /// <summary>Whether he works under the other: his word would be no check on him.</summary>
    Task<bool> IsUnderAsync(Tx tx, PolicySnapshot policy, IReadOnlyList<HeldPost> posts, PersonId other, long now);

    /// <summary>Active people with posts in a legal entity.</summary>
    Task<IReadOnlyList<(PersonId Person, IReadOnlyList<HeldPost> Posts)>> PeopleAsync(Tx tx, PolicySnapshot policy, EntityId entity, long now);
}

/// <summary>
/// What posts, units, hours and rosters can say: on duty is who is on shift in a post that works by roster or, in another, inside its hours and
/// signed in within half a day; a third party is whoever holds a third
/// party's post; under somebody is whoever holds no leading or independent post in a unit that the other leads, or in one below it.
/// </summary>
internal sealed class PostApproverFacts(ControlStore control) : IApproverFacts
{
    private const long LatelyMs = 12 * 3_600_000L;

    private static readonly PostKey[] ThirdParties = [PostKey.Of("outsourced-agent")];

    private static readonly PostKey[] Leads = [PostKey.Of("shift-lead"), PostKey.Of("data-owner")];

    /// <summary>Posts that answer to the company's officers, in whichever unit they sit.</summary>
    private static readonly PostKey[] Independent = [PostKey.Of("admin-4a"), PostKey.Of("dpo"), PostKey.Of("auditor")];

    public async Task<ApproverStanding> OfAsync(Tx tx, PolicySnapshot policy, PersonId person, IReadOnlyList<HeldPost> posts, long now)
    {
        // Outside is who has an outside account, whatever post it holds.
        var outside = await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, person)) is { Content.Kind: AccountKind.ThirdParty };
        var duties = policy.Organisation.Duties.GetValueOrDefault(person)?.Where(duty => now < duty.Value).Select(duty => duty.Key).ToHashSet(StringComparer.Ordinal) ?? [];
        var onDuty = posts.Any(held => OnDuty.WorksNow(policy, person, held, now) && policy.Rosters.Binds(held.Post))
            || (posts.Any(held => OnDuty.WorksNow(policy, person, held, now)) && await AccountUseStore.LastAsync(tx, person) is { } last && now - last < LatelyMs);
        return new ApproverStanding(onDuty, outside || posts.Any(held => ThirdParties.Contains(held.Post)), duties);
    }

    public async Task<bool> IsUnderAsync(Tx tx, PolicySnapshot policy, IReadOnlyList<HeldPost> posts, PersonId other, long now)
    {
        if (posts.Any(held => Leads.Contains(held.Post) || Independent.Contains(held.Post))
            || await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, other)) is not { } person)
        {
            return false;
        }

        return person.Content.Posts.Where(held => held.InForce(now) && Leads.Contains(held.Post))
            .Any(lead => policy.Organisation.Units.GetValueOrDefault(lead.Unit) is { } led && posts.Any(held => led.Below.Contains(held.Unit)));
    }

    public async Task<IReadOnlyList<(PersonId Person, IReadOnlyList<HeldPost> Posts)>> PeopleAsync(Tx tx, PolicySnapshot policy, EntityId entity, long now) =>
    [
        .. from row in (await control.ListAsync<PersonContent>(tx, Members.Person)).Rows
           where row.Content.IsActive(now)
           let posts = row.Content.Posts.Where(held => held.InForce(now) && policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Entity == entity).ToList()
           where posts.Count > 0
           select (PersonId.From(row.Key.Id), (IReadOnlyList<HeldPost>)posts),
    ];
}
