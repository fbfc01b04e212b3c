using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>The best way an actor has to an item in clear.</summary>
/// <param name="Right">The right of the grant on this way.</param>
/// <param name="Authorisation">The standing authorisation it rests on; null when there is none.</param>
/// <param name="MissingDuty">A duty of the post that is not in force.</param>
internal sealed record ClearWay(Right Right, AuthorisationId? Authorisation, string? MissingDuty, bool InHours, bool ByApproval)
{
    /// <summary>Nothing about post, authorisation, duty and hours stands in the way.</summary>
    public bool IsFree => InHours && MissingDuty is null && (ByApproval || (Right >= Right.Reveal && Authorisation is not null));

    /// <summary>Free, and not one of those that open one at a time.</summary>
    public bool IsOpen => IsFree && (ByApproval || Right == Right.Clear);
}

/// <summary>One question with what several rules ask of it, worked out once. Total: nothing here throws, whatever is missing.</summary>
internal sealed class AccessCase
{
    private readonly Dictionary<ItemFacts, ClearWay?> ways = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ItemFacts, IReadOnlyList<SceneRule>> scenes = new(ReferenceEqualityComparer.Instance);
    private readonly List<GrantFacts> usable = [];
    private int? wantedBesideOpen;
    private bool reliedOnApproval;

    public AccessCase(AccessQuestion question)
    {
        Question = question;
        var seen = new HashSet<(RecordId?, ItemKey)>();
        Items = [.. question.Items.Where(item => seen.Add((item.Record?.Id, item.Item)))];
        HoldsSession = question is { Session: { } session, Customer: { } customer, Actor: { } actor }
            && session.Customer == customer.Id && session.Holder == actor.Person && question.Now < session.Until;
        CallerVerified = HoldsSession && question.Session!.Verified;
        ForAct = question is { Actor: { } holder, Act: { } act } && Enum.IsDefined(act)
            ? [.. holder.Grants.Where(grant => grant.Rule.Acts.Contains(act))]
            : [];
        InScope = [.. ForAct.Where(Reaches)];
        usable.AddRange(InScope.Where(grant => question.Act is Act.Administer or Act.Receipts
            || (question.Purpose is { } purpose && grant.Rule.Purposes?.Contains(purpose) != false)));
        ListEffect = EffectOfLists();
    }

    public AccessQuestion Question { get; }

    /// <summary>What the controlled lists that name the customer, but not the actor, keep from him; null: nothing.</summary>
    public ListEffect? ListEffect { get; }

    /// <summary>The items asked for, each once.</summary>
    public IReadOnlyList<ItemFacts> Items { get; }

    public long Now => Question.Now;

    /// <summary>The actor serves this customer in an open session of his own.</summary>
    public bool HoldsSession { get; }

    public bool CallerVerified { get; }

    public IReadOnlyList<GrantFacts> ForAct { get; }

    public IReadOnlyList<GrantFacts> InScope { get; }

    /// <summary>Grants for this act, this customer and this purpose.</summary>
    public IReadOnlyList<GrantFacts> Usable => usable;

    /// <summary>Acts whose answer carries values; the others use them unseen.</summary>
    public bool Shows => Question.Act is Act.View or Act.Print or Act.Export or Act.Transfer or Act.Share;

    /// <summary>The two acts that locate and verify people: they match a value and show none.</summary>
    public bool OnlyMatches => Question.Act is Act.Find or Act.Compare;

    /// <summary>Acts that bring what the customer says instead of using what he said: their basis comes with them, their items are the form's matter.</summary>
    public bool TakesIn => Question.Act is Act.Add or Act.Import or Act.Consent or Act.Withdraw or Act.Receipts;

    /// <summary>Whether the named approval is this one's: its maker, act, customer, purpose, items and term.</summary>
    public bool ApprovalCoversAll => ApprovalFits && Items.All(ApprovalCovers);

    private bool ApprovalFits => Question is { Approval: { } approval, Actor: { Client: null } actor, Act: { } act, Purpose: { } purpose }
        && approval.Usable && Now < approval.Until && approval.Requester == actor.Person && approval.Act == act && approval.Purpose == purpose
        && (Question.Customer is not { } customer || approval.Customers.Contains(customer.Id));

    public bool Wants(ItemFacts item) => Shows && Question.Clear.Contains(item.Item);

    /// <summary>The approval names the item, and what it was given for is this: a grant for one scene opens nothing that does not fall under it.</summary>
    public bool ApprovalCovers(ItemFacts item) => ApprovalFits && Question.Approval!.Items.Contains(item.Item)
        && (Question.Approval is { Emergency: true } or { Scenes.Count: 0 } || ScenesOf(item).Any(scene => Question.Approval.Scenes.Contains(scene.Key)));

    /// <summary>The approval is for this scene and names the item.</summary>
    public bool SceneIsApproved(string scene, ItemFacts item) =>
        ApprovalFits && Question.Approval!.Items.Contains(item.Item) && (Question.Approval.Emergency || Question.Approval.Scenes.Contains(scene));

    /// <summary>The scenes the item falls under.</summary>
    public IReadOnlyList<SceneRule> ScenesOf(ItemFacts item) => scenes.TryGetValue(item, out var known) ? known : scenes[item] = SceneRules.Of(this, item);

    /// <summary>A rule was met only because an approval stands behind the act.</summary>
    public void RelyOnApproval() => reliedOnApproval = true;

    /// <summary>The answer is what it is because of the approval, so carrying it out consumes it.</summary>
    public bool RestsOnApproval(IReadOnlyList<ItemDecision> decided) =>
        reliedOnApproval || Items.Where((_, index) => decided[index].Shown == Shown.Clear).Any(item => WayTo(item)?.ByApproval == true);

    /// <summary>The item as the rules see it: everything about a child under 14 is sensitive and at least level 3 (PIPL 28, 31).</summary>
    public ItemFacts Stricter(ItemFacts item) => Question.Customer?.Minor == true
        ? item with { Mark = Mark.Sensitive, Level = item.Level < Level.Sensitive ? Level.Sensitive : item.Level }
        : item;

    /// <summary>The most any usable grant gives on the item, before hours, duties and authorisations.</summary>
    public Right BestRight(ItemFacts facts, bool callerVerified)
    {
        var best = Right.None;
        foreach (var grant in UsableFor(facts))
        {
            if (grant.Rule.Categories?.Contains(facts.Category) != false && ReachesRecord(grant, facts))
            {
                best = (Right)Math.Max((int)best, (int)grant.Rule.Levels.At(facts.Level, callerVerified));
            }
        }

        return best;
    }

    /// <summary>The best way to the item in clear, or null when no grant even shows it masked.</summary>
    public ClearWay? WayTo(ItemFacts item)
    {
        if (ways.TryGetValue(item, out var known))
        {
            return known;
        }

        ClearWay? best = null;
        var facts = Stricter(item);
        foreach (var grant in UsableFor(facts))
        {
            if (grant.Rule.Categories?.Contains(facts.Category) == false || !ReachesRecord(grant, facts) || grant.Rule.Levels.At(facts.Level, CallerVerified) is not (> Right.None and var right))
            {
                continue;
            }

            var way = new ClearWay(right, AuthorisationOf(grant, item), MissingDuty(grant, facts), InHours(grant), ByApproval: false);
            best = Better(best, way);
            if (ApprovalCovers(item))
            {
                best = Better(best, way with { ByApproval = true });
            }
        }

        return ways[item] = best;
    }

    /// <summary>
    /// The best way to use the item without seeing it: any right to it does, so a right to see it, out of its hours, never stands in the way of
    /// another in its own.
    /// </summary>
    public (bool InHours, string? MissingDuty)? UnseenWayTo(ItemFacts item)
    {
        (bool InHours, string? MissingDuty)? best = null;
        var facts = Stricter(item);
        foreach (var grant in UsableFor(facts))
        {
            if (grant.Rule.Categories?.Contains(facts.Category) == false || !ReachesRecord(grant, facts) || grant.Rule.Levels.At(facts.Level, CallerVerified) == Right.None)
            {
                continue;
            }

            var way = (InHours: InHours(grant), MissingDuty: MissingDuty(grant, facts));
            if (best is not { } known || (way.InHours, way.MissingDuty is null).CompareTo((known.InHours, known.MissingDuty is null)) > 0)
            {
                best = way;
            }
        }

        return best;
    }

    /// <summary>Every post that lets the actor correct the item lets him only where a scene guards the change.</summary>
    public bool CorrectsOnlyConfirmed(ItemFacts facts)
    {
        var ways = UsableFor(facts).Where(grant => grant.Rule.Categories?.Contains(facts.Category) != false && ReachesRecord(grant, facts)).ToList();
        return ways.Count > 0 && ways.TrueForAll(grant => grant.Rule.OnlyConfirmed);
    }

    /// <summary>How many wanted items are not open: a way that opens one at a time must be the only one of them.</summary>
    public int WantedBesideOpen => wantedBesideOpen ??= Items.Count(item => Wants(item) && WayTo(item)?.IsOpen != true);

    /// <summary>The standing authorisations behind the items that are shown in clear.</summary>
    public IEnumerable<AuthorisationId> CitedFor(IReadOnlyList<ItemDecision> decided) => Items
        .Where((_, index) => decided[index].Shown == Shown.Clear)
        .Select(item => WayTo(item) is { ByApproval: false, Authorisation: { } id } ? id : (AuthorisationId?)null)
        .OfType<AuthorisationId>()
        .Distinct();

    /// <summary>A post opens records of the legal entity in which it is held, whatever its holder is elsewhere.</summary>
    private IEnumerable<GrantFacts> UsableFor(ItemFacts item) => item.Record is { } record && Question.Act != Act.Share
        ? usable.Where(grant => grant.Entity is not { } entity || entity == record.Entity)
        : usable;

    private static ClearWay Better(ClearWay? known, ClearWay found)
    {
        // What opens more comes first; an approval is not spent where the post opens the item anyway.
        static int Worth(ClearWay way) => way switch
        {
            { IsOpen: true, ByApproval: false } => 6,
            { IsOpen: true } => 5,
            { IsFree: true } => 4,
            { Right: >= Right.Reveal, InHours: true } => 3,
            { Right: Right.Vault, InHours: true } => 2,
            { Right: >= Right.Reveal } => 1,
            _ => 0,
        };
        static int Obstacles(ClearWay way) => (way.Authorisation is null ? 1 : 0) + (way.MissingDuty is null ? 0 : 1) + (way.ByApproval ? 1 : 0);
        return known is null || (Worth(found), (int)found.Right, -Obstacles(found)).CompareTo((Worth(known), (int)known.Right, -Obstacles(known))) > 0
            ? found
            : known;
    }

    private AuthorisationId? AuthorisationOf(GrantFacts grant, ItemFacts item)
    {
        if (Question is not { Policy: { } policy, Purpose: { } purpose, Actor: { } actor })
        {
            return null;
        }

        foreach (var authorisation in policy.Authorisations)
        {
            if (authorisation.Covers(grant.Rule.Post, actor.Client?.Id, purpose, item.Item, Now))
            {
                return authorisation.Id;
            }
        }

        return null;
    }

    private string? MissingDuty(GrantFacts grant, ItemFacts facts)
    {
        foreach (var rule in Question.Policy?.Duties ?? [])
        {
            if (rule.Level <= facts.Level && rule.Posts?.Contains(grant.Rule.Post) != false
                && !(Question.Actor!.Duties.TryGetValue(rule.Duty, out var lapses) && Now < lapses))
            {
                return rule.Duty;
            }
        }

        return null;
    }

    private bool InHours(GrantFacts grant)
    {
        var windows = (Question.Policy?.Hours ?? []).Where(rule => rule.Post == grant.Rule.Post).ToList();
        return grant.OnShift && (windows.Count == 0 || windows.Exists(window => window.Holds(Now)));
    }

    /// <summary>Whether the grant has a say in this record: one of units in theirs, any other in all.</summary>
    public static bool ReachesRecord(GrantFacts grant, ItemFacts item) =>
        !IsOfUnits(grant) || item.Record is null or { OfTheCustomer: true } || grant.Units.Contains(item.Record.Unit);

    public bool AnyReaches(ItemFacts item)
    {
        foreach (var grant in usable)
        {
            if (ReachesRecord(grant, item))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a search by this grant may tell of the customer.</summary>
    public bool MayFind(GrantFacts grant) => IsOfUnits(grant) ? Reaches(grant) : IsOfTheEntity(grant);

    private static bool IsOfUnits(GrantFacts grant) => grant.Rule.Scope is Scope.OwnStationShift or Scope.OwnUnit or Scope.OwnData;

    private bool IsOfTheEntity(GrantFacts grant) => Question.Customer is not { } customer || grant.Entity is not { } entity || entity == customer.Entity;

    private ListEffect? EffectOfLists()
    {
        if (Question is not { Customer: { Lists.Count: > 0 } customer, Actor: { } actor })
        {
            return null;
        }

        ListEffect? effect = null;
        var posts = ForAct.Where(IsOfTheEntity).Select(grant => grant.Rule.Post).ToList();
        foreach (var id in customer.Lists)
        {
            var list = Question.Policy?.Lists.GetValueOrDefault(id);
            if (list?.Names(actor, posts) != true)
            {
                effect = (ListEffect)Math.Max((int)(effect ?? Access.ListEffect.Masked), (int)(list?.Effect ?? Access.ListEffect.Hidden));
            }
        }

        return effect;
    }

    private bool Reaches(GrantFacts grant)
    {
        if (Question.Customer is not { } customer)
        {
            return true;
        }

        if (!IsOfTheEntity(grant))
        {
            return false;
        }

        return grant.Rule.Scope switch
        {
            Scope.SessionCustomer => HoldsSession,
            Scope.OwnStationShift or Scope.OwnUnit or Scope.OwnData => customer.Units?.Overlaps(grant.Units) == true,
            Scope.OpenCases => customer.OpenCase,
            Scope.OpenRequests => Question.HasTicket,
            Scope.ConsentedSegment => Question.Purpose is { } purpose && customer.Consents.TryGetValue(purpose, out var consent) && consent.IsGiven(Now),
            Scope.Log or Scope.All => true,
            _ => false,
        };
    }
}
