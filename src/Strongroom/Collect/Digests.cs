using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Collect.Notices;
using Strongroom.Ground.Json;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect;

/// <summary>Digests that approvals are bound to: SHA-256 over the RFC 8785 form of what is to be published.</summary>
internal static class Digests
{
    public static string Of(FormDefinition form, long version) => Of(Text(form, version));

    public static string Of(NoticeText text, NoticeParty party) => Of(Text(text, party));

    /// <summary>What the approver of a form reads, and what is hashed.</summary>
    public static string Text(FormDefinition form, long version) => Text(new { type = "form", version, form });

    /// <summary>What the approver of a notice reads, and what is hashed.</summary>
    public static string Text(NoticeText text, NoticeParty party) => Text(new { type = "notice", text, party });

    private static string Text<T>(T content) => CanonicalJson.ToText(JsonSerializer.SerializeToElement(content, ControlRows.Json));

    private static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
