using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Policies;

/// <summary>Content of the control row <c>duty</c>: a duty somebody fulfilled, written by Oversight (training, agreement).</summary>
/// <param name="Until">UTC milliseconds at which it lapses.</param>
internal sealed record DutyContent(PersonId Person, string Duty, long Until)
{
    public const string Kind = "duty";

    public const string Training = "training";
    public const string Nda = "nda";

    /// <summary>UTC milliseconds at which it was fulfilled: the course passed, the agreement signed.</summary>
    public long At { get; init; }

    /// <summary>Key of the course that was passed.</summary>
    public string? Course { get; init; }

    /// <summary>The text that was signed.</summary>
    public SignedText? Text { get; init; }

    [JsonIgnore]
    public ControlKey Key => KeyOf(Person, Duty);

    public static ControlKey KeyOf(PersonId person, string duty) => ControlKey.Named(Kind, $"{person}/{duty}");
}

/// <summary>Evidence of a signature: which words, in which session, proved how strongly (R81).</summary>
/// <param name="Digest">SHA-256 of the text in the language it was read in, lower hex.</param>
internal sealed record SignedText(int Version, string Language, string Digest, SessionId Session, Strength Strength, long StrengthAt);

/// <summary>
/// An active unit: its legal entity, and itself with every unit below it, closed ones too, since what they handled goes to the unit
/// above. Below a root lies also <see cref="UnitId.None"/>, what no unit handles.
/// </summary>
internal sealed record UnitReach(EntityId Entity, FrozenSet<UnitId> Below);

/// <summary>What the decision must know of the organisation. Rows that are not authentic or not active are left out, and give nothing.</summary>
/// <param name="ClientPosts">The posts of each client's owner: the client reaches the same legal entities.</param>
/// <param name="Duties">Fulfilled duties by person; empty where no rule asks for any.</param>
internal sealed record OrganisationTree(
    FrozenDictionary<UnitId, UnitReach> Units,
    FrozenDictionary<ClientId, IReadOnlyList<HeldPost>> ClientPosts,
    FrozenDictionary<PersonId, IReadOnlyDictionary<string, long>> Duties)
{
    public static readonly OrganisationTree Empty = new(
        FrozenDictionary<UnitId, UnitReach>.Empty,
        FrozenDictionary<ClientId, IReadOnlyList<HeldPost>>.Empty,
        FrozenDictionary<PersonId, IReadOnlyDictionary<string, long>>.Empty);

    public static async Task<OrganisationTree> LoadAsync(Tx tx, ControlStore control, bool withDuties)
    {
        var units = (await control.ListAsync<UnitContent>(tx, Members.Unit)).Rows
            .ToDictionary(row => UnitId.From(row.Key.Id), row => row.Content);
        var clients = new Dictionary<ClientId, IReadOnlyList<HeldPost>>();
        foreach (var client in (await control.ListAsync<ClientContent>(tx, Members.Client)).Rows)
        {
            var owner = await control.LoadAsync<PersonContent>(tx, ControlKey.Of(Members.Person, client.Content.Owner));
            clients[ClientId.From(client.Key.Id)] = owner is { Content.State: MemberState.Active } ? owner.Content.Posts : [];
        }

        var duties = withDuties ? (await control.ListAsync<DutyContent>(tx, DutyContent.Kind)).Rows.Where(row => row.Content.Key == row.Key) : [];
        return new OrganisationTree(
            Reach(units),
            clients.ToFrozenDictionary(),
            duties.GroupBy(row => row.Content.Person).ToFrozenDictionary(
                group => group.Key,
                group => (IReadOnlyDictionary<string, long>)group.ToDictionary(row => row.Content.Duty, row => row.Content.Until)));
    }

    /// <summary>Each unit with those below it in the same entity; a loop in the tree, which no writer makes, ends where it closes.</summary>
    internal static FrozenDictionary<UnitId, UnitReach> Reach(IReadOnlyDictionary<UnitId, UnitContent> units)
    {
        var below = units.Keys.ToDictionary(unit => unit, unit => new HashSet<UnitId> { unit });
        foreach (var (unit, content) in units)
        {
            var seen = new HashSet<UnitId> { unit };
            if (content.Parent is null)
            {
                below[unit].Add(UnitId.None);
            }

            for (var parent = content.Parent; parent is { } above && units.TryGetValue(above, out var next) && next.Entity == content.Entity && seen.Add(above); parent = next.Parent)
            {
                below[above].Add(unit);
            }
        }

        return below.Where(pair => units[pair.Key].State == MemberState.Active).ToFrozenDictionary(pair => pair.Key, pair => new UnitReach(units[pair.Key].Entity, pair.Value.ToFrozenSet()));
    }
}
