using System.Collections.Frozen;
using Strongroom.Ground;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Access;

/// <summary>Who may knock at the endpoints of one policy.</summary>
/// <param name="Anyone">No sign-in needed.</param>
/// <param name="EveryPerson">Every signed-in person, whatever the post; the one decision says what is shown.</param>
/// <param name="Posts">Persons who hold one of these posts.</param>
/// <param name="Scope">API clients with this scope; null: no client.</param>
internal sealed record DoorRule(bool Anyone, bool EveryPerson, FrozenSet<PostKey> Posts, ClientScope? Scope);

/// <summary>
/// The outer door: policy → posts and client scopes (R33, R40). It separates duties (an administrator of accounts never opens a customer,
/// an auditor never changes anything); what a caller sees behind the door is the one decision's matter.
/// </summary>
internal static class PolicyTable
{
    private const string DataOwner = "data-owner", Admin = "admin-4a", Auditor = "auditor", Dpo = "dpo", Operations = "operations";

    private static readonly FrozenDictionary<string, DoorRule> Doors = new Dictionary<string, DoorRule>
    {
        [Policies.Anonymous] = new(Anyone: true, EveryPerson: true, [], null),
        [Policies.SignedIn] = Everybody(null),
        [Policies.Collect] = Held(ClientScope.Collect, "call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "rights-desk"),
        [Policies.CustomerFind] = Everybody(ClientScope.Find),
        [Policies.CustomerView] = Everybody(ClientScope.View),
        [Policies.CustomerCorrect] = Everybody(ClientScope.Correct),
        [Policies.CustomerCompare] = Everybody(ClientScope.Compare),
        [Policies.CustomerConsent] = Held(ClientScope.Consent, "call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "complaints", "rights-desk", Dpo),
        [Policies.CustomerReview] = Held(null, "back-office", "shift-lead", "rights-desk", Dpo),
        [Policies.Explain] = Everybody(ClientScope.Explain),
        [Policies.FormsRead] = Everybody(ClientScope.Collect),
        [Policies.FormsManage] = Held(null, DataOwner, Dpo),
        [Policies.NoticesManage] = Held(null, Dpo),
        [Policies.ChannelsManage] = Held(null, Admin, DataOwner),
        [Policies.AuthorisationsManage] = Held(null, DataOwner, Dpo, "shift-lead", "back-office"),
        [Policies.ApprovalsUse] = Everybody(ClientScope.Approvals),
        [Policies.PoliciesManage] = Held(null, Admin, Dpo),
        [Policies.PeopleManage] = Held(null, Admin),
        [Policies.ClientsManage] = Held(null, Admin),
        [Policies.KeysManage] = Held(null, Admin, Operations),
        [Policies.ImportRun] = Held(ClientScope.Import, "back-office", Operations),
        [Policies.AuditRead] = Held(ClientScope.Audit, Auditor, Dpo),
        [Policies.AuditVerify] = Held(ClientScope.Audit, Auditor, Dpo, Admin),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Doors.Keys;

    /// <summary>Null when the caller may knock; otherwise why not. An unknown policy lets nobody in.</summary>
    public static Reason? Refusal(string policy, Actor actor)
    {
        if (!Doors.TryGetValue(policy, out var door))
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
