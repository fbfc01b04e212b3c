using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Matrix;

/// <summary>
/// Who may knock at which endpoint, said once and independently of the product: written from domain.md §3 (posts, duties) and from the
/// scopes an API client can have (R43), never from the product's own table.
/// <para>
/// A new route: one line below. <c>METHOD route | who | status</c>. Who: posts, groups of <see cref="Groups"/>, <c>people</c> (every signed-in
/// person), <c>half</c> (also before the second factor), <c>anyone</c>, and <c>@scope</c> for API clients. Status: what somebody let in is answered who names nothing that exists and
/// sends <c>{}</c>; several with <c>/</c>. A route on a customer (<c>/v1/customers/{id}…</c>) needs a block in
/// <see cref="CustomerMatrix"/> too.
/// </para>
/// </summary>
internal static class RouteMatrix
{
    /// <summary>All posts of domain.md §3.</summary>
    public static readonly string[] Posts =
    [
        "call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "complaints", "rights-desk", "marketing", "analyst",
        "data-owner", "admin-4a", "operations", "auditor", "dpo",
    ];

    /// <summary>Everything an API client can be let into.</summary>
    public static readonly string[] Scopes =
    [
        "collect", "import", "find", "view", "compare", "correct", "contact", "consent", "relations", "ledger", "explain", "approvals", "audit", "tickets", "training", "metrics", "rosters", "calls", "reader",
    ];

    private static readonly Dictionary<string, string[]> Groups = new()
    {
        // Those who meet customers, or work on what customers hand in.
        ["desks"] = ["call-agent", "outsourced-agent", "counter", "back-office", "shift-lead", "rights-desk"],
        ["service"] = ["desks", "complaints"],

        // Those who may join two people into one, or undo it.
        ["matchers"] = ["back-office", "shift-lead", "rights-desk", "dpo"],

        // Those who ask for a standing use authorisation, and those who answer for it.
        ["users"] = ["back-office", "shift-lead", "data-owner", "dpo"],
        ["owners"] = ["data-owner", "dpo"],
        // Those who ask for permits to work from outside, and the administrators who give them.
        ["permitters"] = ["admin-4a", "data-owner", "dpo", "shift-lead", "operations"],
        ["overseers"] = ["auditor", "dpo"],
    };

    private const string Table = """
        GET    /healthz                                              | anyone                          | 200
        GET    /readyz                                               | anyone                          | 200/503
        GET    /                                                     | anyone                          | 302
        GET    /console/{page}                                       | anyone                          | 200/404
        GET    /assets/{file}                                        | anyone                          | 404
        GET    /openapi/v1.json                                      | people                          | 200
        POST   /v1/sign-in                                           | anyone                          | 422
        POST   /v1/sign-out                                          | people half                     | 204
        GET    /v1/session/abilities                                 | people                          | 200
        GET    /v1/catalogue/words                                   | people                          | 200
        GET    /v1/posts                                             | people                          | 200
        PUT    /v1/posts/{post}/duties                               | dpo                             | 404/422
        GET    /v1/catalogue                                         | owners auditor                  | 200
        POST   /v1/catalogue/items/{key}/mask                        | owners                          | 404/422
        GET    /v1/figures                                           | data-owner overseers            | 200
        GET    /v1/contact/ways                                      | people @contact                 | 200
        GET    /v1/session                                           | people half                     | 200
        POST   /v1/session/password                                  | people half                     | 422
        POST   /v1/session/step-up                                   | people half                     | 401/403/422
        GET    /v1/session/factors                                   | people half                     | 200
        POST   /v1/session/factors/totp                              | people half                     | 200/403/409
        POST   /v1/session/factors/totp/confirm                      | people half                     | 422
        POST   /v1/session/factors/recovery-codes                    | people                          | 200/403/404/409
        GET    /v1/sessions                                          | people                          | 200
        DELETE /v1/sessions/{id}                                     | people                          | 404

        POST   /v1/session/step-up/passkey/options                  | people half                     | 200/403/404/409/422/503
        POST   /v1/session/step-up/passkey                          | people half                     | 401/403/404/409/422/503
        POST   /v1/session/factors/passkeys/options                 | people half                     | 200/403/404/409/422/503
        POST   /v1/session/factors/passkeys                         | people half                     | 401/403/404/409/422/503
        GET    /v1/session/factors/passkeys                         | people                          | 200
        PATCH  /v1/session/factors/passkeys/{id}                    | people                          | 403/404/422
        DELETE /v1/session/factors/passkeys/{id}                    | people                          | 403/404/422
        DELETE /v1/session/factors/totp                             | people                          | 204/403/404/409
        POST   /v1/session/qr/look                                  | people                          | 401/403/404/409/422/503
        POST   /v1/session/qr/approve                               | people                          | 401/403/404/409/422/503
        POST   /v1/session/sso                                      | people                          | 403/404/422/503
        DELETE /v1/session/sso/{provider}                           | people                          | 403/404
        GET    /v1/sign-in/sso                                      | anyone                          | 200
        POST   /v1/sign-in/sso                                      | anyone                          | 404/422
        GET    /v1/sign-in/sso/callback                             | anyone                          | 401/404/422
        POST   /v1/sign-in/passkey/options                          | anyone                          | 200/404/409/503
        POST   /v1/sign-in/passkey                                  | anyone                          | 401/404/422/503
        POST   /v1/sign-in/qr                                       | anyone                          | 200/401/403/404/409/422/503
        POST   /v1/sign-in/qr/take                                  | anyone                          | 200/202/204/401/404/422
        GET    /v1/duties                                           | people                          | 200
        GET    /v1/duties/people                                    | owners @training                | 200
        GET    /v1/nda                                              | people                          | 200
        POST   /v1/nda                                              | dpo                             | 422
        POST   /v1/nda/sign                                         | people                          | 409/422
        POST   /v1/training                                         | owners @training                | 422
        POST   /v1/training/import                                  | owners @training                | 200/415/422

        GET    /v1/people                                            | admin-4a                        | 200
        GET    /v1/people/{id}                                       | admin-4a                        | 404
        PATCH  /v1/people/{id}                                       | admin-4a                        | 422
        POST   /v1/people/{id}/posts                                 | admin-4a                        | 422
        DELETE /v1/people/{id}/posts/{post}/{unit}                   | admin-4a                        | 404
        POST   /v1/people/{id}/suspend                               | admin-4a                        | 404
        POST   /v1/people/{id}/resume                                | admin-4a                        | 404
        POST   /v1/people/{id}/close                                 | admin-4a                        | 404
        POST   /v1/people/{id}/start-password                        | admin-4a                        | 404
        POST   /v1/people/{id}/factors/reset                         | admin-4a                        | 404
        GET    /v1/live-sessions                                     | admin-4a                        | 200
        DELETE /v1/live-sessions/{id}                                | admin-4a                        | 404
        GET    /v1/people/{id}/sessions                              | admin-4a                        | 200/409
        DELETE /v1/people/{id}/sessions                              | admin-4a                        | 204
        POST   /v1/people/{id}/posts/request                        | admin-4a                        | 404/422
        POST   /v1/people/{id}/sso/request                           | admin-4a                        | 404/422
        POST   /v1/people/{id}/sso                                   | admin-4a                        | 404/422
        DELETE /v1/people/{id}/sso/{provider}                        | admin-4a                        | 404
        POST   /v1/people/{id}/start-password/request               | admin-4a                        | 404/422
        GET    /v1/account-requests                                 | admin-4a                        | 200
        POST   /v1/account-requests                                 | admin-4a data-owner dpo shift-lead operations| 422
        POST   /v1/account-requests/{id}/decide                     | admin-4a                        | 404/422
        GET    /v1/entities                                          | people                          | 200
        POST   /v1/entities                                          | admin-4a                        | 422
        PATCH  /v1/entities/{id}                                     | admin-4a                        | 422
        GET    /v1/units                                             | people                          | 200
        POST   /v1/units                                             | admin-4a                        | 422
        PATCH  /v1/units/{id}                                        | admin-4a                        | 422
        GET    /v1/clients                                           | admin-4a                        | 200
        POST   /v1/clients                                           | admin-4a                        | 422
        POST   /v1/clients/request                                   | admin-4a                        | 422
        PATCH  /v1/clients/{id}                                      | admin-4a                        | 422
        POST   /v1/clients/{id}/rotate                               | admin-4a                        | 404
        POST   /v1/clients/{id}/hand-over                            | admin-4a                        | 404/422
        GET    /v1/clients/report                                    | admin-4a dpo auditor data-owner | 200
        POST   /v1/clients/{id}/revoke                               | admin-4a                        | 404
        POST   /v1/units/{id}/move                                   | admin-4a                        | 404/422
        POST   /v1/units/{id}/responsible                            | admin-4a                        | 404/422
        GET    /v1/organisation/report                               | admin-4a data-owner overseers   | 200
        GET    /v1/post-rights                                       | admin-4a data-owner overseers   | 200
        GET    /v1/directory                                         | people                          | 200
        POST   /v1/access-reviews                                    | admin-4a dpo                    | 422
        GET    /v1/access-reviews                                    | people                          | 200
        GET    /v1/access-reviews/unused                             | admin-4a data-owner overseers   | 200
        GET    /v1/access-reviews/{id}                               | people                          | 404
        GET    /v1/access-reviews/{id}/lines                         | people                          | 404
        POST   /v1/access-reviews/{id}/decide                        | people                          | 422
        POST   /v1/access-reviews/{id}/second                        | data-owner overseers            | 422
        POST   /v1/access-reviews/{id}/close                         | admin-4a dpo                    | 404
        GET    /v1/access-reviews/{id}/report                        | people                          | 404
        POST   /v1/reconciliation/accounts                           | admin-4a                        | 415/422
        POST   /v1/reconciliation/operations                         | admin-4a                        | 415/422
        POST   /v1/reconciliation/own                                | admin-4a                        | 200
        GET    /v1/reconciliation/findings                           | admin-4a overseers              | 200
        POST   /v1/reconciliation/findings/{id}/explain              | admin-4a dpo                    | 404/422
        GET    /v1/reconciliation/runs                               | admin-4a overseers              | 200
        GET    /v1/alerts                                            | admin-4a data-owner overseers   | 200
        GET    /v1/alerts/{id}                                       | admin-4a data-owner overseers   | 404
        POST   /v1/alerts/{id}/step                                  | admin-4a data-owner overseers   | 404/422
        GET    /v1/monitoring/people/{id}                            | admin-4a data-owner overseers   | 200
        GET    /v1/monitoring/rules                                  | admin-4a data-owner overseers   | 200
        PUT    /v1/monitoring/rules                                  | admin-4a dpo                    | 422
        POST   /v1/monitoring/rules/confirm                          | admin-4a dpo                    | 404/409/422
        POST   /v1/log-checks                                        | admin-4a overseers              | 422
        POST   /v1/log-checks/{id}/circulate                         | admin-4a overseers              | 404
        GET    /v1/log-checks/{id}/circulation                       | admin-4a overseers              | 200
        GET    /v1/log-check-results                                 | people                          | 200
        POST   /v1/log-check-results/{id}/acknowledge                | people                          | 404
        GET    /v1/log-checks                                        | admin-4a operations overseers   | 200
        GET    /v1/log-checks/statistics                             | admin-4a overseers              | 200
        GET    /v1/log-checks/{id}/items                             | admin-4a operations overseers   | 404
        POST   /v1/log-checks/items/{id}/judge                       | admin-4a operations overseers   | 404/422
        GET    /v1/session/contact                                   | people                          | 200
        PUT    /v1/session/contact                                   | people                          | 204
        PUT    /v1/people/{id}/contact                               | admin-4a                        | 404/422
        GET    /v1/notices-sent                                      | admin-4a                        | 200
        POST   /v1/notices-sent/{id}/repeat                          | admin-4a                        | 404

        GET    /v1/approvals                                         | people @approvals               | 200
        POST   /v1/approvals                                         | people @approvals               | 422
        GET    /v1/approvals/{id}                                    | people @approvals               | 404
        POST   /v1/approvals/{id}/decide                             | people @approvals               | 422
        POST   /v1/approvals/{id}/revoke                             | people                          | 404
        POST   /v1/approvals/uses                                   | people @approvals               | 403/404/422
        POST   /v1/approvals/break-glass                            | people @approvals               | 403/404/422
        GET    /v1/approvals/in-force                               | people @approvals               | 200
        GET    /v1/approvals/quality                                | overseers data-owner            | 200
        POST   /v1/approvals/{id}/sign                              | people @approvals               | 404
        POST   /v1/approvals/{id}/code                              | people @approvals               | 404
        POST   /v1/approvals/{id}/on-site/options                   | people @approvals               | 404
        POST   /v1/approvals/{id}/on-site                           | people @approvals               | 403/404/422
        POST   /v1/approvals/{id}/review                            | people @approvals               | 403/404/422
        POST   /v1/work-orders                                      | @tickets                        | 422
        GET    /v1/scenes                                           | people                          | 200
        POST   /v1/scenes/{scene}/request                           | admin-4a dpo                    | 404/422
        PUT    /v1/scenes/{scene}                                   | admin-4a dpo                    | 404/422
        GET    /v1/approvals/delegations                            | people @approvals               | 200/403
        POST   /v1/approvals/delegations                            | people @approvals               | 403/404/422
        POST   /v1/approvals/delegations/{id}/end                   | people @approvals              | 404
        GET    /v1/authorisations                                    | users                           | 200
        POST   /v1/authorisations                                    | users                           | 422
        POST   /v1/authorisations/request                            | users                           | 422
        POST   /v1/authorisations/{id}/end                           | owners                          | 404

        GET    /v1/forms                                             | people @collect                 | 200
        GET    /v1/forms/{key}                                       | people @collect                 | 404
        PUT    /v1/forms/{key}                                       | owners                          | 422
        POST   /v1/forms/{key}/review                                | owners                          | 404
        POST   /v1/forms/{key}/request                              | owners                          | 404/422
        POST   /v1/forms/{key}/publish                               | owners                          | 422
        GET    /v1/notices/{key}                                     | people @collect                 | 404
        GET    /v1/notices/{key}/{version}                           | people @collect                 | 404
        GET    /v1/notices/{key}/{version}/text                      | owners                          | 404
        PUT    /v1/notices/{key}/{version}                           | owners                          | 422
        POST   /v1/notices/{key}/{version}/request                  | owners                          | 404/422
        POST   /v1/notices/{key}/{version}/publish                   | owners                          | 422
        GET    /v1/channels                                          | admin-4a data-owner             | 200
        POST   /v1/channels                                          | admin-4a data-owner             | 422
        PUT    /v1/channels/{id}                                     | admin-4a data-owner             | 422

        POST   /v1/collect/{form}                                    | desks @collect                  | 404
        POST   /v1/collect/{form}/request                            | desks @collect                  | 404/422
        POST   /v1/readings                                          | @reader                         | 422
        POST   /v1/collect/{form}/bulk                               | desks @collect                  | 200
        POST   /v1/imports/{form}/request                            | back-office operations @import  | 422
        POST   /v1/imports/{form}                                    | back-office operations @import  | 200

        POST   /v1/customers/find                                    | people @find                    | 422
        POST   /v1/customers/{id}/view                               | people @view                    | 403/404
        POST   /v1/customers/view-many                               | people @view                    | 422
        POST   /v1/customers/{id}/compare                            | people @compare                 | 422
        POST   /v1/customers/{id}/contact                            | people @contact                 | 422
        POST   /v1/customers/{id}/contact-code                       | people @contact                 | 422
        POST   /v1/changes/request                                   | back-office                     | 422
        POST   /v1/changes                                           | back-office                     | 422
        POST   /v1/host-access/request                               | operations                      | 422
        POST   /v1/host-access/{approval}/certificate                | operations                      | 422
        GET    /v1/host-access/ca                                    | admin-4a operations auditor     | 200
        PATCH  /v1/customers/{id}                                    | people @correct                 | 422
        POST   /v1/customers/{id}/files/{file}/open                  | people @view                    | 403/404
        PUT    /v1/customers/{id}/records/{record}/files/{item}      | people @correct                 | 400/403/404
        GET    /v1/customers/{id}/ledger                             | rights-desk overseers @ledger   | 403/404
        POST   /v1/customers/{id}/consents                           | service dpo @consent            | 404
        POST   /v1/customers/{id}/consents/{purpose}/withdraw        | service dpo @consent            | 404
        GET    /v1/customers/{id}/receipts                           | service dpo @consent            | 404
        GET    /v1/receipts/{id}                                     | service dpo @consent            | 404
        GET    /v1/candidates                                        | matchers                        | 200
        POST   /v1/candidates/{id}/accept                            | matchers                        | 422
        POST   /v1/candidates/{id}/reject                            | matchers                        | 404
        POST   /v1/merges/{id}/undo                                  | matchers                        | 404
        GET    /v1/zones                                             | admin-4a dpo                    | 200
        POST   /v1/zones/request                                     | admin-4a dpo                    | 422
        PUT    /v1/zones                                             | admin-4a dpo                    | 422
        GET    /v1/roster-posts                                      | admin-4a dpo                    | 200
        POST   /v1/roster-posts/request                              | admin-4a dpo                    | 422
        PUT    /v1/roster-posts                                      | admin-4a dpo                    | 422
        GET    /v1/remote-access                                     | permitters                      | 200
        POST   /v1/remote-access/request                             | permitters                      | 422
        POST   /v1/remote-access                                     | permitters                      | 422
        POST   /v1/remote-access/{person}/end                        | permitters                      | 404
        GET    /v1/rosters                                           | data-owner shift-lead @rosters  | 200
        POST   /v1/rosters/{roster}/import                           | data-owner shift-lead @rosters  | 200/415/422
        GET    /v1/rosters/{roster}/{day}                            | data-owner shift-lead @rosters  | 404/422
        POST   /v1/rosters/{roster}/swaps                            | people                          | 422
        GET    /v1/duty-now                                          | people                          | 200
        GET    /v1/customer-lists                                    | owners                          | 200
        POST   /v1/customer-lists                                    | owners                          | 422
        PUT    /v1/customer-lists/{id}                               | owners                          | 404/422
        POST   /v1/customer-lists/{id}/customers                     | owners                          | 404/422
        GET    /v1/customer-lists/{id}/customers                     | owners                          | 404
        POST   /v1/service-sessions                                  | service                         | 422
        POST   /v1/service-sessions/{id}/customer                    | service                         | 422
        POST   /v1/service-sessions/{id}/verify                      | service                         | 422
        POST   /v1/service-sessions/{id}/close                       | service                         | 409/503
        POST   /v1/calls                                             | @calls                          | 422
        POST   /v1/calls/{id}/close                                  | @calls                          | 404
        GET    /v1/calls                                             | service                         | 200
        POST   /v1/calls/{id}/take                                   | service                         | 409
        POST   /v1/calls/{id}/candidates                             | service                         | 409
        POST   /v1/access/explain                                    | people @explain                 | 422

        GET    /v1/audit/entries                                     | overseers @audit                | 200
        GET    /v1/audit/entries/{id}                                | overseers @audit                | 404
        GET    /v1/audit/entries/{id}/proof                          | overseers @audit                | 404
        GET    /v1/audit/consistency                                 | overseers admin-4a @audit       | 400/422
        POST   /v1/audit/evidence                                    | overseers @audit                | 422
        GET    /v1/audit/checkpoints                                 | overseers admin-4a @audit       | 200
        GET    /v1/audit/references/{customer}                       | overseers @audit                | 404
        GET    /tlog/checkpoint                                      | overseers admin-4a @audit       | 200
        GET    /tlog/tile/{path}                                     | overseers @audit                | 200/404
        GET    /v1/keys/rotate                                       | admin-4a operations             | 200
        POST   /v1/keys/rotate                                       | admin-4a operations             | 202/409
        """;

    public static IReadOnlyDictionary<string, RouteRule> Rules { get; } = Table.Split('\n')
        .Where(line => line.Trim().Length > 0).Select(RouteRule.Parse).ToDictionary(rule => rule.Route);

    /// <summary>Groups taken apart, down to posts, scopes and the two words.</summary>
    public static HashSet<string> Members(IEnumerable<string> who) =>
        [.. who.SelectMany(one => Groups.TryGetValue(one, out var group) ? Members(group) : [one])];
}

/// <param name="Route">Method and route, as in the route table.</param>
/// <param name="Good">Statuses of somebody let in who names nothing that exists.</param>
internal sealed record RouteRule(string Route, IReadOnlySet<string> Who, IReadOnlyList<int> Good)
{
    public bool IsOpen => Who.Contains("anyone");

    /// <summary>The refusals one of which this role must meet; null: it is let in.</summary>
    public string[]? Refusal(Role role) => role.Kind switch
    {
        _ when IsOpen => null,
        RoleKind.Nobody => ["401 signin.needed"],
        RoleKind.Half => Who.Contains("half") ? null : ["403 factor.pending"],
        RoleKind.Person => Who.Contains("people") || role.Posts.Any(Who.Contains) ? null : ["403 act.ungranted"],
        _ => role.Scopes.Any(scope => Who.Contains("@" + scope)) ? null : ["403 client.scope", "403 act.ungranted"],
    };

    public static RouteRule Parse(string line)
    {
        var parts = line.Split('|', StringSplitOptions.TrimEntries);
        Assert.True(parts.Length == 3, $"three columns: {line}");
        var who = RouteMatrix.Members(parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var unknown = who.Except(RouteMatrix.Posts).Except(RouteMatrix.Scopes.Select(scope => "@" + scope)).Except(["people", "half", "anyone"]);
        Assert.True(!unknown.Any(), $"nobody of that name: {string.Join(", ", unknown)} in {line}");
        return new RouteRule(string.Join(' ', parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)), who, [.. parts[2].Split('/').Select(int.Parse)]);
    }
}

internal enum RoleKind
{
    Nobody,

    /// <summary>Has typed the right password and not shown a second factor yet.</summary>
    Half,
    Person,
    Client,
}

/// <summary>One kind of caller with its credentials.</summary>
internal sealed record Role(string Name, RoleKind Kind, Caller Caller, string[] Posts, string[] Scopes)
{
    public override string ToString() => Name;
}
