using System.Security.Cryptography;
using System.Text.Json;
using Strongroom.Collect.Notices;
using Strongroom.Ground.Json;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect;

/// <summary>Digests that approvals are bound to: SHA-256 over the RFC 8785 form of what is to be published.</summary>
internal static class Digests
{
    public static string Of(FormDefinition form, long version) => Of(new { type = "form", version, form });

    public static string Of(NoticeText text, NoticeParty party) => Of(new { type = "notice", text, party });

    private static string Of<T>(T content) =>
        Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.ToBytes(JsonSerializer.SerializeToElement(content, ControlRows.Json))));
}
