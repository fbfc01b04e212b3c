using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>Rules about one item of one record, whether it is wanted in clear or not.</summary>
internal static class ItemRules
{
    /// <summary>Passwords and the content of messages are shown to nobody, whatever the post and approval.</summary>
    public static Finding? KindIsEverShown(AccessCase asked, ItemFacts item) =>
        asked.Shows && item.NeverShown ? Finding.Cap(Shown.Withheld, Reasons.ItemNeverShown) : null;

    public static Finding? StaysInTheEntity(AccessCase asked, ItemFacts item)
    {
        var entity = item.Record?.Entity ?? asked.Question.Customer?.Entity;
        return entity is { } known && asked.Question.Act != Act.Share && !asked.Question.Actor!.Entities.Contains(known)
            ? Finding.Cap(Shown.Withheld, Reasons.EntityCrossing)
            : null;
    }

    /// <summary>What another unit handles is its own: a grant of units reaches the records of those units (R33).</summary>
    public static Finding? UnitReaches(AccessCase asked, ItemFacts item) =>
        asked.AnyReaches(item) ? null : Finding.Cap(Shown.Withheld, Reasons.UnitOutside);

    public static Finding? RecordStateAllows(AccessCase asked, ItemFacts item)
    {
        var purpose = asked.Question.PurposeKnown;
        return item.Record?.State switch
        {
            null or LifeState.Active => null,
            LifeState.Archived => purpose is { IsLegalDuty: true } ? null : Finding.Cap(Shown.Withheld, Reasons.RecordArchived),
            LifeState.Restricted => purpose is { ByLaw: true } || asked.Question.Act is Act.View or Act.Find or Act.Compare or Act.Correct or Act.Destroy
                ? null
                : Finding.Cap(Shown.Withheld, Reasons.CustomerRestricted),
            _ => Finding.Cap(Shown.Withheld, Reasons.NotFound),
        };
    }

    public static Finding? ClientNamesTheItem(AccessCase asked, ItemFacts item) =>
        asked.Question.Actor!.Client is { Items: { } named } && !named.Contains(item.Item) ? Finding.Cap(Shown.Withheld, Reasons.ClientScope) : null;

    public static Finding? PostSeesTheLevel(AccessCase asked, ItemFacts item) =>
        asked.BestRight(item, asked.CallerVerified) == Right.None ? Finding.Cap(Shown.Withheld, Reasons.LevelWithheld) : null;

    /// <summary>
    /// Posts that change a number with the customer's word change nothing else (domain.md §3, contact-by-otp): what no scene guards, or what would stand
    /// beside nothing, nobody has to confirm. The scene asks for the code or the approval (<see cref="SceneRules.IsApproved"/>).
    /// </summary>
    public static Finding? ChangeIsConfirmed(AccessCase asked, ItemFacts item) =>
        asked.Question.Act == Act.Correct && asked.CorrectsOnlyConfirmed(item) && asked.ScenesOf(item).All(scene => scene.On != SceneTrigger.Change)
            ? Finding.Cap(Shown.Withheld, Reasons.CorrectConfirmed)
            : null;

    /// <summary>Three tries to verify the caller, then level 1 only (R118; domain.md §5).</summary>
    public static Finding? CallerIsNotGuessing(AccessCase asked, ItemFacts item) =>
        asked.HoldsSession && asked.Question.Session is { Exhausted: true, Verified: false } && asked.Shows && item.Level > Level.Low
            ? Finding.Cap(Shown.Withheld, Reasons.CompareTries)
            : null;

    /// <summary>Purpose limitation (R3): the catalogue gives the item this purpose. Matching acts show nothing and are exempt.</summary>
    public static Finding? PurposeNamesTheItem(AccessCase asked, ItemFacts item) =>
        asked.OnlyMatches || asked.TakesIn || asked.Question.Act is Act.Destroy or Act.Administer || (asked.Question.Purpose is { } purpose && item.Purposes.Contains(purpose))
            ? null
            : Finding.Cap(Shown.Withheld, Reasons.PurposeItemOutside);

    /// <summary>
    /// Purpose limitation (R3): the customer was told of this purpose, or of a compatible one, when the item was collected. What
    /// the law itself demands (PIPL 13(3), 13(4)) reaches items collected for something else, as far as they name that purpose.
    /// </summary>
    public static Finding? CollectedForThis(AccessCase asked, ItemFacts item)
    {
        if (asked.OnlyMatches || asked.TakesIn || asked.Question.Act is Act.Correct or Act.Destroy or Act.Administer)
        {
            return null;
        }

        return asked.Question.PurposeKnown is { } purpose
            && (purpose.ByLaw || item.CollectedFor.Contains(purpose.Key) || purpose.Compatible.Overlaps(item.CollectedFor))
            ? null
            : Finding.Cap(Shown.Withheld, Reasons.PurposeNotCollected);
    }

    /// <summary>PIPL 29–30: a sensitive item needs separate consent where the basis is consent, else a record that the customer was told.</summary>
    public static Finding? SensitiveIsAgreedTo(AccessCase asked, ItemFacts item)
    {
        if (item.Mark != Mark.Sensitive || asked.Question is not { Customer: { } customer, PurposeKnown: { } purpose }
            || asked.TakesIn || asked.Question.Act is Act.Find or Act.Destroy or Act.Administer)
        {
            return null;
        }

        if (purpose.RestsOnConsent || purpose.SeparateConsent)
        {
            return customer.Consents.GetValueOrDefault(purpose.Key)?.IsSeparate(asked.Now) == true
                ? null
                : Finding.Needs(Reasons.ConsentSeparate, NeedKind.Consent, purpose.Key.Value, Shown.Withheld);
        }

        // PIPL 18: in an emergency the person is told afterwards.
        return purpose.IsEmergency || item.CollectedFor.Append(purpose.Key).Any(told => WasTold(customer, told, asked.Now))
            ? null
            : Finding.Needs(Reasons.ConsentAcknowledge, NeedKind.Consent, purpose.Key.Value, Shown.Withheld);
    }

    /// <summary>Calling or writing uses a number unseen. It asks for hours, duties, lists and an unwatched hand as opening the number would (R44, R52, R76).</summary>
    public static Finding? UnseenUseIsInOrder(AccessCase asked, ItemFacts item)
    {
        if (asked.Question.Act is not Act.Contact || asked.UnseenWayTo(item) is not { } way)
        {
            return null;
        }

        return asked.ListEffect is not null ? Finding.Cap(Shown.Withheld, Reasons.ListMasked)
            : !way.InHours ? Finding.Cap(Shown.Withheld, Reasons.HoursOff)
            : way.MissingDuty is { } duty ? ClearRules.Lapsed(duty)
            : ClearRules.NobodyLooksInto(asked, item);
    }

    private static bool WasTold(CustomerFacts customer, PurposeKey purpose, long now) =>
        customer.Consents.TryGetValue(purpose, out var consent) && (consent.State == ConsentState.Acknowledged || consent.IsGiven(now));
}

/// <summary>Rules about an item that is wanted in clear.</summary>
internal static class ClearRules
{
    public static Finding? RestrictedStaysMasked(AccessCase asked, ItemFacts item) =>
        (asked.Question.Customer?.State == LifeState.Restricted || item.Record?.State == LifeState.Restricted)
        && asked.Question.PurposeKnown is not { ByLaw: true }
            ? Finding.Cap(Shown.Masked, Reasons.CustomerRestricted)
            : null;

    /// <summary>Where a scene guards controlled lists it says how such a customer is opened; else he stays masked.</summary>
    public static Finding? ListsAdmit(AccessCase asked, ItemFacts item) =>
        asked.ListEffect is null || asked.ScenesOf(item).Any(scene => scene.On == SceneTrigger.Listed) ? null : Finding.Cap(Shown.Masked, Reasons.ListMasked);

    public static Finding? PurposeNeedsClear(AccessCase asked, ItemFacts _) =>
        asked.Question.PurposeKnown is { NeverClear: true } ? Finding.Cap(Shown.Masked, Reasons.PurposeMaskedOnly) : null;

    public static Finding? ClientIsOnMutualTls(AccessCase asked, ItemFacts item) =>
        asked.Question.Actor!.Client is { MutualTls: false } && item.Level >= asked.Question.Policy!.ClientMutualTlsFrom
            ? Finding.Cap(Shown.Masked, Reasons.ClientMutualTls)
            : null;

    public static Finding? ZoneIsRight(AccessCase asked, ItemFacts item) =>
        !ZoneRules.Opens(asked.Question.Actor!, asked.Question.Policy!.Networks, item.Level)
        || asked.Question.Policy.Zones.Any(rule => rule.Level <= item.Level && !rule.Zones.Contains(asked.Question.Actor!.Zone))
            ? Finding.Cap(Shown.Masked, Reasons.ZoneRefused)
            : null;

    /// <summary>c and r open; m stays masked; v takes a second person; what a verified caller would open waits for him.</summary>
    public static Finding? PostSeesItInFull(AccessCase asked, ItemFacts item)
    {
        if (Way(asked, item) is not { } way || way.ByApproval || way.Right >= Right.Reveal)
        {
            return null;
        }

        var verified = asked.CallerVerified ? way.Right : asked.BestRight(item, callerVerified: true);
        if (verified >= Right.Reveal)
        {
            // "Clear if verified, else masked" shows it masked meanwhile; "reveal if verified" waits.
            return verified == Right.Clear && way.Right == Right.Masked
                ? Finding.Cap(Shown.Masked, Reasons.CallerUnverified)
                : Finding.Needs(Reasons.CallerUnverified, NeedKind.Caller, "verify");
        }

        if (asked.ScenesOf(item).Count > 0)
        {
            // What the scene asks for is enough: its grant is a second person's too.
            return way.Right == Right.Vault ? null : Finding.Cap(Shown.Masked, Reasons.LevelMasked);
        }

        return way.Right == Right.Vault
            ? Finding.Needs(asked.Question.Approval is null ? Reasons.VaultNeeded : Reasons.ApprovalInvalid, NeedKind.Approval, ApprovalActs.Use(asked.Question.Act!.Value))
            : Finding.Cap(Shown.Masked, Reasons.LevelMasked);
    }

    /// <summary>A second person's word opens what the post keeps in the vault, and never out of its hours.</summary>
    public static Finding? HoursAreRight(AccessCase asked, ItemFacts item) =>
        Way(asked, item) is { InHours: false, Right: >= Right.Vault } or { InHours: false, ByApproval: true } ? Finding.Cap(Shown.Masked, Reasons.HoursOff) : null;

    /// <summary>
    /// r opens one at a time. Counted are all wanted items that do not open freely, so that holding more rights never makes the
    /// count larger.
    /// </summary>
    public static Finding? OneRevealAtATime(AccessCase asked, ItemFacts item) =>
        Way(asked, item) is { IsOpen: false, Right: >= Right.Reveal } && asked.WantedBesideOpen > 1
            ? Finding.Cap(Shown.Masked, Reasons.RevealOne)
            : null;

    /// <summary>All use in clear is approved, not only the unusual (R45).</summary>
    public static Finding? UseIsAuthorised(AccessCase asked, ItemFacts item) =>
        Way(asked, item) is { ByApproval: false, Right: >= Right.Reveal, Authorisation: null }
            ? Finding.Needs(Reasons.AuthorisationMissing, NeedKind.Approval, "authorisation")
            : null;

    public static Finding? DutiesAreInForce(AccessCase asked, ItemFacts item) => Way(asked, item)?.MissingDuty is { } duty ? Lapsed(duty) : null;

    /// <summary>Names the duty and where to mend it.</summary>
    public static Finding Lapsed(string duty)
    {
        var reason = duty switch
        {
            "training" => Reasons.TrainingLapsed,
            "nda" => Reasons.NdaLapsed,
            _ => Reasons.DutyMissing,
        };
        return Finding.Needs(reason, NeedKind.Duty, duty);
    }

    /// <summary>R37: a second factor for levels 3–4, and lately. A client proves itself by its token and certificate instead.</summary>
    public static Finding? ActorIsProved(AccessCase asked, ItemFacts item)
    {
        var actor = asked.Question.Actor!;
        if (actor.Client is not null)
        {
            return null;
        }

        if (actor.ByQr && item.Level >= Level.Sensitive)
        {
            return Finding.Cap(Shown.Masked, Reasons.QrLevel);
        }

        // The strongest demand first: what it asks for meets the others too.
        return asked.Question.Policy!.Factors.Where(rule => rule.Level <= item.Level).OrderByDescending(rule => rule.Strength)
            .Select(rule => ProofRules.Missing(actor, rule.Strength, rule.MaxAgeMs, asked.Now))
            .FirstOrDefault(missing => missing is not null);
    }

    /// <summary>Half the sizes of 法释〔2017〕10号 art. 5: per operation, and per day except to a verified caller (domain.md §4).</summary>
    public static Finding? VolumeIsLeft(AccessCase asked, ItemFacts item)
    {
        if (IsVolumeLeft(asked, item) || asked.ScenesOf(item).Any(scene => scene.On == SceneTrigger.Volume))
        {
            return null;
        }

        if (asked.ApprovalCovers(item))
        {
            asked.RelyOnApproval();
            return null;
        }

        return Finding.Needs(Reasons.VolumeStop, NeedKind.Approval, ApprovalActs.Use(asked.Question.Act!.Value));
    }

    public static bool IsVolumeLeft(AccessCase asked, ItemFacts item)
    {
        if (asked.Question.Volume is not { } volume)
        {
            return false;
        }

        var inThis = Math.Max(1, volume.Customers);
        long today = asked.CallerVerified ? 0 : volume.RevealedToday.GetValueOrDefault(item.VolumeLimit);
        return inThis + Math.Max(0, today) <= item.VolumeLimit;
    }

    /// <summary>Whose use is being looked at opens nothing in clear alone, and broken glass is alone (R52). A client answers for itself by its quota.</summary>
    public static Finding? NobodyLooksInto(AccessCase asked, ItemFacts item)
    {
        if (asked.Question.Actor!.Client is not null || !asked.Question.Policy!.Watched.Contains(asked.Question.Actor.Person))
        {
            return null;
        }

        if (asked.Question.Approval is { Emergency: false } && asked.ApprovalCovers(item))
        {
            asked.RelyOnApproval();
            return null;
        }

        return Finding.Needs(Reasons.WatchVault, NeedKind.Approval, ApprovalActs.Use(asked.Question.Act!.Value));
    }

    private static ClearWay? Way(AccessCase asked, ItemFacts item) => asked.WayTo(item);
}
