using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Access;

/// <summary>Who may knock at the endpoints of one policy.</summary>
/// <param name="Anyone">No sign-in needed.</param>
/// <param name="EveryPerson">Every signed-in person, whatever the post; the one decision says what is shown.</param>
/// <param name="Posts">Persons who hold one of these posts.</param>
/// <param name="Scope">API clients with this scope; null: no client.</param>
/// <param name="Administers">Administration: besides the post, the proof that the policy asks for it (R37).</param>
internal sealed record DoorRule(bool Anyone, bool EveryPerson, FrozenSet<PostKey> Posts, ClientScope? Scope, bool Administers = false);

/// <summary>
/// The outer door: policy → posts and client scopes (R33, R40). It separates duties (an administrator of accounts never opens a customer,
/// an auditor never changes anything); what a caller sees behind the door is the one decision's matter.
/// </summary>
internal static class PolicyTable
{
    private const string DataOwner = "data-owner", Admin = "admin-4a", Auditor = "auditor", Dpo = "dpo", Operations = "operations";

    private static readonly FrozenDictionary<string, DoorRule> Rules = new Dictionary<string, DoorRule>
    {
        [Doors.Anonymous] = new(Anyone: true, EveryPerson: true, [], null),
        [Doors.SignedIn] = Everybody(null),
        [Doors.Collect] = Held(ClientScope.Collect, "call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "rights-desk"),
        [Doors.CustomerFind] = Everybody(ClientScope.Find),
        [Doors.CustomerView] = Everybody(ClientScope.View),
        [Doors.CustomerCorrect] = Everybody(ClientScope.Correct),
        [Doors.CustomerCompare] = Everybody(ClientScope.Compare),
        [Doors.CustomerContact] = Everybody(ClientScope.Contact),
        [Doors.CustomerConsent] = Held(ClientScope.Consent, "call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "complaints", "rights-desk", Dpo),
        [Doors.CustomerReview] = Held(null, "back-office", "shift-lead", "rights-desk", Dpo),
        [Doors.CustomerLedger] = Held(ClientScope.Ledger, "rights-desk", Auditor, Dpo),
        [Doors.ServiceSessions] = Held(null, "call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "complaints", "rights-desk"),
        [Doors.Calls] = Held(ClientScope.Calls),
        [Doors.Explain] = Everybody(ClientScope.Explain),
        [Doors.CatalogueRead] = Held(null, DataOwner, Dpo, Auditor),
        [Doors.CatalogueTry] = Held(null, DataOwner, Dpo),
        [Doors.FormsRead] = Everybody(ClientScope.Collect),
        [Doors.FormsManage] = Held(null, DataOwner, Dpo),
        [Doors.NoticesManage] = Held(null, DataOwner, Dpo),
        [Doors.ChannelsManage] = Held(null, Admin, DataOwner) with { Administers = true },
        [Doors.AuthorisationsManage] = Held(null, DataOwner, Dpo, "shift-lead", "back-office"),
        [Doors.Figures] = Held(null, DataOwner, Auditor, Dpo),
        [Doors.ApprovalsUse] = Everybody(ClientScope.Approvals),
        [Doors.VaultQuality] = Held(null, Dpo, Auditor, DataOwner),
        [Doors.Readings] = Held(ClientScope.Reader),
        [Doors.ChangesRun] = Held(null, "back-office"),
        [Doors.HostsSignIn] = Held(null, Operations) with { Administers = true },
        [Doors.HostsRead] = Held(null, Admin, Operations, Auditor),
        [Doors.WorkOrders] = Held(ClientScope.Tickets),
        [Doors.PoliciesManage] = Held(null, Admin, Dpo) with { Administers = true },
        [Doors.NdaManage] = Held(null, Dpo),
        [Doors.TrainingRecord] = Held(ClientScope.Training, DataOwner, Dpo),
        [Doors.AccountsRequest] = Held(null, Admin, DataOwner, Dpo, "shift-lead", Operations),
        [Doors.OrganisationReport] = Held(null, Admin, Dpo, Auditor, DataOwner),
        [Doors.ReviewsManage] = Held(null, Admin, Dpo),
        // The responsible person of a unit may hold any post: who may decide which line is the review's own rule.
        [Doors.ReviewsDecide] = Everybody(null),
        [Doors.ReviewsSecond] = Held(null, Auditor, Dpo, DataOwner),
        [Doors.ReconcileManage] = Held(null, Admin),
        [Doors.ReconcileRead] = Held(null, Admin, Auditor, Dpo),
        [Doors.ReconcileExplain] = Held(null, Admin, Dpo),
        [Doors.AlertsHandle] = Held(null, Admin, Auditor, Dpo, DataOwner),
        [Doors.MonitoringManage] = Held(null, Admin, Dpo) with { Administers = true },
        [Doors.LogCheck] = Held(null, Admin, Auditor, Dpo),
        [Doors.LogReview] = Held(null, Admin, Auditor, Dpo, Operations),
        // A result may go to any post; each reads what went to himself.
        [Doors.LogResults] = Everybody(null),
        [Doors.ListsManage] = Held(null, DataOwner, Dpo),
        [Doors.PostsManage] = Held(null, Dpo),
        [Doors.PeopleManage] = Held(null, Admin) with { Administers = true },
        [Doors.ClientsManage] = Held(null, Admin) with { Administers = true },
        [Doors.KeysManage] = Held(null, Admin, Operations) with { Administers = true },
        [Doors.RemoteAccess] = Held(null, Admin, DataOwner, Dpo, "shift-lead", Operations),
        [Doors.RostersManage] = Held(ClientScope.Rosters, DataOwner, "shift-lead"),
        // Colleagues' names: like all work it is done from where one may work, not from wherever one can sign out.
        [Doors.DutyNow] = Everybody(null),
        [Doors.RostersSwap] = Everybody(null),
        [Doors.ImportRun] = Held(ClientScope.Import, "back-office", Operations),
        [Doors.AuditRead] = Held(ClientScope.Audit, Auditor, Dpo),
        [Doors.AuditVerify] = Held(ClientScope.Audit, Auditor, Dpo, Admin),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Rules.Keys;

    public static bool Administers(string policy) => Rules.TryGetValue(policy, out var door) && door.Administers;

    /// <summary>The posts that may knock at a policy's endpoints; none where every person may.</summary>
    public static IReadOnlySet<PostKey> PostsOf(string policy) => Rules.TryGetValue(policy, out var door) ? door.Posts : FrozenSet<PostKey>.Empty;

    /// <summary>The scope that lets clients in; null: none does.</summary>
    public static ClientScope? ScopeOf(string policy) => Rules.TryGetValue(policy, out var door) ? door.Scope : null;

    /// <summary>Null when the caller may knock; otherwise why not. An unknown policy lets nobody in.</summary>
    public static Reason? Refusal(string policy, Actor actor)
    {
        if (!Rules.TryGetValue(policy, out var door))
        {
            return Reasons.ActUnknown;
        }

        if (door.Anyone)
        {
            return null;
        }

        return actor.Kind switch
        {
            ActorKind.Person when door.EveryPerson || actor.Posts.Any(held => door.Posts.Contains(held.Post)) => null,
            ActorKind.Person => Reasons.ActUngranted,
            ActorKind.Client when door.Scope is { } scope && actor.Scopes.Contains(scope) => null,
            ActorKind.Client => Reasons.ClientScope,
            _ => Reasons.SignInNeeded,
        };
    }

    private static DoorRule Everybody(ClientScope? scope) => new(Anyone: false, EveryPerson: true, [], scope);

    private static DoorRule Held(ClientScope? scope, params string[] posts) => new(false, false, posts.Select(PostKey.Of).ToFrozenSet(), scope);
}
