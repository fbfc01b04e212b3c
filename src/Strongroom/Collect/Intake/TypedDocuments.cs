using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Ground.Json;
using Strongroom.Ground.Masks;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect.Intake;

/// <summary>How the documents of one submission came in.</summary>
/// <param name="Read">Marks of what a reader attested: used up with the submission.</param>
/// <param name="Typed">What was typed instead.</param>
internal sealed record DocumentsTaken(IReadOnlyList<byte[]> Read, IReadOnlyList<TakenValue> Typed)
{
    public static readonly DocumentsTaken None = new([], []);

    public bool IsEmpty => Read.Count == 0 && Typed.Count == 0;
}

/// <summary>What a submission's documents rested on, for its entry.</summary>
internal sealed record DocumentsUsed(IReadOnlyList<RowDigest> Rows, ApprovalId? Approval, IReadOnlyList<string> Reasons)
{
    public static readonly DocumentsUsed None = new([], null, []);
}

/// <summary>
/// Documents at a counter (R41, scene no_reader): a reading of a registered reader, for this person and channel, or a second person's approval of exactly
/// this submission. Either is used up in the transaction that writes it. The browser's word for how a value came in counts for nothing.
/// </summary>
internal sealed class TypedDocuments(Database database, DocumentReadings readings, IPolicySnapshots policies, ApprovalDesk desk, TimeProvider time)
{
    /// <summary>What the entry of a submission says whose document was read.</summary>
    public const string WasRead = "document-read";

    public static readonly string Act = ApprovalActs.Use(Ground.Act.Add);

    /// <summary>Whether a rule asks people for a reader at all: without one the form's own evidence is asked of them, as of systems and customers.</summary>
    public async Task<bool> IsGuardedAsync(Actor actor, CancellationToken ct) => actor.Kind == ActorKind.Person && (await policies.CurrentAsync(actor.ConfigEpoch, ct)).SceneOn(SceneTrigger.Typed) is not null;

    public async Task<DocumentsTaken> LookAsync(Actor actor, IntakeRequest request, SubmissionPlan plan, ChannelId channel, CancellationToken ct)
    {
        var expected = TypedRules.Expected(plan, actor.Kind, request.Act);
        if (expected.Count == 0)
        {
            return DocumentsTaken.None;
        }

        var marks = expected.Select(value => readings.MarkOf(actor.Person, channel, value.Item, value.Value)).ToList();
        var read = await database.ReadAsync(tx => readings.ReadAsync(tx, marks, request.Claim?.Key, time.NowMs()), ct);
        return new DocumentsTaken([.. marks.Where((_, i) => read[i])], [.. expected.Where((_, i) => !read[i])]);
    }

    /// <summary>Uses up what the documents rest on. Undoes the transaction when it is not there any more.</summary>
    public async Task<DocumentsUsed> UseAsync(Tx tx, Attempt attempt)
    {
        var (documents, request) = (attempt.Documents, attempt.Request);
        if (documents.IsEmpty)
        {
            return DocumentsUsed.None;
        }

        var rows = await readings.SpendAsync(tx, documents.Read, request.Claim?.Key, time.NowMs()) ?? throw new RulesMovedException();
        IReadOnlyList<string> reasons = documents.Read.Count > 0 ? [WasRead] : [];
        if (documents.Typed.Count == 0 || request.Grant is not { } grant)
        {
            return new DocumentsUsed(rows, null, reasons);
        }

        var scene = (await policies.CurrentAsync(attempt.Actor.ConfigEpoch, CancellationToken.None)).SceneOn(SceneTrigger.Typed)?.Scene;
        var bound = DigestOf(attempt.Plan, attempt.FormVersion, attempt.ChannelId);
        return await desk.ConsumeAsync(tx, grant, Act, request.Form.Value, bound, attempt.Actor.Person, customer: null, scene) switch
        {
            ApprovalUse.Consumed used => new DocumentsUsed([.. rows, used.Row], grant, scene is null ? reasons : [.. reasons, scene]),
            ApprovalUse.Refused refused => throw new TypingRefusedException(refused.Reason),
            _ => throw new TypingRefusedException(Spine.Access.Reasons.ApprovalVoid),
        };
    }

    /// <summary>Asks a colleague for exactly this submission. He sees its values masked.</summary>
    public async Task<Outcome<Approval>> RequestAsync(Actor actor, TypedAsk ask, Foreseen foreseen, CancellationToken ct)
    {
        if ((await policies.CurrentAsync(actor.ConfigEpoch, ct)).SceneOn(SceneTrigger.Typed) is not { } scene)
        {
            return Spine.Access.Reasons.SceneUnknown;
        }

        var plan = foreseen.Plan;
        var shown = CanonicalJson.ToText(JsonSerializer.SerializeToElement(new
        {
            act = Act, form = plan.Form.Key.Value,
            typed = foreseen.Documents.Typed.Select(value => value.Item.Key.Value),
            items = plan.Values.ToDictionary(value => value.Item.Key.Value, Masked),
            onFile = plan.Subject?.ToString(),
            relations = plan.Relations.Select(relation => $"{Kebab.Of(relation.Kind)} {relation.Customer}"),
        }));
        var scope = new ApprovalScope(Act, plan.Form.Key.Value, DigestOf(plan, foreseen.FormVersion, foreseen.ChannelId), ask.Until) { Purpose = plan.Form.Purposes[0], Scenes = [scene.Scene] };
        var evidence = new ApprovalEvidence(shown, Customers: 1, Items: foreseen.Documents.Typed.Count, Reason: ask.Reason);
        return await desk.RequestAsync(actor, scope, evidence, new AskedFrom(ask.Unit, foreseen.Entity, ask.Asked, ask.Mode), ct);
    }

    private static string Masked(TakenValue value)
    {
        const int Longest = 60;
        var masked = ItemKinds.Of(value.Item.Kind).Show(value.Value, Mask.Parse(value.Item.Mask)).ReplaceLineEndings(" ");
        return masked.Length <= Longest ? masked : masked[..Longest] + "…";
    }

    private string DigestOf(SubmissionPlan plan, long version, ChannelId channel) => readings.DigestOf(
        plan.Form.Key, version, channel, plan.Subject, plan.Values.Select(value => (value.Record, value.Item, value.Value)),
        plan.Relations.Select(relation => (Kebab.Of(relation.Kind), relation.Customer)), plan.Source is { } source ? [source.System ?? "", .. source.Record ?? []] : []);
}

/// <summary>Undoes the transaction: the approval of what was typed is not one of exactly this submission.</summary>
internal sealed class TypingRefusedException(Reason reason) : Exception("The typed document is not approved.")
{
    public Reason Reason { get; } = reason;
}
