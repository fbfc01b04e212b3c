using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Forms;

/// <summary>Where a form's version stands (R20, R21).</summary>
[JsonConverter(typeof(KebabEnum<FormState>))]
internal enum FormState
{
    Draft,

    /// <summary>A second person has looked at it for compliance; it still takes nothing in.</summary>
    Reviewed,

    /// <summary>Approved and published.</summary>
    Open,
}

/// <summary>One version of a form.</summary>
/// <param name="Version">From 1; a changed form is a new version and needs a new approval.</param>
/// <param name="Digest">SHA-256 (hex) of the canonical content, to which the approval is bound.</param>
/// <param name="At">UTC milliseconds of the last step.</param>
internal sealed record FormVersion(
    long Version,
    FormDefinition Form,
    FormState State,
    string Digest,
    PersonId? Author,
    PersonId? Reviewer,
    ApprovalId? Approval,
    long At);

/// <summary>A form; a control row. The open version stays in use while a new draft goes its way.</summary>
internal sealed record FormContent(FormVersion? Open, FormVersion? Draft)
{
    /// <summary>Kind of the control row.</summary>
    public const string RowKind = "form";

    [JsonIgnore]
    public long LastVersion => Math.Max(Open?.Version ?? 0, Draft?.Version ?? 0);
}
