using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>What happened: an <see cref="Act"/> on customers in kebab-case, or a fact of its own such as <c>sign-in-refused</c>.</summary>
[JsonConverter(typeof(NameJson<FactName>))]
internal readonly record struct FactName(string Value) : IName<FactName>
{
    public static FactName Make(string value) => new(value);

    public static FactName Of(string text) => Name.Parse<FactName>(text);

    public static FactName Of(Act act) => new(Kebab.Of(act));

    public override string ToString() => Value;
}

/// <summary>Kind of whoever acted.</summary>
[JsonConverter(typeof(KebabEnum<LogActorKind>))]
internal enum LogActorKind
{
    Anonymous,
    Person,
    Client,

    /// <summary>The customer himself, named by the entry's customer reference.</summary>
    Customer,

    /// <summary>Strongroom itself: schedules, sweepers, the log.</summary>
    System,
}

/// <summary>Who acted: kind and opaque id, never a name.</summary>
internal readonly record struct LogActor(LogActorKind Kind, UInt128? Id)
{
    public static LogActor Anonymous { get; } = new(LogActorKind.Anonymous, null);

    public static LogActor System { get; } = new(LogActorKind.System, null);

    public static LogActor Customer { get; } = new(LogActorKind.Customer, null);

    public static LogActor Of(PersonId person) => new(LogActorKind.Person, person.Value);

    public static LogActor Of(ClientId client) => new(LogActorKind.Client, client.Value);
}

/// <summary>How the log names a customer: HMAC-SHA-256(the customer's own log key, id), 32 bytes. It dies with that key.</summary>
internal readonly record struct CustomerReference
{
    private readonly Tlog.TreeHash _bytes;

    private CustomerReference(Tlog.TreeHash bytes) => _bytes = bytes;

    public byte[] Bytes => _bytes.ToArray();

    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static CustomerReference From(ReadOnlySpan<byte> bytes) => new(Tlog.TreeHash.From(bytes));

    public static bool TryParse(string? hex, out CustomerReference reference)
    {
        reference = default;
        if (hex is not { Length: 64 } || hex.Any(c => !char.IsAsciiHexDigitLower(c) && !char.IsAsciiDigit(c)))
        {
            return false;
        }

        reference = From(Convert.FromHexString(hex));
        return true;
    }

    public override string ToString() => _bytes.ToString();
}

/// <summary>Digest of a control row as the act left it, so that <c>verify</c> can compare live state with the log.</summary>
/// <param name="Table">Table name.</param>
/// <param name="Id">Row id.</param>
/// <param name="Version">Row version, ≥ 0.</param>
/// <param name="Digest">32 bytes.</param>
internal sealed record RowDigest(string Table, UInt128 Id, long Version, byte[] Digest);

/// <summary>
/// The erasable part of an entry: personal values may stand here and nowhere else. Sealed beside the entry; the header holds only
/// SHA-256(salt ‖ details).
/// </summary>
internal sealed record LogDetails
{
    /// <summary>Ticket or call reference.</summary>
    public string? Ticket { get; init; }

    /// <summary>Free reason a person typed.</summary>
    public string? Reason { get; init; }

    /// <summary>Network address or prefix.</summary>
    public string? Address { get; init; }
}

/// <summary>
/// One act to be recorded (R46, R50, R51). Everything but <see cref="Details"/> becomes the immutable header, so it must hold no
/// personal value: names are checked to be machine codes, ids are opaque.
/// </summary>
internal sealed record LogFact
{
    public required FactName Act { get; init; }

    public required LogActor Actor { get; init; }

    /// <summary>Whom it concerned. Written as the customer's reference; an unknown or destroyed customer leaves none.</summary>
    public CustomerId? Customer { get; init; }

    /// <summary>Set by callers who hold the customer's keys already; spares the log a look-up.</summary>
    public CustomerReference? Reference { get; init; }

    public PurposeKey? Purpose { get; init; }

    public IReadOnlyList<ItemKey> Items { get; init; } = [];

    /// <summary>Null where nothing was decided.</summary>
    public Verdict? Decision { get; init; }

    /// <summary>Stable reason codes.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    public IReadOnlyList<ApprovalId> Approvals { get; init; } = [];

    public IReadOnlyList<AuthorisationId> Authorisations { get; init; } = [];

    /// <summary>How many acts or customers the entry stands for; ≥ 1.</summary>
    public long Count { get; init; } = 1;

    public ChannelId? Channel { get; init; }

    /// <summary>Network zone's name (R44).</summary>
    public string? Zone { get; init; }

    public IReadOnlyList<RowDigest> Rows { get; init; } = [];

    public LogDetails? Details { get; init; }
}
