using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Intake;

/// <summary>Asks the one decision whether this caller may take information in for the form's leading purpose (R33, R43).</summary>
internal sealed class IntakeGate(IAccessFacts facts)
{
    /// <summary>Null: yes.</summary>
    public async Task<Problem?> RefusalAsync(Actor actor, Act act, FormDefinition form, CollectSettings settings, CancellationToken ct)
    {
        var purpose = settings.Catalogue.Purpose(form.Purposes[0]);
        var question = await facts.QuestionAsync(actor, new AccessAsk
        {
            Act = act,
            ConfigEpoch = settings.Epoch,
            Purpose = form.Purposes[0],
            PurposeKnown = purpose is null ? null : new PurposeFacts(purpose.Key, purpose.Bases) { AlsoConsent = purpose.AlsoConsent, SeparateConsent = purpose.SeparateConsent },
        }, ct);
        var decision = AccessRules.Decide(question);
        return decision.IsPermit ? null : decision.ToProblem();
    }
}
