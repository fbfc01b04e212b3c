using System.Collections.Frozen;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>
/// Everything the one decision looks at. Anything that is missing is null, and null never helps. Built by <see cref="AccessFacts"/>
/// so that view, find, correct and explain ask in the same words.
/// </summary>
internal sealed record AccessQuestion
{
    public AccessPolicy? Policy { get; init; }

    public ActorFacts? Actor { get; init; }

    public Act? Act { get; init; }

    /// <summary>Null: there is none, or the act has none yet (find, a new customer).</summary>
    public CustomerFacts? Customer { get; init; }

    public PurposeKey? Purpose { get; init; }

    /// <summary>What the catalogue knows of <see cref="Purpose"/>; null when it does not know it.</summary>
    public PurposeFacts? PurposeKnown { get; init; }

    /// <summary>The items asked for. Nothing else ever stands in the answer.</summary>
    public IReadOnlyList<ItemFacts> Items { get; init; } = [];

    /// <summary>Those of <see cref="Items"/> that are wanted in clear.</summary>
    public IReadOnlySet<ItemKey> Clear { get; init; } = new HashSet<ItemKey>();

    public ServiceFacts? Session { get; init; }

    /// <summary>A ticket reference was named.</summary>
    public bool HasTicket { get; init; }

    public ApprovalFacts? Approval { get; init; }

    public VolumeFacts? Volume { get; init; }

    /// <summary>One of more customers than the post opens in one request.</summary>
    public bool Batch { get; init; }

    /// <summary>The file it is part of was approved by its digest, and that approval was used for it.</summary>
    public bool FileApproved { get; init; }

    /// <summary>A document in it was typed where a reader should have taken it.</summary>
    public bool DocumentTyped { get; init; }

    /// <summary>An approval of exactly this typing is used up in the transaction that writes.</summary>
    public bool TypingApproved { get; init; }

    /// <summary>Items whose change the customer has confirmed by a code to the number he had.</summary>
    public IReadOnlySet<ItemKey> Confirmed { get; init; } = FrozenSet<ItemKey>.Empty;

    /// <summary>UTC milliseconds.</summary>
    public long Now { get; init; }

    /// <summary>Now, and never later than what is known to have passed: names the periods that counts are kept for.</summary>
    public long Sure { get => Math.Min(Now, field); init; } = long.MaxValue;
}

/// <summary>A rule the actor holds through a post.</summary>
/// <param name="Units">The unit in which the post is held and those below it; below a root also <see cref="UnitId.None"/>.</param>
internal sealed record GrantFacts(RoleRule Rule, IReadOnlySet<UnitId> Units)
{
    /// <summary>The legal entity in which the post is held: rights of one entity are none in another. Null for an API client, whose entities are its owner's.</summary>
    public EntityId? Entity { get; init; }

    /// <summary>Its holder is on shift, or the post works by no roster (R44).</summary>
    public bool OnShift { get; init; } = true;
}

internal sealed record ActorFacts
{
    public PersonId Person { get; init; }

    public bool Active { get; init; }

    public IReadOnlyList<GrantFacts> Grants { get; init; } = [];

    /// <summary>The legal entities the actor's units belong to; reaching another one is sharing.</summary>
    public IReadOnlySet<EntityId> Entities { get; init; } = new HashSet<EntityId>();

    /// <summary>Customers in one operation at most without a second person (R42); null: no ceiling.</summary>
    public int? RowCeiling { get; init; }

    /// <summary>The legal entities in which a post of his carries this act; an API client's are its owner's.</summary>
    public IReadOnlySet<EntityId> EntitiesFor(Act act) =>
        Grants.Where(grant => grant.Rule.Acts.Contains(act)).SelectMany(grant => grant.Entity is { } entity ? new HashSet<EntityId> { entity } : Entities).ToHashSet();

    public Strength Strength { get; init; }

    /// <summary>When that strength was proved, UTC milliseconds.</summary>
    public long StrengthAt { get; init; }

    /// <summary>When a second factor was last proved, UTC milliseconds: a later proof than that of the strongest factor renews what asks for less.</summary>
    public long SecondFactorAt { get; init; }

    public string Zone { get; init; } = "";

    /// <summary>The permit to work from outside; null: none.</summary>
    public RemotePermit? Remote { get; init; }

    /// <summary>Duties fulfilled, each with the instant (UTC milliseconds) at which it lapses. A client's are its owner's.</summary>
    public IReadOnlyDictionary<string, long> Duties { get; init; } = new Dictionary<string, long>();

    /// <summary>Signed in by our own QR code: never levels 3–4 in clear.</summary>
    public bool ByQr { get; init; }

    /// <summary>When at least this strength was last proved.</summary>
    public long ProvedAt(Strength asked) => asked <= Strength.SecondFactor ? Math.Max(StrengthAt, SecondFactorAt) : StrengthAt;

    /// <summary>Set for an API client: its registration narrows whatever its grants say.</summary>
    public ClientFacts? Client { get; init; }
}

/// <summary>The registration of an API client (R43).</summary>
/// <param name="Items">Null: every item its purposes allow.</param>
/// <param name="Until">UTC milliseconds, exclusive; null: already checked with the token.</param>
internal sealed record ClientFacts(
    ClientId Id,
    IReadOnlySet<Act> Acts,
    IReadOnlySet<PurposeKey> Purposes,
    IReadOnlySet<ItemKey>? Items,
    long? Until,
    bool QuotaLeft,
    bool MutualTls)
{
    /// <summary>Zones that need a permit and that the registration names; elsewhere it does not call from there.</summary>
    public IReadOnlySet<string> Zones { get; init; } = FrozenSet<string>.Empty;
}

internal sealed record CustomerFacts(CustomerId Id, EntityId Entity, LifeState State)
{
    public IReadOnlyDictionary<PurposeKey, ConsentFacts> Consents { get; init; } = new Dictionary<PurposeKey, ConsentFacts>();

    /// <summary>Units that handle a record of the customer; <see cref="UnitId.None"/> for the head office's. Null: unknown, and then a grant of units does not reach.</summary>
    public IReadOnlySet<UnitId>? Units { get; init; }

    /// <summary>The controlled lists that name the customer.</summary>
    public IReadOnlySet<CustomerListId> Lists { get; init; } = FrozenSet<CustomerListId>.Empty;

    /// <summary>Under 14: every item counts as sensitive and at least level 3 (PIPL 28, 31).</summary>
    public bool Minor { get; init; }

    public bool OpenCase { get; init; }
}

/// <param name="Until">UTC milliseconds at which a given consent ends; null when it has no end.</param>
internal sealed record ConsentFacts(ConsentState State, long? Until)
{
    public bool IsGiven(long now) => State is ConsentState.Given or ConsentState.SeparateGiven && !HasEnded(now);

    public bool IsSeparate(long now) => State == ConsentState.SeparateGiven && !HasEnded(now);

    public bool HasEnded(long now) => Until is { } end && now >= end;
}

/// <param name="Bases">Legal bases; consent alone in the list means that nothing else carries the use.</param>
internal sealed record PurposeFacts(PurposeKey Key, IReadOnlyList<LegalBasis> Bases)
{
    /// <summary>A company rule demands consent on top of the legal basis.</summary>
    public bool AlsoConsent { get; init; }

    /// <summary>Sensitive items need a consent of their own for this purpose, whatever the basis.</summary>
    public bool SeparateConsent { get; init; }

    /// <summary>Masked or de-identified values only, whatever the post (statistics).</summary>
    public bool NeverClear { get; init; }

    /// <summary>Purposes of collection that this one is compatible with, besides itself.</summary>
    public IReadOnlySet<PurposeKey> Compatible { get; init; } = new HashSet<PurposeKey>();

    /// <summary>Consent is the only basis.</summary>
    public bool RestsOnConsent => Bases.Count == 0 || Bases.All(basis => basis == LegalBasis.Consent);

    public bool IsLegalDuty => Bases.Count > 0 && Bases.All(basis => basis == LegalBasis.LegalDuty);

    public bool IsEmergency => Bases.Count > 0 && Bases.All(basis => basis == LegalBasis.VitalInterest);

    /// <summary>The law itself, not the customer, says what it reaches: PIPL 13(3) and 13(4).</summary>
    public bool ByLaw => IsLegalDuty || IsEmergency;
}

internal sealed record RecordFacts(RecordId Id, EntityId Entity, LifeState State)
{
    /// <summary>The unit that handles it; <see cref="UnitId.None"/>: the head office.</summary>
    public UnitId Unit { get; init; }

    /// <summary>UTC milliseconds; null: unknown, and then it counts as old.</summary>
    public long? Created { get; init; }

    /// <summary>The day it is about, as the pack dates its kind; null: it has none.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>Its kind is dated: without a day that can be, nobody knows its age.</summary>
    public bool Dated { get; init; }

    /// <summary>How long after its intake a day can be, in milliseconds; one later is no day at all.</summary>
    public const long MostAheadMs = 400 * 86_400_000L;

    /// <summary>From when its age counts, UTC milliseconds; of a day its first, wherever it was, and of a kind without days its intake. Null: unknown.</summary>
    public long? Since => !Dated && Day is null ? Created
        : Day is { } day && new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds() is var at && at - MostAheadMs <= Created ? at
        : null;

    /// <summary>A record of the customer himself, not of something that happened: it goes to every unit that handles one of his.</summary>
    public bool OfTheCustomer { get; init; }
}

/// <summary>One item of one record, as the catalogue and the record's provenance know it. Never its value.</summary>
internal sealed record ItemFacts(RecordFacts? Record, ItemKey Item, Level Level, Category Category, Mark Mark)
{
    /// <summary>Of an item that no record asked about holds: another record of the customer's does.</summary>
    public bool Elsewhere { get; init; }

    /// <summary>Verifiers and communications content: shown to nobody.</summary>
    public bool NeverShown { get; init; }

    /// <summary>The purposes the catalogue gives the item.</summary>
    public IReadOnlySet<PurposeKey> Purposes { get; init; } = new HashSet<PurposeKey>();

    /// <summary>The purposes of the form or import that took it in.</summary>
    public IReadOnlySet<PurposeKey> CollectedFor { get; init; } = new HashSet<PurposeKey>();

    /// <summary>Customers per operation, or per day outside service sessions, above which an approval is due (domain.md §4).</summary>
    public int VolumeLimit { get; init; } = 2_500;
}

/// <summary>The call or visit being served.</summary>
/// <param name="Holder">Who serves.</param>
/// <param name="Until">UTC milliseconds at which it ends by itself.</param>
/// <param name="Exhausted">All tries to verify the caller are used: from then on level 1 only (domain.md §5).</param>
internal sealed record ServiceFacts(CustomerId Customer, PersonId Holder, bool Verified, long Until, bool Exhausted = false);

/// <summary>An approval as the approvals store found it; the decision still checks that it fits.</summary>
internal sealed record ApprovalFacts(
    ApprovalId Id,
    PersonId Requester,
    Act Act,
    IReadOnlySet<CustomerId> Customers,
    PurposeKey Purpose,
    IReadOnlySet<ItemKey> Items,
    bool Usable,
    long Until)
{
    /// <summary>The scenes it was given for; none: a use that falls under no scene.</summary>
    public IReadOnlySet<string> Scenes { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Break-glass: stands in for the approval of any scene that is switched on, and for nothing else.</summary>
    public bool Emergency { get; init; }
}

/// <summary>What the actor has done so far.</summary>
/// <param name="Customers">Customers in this operation.</param>
/// <param name="RevealedToday">Customers revealed today outside service sessions, by volume limit (25, 250, 2,500).</param>
internal sealed record VolumeFacts(int FindsLastHour, int Customers, IReadOnlyDictionary<int, int> RevealedToday);
