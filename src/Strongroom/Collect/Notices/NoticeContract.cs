using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Notices;

/// <summary>A draft of a notice as it is handed in.</summary>
internal sealed record NoticeAsk(
    DateOnly Date,
    IReadOnlyList<PurposeKey> Purposes,
    IReadOnlyList<ItemKey> Items,
    NoticeWords Zh,
    NoticeWords En,
    NoticeParty Party);

internal sealed record NoticePublishAsk(ApprovalId Approval);

/// <summary>A notice as a person reads it: the exact words of this version, in both languages.</summary>
internal sealed record NoticeView(
    NoticeKey Key,
    int Version,
    DateOnly Date,
    bool Published,
    string Zh,
    string En,
    IReadOnlyList<PurposeKey> Purposes,
    IReadOnlyList<ItemKey> Items,
    string Digest)
{
    public static NoticeView Of(NoticeContent notice) => new(
        notice.Text.Key, notice.Text.Version, notice.Text.Date, notice.Published, notice.Words("zh"), notice.Words("en"),
        notice.Text.Purposes, notice.Text.Items, notice.Digest);
}

[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(NoticeAsk))]
[JsonSerializable(typeof(NoticePublishAsk))]
internal sealed partial class NoticeJson : JsonSerializerContext;
