using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity.Rosters;

namespace Strongroom.Spine.Identity;

/// <summary>Administers legal entities and the tree of units.</summary>
internal sealed class OrganisationAdmin(Members members, TimeProvider time)
{
    public async Task<Outcome<Member<EntityContent>>> CreateEntityAsync(Actor actor, string? name, string? uscc, CancellationToken ct)
    {
        if (NameFaults(name) is { Count: > 0 } faults)
        {
            return Problem.Of(faults);
        }

        var id = EntityId.New();
        var content = new EntityContent(name!.Trim(), uscc, MemberState.Active);
        return await members.ChangeAsync<Member<EntityContent>>(async tx =>
        {
            await members.SaveAsync(tx, Members.Entity, id.Value, 0, content, IdentityFacts.Of(IdentityFacts.EntityCreated, actor));
            return new Member<EntityContent>(id.Value, 1, content);
        }, ct).ConfigureAwait(false);
    }

    public async Task<Outcome<Member<UnitContent>>> CreateUnitAsync(Actor actor, EntityId entity, UnitId? parent, string? name, UnitKind kind, CancellationToken ct, string? timeZone = null)
    {
        if (NameFaults(name) is { Count: > 0 } faults)
        {
            return Problem.Of(faults);
        }

        if (timeZone is not null && RosterRules.Find(timeZone) is null)
        {
            return Problem.Of([Reasons.UnitTimeZone.At("timeZone")]);
        }

        var id = UnitId.New();
        var content = new UnitContent(entity, parent, name!.Trim(), MemberState.Active) { Kind = kind, TimeZone = timeZone };
        return await members.ChangeAsync<Member<UnitContent>>(async tx =>
        {
            if (await members.LoadAsync<EntityContent>(tx, Members.Entity, entity.Value) is not { Content.State: MemberState.Active })
            {
                return Reasons.EntityUnknown;
            }

            if (parent is { } above
                && (await members.LoadAsync<UnitContent>(tx, Members.Unit, above.Value) is not { Content.State: MemberState.Active } unit || unit.Content.Entity != entity))
            {
                return Reasons.UnitUnknown;
            }

            await members.SaveAsync(tx, Members.Unit, id.Value, 0, content, IdentityFacts.Of(IdentityFacts.UnitCreated, actor));
            return new Member<UnitContent>(id.Value, 1, content);
        }, ct).ConfigureAwait(false);
    }

    public Task<Outcome<Member<EntityContent>>> ChangeEntityAsync(
        Actor actor, EntityId id, long version, string? name, string? uscc, MemberState? state, CancellationToken ct) =>
        members.EditAsync<EntityContent>(Members.Entity, id.Value, version, IdentityFacts.Of(IdentityFacts.EntityChanged, actor), (_, entity) =>
            Task.FromResult(Check(name, entity.State, state) is { } problem
                ? (Outcome<EntityContent>)problem
                : entity with { Name = name?.Trim() ?? entity.Name, Uscc = Said(uscc, entity.Uscc), State = state ?? entity.State }), ct);

    /// <summary>A unit is taken out of use only when nothing hangs on it: no unit below, nobody in a post.</summary>
    public Task<Outcome<Member<UnitContent>>> ChangeUnitAsync(
        Actor actor, UnitId id, long version, string? name, UnitKind? kind, MemberState? state, CancellationToken ct, string? timeZone = null) =>
        members.EditAsync<UnitContent>(Members.Unit, id.Value, version, IdentityFacts.Of(IdentityFacts.UnitChanged, actor), async (tx, unit) =>
        {
            if (Check(name, unit.State, state) is { } problem)
            {
                return problem;
            }

            if (timeZone is { Length: > 0 } && RosterRules.Find(timeZone) is null)
            {
                return Problem.Of([Reasons.UnitTimeZone.At("timeZone")]);
            }

            return state is { } next and not MemberState.Active && next != unit.State && await IsInUseAsync(tx, id)
                ? Reasons.UnitInUse
                : unit with { Name = name?.Trim() ?? unit.Name, Kind = kind ?? unit.Kind, State = state ?? unit.State, TimeZone = Said(timeZone, unit.TimeZone) };
        }, ct);

    /// <summary>Hangs a unit elsewhere in the tree of its legal entity; whatever its people and records reach follows at the next request.</summary>
    public Task<Outcome<Member<UnitContent>>> MoveUnitAsync(Actor actor, UnitId id, long version, UnitId? parent, CancellationToken ct) =>
        members.EditAsync<UnitContent>(Members.Unit, id.Value, version, IdentityFacts.Of(IdentityFacts.UnitMoved, actor), async (tx, unit) =>
        {
            // Two moves at once could close a ring that neither sees: within an entity they wait for each other.
            await members.LockAsync<EntityContent>(tx, Members.Entity, unit.Entity.Value);
            var units = (await members.ListAsync<UnitContent>(tx, Members.Unit)).ToDictionary(row => UnitId.From(row.Id), row => row.Content);
            return OrganisationRules.MayMove(id, parent, units) is { } refusal ? refusal : unit with { Parent = parent };
        }, ct);

    /// <summary>Names who answers for the unit (R8): somebody who works here now.</summary>
    public Task<Outcome<Member<UnitContent>>> NameResponsibleAsync(Actor actor, UnitId id, long version, PersonId? person, CancellationToken ct) =>
        members.EditAsync<UnitContent>(Members.Unit, id.Value, version, IdentityFacts.Of(IdentityFacts.UnitResponsibleNamed, actor), async (tx, unit) =>
            person is { } named && (await members.LoadAsync<PersonContent>(tx, Members.Person, named.Value))?.Content.IsActive(time.NowMs()) != true
                ? Problem.Of([Reasons.PersonUnknown.At("person")])
                : unit with { Responsible = person }, ct);

    private async Task<bool> IsInUseAsync(Tx tx, UnitId id)
    {
        var now = time.NowMs();
        return (await members.ListAsync<UnitContent>(tx, Members.Unit)).Any(unit => unit.Content is { State: MemberState.Active } below && below.Parent == id)
            || (await members.ListAsync<PersonContent>(tx, Members.Person)).Any(person =>
                person.Content.State != MemberState.Closed && person.Content.Posts.Any(held => held.Unit == id && (held.Until is not { } end || end > now)));
    }

    /// <summary>Null leaves what was there, the empty string takes it away.</summary>
    private static string? Said(string? said, string? before) => said switch { null => before, "" => null, _ => said };

    private static Problem? Check(string? name, MemberState before, MemberState? after)
    {
        if (name is not null && NameFaults(name) is { Count: > 0 } faults)
        {
            return Problem.Of(faults);
        }

        return after is { } next && next != before && OrganisationRules.MayBecome(before, next) is { } reason ? Problem.Of(reason) : null;
    }

    private static List<FieldError> NameFaults(string? name) =>
        string.IsNullOrWhiteSpace(name) ? [Reasons.FieldMissing.At("name")] : name.Length > 120 ? [Reasons.FieldLong.At("name")] : [];
}
