using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Use.Sessions;

namespace Strongroom.Use.Asking;

/// <summary>What somebody asks to do, as it came in; rows are read later, and again when they move.</summary>
/// <param name="Fact">How the log names it.</param>
internal sealed record Ask(Act Act, string Fact)
{
    /// <summary>Null: an act on nobody yet (find).</summary>
    public CustomerId? Customer { get; init; }

    public PurposeKey? Purpose { get; init; }

    /// <summary>Null: all.</summary>
    public IReadOnlySet<RecordId>? Records { get; init; }

    /// <summary>Null: all the customer has.</summary>
    public IReadOnlySet<ItemKey>? Items { get; init; }

    /// <summary>Items that no record holds are asked about too, so that their rules count (compare, correct).</summary>
    public bool EvenAbsent { get; init; }

    /// <summary>The customer is read as a whole, whatever is asked about (a correction re-makes combined search keys).</summary>
    public bool Whole { get; init; }

    /// <summary>Those wanted in clear.</summary>
    public IReadOnlySet<ItemKey> Clear { get; init; } = new HashSet<ItemKey>();

    /// <summary>Keyed digest of the new values of a correction, which an approval must be for; null: no approval is.</summary>
    public string? Values { get; init; }

    /// <summary>Only these months' entries of what is a list of records; null: all of it.</summary>
    public string? Month { get; init; }

    /// <summary>Items whose change, or whose look in a single record, the customer has confirmed by a code; <see cref="Beside"/> spends it.</summary>
    public IReadOnlySet<ItemKey> Confirmed { get; init; } = new HashSet<ItemKey>();

    /// <summary>
    /// What is written in the transaction of a permitted act's entry, which carries its digest. Null from it: what the act rested on is gone, and
    /// nothing is written. May run more than once.
    /// </summary>
    public Func<Tx, Task<RowDigest?>>? Beside { get; init; }

    public string? Ticket { get; init; }

    public ApprovalId? Grant { get; init; }

    /// <summary>The approval of the batch that this is one line of, already used for it: it must still stand when the entry is written, which names it.</summary>
    public ApprovalId? Under { get; init; }

    public ServiceSessionId? Session { get; init; }

    /// <summary>Whoever may be the caller is looked at, masked, before one of them is chosen: as if the session were about him, with nobody verified.</summary>
    public bool Candidate { get; init; }

    /// <summary>One of more customers than the post opens in one request.</summary>
    public bool Batch { get; init; }

    /// <summary>Customers in this operation.</summary>
    public int Customers { get; init; } = 1;

    /// <summary>Counts raised with the entry, besides those of searches and reveals: of the customer it came to be about, and the caller's own open session.</summary>
    public Func<CustomerId, ServiceSession?, IReadOnlyList<VolumeGuard>>? Counts { get; init; }
}

/// <summary>A decision with everything it rested on.</summary>
/// <param name="Actor">The caller as the decision saw him.</param>
/// <param name="Customer">Null: there is none.</param>
/// <param name="Held">The values asked about.</param>
/// <param name="Guard">What must still hold when the entry is written.</param>
internal sealed record Judged(
    Ask Ask,
    Actor Actor,
    Knowledge Knowledge,
    CustomerSnapshot? Customer,
    bool Minor,
    IReadOnlyList<HeldItem> Held,
    ServiceSession? Session,
    AccessQuestion Question,
    Decision Decision,
    CommitGuard Guard,
    LogFact Fact)
{
    /// <summary>What an approval must be about to carry this.</summary>
    public GrantScope? Scope { get; init; }
}

/// <summary>What came of an ask.</summary>
internal abstract record Ruled
{
    private Ruled()
    {
    }

    /// <summary>The entry is durable; now, and only now, values may be opened.</summary>
    public sealed record Permitted(Judged Judged, EntryId Entry) : Ruled;

    public sealed record Refused(Problem Problem) : Ruled;
}
