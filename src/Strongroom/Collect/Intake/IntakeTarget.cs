using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;

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
    /// <param name="Return">Joins, revives or joins restricted.</param>
    public sealed record OnFile(CustomerSnapshot Customer, bool Named, Return Return = Return.Joins) : IntakeTarget;

    public sealed record Known(CustomerId Customer, RecordId Record) : IntakeTarget;

    public sealed record Refused(Spine.Access.Reason Reason) : IntakeTarget;
}

/// <summary>
/// Finds whom a submission belongs to, within its legal entity: by the document alone. A phone, an e-mail or a name never decides it (domain.md, third rule).
/// </summary>
internal sealed class IntakeMatching(Database database, ICustomers customers, IMatching matching, IntakeSeals seals, StoreAlarms alarms)
{
    private readonly WorkLane<Unmatched, bool> looks = new(async asked => (await database.AskAsync(batch => matching.AskNew(batch, asked)))(), max: 256);

    /// <summary>Submissions that wait together look together; who is on file, or was named, is then read by himself, in one instant.</summary>
    public async Task<IntakeTarget> FindAsync(SubmissionPlan plan, EntityId entity, NewSource? source, IReadOnlyList<NewClaim> claims, CancellationToken ct)
    {
        if (plan.Subject is null && await looks.RunAsync(new Unmatched(entity, claims, source), ct))
        {
            return new IntakeTarget.Fresh(MayClaim: true);
        }

        var faults = new List<FaultFound>();
        var target = await database.ReadAsync(tx => FindAsync(tx, plan, entity, source, claims, faults), ct);
        if (target is IntakeTarget.OnFile { Named: false } found && !await HoldsAsync(found.Customer, plan, ct))
        {
            faults.Add(new FaultFound(Fault.Claim, found.Customer.Id, Record: null));
            target = new IntakeTarget.Fresh(MayClaim: false);
        }

        await alarms.RaiseAsync(faults, ct);
        return target;
    }

    /// <summary>
    /// Whether he has one of these documents now. His claim may be a genuine one of before, put back after the document was corrected away:
    /// its MAC is right and it names him (decision 0026).
    /// </summary>
    private async Task<bool> HoldsAsync(CustomerSnapshot customer, SubmissionPlan plan, CancellationToken ct) =>
        (await seals.SameAsync(customer, [.. IntakeSealing.Clear(plan, plan.Values).Where(value => value.Spec.Identifies)], ct)).Count > 0;

    private async Task<IntakeTarget> FindAsync(
        Tx tx, SubmissionPlan plan, EntityId entity, NewSource? source, IReadOnlyList<NewClaim> claims, List<FaultFound> faults)
    {
        faults.Clear();
        if (source is not null && await customers.FindSourceAsync(tx, source) is { } known)
        {
            if (known.IsSound)
            {
                return new IntakeTarget.Known(known.Customer, known.Record);
            }

            faults.Add(new FaultFound(Fault.Source, known.Customer, known.Record));
            return new IntakeTarget.Refused(Spine.Access.Reasons.ItemDamaged);
        }

        var match = await matching.ByIdentityAsync(tx, entity, claims);
        if (match is MatchOutcome.Altered altered)
        {
            faults.AddRange(altered.Faults);
        }

        if (plan.Subject is { } subject)
        {
            return await NamedAsync(tx, subject, plan.Kind, entity);
        }

        switch (match)
        {
            case MatchOutcome.Ambiguous:
                return new IntakeTarget.Refused(Spine.Access.Reasons.CustomerAmbiguous);
            case MatchOutcome.Altered:
                return new IntakeTarget.Fresh(MayClaim: false);
            case MatchOutcome.One one:
                var found = await customers.ReadAsync(tx, one.Customer, ReadScope.Everything);

                if (found is null)
                {
                    return new IntakeTarget.Fresh(MayClaim: false);
                }

                var returns = ReturnRules.Of(found.State, isSound: found.Faults.Count == 0 && found.Entity == entity && found.Kind == plan.Kind);
                return returns == Return.Apart ? new IntakeTarget.Fresh(MayClaim: false) : new IntakeTarget.OnFile(found, Named: false, returns);
            default:
                return new IntakeTarget.Fresh(MayClaim: true);
        }
    }

    /// <summary>The statements that the rules still accept of this customer; an objection is not undone by having read a notice.</summary>
    /// <param name="before">Null: somebody new.</param>
    public static IReadOnlyList<TakenConsent> Acceptable(IReadOnlyList<TakenConsent> said, CustomerSnapshot? before)
    {
        var current = before?.Consents.ToDictionary() ?? [];
        var state = before?.State ?? LifeState.Active;
        var accepted = new List<TakenConsent>();
        foreach (var consent in said)
        {
            if (!ReturnRules.Counts(state, current.GetValueOrDefault(consent.Event.Purpose), consent.Event, consent.Reference is not null))
            {
                continue;
            }

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

    /// <summary>
    /// A caller whom the one decision grants the act (<see cref="IntakeGate"/>) may name an active customer of the submission's entity.
    /// Whoever cannot be named, for whatever reason, is unknown: restricted, archived and another company's alike.
    /// </summary>
    private async Task<IntakeTarget> NamedAsync(Tx tx, CustomerId subject, CustomerKind kind, EntityId entity)
    {
        var named = await customers.ReadAsync(tx, subject, ReadScope.Everything);
        return named is { MergedInto: null, State: LifeState.Active, Faults.Count: 0 } && named.Entity == entity && named.Kind == kind
            ? new IntakeTarget.OnFile(named, Named: true)
            : new IntakeTarget.Refused(Spine.Access.Reasons.CustomerUnknown);
    }
}
