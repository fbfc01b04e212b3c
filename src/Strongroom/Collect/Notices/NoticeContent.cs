using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Notices;

/// <summary>The particulars that fill a notice's braces (PIPL 17): who the handler is and how to reach it.</summary>
internal sealed record NoticeParty(string Handler, string Contact, string Officer);

/// <summary>
/// One version of a notice (R22); a control row of its own, so that consent to an old version keeps pointing at its words. With the party
/// in the row, the exact words a person saw can be made again at any time.
/// </summary>
/// <param name="Published">Once true the row never changes again.</param>
/// <param name="Digest">SHA-256 (hex) of the canonical content, to which the approval is bound.</param>
internal sealed record NoticeContent(
    NoticeText Text,
    NoticeParty Party,
    bool Published,
    string Digest,
    PersonId? Author,
    long At,
    ApprovalId? Approval)
{
    /// <summary>Kind of the control row.</summary>
    public const string RowKind = "notice";

    public static string RowName(NoticeKey key, int version) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{key.Value}/{version}");

    /// <summary>The words in order, as a person reads them.</summary>
    public string Words(string? locale) => Text.Render(locale, Party.Handler, Party.Contact, Party.Officer);
}
