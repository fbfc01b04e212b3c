using Strongroom.Ground;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;

namespace Strongroom.Collect.Intake;

/// <summary>One value that may be taken in, and the record it belongs to.</summary>
internal sealed record TakenValue(ItemDefinition Item, string Value, RecordTypeKey Record);

/// <summary>One consent event with the reference of its evidence, still in clear.</summary>
internal sealed record TakenConsent(ConsentEvent Event, string? Reference);

internal sealed record TakenRelation(RelationKind Kind, CustomerId Customer);

/// <summary>A submission that breaks no rule.</summary>
/// <param name="Minor">The person is under 14: every value counts as sensitive (PIPL 28).</param>
/// <param name="Evidence">Evidence of the whole, as JSON text; null when there is none.</param>
internal sealed record SubmissionPlan(
    FormDefinition Form,
    NoticeKey Notice,
    int NoticeVersion,
    CustomerKind Kind,
    bool Minor,
    CustomerId? Subject,
    SourceNamed? Source,
    IReadOnlyList<TakenValue> Values,
    IReadOnlyList<TakenConsent> Consents,
    IReadOnlyList<TakenRelation> Relations,
    string? Evidence)
{
    /// <summary>The record types to be written, in the form's order.</summary>
    public IEnumerable<RecordTypeKey> RecordTypes => Form.Records.Where(type => Values.Any(value => value.Record == type));
}

/// <summary>What the rules made of a submission: a plan, or every mistake.</summary>
internal abstract record SubmissionJudged
{
    private SubmissionJudged()
    {
    }

    public sealed record Good(SubmissionPlan Plan) : SubmissionJudged;

    public sealed record Wrong(IReadOnlyList<FieldError> Errors) : SubmissionJudged;
}
