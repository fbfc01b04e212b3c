using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity;

/// <summary>What <c>strongroom init</c> hands over once.</summary>
internal sealed record FirstOrganisation(EntityId Entity, UnitId Unit, IReadOnlyList<FirstAdministrator> Administrators);

internal sealed record FirstAdministrator(PersonId Person, string Account, string StartPassword);

/// <summary>
/// The first legal entity, its root unit and two administrators: two, because nobody administers himself, and because one alone could
/// grant himself everything. The only accounts that no request stands behind: their rows say so for good, and reconciliation reports them. Only on an installation without people; the only way to an administrator's post without a
/// second administrator.
/// </summary>
internal sealed class Bootstrap(Members members, People people, TimeProvider time)
{
    public static readonly PostKey AdministratorPost = PostKey.Of("admin-4a");

    /// <param name="entity">Registered name of the company.</param>
    /// <param name="administrators">Exactly two accounts with display names.</param>
    public async Task<Outcome<FirstOrganisation>> BeginAsync(
        string entity, IReadOnlyList<(string Account, string Name)> administrators, string locale, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(administrators.Count, 2);
        if (string.IsNullOrWhiteSpace(entity))
        {
            return Problem.Of([Reasons.FieldMissing.At("entity")]);
        }

        var (entityId, unitId) = (EntityId.New(), UnitId.New());
        var made = new List<(PersonId Id, PersonContent Content, string StartPassword)>();
        foreach (var (account, name) in administrators)
        {
            if (people.NewContent(account, name, locale) is not { } person)
            {
                return Reasons.AccountForm;
            }

            made.Add(person with { Content = person.Content with { FromInit = true, Bootstrap = true, Posts = [new HeldPost(AdministratorPost, unitId, time.NowMs(), null)] } });
        }

        if (made[0].Content.AccountMac.AsSpan().SequenceEqual(made[1].Content.AccountMac))
        {
            return Reasons.AccountTaken;
        }

        return await members.ChangeAsync<FirstOrganisation>(async tx =>
        {
            // Any stored row counts here, an unreadable or altered one too: this door opens only on nothing.
            if (await members.AnyAsync(tx, Members.Person) || await members.AnyAsync(tx, Members.Entity))
            {
                return Reasons.InstallationBegun;
            }

            var fact = IdentityFacts.BySystem(IdentityFacts.InstallationBegun);
            await members.SaveAsync(tx, Members.Entity, entityId.Value, 0, new EntityContent(entity.Trim(), null, MemberState.Active), fact);
            await members.SaveAsync(tx, Members.Unit, unitId.Value, 0, new UnitContent(entityId, null, entity.Trim(), MemberState.Active), fact);
            foreach (var (id, content, _) in made)
            {
                await AccountClaimStore.ClaimAsync(tx, content.AccountMac, id);
                await members.SaveAsync(tx, Members.Person, id.Value, 0, content, fact);
            }

            return new FirstOrganisation(
                entityId, unitId, [.. made.Zip(administrators, (person, admin) => new FirstAdministrator(person.Id, AccountNames.Fold(admin.Account)!, person.StartPassword))]);
        }, ct).ConfigureAwait(false);
    }
}
