using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Ground;

/// <summary>Writes an enum in kebab-case and refuses numbers.</summary>
public sealed class KebabEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Kebab-case names of enum members outside JSON: columns, log headers, packs.</summary>
public static class Kebab
{
    public static string Of<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    public static bool TryParse<T>(string? text, out T value) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (string.Equals(Of(candidate), text, StringComparison.Ordinal))
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <exception cref="FormatException">The stored name is not a member: the row was altered or is newer than this program.</exception>
    public static T Parse<T>(string text) where T : struct, Enum =>
        TryParse<T>(text, out var value) ? value : throw new FormatException($"Not a {typeof(T).Name}.");
}

/// <summary>Protection level of an item (R15): 4 极敏感 · 3 敏感 · 2 较敏感 · 1 低敏感. In JSON a number.</summary>
public enum Level
{
    Low = 1,
    Moderate = 2,
    Sensitive = 3,
    Critical = 4,
}

/// <summary>Category of an item (R14).</summary>
[JsonConverter(typeof(KebabEnum<Category>))]
public enum Category
{
    Identity,
    Contact,
    Transaction,
    Preference,
    Behaviour,
    Feedback,
    Authentication,
    ServiceContent,
    ServiceRelated,
}

/// <summary>Special mark of an item (R16): sensitive by PIPL 28, or marked by house rule 单独标识.</summary>
[JsonConverter(typeof(KebabEnum<Mark>))]
public enum Mark
{
    None,
    House,
    Sensitive,
}

/// <summary>What an actor does to customer information; every access is one of these.</summary>
[JsonConverter(typeof(KebabEnum<Act>))]
public enum Act
{
    View,
    Find,
    Add,
    Import,
    Correct,
    Contact,
    Compare,
    Export,
    Print,
    Transfer,
    Share,
    Destroy,
    Administer,

    /// <summary>Records what the customer agreed to or refused, besides a submission.</summary>
    Consent,

    /// <summary>Records that the customer takes a consent back: never harder than giving it (PIPL 15).</summary>
    Withdraw,

    /// <summary>Reads the receipts of what the customer agreed to.</summary>
    Receipts,
}

/// <summary>The overall answer of the one decision. Ordered: a later member outranks an earlier one.</summary>
[JsonConverter(typeof(KebabEnum<Verdict>))]
public enum Verdict
{
    Permit = 0,
    Needs = 1,
    Deny = 2,
}

/// <summary>How one item leaves the decision. Ordered from most to least shown.</summary>
[JsonConverter(typeof(KebabEnum<Shown>))]
public enum Shown
{
    Clear = 0,
    Masked = 1,
    Withheld = 2,
}

/// <summary>Life state of a customer or record (R119). Archived opens only to a legal duty and the items it names.</summary>
[JsonConverter(typeof(KebabEnum<LifeState>))]
public enum LifeState
{
    Active,
    Restricted,
    Archived,
    Destroyed,
}

/// <summary>State of one consent (PIPL 14–16; domain.md §8).</summary>
[JsonConverter(typeof(KebabEnum<ConsentState>))]
public enum ConsentState
{
    Asked,
    Given,
    SeparateGiven,
    Refused,
    Withdrawn,
    Expired,
    Superseded,
    Acknowledged,
}

/// <summary>How consent was expressed.</summary>
[JsonConverter(typeof(KebabEnum<ConsentForm>))]
public enum ConsentForm
{
    Written,
    ESigned,
    Ticked,
    RecordedVoice,
    Guardian,
}

/// <summary>Legal basis: PIPL 13(1)–(7). China knows no legitimate interests; a GDPR pack adds its own list.</summary>
[JsonConverter(typeof(KebabEnum<LegalBasis>))]
public enum LegalBasis
{
    /// <summary>PIPL 13(1).</summary>
    Consent,

    /// <summary>PIPL 13(2).</summary>
    Contract,

    /// <summary>PIPL 13(3).</summary>
    LegalDuty,

    /// <summary>PIPL 13(4): public health emergency, or life, health and property in an emergency.</summary>
    VitalInterest,

    /// <summary>PIPL 13(5).</summary>
    NewsReporting,

    /// <summary>PIPL 13(6): disclosed by the person or lawfully public.</summary>
    AlreadyPublic,

    /// <summary>PIPL 13(7): other cases in laws and regulations; anonymised statistics stand here.</summary>
    OtherLaw,
}

/// <summary>A customer is a person or an organisation.</summary>
[JsonConverter(typeof(KebabEnum<CustomerKind>))]
public enum CustomerKind
{
    Person,
    Organisation,
}
