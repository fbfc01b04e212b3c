using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>Rules about the act as a whole. Each is total and answers null when it has nothing to object.</summary>
internal static class ActRules
{
    public static Finding? PolicyIsLoaded(AccessCase asked) =>
        asked.Question.Policy is null ? Finding.Deny(Reasons.PolicyMissing) : null;

    public static Finding? ActorIsActive(AccessCase asked) =>
        asked.Question.Actor is not { Active: true } ? Finding.Deny(Reasons.ActorInactive) : null;

    public static Finding? ActIsKnown(AccessCase asked) =>
        asked.Question.Act is not { } act || !Enum.IsDefined(act) ? Finding.Deny(Reasons.ActUnknown) : null;

    public static Finding? ClientIsRegistered(AccessCase asked)
    {
        if (asked.Question.Actor!.Client is not { } client)
        {
            return null;
        }

        if (client.Until is { } until && asked.Now >= until)
        {
            return Finding.Deny(Reasons.ClientExpired);
        }

        if (!client.QuotaLeft)
        {
            return Finding.Deny(Reasons.ClientQuota);
        }

        var named = client.Acts.Contains(asked.Question.Act!.Value)
            && (asked.Question.Purpose is not { } purpose || client.Purposes.Contains(purpose));
        return named ? null : Finding.Deny(Reasons.ClientScope);
    }

    /// <summary>Some things are not done from everywhere, and from outside only with a permit (R44).</summary>
    public static Finding? ZoneAdmits(AccessCase asked) =>
        ZoneRules.Refusal(asked.Question.Actor!, asked.Question.Policy!.Networks, asked.Question.Act, administers: false, asked.Now) is { } reason
            ? Finding.Deny(reason)
            : null;

    public static Finding? ActIsGranted(AccessCase asked) =>
        asked.ForAct.Count == 0 ? Finding.Deny(Reasons.ActUngranted) : null;

    /// <summary>Asked before the customer is looked at, so that it tells nothing about him.</summary>
    public static Finding? TicketIsNamed(AccessCase asked) =>
        !asked.Question.HasTicket && NeedsCustomer(asked.Question.Act!.Value) && asked.ForAct.All(grant => grant.Rule.Scope == Scope.OpenRequests)
            ? Finding.Needs(Reasons.ScopeTicket, NeedKind.Ticket, "request", ends: true)
            : null;

    public static Finding? CustomerIsThere(AccessCase asked) => asked.Question.Customer switch
    {
        null => NeedsCustomer(asked.Question.Act!.Value) ? Finding.Hide(Reasons.CustomerUnknown) : null,
        { State: LifeState.Active or LifeState.Restricted or LifeState.Archived } => null,
        _ => Finding.Hide(Reasons.CustomerUnknown),
    };

    /// <summary>Crossing legal entities, inside the group too, is sharing and not this act (PIPL 23).</summary>
    public static Finding? StaysInTheEntity(AccessCase asked)
    {
        if (asked.Question.Customer is not { } customer || asked.Question.Act == Act.Share)
        {
            return null;
        }

        var own = asked.Question.Actor!.Entities;
        return own.Contains(customer.Entity) || asked.Items.Any(item => item.Record is { } record && own.Contains(record.Entity))
            ? null
            : Finding.Hide(Reasons.EntityCrossing);
    }

    public static Finding? ScopeReaches(AccessCase asked) =>
        asked.Question.Customer is not null && asked.InScope.Count == 0 ? Finding.Hide(Reasons.ScopeOutside) : null;

    /// <summary>A customer on a list that hides him is there only for those it names (R35).</summary>
    public static Finding? ListsAdmit(AccessCase asked) =>
        asked.ListEffect == ListEffect.Hidden ? Finding.Hide(Reasons.ListHidden) : null;

    public static Finding? PurposeIsStated(AccessCase asked)
    {
        if (asked.Question.Act is Act.Administer or Act.Receipts)
        {
            return null;
        }

        if (asked.Question.Purpose is not { } purpose)
        {
            return Finding.Needs(Reasons.PurposeMissing, NeedKind.Purpose, "choose", ends: true);
        }

        if (asked.Question.PurposeKnown?.Key != purpose)
        {
            return Finding.Deny(Reasons.PurposeUnknown);
        }

        return asked.Usable.Count == 0 ? Finding.Deny(Reasons.PurposeUngranted) : null;
    }

    /// <summary>
    /// Who serves one customer at a time writes for a caller he has verified: nobody changes or adds to another's file, or consents for him, by calling
    /// (R118). Taking a consent back only protects, and asks for nothing more than the call.
    /// </summary>
    public static Finding? CallerIsVerified(AccessCase asked) =>
        asked.Question is { Act: Act.Add or Act.Correct or Act.Consent, Customer: not null } && !asked.CallerVerified
        && asked.Usable.Count > 0 && asked.Usable.All(grant => grant.Rule.Scope == Scope.SessionCustomer)
            ? Finding.Needs(Reasons.CallerUnverified, NeedKind.Caller, "verify")
            : null;

    /// <summary>Archived opens only to a legal duty (PIPL 47, R119); restricted lets a customer be seen masked, found, verified and corrected.</summary>
    public static Finding? StateAllows(AccessCase asked)
    {
        var purpose = asked.Question.PurposeKnown;
        return asked.Question.Customer?.State switch
        {
            LifeState.Archived when asked.Question.Act is not (Act.Withdraw or Act.Receipts) && !(purpose is { IsLegalDuty: true } && OpensArchive(asked.Question.Act)) => Finding.Deny(Reasons.RecordArchived),
            LifeState.Restricted when purpose is not { ByLaw: true } && !AllowedWhileRestricted(asked.Question.Act) => Finding.Deny(Reasons.CustomerRestricted),
            _ => null,
        };
    }

    /// <summary>PIPL 13–15: a purpose that rests on consent needs one that is given, not over and not withdrawn; so does a company rule.</summary>
    public static Finding? PurposeHasBasis(AccessCase asked)
    {
        if (asked.Question is not { Customer: { } customer, PurposeKnown: { } purpose } || asked.Question.Act is Act.Destroy or Act.Administer
            || asked.TakesIn)
        {
            return null;
        }

        var consent = customer.Consents.GetValueOrDefault(purpose.Key);
        var asks = purpose.RestsOnConsent || purpose.AlsoConsent;
        if (asks || purpose.Bases.Contains(LegalBasis.Consent))
        {
            // Where consent is one basis among others, an objection still ends the use: the narrower reading protects.
            switch (consent?.State)
            {
                case ConsentState.Withdrawn:
                    return Finding.Deny(Reasons.ConsentWithdrawn);
                case ConsentState.Refused:
                    return Finding.Deny(Reasons.ConsentRefused);
                default:
                    break;
            }
        }

        if (!asks || consent?.IsGiven(asked.Now) == true)
        {
            return null;
        }

        var reason = consent switch
        {
            { State: ConsentState.Superseded } => Reasons.ConsentSuperseded,
            { State: ConsentState.Expired or ConsentState.Given or ConsentState.SeparateGiven } => Reasons.ConsentExpired,
            _ => purpose.RestsOnConsent ? Reasons.PurposeNoBasis : Reasons.ConsentCompany,
        };
        return Finding.Needs(reason, NeedKind.Consent, purpose.Key.Value);
    }

    /// <summary>All administration needs proof, by default a passkey, and lately (R37).</summary>
    public static Finding? AdministrationIsProved(AccessCase asked) =>
        asked.Question.Act == Act.Administer && asked.Question.Policy!.Administer is var rule
            ? ProofRules.Missing(asked.Question.Actor!, rule.Strength, rule.MaxAgeMs, asked.Now)
            : null;

    /// <summary>Some acts ask for proof of their own, as strong and as fresh as policy says. A client proves itself by its token.</summary>
    public static Finding? ActIsProved(AccessCase asked) => asked.Question.Actor!.Client is not null
        ? null
        : asked.Question.Policy!.ActProofs.Where(rule => rule.Acts.Contains(asked.Question.Act!.Value)).OrderByDescending(rule => rule.Strength)
            .Select(rule => ProofRules.Missing(asked.Question.Actor!, rule.Strength, rule.MaxAgeMs, asked.Now))
            .FirstOrDefault(missing => missing is not null);

    public static Finding? SearchesAreLeft(AccessCase asked)
    {
        // A search is counted when it is made, not again for each customer it finds.
        if (asked.Question.Act != Act.Find || asked.Question.Customer is not null || asked.Usable.Any(grant => grant.Rule.FindsPerHour is null))
        {
            return null;
        }

        if (asked.Question.Volume is { } volume && volume.FindsLastHour < asked.Usable.Max(grant => grant.Rule.FindsPerHour))
        {
            return null;
        }

        return ByApproval(asked, Reasons.FindQuota);
    }

    /// <summary>Acts that always take a second person (R41); the scenes that name the act say who, and each of them counts.</summary>
    public static Finding? TakesTwo(AccessCase asked)
    {
        var act = asked.Question.Act!.Value;
        var scenes = asked.Question.Policy!.Scenes.Where(scene => scene.On == SceneTrigger.Act && scene.Acts.Contains(act)).ToList();
        return scenes.Count > 0 ? ByScenes(asked, Reasons.VaultNeeded, scenes)
            : asked.Question.Policy.TwoPerson.Contains(act) ? ByApproval(asked, Reasons.VaultNeeded) : null;
    }

    /// <summary>
    /// A file that a person brings falls under the scene for imports (R41) and is approved by its digest before a line of it is looked at. While the
    /// scene is switched off, only a registered system imports.
    /// </summary>
    public static Finding? FileIsApproved(AccessCase asked)
    {
        var scenes = asked.Question is { Act: Act.Import, Actor.Client: null } ? asked.Question.Policy!.Scenes.Where(scene => scene.On == SceneTrigger.Import).ToList() : [];
        return scenes.Count == 0 ? null
            : scenes.Exists(scene => !scene.Enabled) ? Finding.Deny(Reasons.SceneOff)
            : asked.Question.FileApproved ? null
            : Finding.Needs(Reasons.ImportByPerson, NeedKind.Approval, scenes[0].Key);
    }

    /// <summary>
    /// A document that a person types at a counter, instead of a registered reader, takes a colleague on the spot (domain.md §4, no_reader). While the
    /// scene is switched off only readers take documents.
    /// </summary>
    public static Finding? DocumentIsRead(AccessCase asked)
    {
        var scenes = asked.Question is { DocumentTyped: true, Actor.Client: null } ? asked.Question.Policy!.Scenes.Where(scene => scene.On == SceneTrigger.Typed).ToList() : [];
        return scenes.Count == 0 ? null
            : scenes.Exists(scene => !scene.Enabled) ? Finding.Deny(Reasons.SceneOff)
            : asked.Question.TypingApproved ? null
            : Finding.Needs(Reasons.DocumentTyped, NeedKind.Approval, scenes[0].Key);
    }

    /// <summary>More customers in one request than the post opens (domain.md §3, bulk): each of them by a grant for exactly this batch.</summary>
    public static Finding? BatchIsApproved(AccessCase asked)
    {
        if (!asked.Question.Batch)
        {
            return null;
        }

        var scenes = asked.Question.Policy!.Scenes.Where(scene => scene.On == SceneTrigger.Many).ToList();
        return scenes.Count > 0 ? ByScenes(asked, Reasons.BatchVault, scenes) : ByApproval(asked, Reasons.BatchVault, ApprovalActs.Batch);
    }

    /// <summary>A third party works on few customers at once; every batch of his takes a second person (R42). An unknown size counts as a batch.</summary>
    public static Finding? StaysBelowTheCeiling(AccessCase asked)
    {
        if (asked.Question.Actor!.RowCeiling is not { } most)
        {
            return null;
        }

        var single = asked.Question.Act != Act.Import && (asked.Question.Customer is null || (asked.Question.Volume is { } volume && volume.Customers <= most));
        return single ? null : ByApproval(asked, Reasons.RowCeiling);
    }

    /// <summary>One approval for all of them together: those it does not name are told at once. One that is switched off ends the act.</summary>
    private static Finding? ByScenes(AccessCase asked, Reason reason, IReadOnlyList<SceneRule> scenes)
    {
        if (scenes.Any(scene => !scene.Enabled))
        {
            return Finding.Deny(Reasons.SceneOff);
        }

        var missing = scenes.Select(scene => ByApproval(asked, reason, scene.Key)).OfType<Finding>().ToList();
        return missing.Count == 0 ? null : missing[0] with { Also = [.. missing.Skip(1).Select(one => one.Need!)] };
    }

    private static Finding? ByApproval(AccessCase asked, Reason reason, string? scene = null)
    {
        if (asked.ApprovalCoversAll && (scene is null || asked.Question.Approval is { Emergency: true } || asked.Question.Approval!.Scenes.Contains(scene)))
        {
            asked.RelyOnApproval();
            return null;
        }

        return Finding.Needs(asked.Question.Approval is null ? reason : Reasons.ApprovalInvalid, NeedKind.Approval, scene ?? ApprovalActs.Use(asked.Question.Act!.Value));
    }

    private static bool NeedsCustomer(Act act) => act is not (Act.Find or Act.Add or Act.Import or Act.Administer);

    private static bool OpensArchive(Act? act) =>
        act is Act.View or Act.Find or Act.Compare or Act.Print or Act.Export or Act.Transfer or Act.Share or Act.Destroy;

    private static bool AllowedWhileRestricted(Act? act) => act is Act.View or Act.Find or Act.Compare or Act.Correct or Act.Destroy or Act.Consent or Act.Withdraw or Act.Receipts;
}
