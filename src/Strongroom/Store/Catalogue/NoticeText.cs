using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>Someone who receives the information (PIPL 23): name, contact, purpose, method, kinds.</summary>
internal sealed record NoticeRecipient(string Name, string Contact, string Purpose, string Method, string Kinds);

/// <summary>One language of a notice. Fields follow PIPL 17; 30 necessity and impact, 31 guardian, 23 recipients, 39 overseas.</summary>
internal sealed record NoticeWords(
    string Title,
    string Handler,
    string Contact,
    string Purposes,
    string Methods,
    string Kinds,
    string Retention,
    string Rights,
    string Refusal,
    string? Necessity,
    string? Impact,
    string? Guardian,
    string? Overseas,
    Listed<NoticeRecipient> Recipients);

/// <summary>One version of a notice (R22). A published version never changes; <paramref name="Version"/> counts from 1.</summary>
/// <param name="Items">The kinds it announces: a form may hold no others.</param>
internal sealed record NoticeText(
    NoticeKey Key,
    int Version,
    DateOnly Date,
    Listed<PurposeKey> Purposes,
    Listed<ItemKey> Items,
    NoticeWords Zh,
    NoticeWords En)
{
    /// <summary>Filled in for the legal entity when the notice is published; any other brace is a mistake in the pack.</summary>
    public static readonly Listed<string> Placeholders = ["{handler}", "{contact}", "{officer}"];

    /// <summary>The words a person reads, in order, with the legal entity's particulars in place.</summary>
    /// <param name="locale">Chinese unless it starts with "en".</param>
    public string Render(string? locale, string handler, string contact, string officer)
    {
        var words = locale is not null && locale.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? En : Zh;
        IEnumerable<string?> lines =
        [
            words.Title, words.Handler, words.Contact, words.Purposes, words.Methods, words.Kinds, words.Retention, words.Rights,
            .. words.Recipients.Select(to => string.Join(" · ", to.Name, to.Contact, to.Purpose, to.Method, to.Kinds)),
            words.Necessity, words.Impact, words.Guardian, words.Overseas, words.Refusal,
        ];
        return string.Join('\n', lines.Where(line => line is not null).Select(line => Fill(line!, handler, contact, officer)));
    }

    // One pass: particulars that contain a brace are text, never a placeholder again.
    private static string Fill(string line, string handler, string contact, string officer) =>
        string.Concat(line.Split('{').Select((piece, i) =>
            i == 0 ? piece
            : piece.StartsWith("handler}", StringComparison.Ordinal) ? handler + piece["handler}".Length..]
            : piece.StartsWith("contact}", StringComparison.Ordinal) ? contact + piece["contact}".Length..]
            : piece.StartsWith("officer}", StringComparison.Ordinal) ? officer + piece["officer}".Length..]
            : "{" + piece));
}
