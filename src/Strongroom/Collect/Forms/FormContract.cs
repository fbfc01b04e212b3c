using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Forms;

/// <summary>A draft as it is handed in.</summary>
internal sealed record FormAsk(
    Bilingual Title,
    CollectChannel Channel,
    IReadOnlyList<RecordTypeKey> Records,
    IReadOnlyList<PurposeKey> Purposes,
    NoticeKey Notice,
    IReadOnlyList<FormItemAsk> Items,
    IReadOnlyList<FormConsentAsk>? Consents = null,
    IReadOnlyList<FormEvidence>? Evidence = null);

internal sealed record FormItemAsk(ItemKey Item, bool Required = false, string? OneOf = null, InputBy By = InputBy.Typed);

/// <param name="Prechecked">Ticked before the customer sees it: refused (R26).</param>
/// <param name="Purposes">Several purposes in one consent: refused (R26).</param>
internal sealed record FormConsentAsk(
    ConsentForm Form,
    PurposeKey? Purpose = null,
    bool Separate = false,
    IReadOnlyList<ItemKey>? Items = null,
    bool Prechecked = false,
    IReadOnlyList<PurposeKey>? Purposes = null);

internal sealed record PublishAsk(ApprovalId Approval);

/// <summary>A form as it is shown: the version that takes information in, and the draft on its way.</summary>
internal sealed record FormView(
    FormKey Key,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FormVersion? Open,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FormVersion? Draft)
{
    public static FormView Of(FormContent content) => new((content.Open ?? content.Draft)!.Form.Key, content.Open, content.Draft);
}

internal sealed record FormsView(IReadOnlyList<FormView> Forms);

[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(FormAsk))]
[JsonSerializable(typeof(PublishAsk))]
internal sealed partial class FormJson : JsonSerializerContext;
