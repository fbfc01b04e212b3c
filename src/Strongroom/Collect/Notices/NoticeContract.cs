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

/// <summary>A version as it was handed in, for whoever writes the next one: the words piece by piece, with their braces, and who is named in them.</summary>
/// <param name="Author">Who wrote the draft; null: it came with the installation.</param>
internal sealed record NoticeTextView(
    NoticeKey Key,
    int Version,
    bool Published,
    PersonId? Author,
    DateOnly Date,
    IReadOnlyList<PurposeKey> Purposes,
    IReadOnlyList<ItemKey> Items,
    NoticeWords Zh,
    NoticeWords En,
    NoticeParty Party,
    string Digest)
{
    public static NoticeTextView Of(NoticeContent notice) => new(
        notice.Text.Key, notice.Text.Version, notice.Published, notice.Author, notice.Text.Date, notice.Text.Purposes, notice.Text.Items, notice.Text.Zh, notice.Text.En,
        notice.Party, notice.Digest);
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
[JsonSerializable(typeof(NoticeRecipient[]))]
internal sealed partial class NoticeJson : JsonSerializerContext;
