using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>
/// The one decision (architecture.md): pure, total, fails closed. Rules stand in a fixed order and each answers with findings;
/// the fold weighs them: deny outranks needs, needs outranks permit, and for an item the least shown wins.
/// </summary>
internal static class AccessRules
{
    /// <summary>Rules about the act as a whole, in the order in which their reasons are told.</summary>
    private static readonly Func<AccessCase, Finding?>[] ForTheAct =
    [
        ActRules.PolicyIsLoaded,
        ActRules.ActorIsActive,
        ActRules.ActIsKnown,
        ActRules.ClientIsRegistered,
        ActRules.ZoneAdmits,
        ActRules.ActIsGranted,
        ActRules.TicketIsNamed,
        ActRules.CustomerIsThere,
        ActRules.StaysInTheEntity,
        ActRules.ScopeReaches,
        ActRules.ListsAdmit,
        ActRules.PurposeIsStated,
        ActRules.CallerIsVerified,
        ActRules.StateAllows,
        ActRules.PurposeHasBasis,
        ActRules.AdministrationIsProved,
        ActRules.ActIsProved,
        ActRules.SearchesAreLeft,
        ActRules.TakesTwo,
        ActRules.FileIsApproved,
        ActRules.DocumentIsRead,
        ActRules.StaysBelowTheCeiling,
        ActRules.BatchIsApproved,
    ];

    /// <summary>Rules about one item of one record.</summary>
    private static readonly Func<AccessCase, ItemFacts, Finding?>[] ForAnItem =
    [
        ItemRules.KindIsEverShown,
        ItemRules.StaysInTheEntity,
        ItemRules.UnitReaches,
        ItemRules.RecordStateAllows,
        ItemRules.ClientNamesTheItem,
        ItemRules.PostSeesTheLevel,
        ItemRules.ChangeIsConfirmed,
        ItemRules.CallerIsNotGuessing,
        ItemRules.PurposeNamesTheItem,
        ItemRules.CollectedForThis,
        ItemRules.SensitiveIsAgreedTo,
        ItemRules.UnseenUseIsInOrder,
    ];

    /// <summary>Rules about an item that is wanted in clear.</summary>
    private static readonly Func<AccessCase, ItemFacts, Finding?>[] ForClear =
    [
        ClearRules.RestrictedStaysMasked,
        ClearRules.ListsAdmit,
        ClearRules.PurposeNeedsClear,
        ClearRules.ClientIsOnMutualTls,
        ClearRules.ZoneIsRight,
        ClearRules.PostSeesItInFull,
        ClearRules.HoursAreRight,
        ClearRules.OneRevealAtATime,
        ClearRules.UseIsAuthorised,
        ClearRules.DutiesAreInForce,
        ClearRules.ActorIsProved,
        ClearRules.VolumeIsLeft,
        ClearRules.NobodyLooksInto,
    ];

    /// <summary>Whether a search may tell of this customer. Posts that wait for a session, case or ticket find him first; units and controlled lists bind already here.</summary>
    public static bool MayBeFound(AccessQuestion question)
    {
        var asked = new AccessCase(question);
        return asked.ListEffect != ListEffect.Hidden && asked.ForAct.Any(asked.MayFind);
    }

    public static Decision Decide(AccessQuestion question)
    {
        var asked = new AccessCase(question);
        var fold = new DecisionFold(asked);
        foreach (var rule in ForTheAct)
        {
            if (rule(asked) is { } finding)
            {
                fold.Act(finding);
                if (finding.Ends)
                {
                    // Later rules rely on what this one found missing.
                    return fold.Result();
                }
            }
        }

        foreach (var item in asked.Items)
        {
            var facts = asked.Stricter(item);
            fold.Begin(item);
            foreach (var rule in ForAnItem)
            {
                fold.Item(rule(asked, facts));
            }

            foreach (var scene in asked.ScenesOf(item))
            {
                fold.Item(SceneRules.IsApproved(asked, item, scene));
            }

            if (!asked.Wants(item))
            {
                fold.Item(Finding.Cap(Shown.Masked, null));
                continue;
            }

            foreach (var rule in ForClear)
            {
                fold.Item(rule(asked, facts));
            }
        }

        return fold.Result();
    }
}
