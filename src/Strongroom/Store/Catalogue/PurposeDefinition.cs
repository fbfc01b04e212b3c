using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>Where a rule comes from: law, article and the date of the version that was read (numbering moves).</summary>
internal sealed record LawSource(Bilingual Law, string Article, DateOnly Version, bool ToConfirm);

/// <summary>Why information may be used (R1, R3).</summary>
/// <param name="Bases">PIPL 13(1)–(7); where there are several, <paramref name="BasisNote"/> says which applies when.</param>
/// <param name="AlsoConsent">A company rule asks for consent on top of a legal basis.</param>
/// <param name="ConsentForms">How that consent may be expressed; empty where none is asked.</param>
/// <param name="SeparateConsent">Sensitive items used for it need a consent of their own where consent is the basis (PIPL 29).</param>
/// <param name="NeverClear">Masked or de-identified values only.</param>
/// <param name="DutyItems">What a legal duty keeps by itself; every other item leaves on its own term.</param>
/// <param name="Retain">One term per event; the event that happens to the record decides.</param>
internal sealed record PurposeDefinition(
    PurposeKey Key,
    Bilingual Title,
    Listed<LegalBasis> Bases,
    Bilingual? BasisNote,
    Listed<LawSource> Sources,
    Listed<RetentionTerm> Retain,
    bool AlsoConsent,
    Listed<ConsentForm> ConsentForms,
    bool SeparateConsent,
    bool NeverClear,
    Listed<ItemKey> DutyItems,
    bool ToConfirm)
{
    /// <summary>Consent is the only basis: the customer may refuse and keep the service (PIPL 16).</summary>
    public bool RestsOnConsent => Bases is [LegalBasis.Consent];

    public bool IsLegalDuty => Bases.Contains(LegalBasis.LegalDuty);

    /// <summary>A form for this purpose must ask for consent, by law or by company rule.</summary>
    public bool AsksConsent => RestsOnConsent || AlsoConsent;
}

/// <summary>The names packs and mappings use for the bases: <c>pipl-13-1-2</c> is PIPL article 13, paragraph 1, item 2.</summary>
internal static class BasisCodes
{
    private const string Prefix = "pipl-13-1-";

    public static string Of(LegalBasis basis) => Prefix + (char)('1' + (int)basis);

    public static bool TryParse(string? code, out LegalBasis basis)
    {
        var known = code is { Length: 11 } && code.StartsWith(Prefix, StringComparison.Ordinal) && code[^1] is >= '1' and <= '7';
        basis = known ? (LegalBasis)(code![^1] - '1') : default;
        return known;
    }
}
