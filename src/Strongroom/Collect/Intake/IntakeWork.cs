using Strongroom.Collect.Channels;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;
using Strongroom.Store.Search;

namespace Strongroom.Collect.Intake;

/// <summary>Everything one submission writes, sealed and ready, so that the transaction is nothing but SQL.</summary>
/// <param name="Reviews">Records that go in restricted, for a person to look at.</param>
/// <param name="Reactivate">Version of an archived customer's row who comes back; null otherwise.</param>
internal sealed record IntakeWork(
    CustomerId Customer,
    bool IsNew,
    CustomerKind Kind,
    EntityId Entity,
    long? Reactivate,
    IReadOnlyList<NewRecord> Records,
    IReadOnlyList<(NewRecord Record, IReadOnlyList<ItemKey> Items)> Reviews,
    ConsentSubmission Consents,
    IReadOnlyList<TakenRelation> Relations,
    IReadOnlyList<SearchLookup> Hints,
    IntakeRecord Intake,
    CustomerReference Reference);

/// <summary>Seals a plan for its target. What differs from the profile of somebody on file never overwrites it.</summary>
internal sealed class IntakeSealing(IntakeSeals seals)
{
    public static IReadOnlyList<ClearValue> Clear(SubmissionPlan plan, IEnumerable<TakenValue> values) =>
        [.. values.Select(value => new ClearValue(value.Item.Spec(), value.Value, plan.Minor))];

    public async Task<IntakeWork> SealAsync(
        SubmissionPlan plan,
        IntakeTarget target,
        SealLease fresh,
        CollectSettings settings,
        ChannelContent channel,
        IntakeRecord intake,
        NewSource? source,
        CancellationToken ct)
    {
        using var span = Trace.Start("seal", count: plan.Values.Count);
        var onFile = target as IntakeTarget.OnFile;
        using var own = onFile is null ? null : await seals.OpenAsync(onFile.Customer.Id, ct) ?? throw new WriteRefusedException(new WriteOutcome.NotThere());
        var lease = own ?? fresh;
        var customer = lease.Customer;

        // Nobody's profile is at hand to compare with: of somebody new there is none, and the archive is not looked at.
        var alone = onFile is null or { Return: Return.Revives };
        var same = alone ? new HashSet<ItemKey>() : await seals.SameAsync(onFile!.Customer, Clear(plan, plan.Values), ct);
        var also = plan.Values.ToDictionary(value => value.Item.Key, value => value.Value);
        var records = new List<NewRecord>();
        var reviews = new List<(NewRecord, IReadOnlyList<ItemKey>)>();

        NewRecord Make(RecordTypeKey type, IReadOnlyList<TakenValue> values, bool findable, bool claims)
        {
            var id = RecordId.New();
            var made = lease.Seal(id, intake.Id, intake.At, Clear(plan, values), settings.CombinedKeys, also);
            return new NewRecord(customer, id, type, channel.Entity, intake.At, made.Items, findable ? made.Blocks : [], claims ? made.Claims : []) 
            {
                Unit = channel.Unit ?? UnitId.None,
                Day = RecordDays.Of(settings.Catalogue, type, values.Select(value => (value.Item.Key, value.Value))),
            };
        }

        foreach (var type in plan.RecordTypes)
        {
            var values = plan.Values.Where(value => value.Record == type).ToList();
            if (alone || !IsOfTheCustomer(settings.Catalogue, type))
            {
                records.Add(Make(type, values, findable: true, claims: onFile is null && target is IntakeTarget.Fresh { MayClaim: true }));
                continue;
            }

            var other = values.Where(value => !same.Contains(value.Item.Key)).ToList();
            var added = onFile!.Named ? other.Where(value => !Has(onFile.Customer, value.Item.Key)).ToList() : [];
            var differing = other.Except(added).ToList();
            if (added.Count > 0)
            {
                records.Add(Make(type, added, findable: true, claims: false));
            }

            if (differing.Count > 0)
            {
                reviews.Add((Make(type, differing, findable: false, claims: false), [.. differing.Select(value => value.Item.Key)]));
            }
        }

        if (source is not null && records.Count > 0)
        {
            records[^1] = records[^1] with { Source = source };
        }

        var said = IntakeMatching.Acceptable(plan.Consents, onFile?.Customer);
        return new IntakeWork(
            customer,
            onFile is null,
            plan.Kind,
            channel.Entity,
            onFile is { Return: Return.Revives } ? onFile.Customer.Version : null,
            records,
            reviews,
            new ConsentSubmission(customer, intake.Receipt, intake.Id, intake.At, [.. said.Select(consent => Sealed(lease, consent))]),
            plan.Relations,
            seals.Hints(Clear(plan, plan.Values)),
            intake with { Customer = customer, Evidence = plan.Evidence is { } evidence ? lease.SealEvidence(intake.Id, evidence) : null },
            lease.Reference);
    }

    /// <summary>A record of the customer himself (profile, organisation), not of something that happened: its clock starts when the relation ends.</summary>
    public static bool IsOfTheCustomer(InformationCatalogue catalogue, RecordTypeKey type) =>
        catalogue.Record(type)?.Ends.Contains(RetentionEvent.CustomerEnd) == true;

    private static bool Has(CustomerSnapshot customer, ItemKey key) => customer.Records.Any(record => record.Items.Any(item => item.Key == key));

    private static ConsentTaken Sealed(SealLease lease, TakenConsent consent) => consent.Reference is { } reference
        ? new ConsentTaken(consent.Event, lease.SealReference(consent.Event.Id, reference))
        : new ConsentTaken(consent.Event);
}
