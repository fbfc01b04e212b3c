using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Policies;

/// <summary>Why customers are on a controlled list.</summary>
[JsonConverter(typeof(KebabEnum<CustomerListKind>))]
internal enum CustomerListKind
{
    Vip,
    Staff,
    Litigation,
    Other,
}

/// <summary>Content of the control row <c>customer-list</c>: an access control list over customers (R35). Who is on it stands in the customers' own rows.</summary>
/// <param name="Entity">The legal entity whose customers it may name.</param>
internal sealed record CustomerListContent(
    string Name, CustomerListKind Kind, ListEffect Effect, EntityId Entity,
    IReadOnlyList<PersonId> Persons, IReadOnlyList<PostKey> Posts, IReadOnlyList<ClientId> Clients)
{
    public const string RowKind = "customer-list";

    public ControlledList ToRule() => new(Effect, Persons.ToHashSet(), Posts.ToHashSet(), Clients.ToHashSet());
}
