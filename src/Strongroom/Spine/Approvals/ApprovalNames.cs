using System.Globalization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

/// <param name="Name">The first character of the display name and two stars, as colleagues see each other on a screen (console.md).</param>
internal sealed record MaskedPerson(PersonId Person, string Name);

/// <summary>What the people and the unit of a request are called; whoever may see the request may see that. A broken seal has no name.</summary>
internal sealed class ApprovalNames(Database database, ControlStore control, PersonSeal seal, Secrets secrets)
{
    public async Task<IReadOnlyDictionary<PersonId, MaskedPerson>> OfAsync(IEnumerable<PersonId> people, CancellationToken ct)
    {
        var wanted = people.Select(person => person.Value).Distinct().ToList();
        var rows = await database.ReadAsync(tx => control.LoadManyAsync<PersonContent>(tx, Members.Person, wanted), ct);
        return rows.Select(row => (Id: PersonId.From(row.Key.Id), row.Content)).ToDictionary(row => row.Id, row => new MaskedPerson(row.Id, Masked(row.Id, row.Content)));
    }

    public async Task<IReadOnlyDictionary<UnitId, string>> OfAsync(IEnumerable<UnitId> units, CancellationToken ct)
    {
        var wanted = units.Select(unit => unit.Value).Distinct().ToList();
        var rows = await database.ReadAsync(tx => control.LoadManyAsync<UnitContent>(tx, Members.Unit, wanted), ct);
        return rows.ToDictionary(row => UnitId.From(row.Key.Id), row => row.Content.Name);
    }

    /// <summary>Whose account this is; null when it is nobody's.</summary>
    public async Task<PersonId?> PersonOfAsync(string account, CancellationToken ct) =>
        AccountNames.Fold(account) is { } folded ? await database.ReadAsync(tx => AccountClaimStore.FindAsync(tx, secrets.HashAccount(folded)), ct) : null;

    private string Masked(PersonId person, PersonContent content)
    {
        try
        {
            return StringInfo.GetNextTextElement(seal.Open(person, content).Display) + "**";
        }
        catch (BrokenSealException)
        {
            return "**";
        }
    }
}
