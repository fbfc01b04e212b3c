using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Lists;

/// <summary>A controlled list as it is to be kept. Lists that are left out are empty: then nobody but those others sees its customers.</summary>
/// <param name="Version">The version the caller saw; 0 makes a new list.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ListRequest(
    string Name,
    CustomerListKind Kind,
    ListEffect Effect,
    EntityId Entity,
    IReadOnlyList<PersonId>? Persons = null,
    IReadOnlyList<PostKey>? Posts = null,
    IReadOnlyList<ClientId>? Clients = null,
    long Version = 0)
{
    public CustomerListContent ToContent() => new(
        Name.Trim(), Kind, Effect, Entity, [.. (Persons ?? []).Distinct()], [.. (Posts ?? []).Distinct()], [.. (Clients ?? []).Distinct()]);
}

/// <summary>Customers to put on the list and to take off it; all of them or, when one cannot, none.</summary>
/// <param name="Until">UTC milliseconds at which those that are added come off by themselves; null: they stay. For one who is on the list already it moves his end.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ListMembersRequest(IReadOnlyList<CustomerId>? Add = null, IReadOnlyList<CustomerId>? Remove = null, long? Until = null);

/// <param name="Until">UTC milliseconds at which he comes off by himself; null: he stays.</param>
internal sealed record ListMember(CustomerId Customer, long? Until);

/// <summary>Who is on a list: ids, no names. What a customer is called is the one decision's matter, customer by customer.</summary>
/// <param name="Next">Goes on from there as <c>after</c>; null: that is all.</param>
internal sealed record ListMembersPage(IReadOnlyList<ListMember> Members, CustomerId? Next);

internal sealed record ListView(CustomerListId Id, long Version, CustomerListContent List);

internal sealed record ListsView(IReadOnlyList<ListView> Lists);

/// <param name="Changed">How many customers' rows were changed.</param>
internal sealed record ListMembersView(int Changed);
