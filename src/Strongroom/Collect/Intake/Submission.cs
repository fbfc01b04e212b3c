using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Collect.Intake;

/// <summary>
/// One submission as it arrives. Names and ids are text here, so that one answer can tell every mistake; <see cref="SubmissionRules"/>
/// turns it into a plan. Values are never repeated in an error.
/// </summary>
internal sealed record Submission
{
    public NoticeShown? Notice { get; init; }

    /// <summary>The registered channel's id.</summary>
    public string? Channel { get; init; }

    /// <summary>The customer being served, when the caller serves one that is on file.</summary>
    public string? Subject { get; init; }

    /// <summary>The call or visit being served; needed by posts that serve one customer at a time.</summary>
    public ServiceSessionId? Session { get; init; }

    /// <summary>The rights request or case it belongs to; kept in the entry's erasable details.</summary>
    public string? Ticket { get; init; }

    /// <summary>Where a record of another system comes from; makes handing it in again harmless.</summary>
    public SourceNamed? Source { get; init; }

    /// <summary>Item key → value: text, or JSON for structured kinds.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Items { get; init; }

    public IReadOnlyList<ConsentSaid>? Consents { get; init; }

    /// <summary>Evidence of the submission as a whole, by kind (<c>form-number</c>, <c>recording</c> …).</summary>
    public IReadOnlyDictionary<string, string>? Evidence { get; init; }

    /// <summary>Item key → record type, where an item fits several records of the form.</summary>
    public IReadOnlyDictionary<string, string>? Records { get; init; }

    public IReadOnlyList<RelationNamed>? Relations { get; init; }
}

/// <summary>The notice the person was shown.</summary>
internal sealed record NoticeShown(string? Key, int? Version);

/// <param name="Record">The other system's key of the record, column by column. Only a keyed digest is kept: it may be personal.</param>
internal sealed record SourceNamed(string? System, IReadOnlyList<string>? Record);

/// <summary>How this customer stands to another one that is on file.</summary>
internal sealed record RelationNamed(string? Kind, string? Customer);

/// <summary>What the person said about one purpose.</summary>
internal sealed record ConsentSaid
{
    public string? Purpose { get; init; }

    /// <summary><c>given</c> (the default) or <c>refused</c>.</summary>
    public string? State { get; init; }

    /// <summary><c>written</c>, <c>e-signed</c>, <c>ticked</c>, <c>recorded-voice</c> or <c>guardian</c>.</summary>
    public string? Form { get; init; }

    /// <summary>Asked on its own, for <see cref="Items"/> (PIPL 29).</summary>
    public bool Separate { get; init; }

    public IReadOnlyList<string>? Items { get; init; }

    public EvidenceSaid? Evidence { get; init; }

    /// <summary>UTC milliseconds at which it was said; now when absent.</summary>
    public long? At { get; init; }

    /// <summary>UTC milliseconds at which a given consent ends.</summary>
    public long? Until { get; init; }

    /// <summary>A box that was ticked before the person saw it is no consent (R26).</summary>
    public bool Prechecked { get; init; }

    /// <summary>One consent to several purposes is bundled, and refused (R26).</summary>
    public IReadOnlyList<string>? Purposes { get; init; }
}

/// <param name="Kind"><c>tick</c>, <c>signature</c>, <c>document</c> or <c>recording</c>.</param>
/// <param name="Reference">Number of the recording, document or event; kept sealed.</param>
internal sealed record EvidenceSaid(string? Kind, string? Reference);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(Submission))]
internal sealed partial class SubmissionJson : JsonSerializerContext;
