using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Store.Consent;

/// <summary>What happened to a consent. Expiry is no event: it is computed from <see cref="ConsentNow.Until"/> at every read.</summary>
[JsonConverter(typeof(KebabEnum<ConsentEventKind>))]
internal enum ConsentEventKind
{
    Ask,
    Give,
    GiveSeparately,
    Refuse,
    Withdraw,
    Supersede,
    Acknowledge,
}

/// <summary>One event on one purpose of one customer.</summary>
/// <param name="At">UTC milliseconds at which the customer expressed it, not at which it arrived.</param>
internal sealed record ConsentEvent(
    PurposeKey Purpose,
    ConsentEventKind Kind,
    long At,
    ConsentId Id,
    ConsentForm? Form = null,
    long? Until = null,
    NoticeKey? Notice = null,
    int NoticeVersion = 0);

internal abstract record ConsentStep
{
    private ConsentStep()
    {
    }

    /// <summary>The event counts: this is the new state.</summary>
    public sealed record Moved(ConsentNow Now) : ConsentStep;

    /// <summary>The event changes nothing, and saying it again is no mistake (withdrawing twice).</summary>
    public sealed record Unchanged(ConsentNow Now) : ConsentStep;

    /// <summary>The event is not allowed here. Codes: <c>consent.older</c>, <c>consent.not-asked-again</c>, <c>consent.already-given</c>,
    /// <c>consent.not-withdrawable</c>, <c>consent.objected</c>, <c>consent.form-missing</c>.</summary>
    public sealed record Refused(string Code) : ConsentStep;
}

/// <summary>The life of a consent (domain.md §8; PIPL 14–16, 29; R23, R24). Pure and total.</summary>
internal static class ConsentRules
{
    /// <summary>State as it counts at <paramref name="nowMs"/>: a given consent whose term has passed is expired, to the millisecond.</summary>
    public static ConsentNow At(ConsentNow consent, long nowMs) =>
        consent.IsGiven && consent.Until is { } until && nowMs >= until ? consent with { State = ConsentState.Expired } : consent;

    public static ConsentStep Apply(ConsentNow? stored, ConsentEvent happened)
    {
        // The term ran out before this event was expressed: the event meets an expired consent.
        var before = stored is null ? null : At(stored, happened.At);
        if (before is not null && happened.At < before.At)
        {
            // A late import must not bring back what the customer has changed since.
            return new ConsentStep.Refused("consent.older");
        }

        return happened.Kind switch
        {
            ConsentEventKind.Ask => Ask(before, happened),
            ConsentEventKind.Give => Give(before, happened, separate: false),
            ConsentEventKind.GiveSeparately => Give(before, happened, separate: true),
            ConsentEventKind.Refuse => Refuse(before, happened),
            ConsentEventKind.Withdraw => Withdraw(before, happened),
            ConsentEventKind.Supersede => Supersede(before, happened),
            ConsentEventKind.Acknowledge => Acknowledge(before, happened),
            _ => new ConsentStep.Refused("consent.older"),
        };
    }

    /// <summary>Which of two customers' consents counts when they are one person: what was said last, and at the same instant the stricter.</summary>
    public static ConsentNow Later(ConsentNow a, ConsentNow b) =>
        a.At != b.At ? (a.At > b.At ? a : b) : a.IsGiven ? b : a;

    private static ConsentStep Ask(ConsentNow? before, ConsentEvent happened) => before?.State switch
    {
        // Refused keeps the service and is not asked again (R26); a withdrawal is a refusal given later.
        ConsentState.Refused or ConsentState.Withdrawn => new ConsentStep.Refused("consent.not-asked-again"),
        ConsentState.Given or ConsentState.SeparateGiven => new ConsentStep.Refused("consent.already-given"),
        _ => Moved(happened, ConsentState.Asked),
    };

    private static ConsentStep Give(ConsentNow? before, ConsentEvent happened, bool separate)
    {
        if (happened.Form is null)
        {
            return new ConsentStep.Refused("consent.form-missing");
        }

        // A bundled consent to the same notice does not take away the separate one that the customer gave to it.
        var keepsSeparate = before?.State == ConsentState.SeparateGiven
            && before.Notice == happened.Notice && before.NoticeVersion == happened.NoticeVersion;
        return separate || !keepsSeparate
            ? Moved(happened, separate ? ConsentState.SeparateGiven : ConsentState.Given)
            : new ConsentStep.Unchanged(before!);
    }

    private static ConsentStep Refuse(ConsentNow? before, ConsentEvent happened) => before?.State switch
    {
        ConsentState.Given or ConsentState.SeparateGiven => Moved(happened, ConsentState.Withdrawn),
        ConsentState.Refused or ConsentState.Withdrawn => new ConsentStep.Unchanged(before),
        _ => Moved(happened, ConsentState.Refused),
    };

    private static ConsentStep Withdraw(ConsentNow? before, ConsentEvent happened) => before?.State switch
    {
        // Nothing was given that could be withdrawn: the basis is a duty or a contract, and the customer is told what stays and why.
        ConsentState.Acknowledged => new ConsentStep.Refused("consent.not-withdrawable"),
        ConsentState.Refused or ConsentState.Withdrawn => new ConsentStep.Unchanged(before),
        _ => Moved(happened, ConsentState.Withdrawn),
    };

    private static ConsentStep Supersede(ConsentNow? before, ConsentEvent happened) => before?.State switch
    {
        ConsentState.Asked or ConsentState.Given or ConsentState.SeparateGiven or ConsentState.Expired or ConsentState.Acknowledged =>
            Moved(happened, ConsentState.Superseded),
        null => new ConsentStep.Refused("consent.older"),
        _ => new ConsentStep.Unchanged(before),
    };

    private static ConsentStep Acknowledge(ConsentNow? before, ConsentEvent happened) => before?.State switch
    {
        // Having read a notice is not consent and does not lift an objection; a given consent is worth more and stays.
        ConsentState.Refused or ConsentState.Withdrawn => new ConsentStep.Refused("consent.objected"),
        ConsentState.Given or ConsentState.SeparateGiven => new ConsentStep.Unchanged(before),
        _ => Moved(happened, ConsentState.Acknowledged),
    };

    private static ConsentStep.Moved Moved(ConsentEvent happened, ConsentState state) => new(new ConsentNow(
        happened.Purpose,
        state,
        happened.At,
        state is ConsentState.Given or ConsentState.SeparateGiven ? happened.Until : null,
        happened.Form,
        happened.Notice,
        happened.NoticeVersion,
        happened.Id));
}
