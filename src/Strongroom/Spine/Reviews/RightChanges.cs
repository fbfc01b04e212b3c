using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews;

/// <summary>What becomes of a right.</summary>
internal enum RightChange
{
    /// <summary>Rests; can be restored as it was.</summary>
    Suspend,
    Restore,
    Reduce,
    Revoke,
}

/// <summary>
/// Carries a review's decision out where the right lies: the person's posts, the authorisation's policy row, the controlled list. Each of
/// these raises the configuration epoch, so the next request on every node is decided without the right.
/// </summary>
internal sealed class RightChanges(Members members, ControlStore control, PolicyStore policies, People people, TimeProvider time)
{
    /// <summary>Null: done, or the right was gone already. Otherwise why not; nothing was written.</summary>
    /// <param name="resting">The line that put the right to rest; null: it does not rest.</param>
    public Task<Reason?> ApplyAsync(Tx tx, HeldRight right, RightChange change, LineDecision? decision, LineContent? resting, LogFact fact) => right.Kind switch
    {
        RightKind.Post => OfPostAsync(tx, right, change, decision, fact),
        RightKind.Authorisation => OfAuthorisationAsync(tx, right, change, decision, resting, fact),
        RightKind.Scope => OfScopeAsync(tx, right, change, fact),
        _ => OfListAsync(tx, right, change, fact),
    };

    /// <summary>The right as it lies now: the rule of an authorisation, else its kind. Null: nobody holds it any more.</summary>
    public async Task<string?> HeldAsync(Tx tx, HeldRight right) => right switch
    {
        { Scope: { } scope } => await members.LoadAsync<ClientContent>(tx, Members.Client, right.Client!.Value.Value) is { Content: { State: not MemberState.Closed } client }
            && client.Scopes.Contains(scope) ? Kebab.Of(right.Kind) : null,
        { Authorisation: { } id } => await RowAsync(tx, id) is { Rules: [var rule] } ? rule.GetRawText() : null,
        { List: { } list } => await control.LoadAsync<CustomerListContent>(tx, ControlKey.Of(CustomerListContent.RowKind, list)) is { Content: var lists }
            && (right.Person is { } person ? lists.Persons.Contains(person) : lists.Posts.Contains(right.Post!.Value)) ? Kebab.Of(right.Kind) : null,
        _ => await members.LoadAsync<PersonContent>(tx, Members.Person, right.Person!.Value.Value) is { } row && PostOf(row.Content, right, time.NowMs()) is not null ? Kebab.Of(right.Kind) : null,
    };

    /// <summary>Version of an authorisation's row; null: it is none.</summary>
    public async Task<long?> VersionAsync(Tx tx, HeldRight right) => right.Authorisation is { } id
        ? (await control.LoadAsync<PolicyContent>(tx, PolicyContent.KeyOf($"{Kebab.Of(PolicyKind.Authorisation)}/{AuthorisationEndpoints.RowName(id)}")))?.Version
        : null;

    /// <summary>Whom the right concerns now: a client may have been handed over since the snapshot. Null: nobody in particular.</summary>
    public async Task<PersonId?> HolderAsync(Tx tx, HeldRight right) => right.Client is { } client && right.Kind == RightKind.Scope
        ? (await members.LoadAsync<ClientContent>(tx, Members.Client, client.Value))?.Content.Owner
        : right.Person;

    private static HeldPost? PostOf(PersonContent person, HeldRight right, long now) => person.State == MemberState.Closed
        ? null
        : person.Posts.FirstOrDefault(held => held.Post == right.Post && held.Unit == right.Unit && held.From == right.From && !(held.Until <= now));

    private async Task<Reason?> OfPostAsync(Tx tx, HeldRight right, RightChange change, LineDecision? decision, LogFact fact)
    {
        var id = right.Person!.Value;
        var now = time.NowMs();
        if (await members.LockAsync<PersonContent>(tx, Members.Person, id.Value) is not { } row || PostOf(row.Content, right, now) is not { } held)
        {
            return null;
        }

        var next = change switch
        {
            RightChange.Suspend => held with { Suspended = held.Suspended ?? now },
            RightChange.Restore => held with { Suspended = null },
            RightChange.Reduce => held with { Suspended = null, Until = held.Until < decision!.Until ? held.Until : decision.Until },
            _ => held with { Until = Math.Max(now, held.From + 1) },
        };
        var person = row.Content with { Posts = [.. row.Content.Posts.Select(one => one == held ? next : one)] };
        if (change is RightChange.Suspend or RightChange.Revoke
            && await people.IsLastAdministratorAsync(tx, id, row.Content) && !await people.IsLastAdministratorAsync(tx, id, person))
        {
            return Reasons.LastAdministrators;
        }

        await members.SaveAsync(tx, Members.Person, id.Value, row.Version, person, fact);
        return null;
    }

    private async Task<Reason?> OfAuthorisationAsync(Tx tx, HeldRight right, RightChange change, LineDecision? decision, LineContent? resting, LogFact fact)
    {
        var id = right.Authorisation!.Value;
        if (await RowAsync(tx, id) is not { } row)
        {
            return null;
        }

        // One that rests has no rule: what it was comes from the line, as long as nobody has touched the row since.
        var rests = row.Rules.Count == 0 && resting is { Resting: { } version } && await VersionAsync(tx, right) == version;
        var rule = row.Rules.Count > 0 ? row.Rules[0].GetRawText() : rests ? resting!.Before : null;
        if (rule is null || JsonSerializer.Deserialize<AuthorisationRow>(rule, ControlRows.Json) is not { } authorisation)
        {
            return null;
        }

        // What the reviewer saw may have become less meanwhile: never more than stands now.
        var left = (decision?.Items ?? []).Where(authorisation.Items.Contains).ToList();
        if (change == RightChange.Reduce && left.Count == 0)
        {
            return Reasons.ReviewReduce;
        }

        var next = change switch
        {
            RightChange.Restore => PolicyContent.Of(PolicyKind.Authorisation, row.Id, authorisation),
            RightChange.Reduce => PolicyContent.Of(PolicyKind.Authorisation, row.Id, authorisation with { Items = left, Until = Math.Min(authorisation.Until, right.Until ?? authorisation.Until) }),
            _ => row with { Rules = [] },
        };
        return await policies.PutAsync(tx, [next], fact with { Authorisations = [id] }) is PolicySaved.Done ? null : throw Members.Refused(Reasons.RowChanged);
    }

    /// <summary>
    /// A client without a scope is refused at the scope's doors with its next request; ended, it is given anew by whoever registers clients. What comes
    /// back is only what the client's own row says is resting, into a registration that could be made so today.
    /// </summary>
    private async Task<Reason?> OfScopeAsync(Tx tx, HeldRight right, RightChange change, LogFact fact)
    {
        var id = right.Client!.Value;
        if (await members.LockAsync<ClientContent>(tx, Members.Client, id.Value) is not { Content: { State: not MemberState.Closed } client } row)
        {
            return null;
        }

        var scope = right.Scope!.Value;
        var resting = (client.Resting ?? []).Where(one => one != scope).ToList();
        var rests = client.Resting?.Contains(scope) == true;
        if (change == RightChange.Restore && !rests)
        {
            return null;
        }

        var without = client with { Scopes = [.. client.Scopes.Where(one => one != scope)], Resting = resting.Count > 0 ? resting : null };
        var next = change switch
        {
            RightChange.Restore => without with { Scopes = [.. without.Scopes, scope] },
            RightChange.Suspend => without with { Resting = [.. resting, scope] },
            _ => without,
        };
        if (change == RightChange.Restore && ClientRules.Faults(next, time.NowMs()) is { Count: > 0 } faults)
        {
            throw Members.Refused(Problem.Of(faults));
        }

        await members.SaveAsync(tx, Members.Client, id.Value, row.Version, next, fact);
        return null;
    }

    private async Task<Reason?> OfListAsync(Tx tx, HeldRight right, RightChange change, LogFact fact)
    {
        var key = ControlKey.Of(CustomerListContent.RowKind, right.List!.Value);
        if (await control.LoadForUpdateAsync<CustomerListContent>(tx, key) is not { } row)
        {
            return null;
        }

        var without = row.Content with
        {
            Persons = [.. row.Content.Persons.Where(person => person != right.Person)],
            Posts = [.. row.Content.Posts.Where(post => right.Person is not null || post != right.Post)],
        };
        var next = change != RightChange.Restore ? without : right.Person is { } person
            ? without with { Persons = [.. without.Persons, person] }
            : without with { Posts = [.. without.Posts, right.Post!.Value] };
        return await control.SaveAsync(tx, key, row.Version, next, fact) is ControlSaved.Done ? null : throw Members.Refused(Reasons.RowChanged);
    }

    private async Task<PolicyContent?> RowAsync(Tx tx, AuthorisationId id) => (await policies.ListAsync(tx))
        .FirstOrDefault(row => row.Kind == PolicyKind.Authorisation && row.Id == AuthorisationEndpoints.RowName(id));
}
