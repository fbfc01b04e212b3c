using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>How the second person takes part (domain.md §4).</summary>
internal enum VaultMode
{
    Remote,
    OnSite,
    WorkOrder,
    CustomerOtp,
    Emergency,
}

/// <summary>Who may be the second person.</summary>
internal enum CoOperator
{
    ShiftLead,
    DataOwner,
    ListOwner,
    OperationsLead,
    Security,
    Dpo,
    Legal,
}

/// <summary>How long and how often an approval holds: a term, a number of uses, or to the end of the job.</summary>
internal sealed record SceneValidity(Term? Term, int? Uses, bool Job);

/// <summary>What one approval covers at most; the text says it where a number does not.</summary>
internal sealed record SceneLimit(int? Customers, Bilingual? Text);

/// <summary>An act that takes two people (R41).</summary>
/// <param name="Modes">In order of preference; a mode that cannot be had falls to the next, never to "allow".</param>
/// <param name="All">Every kind of co-operator listed must approve, not one of them.</param>
/// <param name="OtherUnit">One of them stands outside the applicant's unit.</param>
/// <param name="ReviewWithin">Only for the emergency mode: review due in this time, else the next use is blocked.</param>
internal sealed record SceneDefinition(
    string Key,
    Bilingual Title,
    Listed<VaultMode> Modes,
    Listed<CoOperator> CoOperators,
    bool All,
    bool OtherUnit,
    bool Booked,
    SceneValidity Validity,
    SceneLimit Limit,
    Term? ReviewWithin);

/// <summary>Customers per operation, or per person and day outside a service session: warn, then vault (法释〔2017〕10号 art. 5, halved for staff).</summary>
internal sealed record VolumeThreshold(int Volume, int Warn, Bilingual Title);
