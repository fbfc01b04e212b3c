using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;

namespace Strongroom.Collect.Intake;

/// <summary>Whom a submission belongs to.</summary>
internal abstract record IntakeTarget
{
    private IntakeTarget()
    {
    }

    /// <summary>Somebody who is not on file.</summary>
    /// <param name="MayClaim">False when the document belongs to somebody the submission must not touch: a person compares the two.</param>
    public sealed record Fresh(bool MayClaim) : IntakeTarget;

    /// <summary>A customer on file.</summary>
    /// <param name="Named">The caller named and serves him; else he was recognised by his document alone.</param>
    public sealed record OnFile(CustomerSnapshot Customer, bool Named) : IntakeTarget;

    public sealed record Known(CustomerId Customer, RecordId Record) : IntakeTarget;

    public sealed record Refused(Spine.Access.Reason Reason) : IntakeTarget;
}

/// <summary>
/// Finds whom a submission belongs to: by the document alone. A phone, an e-mail or a name never decides it (domain.md, third rule).
/// </summary>
internal sealed class IntakeMatching(ICustomers customers, IMatching matching)
{
    public async Task<IntakeTarget> FindAsync(Tx tx, SubmissionPlan plan, EntityId entity, NewSource? source, IReadOnlyList<NewClaim> claims)
    {
        if (source is not null && await customers.FindSourceAsync(tx, source) is { } known)
        {
            return new IntakeTarget.Known(known.Customer, known.Record);
        }

        var match = claims.Count == 0 ? new MatchOutcome.Nobody() : await matching.ByIdentityAsync(tx, claims);
        if (plan.Subject is { } subject)
        {
            return await NamedAsync(tx, subject, plan.Kind, entity);
        }

        switch (match)
        {
            case MatchOutcome.Ambiguous:
                return new IntakeTarget.Refused(Spine.Access.Reasons.CustomerAmbiguous);
            case MatchOutcome.One one:
                var found = await customers.ReadAsync(tx, one.Customer, ReadScope.Everything);

                // A restricted or altered row takes nothing in. Saying so would tell that he is a customer, so the submission stands
                // for itself and the two are put side by side for a person.
                return found is { State: LifeState.Active or LifeState.Archived, Faults.Count: 0 } && found.Kind == plan.Kind
                    ? new IntakeTarget.OnFile(found, Named: false)
                    : new IntakeTarget.Fresh(MayClaim: false);
            default:
                return new IntakeTarget.Fresh(MayClaim: true);
        }
    }

    /// <summary>The statements that the rules still accept of this customer; an objection is not undone by having read a notice.</summary>
    public static IReadOnlyList<TakenConsent> Acceptable(IReadOnlyList<TakenConsent> said, IReadOnlyDictionary<PurposeKey, ConsentNow>? before)
    {
        var current = before?.ToDictionary() ?? [];
        var accepted = new List<TakenConsent>();
        foreach (var consent in said)
        {
            switch (ConsentRules.Apply(current.GetValueOrDefault(consent.Event.Purpose), consent.Event))
            {
                case ConsentStep.Moved moved:
                    current[consent.Event.Purpose] = moved.Now;
                    accepted.Add(consent);
                    break;
                case ConsentStep.Unchanged:
                    accepted.Add(consent);
                    break;
                default:
                    break;
            }
        }

        return accepted;
    }

    private async Task<IntakeTarget> NamedAsync(Tx tx, CustomerId subject, CustomerKind kind, EntityId entity)
    {
        var named = await customers.ReadAsync(tx, subject, ReadScope.Everything);
        if (named is null || named.MergedInto is not null || named.Entity != entity || named.Kind != kind || named.Faults.Count > 0)
        {
            return new IntakeTarget.Refused(Spine.Access.Reasons.CustomerUnknown);
        }

        return named.State == LifeState.Restricted
            ? new IntakeTarget.Refused(Spine.Access.Reasons.CustomerRestricted)
            : new IntakeTarget.OnFile(named, Named: true);
    }
}
