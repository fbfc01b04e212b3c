using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect.Intake;

/// <summary>Resolves a caller anew when what his rights rest on has changed; answers <see cref="Actor.Nobody"/> when they are gone.</summary>
internal delegate Task<Actor> ActorAgain(Actor actor, CancellationToken ct);

/// <param name="Act"><c>add</c>, or <c>import</c> for files.</param>
/// <param name="File">The approval of the file that it is a line of.</param>
/// <param name="Grant">The approval of a document that was typed instead of read: of exactly this submission.</param>
internal sealed record IntakeRequest(FormKey Form, Submission Submission, Actor Actor, ActorAgain Again, Act Act, IdempotencyClaim? Claim = null, ApprovalId? File = null,
    ApprovalId? Grant = null);

/// <summary>What a submission made. It looks the same whether the person was on file or not.</summary>
/// <param name="Records">Bookings, stays and the like; the profile belongs to the customer and is not listed.</param>
/// <param name="Consents">As this submission said it, not as it stood before.</param>
internal sealed record IntakeAnswer(
    CustomerId Customer,
    IReadOnlyList<RecordMade> Records,
    ReceiptId Receipt,
    IReadOnlyDictionary<PurposeKey, ConsentState> Consents,
    EntryId Entry);

internal sealed record RecordMade(RecordId Id, RecordTypeKey Type);

internal abstract record IntakeOutcome
{
    private IntakeOutcome()
    {
    }

    public sealed record Taken(IntakeAnswer Answer) : IntakeOutcome;

    /// <summary>This source record was handed in before, through this channel; nothing was written.</summary>
    public sealed record Known(CustomerId Customer, RecordId Record) : IntakeOutcome;

    public sealed record Refused(Problem Problem) : IntakeOutcome;
}

/// <summary>Answer to a source record that is on file already.</summary>
internal sealed record KnownAnswer(CustomerId Customer, RecordId Record);

/// <summary>One line's result of a bulk.</summary>
/// <param name="Line">From 1; empty lines count.</param>
/// <param name="Status"><c>created</c>, <c>known</c> or <c>rejected</c>.</param>
internal sealed record BulkResult(long Line, BulkStatus Status)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CustomerId? Customer { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecordId? Record { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReceiptId? Receipt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }
}

[JsonConverter(typeof(KebabEnum<BulkStatus>))]
internal enum BulkStatus
{
    Created,
    Known,
    Rejected,
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BulkResult))]
internal sealed partial class BulkJson : JsonSerializerContext;
