using Strongroom.Ground;
using Strongroom.Store.Consent;

namespace Strongroom.Store.Customers;

/// <summary>How a submission is taken in whose document belongs to somebody on file.</summary>
internal enum Return
{
    /// <summary>Into the customer on file.</summary>
    Joins,

    /// <summary>He is archived and has made a new contract: he becomes active, what was on file stays archived and is not looked at (PIPL 47).</summary>
    Revives,

    /// <summary>He is restricted: the record is taken in and the restriction holds for it too.</summary>
    JoinsRestricted,

    /// <summary>The row cannot be relied on: the submission stands for itself, without the document's claim, and a person compares the two.</summary>
    Apart,
}

/// <summary>
/// What a submission may change of a customer who was recognised by his document (domain.md, third rule; R19, R24, R119). Whoever
/// handed it in learns none of this: the answer has the same form for everybody. Pure and total.
/// </summary>
internal static class ReturnRules
{
    /// <param name="state">As it is on file.</param>
    /// <param name="isSound">His rows are authentic, and of the legal entity and kind of the submission.</param>
    public static Return Of(LifeState state, bool isSound) => (isSound, state) switch
    {
        (true, LifeState.Active) => Return.Joins,
        (true, LifeState.Archived) => Return.Revives,
        (true, LifeState.Restricted) => Return.JoinsRestricted,
        _ => Return.Apart,
    };

    /// <summary>
    /// Whether a statement of the submission counts for him; what does not count leaves the consent as it is. A restricted customer's
    /// consents only ever narrow. A refusal or withdrawal is lifted only by a consent that was expressed after it and names its
    /// evidence. Beyond that <see cref="ConsentRules.Apply"/> decides.
    /// </summary>
    /// <param name="before">What stands now, null when nothing does.</param>
    /// <param name="hasEvidence">The statement names a signature, tick or recording.</param>
    public static bool Counts(LifeState state, ConsentNow? before, ConsentEvent said, bool hasEvidence)
    {
        var narrows = said.Kind is ConsentEventKind.Refuse or ConsentEventKind.Withdraw;
        if (state != LifeState.Active && state != LifeState.Archived)
        {
            return narrows && state == LifeState.Restricted;
        }

        return narrows || before?.State is not (ConsentState.Refused or ConsentState.Withdrawn) || (hasEvidence && said.At > before.At);
    }
}
