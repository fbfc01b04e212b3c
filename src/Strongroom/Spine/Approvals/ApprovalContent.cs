using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Approvals;

[JsonConverter(typeof(KebabEnum<ApprovalState>))]
internal enum ApprovalState
{
    Requested,
    Approved,
    Refused,

    /// <summary>Approved and used, with uses left.</summary>
    InForce,
    Used,
    Expired,
    Revoked,

    /// <summary>Somebody decided on something else than was requested, or the rule it stood under has changed.</summary>
    Void,
}

[JsonConverter(typeof(KebabEnum<ApprovalVerdict>))]
internal enum ApprovalVerdict
{
    Approve,
    Refuse,
}

/// <summary>How far a step without an answer has gone.</summary>
[JsonConverter(typeof(KebabEnum<ApprovalStage>))]
internal enum ApprovalStage
{
    /// <summary>Waits for whom the requester asked.</summary>
    Asked,

    /// <summary>Everyone of the step may answer.</summary>
    Open,

    /// <summary>The duty lead may answer too.</summary>
    Lead,
}

/// <summary>What somebody said to one step.</summary>
/// <param name="For">Whom he stood in for; null: himself.</param>
/// <param name="Via">How he took part.</param>
/// <param name="Signed">He signed the digest with his passkey.</param>
internal sealed record ApprovalVote(
    int Step, PersonId Person, PersonId? For, PostKey Post, ApprovalVerdict Verdict, long At, SceneMode Via = SceneMode.Remote, bool Signed = false)
{
    /// <summary>Whoever stands in for somebody and that somebody are one pair of eyes.</summary>
    public bool IsBy(PersonId person) => Person == person || For == person;
}

/// <summary>One item of one record in the version that was asked for.</summary>
internal sealed record ApprovalTarget(CustomerId Customer, RecordId Record, ItemKey Item, long Version);

/// <summary>
/// What a decision is bound to besides the rule: everything that could make it another thing. Changing any of it makes another digest, and the
/// approval then opens nothing.
/// </summary>
/// <param name="Subject">What it is about, as a machine name or id.</param>
/// <param name="Content">SHA-256 of exactly what is to be done, 64 lower hex digits; for an act on customers the Merkle root of its targets.</param>
/// <param name="Until">UTC milliseconds; there is always an end.</param>
internal sealed record ApprovalScope(string Act, string Subject, string Content, long Until)
{
    public PurposeKey? Purpose { get; init; }

    /// <summary><c>clear</c> or <c>masked</c> for acts that show values.</summary>
    public string? Masking { get; init; }

    /// <summary>Digest of the recipient's key, where something leaves.</summary>
    public string? Recipient { get; init; }

    public SceneMode Mode { get; init; }

    /// <summary>The scenes it falls under, sorted; null: none.</summary>
    public IReadOnlyList<string>? Scenes { get; init; }

    /// <summary>UTC milliseconds from which it opens anything, when it is booked in advance.</summary>
    public long? From { get; init; }

    public IReadOnlyList<ApprovalTarget> Targets { get; init; } = [];

    /// <summary>RFC 6962 root over the targets, sorted; order and repetition do not matter.</summary>
    public static string RootOf(IEnumerable<ApprovalTarget> targets) => Rfc6962.Root(
    [
        .. targets.Select(target => $"{target.Customer}/{target.Record}/{target.Item}/{target.Version}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(line => Rfc6962.Leaf(Encoding.ASCII.GetBytes(line))),
    ]).ToString();
}

/// <summary>Content of the control row <c>approval</c>: one request and what became of it (R21, R45). No personal value in clear.</summary>
internal sealed record ApprovalContent(ApprovalScope Scope, PersonId Requester, EntityId Entity, UnitId Unit, long Requested, int Uses, string Policy)
{
    public required ApprovalState State { get; init; }

    /// <summary>What the approver saw, sealed (<see cref="ApprovalEvidence"/>); none for requests without a preview.</summary>
    public byte[] Evidence { get; init; } = [];

    /// <summary>Whom the requester asked first.</summary>
    public PersonId? Asked { get; init; }

    public int Step { get; init; }

    /// <summary>UTC milliseconds at which the present step began, and until which it waits.</summary>
    public required long StepSince { get; init; }

    public required long StepUntil { get; init; }

    /// <summary>How far the log has told of the waiting.</summary>
    public ApprovalStage Told { get; init; }

    public IReadOnlyList<ApprovalVote> Votes { get; init; } = [];

    /// <summary>Random, so that no two requests have one digest, whatever they ask for.</summary>
    public string? Salt { get; init; }

    /// <summary>Wrong proofs at the requester's screen; the third voids the request.</summary>
    public int Failures { get; init; }

    /// <summary>UTC milliseconds of the latest use.</summary>
    public long? LastUsed { get; init; }

    /// <summary>UTC milliseconds until which a break-glass owes its review.</summary>
    public long? ReviewUntil { get; init; }

    /// <summary>How far people have been told that the review is owed.</summary>
    public GlassStage ReviewTold { get; init; }

    public ApprovalReview? Review { get; init; }

    /// <summary>Who took it back; null: nobody, or before it was kept.</summary>
    public ApprovalTaken? Taken { get; init; }

    /// <summary>Uses made of an act without customers.</summary>
    public int Used { get; init; }

    /// <summary>Uses made for each customer.</summary>
    public IReadOnlyDictionary<string, int> UsedFor { get; init; } = new Dictionary<string, int>();

    [JsonIgnore]
    public string Act => Scope.Act;

    [JsonIgnore]
    public string Subject => Scope.Subject;

    [JsonIgnore]
    public long Until => Scope.Until;

    [JsonIgnore]
    public PersonId? Approver => Votes.LastOrDefault(vote => vote.Verdict == ApprovalVerdict.Approve)?.Person;

    /// <summary>Everybody whose eyes are behind it: who answered, and whom they stood in for.</summary>
    [JsonIgnore]
    public IReadOnlyList<PersonId> Eyes => [.. Votes.SelectMany(vote => vote.For is { } other ? new[] { vote.Person, other } : [vote.Person]).Distinct()];

    [JsonIgnore]
    public bool IsEmergency => Scope.Mode == SceneMode.None;

    [JsonIgnore]
    public IReadOnlyList<CustomerId> Customers => [.. Scope.Targets.Select(target => target.Customer).Distinct()];

    [JsonIgnore]
    public int UsesLeft => Scope.Targets.Count == 0 ? Uses - Used : Customers.Sum(customer => Math.Max(0, Uses - UsedFor.GetValueOrDefault(customer.ToString())));

    /// <summary>
    /// SHA-256, lower hex, of the canonical JSON (RFC 8785) of requester, place, scope, rule and uses: what a decision names. Whoever decides has
    /// read exactly this.
    /// </summary>
    [JsonIgnore]
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.ToText(JsonSerializer.SerializeToElement(
        new Bound(Requester, Entity, Unit, Scope with { Targets = [] }, Uses, Policy, ApprovalScope.RootOf(Scope.Targets), Salt), ControlRows.Json)))));

    /// <summary>The state as it counts now: an end that has passed is an end.</summary>
    public ApprovalState At(long now) => State switch
    {
        ApprovalState.Requested when now >= Until || now >= StepUntil => ApprovalState.Expired,
        ApprovalState.Approved or ApprovalState.InForce when now >= Until => ApprovalState.Expired,
        _ => State,
    };

    private sealed record Bound(PersonId Requester, EntityId Entity, UnitId Unit, ApprovalScope Scope, int Uses, string Policy, string Root, string? Salt);
}

/// <summary>What a reviewer found of a break-glass.</summary>
[JsonConverter(typeof(KebabEnum<ReviewVerdict>))]
internal enum ReviewVerdict
{
    Justified,
    Misused,
}

/// <param name="At">UTC milliseconds.</param>
internal sealed record ApprovalReview(PersonId Person, ReviewVerdict Verdict, long At);

/// <summary>Somebody took a request or a grant back.</summary>
/// <param name="At">UTC milliseconds.</param>
internal sealed record ApprovalTaken(PersonId Person, long At);

/// <summary>What the approver sees, kept as evidence.</summary>
/// <param name="Preview">Masked values, or the text of what is to be done.</param>
/// <param name="Customers">How many customers, times how many items.</param>
/// <param name="Unusual">Stable codes of what is out of the ordinary.</param>
/// <param name="Reason">Why, in the requester's words.</param>
/// <param name="Answer">Why it was refused or taken back, in that person's words.</param>
internal sealed record ApprovalEvidence(
    string Preview, int Customers = 0, int Items = 0, RequesterPattern? Pattern = null, IReadOnlyList<UnusualThing>? Unusual = null, string? Reason = null, string? Answer = null);

/// <summary>The requester's last thirty days, out of the log.</summary>
/// <param name="More">The log holds more than was counted.</param>
internal sealed record RequesterPattern(
    int Acts, int Views, int Clear, int Searches, int Denied, int Customers, int Days, int Requested, int Refused, bool More)
{
    public IReadOnlyList<PurposeKey> Purposes { get; init; } = [];

    public IReadOnlyList<ItemKey> ClearItems { get; init; } = [];

    /// <summary>Hours of the day (UTC) in which he acted.</summary>
    public IReadOnlyList<int> Hours { get; init; } = [];
}

/// <summary>Something out of the ordinary, in both languages.</summary>
internal sealed record UnusualThing(string Code, string Zh, string En);
