namespace Strongroom.Spine.Access;

/// <summary>
/// Names of the endpoint policies. A policy is the outer door: which posts and which client scopes may knock at all.
/// What a caller then sees of a customer is the one decision's matter (<c>AccessRules</c>), never this table's.
/// </summary>
public static class Doors
{
    public const string Anonymous = "anonymous";
    public const string SignedIn = "signed-in";

    public const string Collect = "collect";
    public const string CustomerFind = "customer.find";
    public const string CustomerView = "customer.view";
    public const string CustomerCorrect = "customer.correct";
    public const string CustomerCompare = "customer.compare";
    public const string CustomerContact = "customer.contact";
    public const string CustomerConsent = "customer.consent";
    public const string CustomerReview = "customer.review";
    public const string CustomerLedger = "customer.ledger";
    public const string ServiceSessions = "service-sessions";
    public const string Calls = "calls.open";
    public const string Explain = "access.explain";

    public const string CatalogueRead = "catalogue.read";
    public const string CatalogueTry = "catalogue.try";
    public const string FormsRead = "forms.read";
    public const string FormsManage = "forms.manage";
    public const string NoticesManage = "notices.manage";
    public const string ChannelsManage = "channels.manage";
    public const string AuthorisationsManage = "authorisations.manage";
    public const string Figures = "figures.read";
    public const string ApprovalsUse = "approvals.use";
    public const string VaultQuality = "approvals.quality";
    public const string Readings = "readings.attest";
    public const string ChangesRun = "changes.run";
    public const string HostsSignIn = "hosts.sign-in";
    public const string HostsRead = "hosts.read";
    public const string WorkOrders = "work-orders.push";
    public const string PoliciesManage = "policies.manage";

    public const string NdaManage = "nda.manage";
    public const string TrainingRecord = "training.record";
    public const string AccountsRequest = "accounts.request";
    public const string OrganisationReport = "organisation.report";
    public const string ReviewsManage = "reviews.manage";
    public const string ReviewsDecide = "reviews.decide";
    public const string ReviewsSecond = "reviews.second";
    public const string ReconcileManage = "reconciliation.manage";
    public const string ReconcileRead = "reconciliation.read";
    public const string ReconcileExplain = "reconciliation.explain";
    public const string AlertsHandle = "alerts.handle";
    public const string MonitoringManage = "monitoring.manage";
    public const string LogCheck = "log.check";
    public const string LogReview = "log.review";
    public const string LogResults = "log.results";
    public const string ListsManage = "lists.manage";
    public const string PostsManage = "posts.manage";
    public const string PeopleManage = "people.manage";
    public const string ClientsManage = "clients.manage";
    public const string KeysManage = "keys.manage";
    public const string RemoteAccess = "remote-access";
    public const string RostersManage = "rosters.manage";
    public const string DutyNow = "duty.read";
    public const string RostersSwap = "rosters.swap";
    public const string ImportRun = "import.run";
    public const string AuditRead = "audit.read";
    public const string AuditVerify = "audit.verify";
}
