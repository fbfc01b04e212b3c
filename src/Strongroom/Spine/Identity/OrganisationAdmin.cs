using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>Administers legal entities and the tree of units.</summary>
internal sealed class OrganisationAdmin(Members members)
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

    public async Task<Outcome<Member<UnitContent>>> CreateUnitAsync(Actor actor, EntityId entity, UnitId? parent, string? name, CancellationToken ct)
    {
        if (NameFaults(name) is { Count: > 0 } faults)
        {
            return Problem.Of(faults);
        }

        var id = UnitId.New();
        var content = new UnitContent(entity, parent, name!.Trim(), MemberState.Active);
        return await members.ChangeAsync<Member<UnitContent>>(async tx =>
        {
            if (await members.LoadAsync<EntityContent>(tx, Members.Entity, entity.Value) is not { Content.State: MemberState.Active })
            {
                return Reasons.EntityUnknown;
            }

            // A unit never changes its parent, so the tree cannot close into a ring.
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
                : entity with { Name = name?.Trim() ?? entity.Name, Uscc = uscc ?? entity.Uscc, State = state ?? entity.State }), ct);

    public Task<Outcome<Member<UnitContent>>> ChangeUnitAsync(Actor actor, UnitId id, long version, string? name, MemberState? state, CancellationToken ct) =>
        members.EditAsync<UnitContent>(Members.Unit, id.Value, version, IdentityFacts.Of(IdentityFacts.UnitChanged, actor), (_, unit) =>
            Task.FromResult(Check(name, unit.State, state) is { } problem
                ? (Outcome<UnitContent>)problem
                : unit with { Name = name?.Trim() ?? unit.Name, State = state ?? unit.State }), ct);

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
