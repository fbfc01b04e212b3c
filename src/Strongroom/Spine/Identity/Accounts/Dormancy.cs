using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Accounts;

/// <summary>
/// Accounts that look after themselves (R39): one nobody used for as long as policy says suspends, one whose term is over closes. A request
/// finds an ended term closed already (<see cref="PersonContent.IsActive"/>); this makes it so in the rows, with all that ends with it.
/// </summary>
internal sealed class Dormancy(Database database, Members members, People people, IPolicySnapshots policies, TimeProvider time)
{
    /// <returns>How many accounts were suspended or closed.</returns>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        var idle = (await policies.CurrentAsync(ct)).DormantDays * 86_400_000L;
        var now = time.NowMs();
        var (rows, used) = await database.ReadAsync(
            async tx => (await members.ListAsync<PersonContent>(tx, Members.Person), await AccountUseStore.AllAsync(tx)), ct).ConfigureAwait(false);
        var moved = 0;
        foreach (var row in rows)
        {
            var id = PersonId.From(row.Id);
            if (Due(row.Content, used.GetValueOrDefault(id), idle, now) is var (state, why)
                && await people.RetireAsync(id, row.Version, state, why, ct).ConfigureAwait(false) is Outcome<Member<PersonContent>>.Done)
            {
                moved++;
            }
        }

        return moved;
    }

    /// <summary>What is due for an account; null: nothing. Pure.</summary>
    /// <param name="used">UTC milliseconds of the last sign-in; 0: never.</param>
    internal static (MemberState State, Reason Why)? Due(PersonContent person, long used, long idle, long now)
    {
        if (person.State != MemberState.Closed && person.Ends is { } end && now >= end)
        {
            return (MemberState.Closed, Reasons.AccountEnded);
        }

        var last = Math.Max(Math.Max(used, person.PasswordAt), person.Since);
        return person.State == MemberState.Active && now - last >= idle ? (MemberState.Suspended, Reasons.AccountDormant) : null;
    }
}
