using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Hosts;

/// <summary>Privileged sign-in to hosts over HTTP.</summary>
internal sealed class HostAccessEndpoints(HostAccess access, ApprovalEndpoints approvals)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/v1/host-access");
        group.MapPost("/request", (HostAsk ask, Actor actor, HttpContext http, HostAccessEndpoints self, CancellationToken ct) => self.AskAsync(ask, actor, http, ct))
            .RequirePolicy(Doors.HostsSignIn).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("host-access-request");
        group.MapPost("/{approval}/certificate", (ApprovalId approval, HostCertificateAsk ask, Actor actor, HostAccessEndpoints self, CancellationToken ct) =>
                self.IssueAsync(approval, ask, actor, ct))
            .RequirePolicy(Doors.HostsSignIn).Records(HostAccessFacts.Issued, HostAccessFacts.IssueRefused, HostAccessFacts.AuthorityMade).WithName("host-access-certificate");
        group.MapGet("/ca", (Actor actor, HostAccessEndpoints self, CancellationToken ct) => self.AuthorityAsync(actor, ct))
            .RequirePolicy(Doors.HostsRead).Records(HostAccessFacts.AuthorityRead, HostAccessFacts.AuthorityMade).WithName("host-access-ca");
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AskAsync(HostAsk ask, Actor actor, HttpContext http, CancellationToken ct) =>
        await approvals.AnswerAsync(await approvals.SettledAsync(http, actor, now => access.RequestAsync(now, ask, ct)), ct);

    private async Task<Results<Ok<HostCertificateIssued>, ProblemHttpResult>> IssueAsync(ApprovalId approval, HostCertificateAsk ask, Actor actor, CancellationToken ct) =>
        Answer(await access.IssueAsync(actor, approval, ask, ct));

    private async Task<Results<Ok<HostAuthorityKey>, ProblemHttpResult>> AuthorityAsync(Actor actor, CancellationToken ct) => Answer(await access.AuthorityAsync(actor, ct));

    private static Results<Ok<T>, ProblemHttpResult> Answer<T>(Outcome<T> outcome) => outcome switch
    {
        Outcome<T>.Done { Value: var value } => TypedResults.Ok(value),
        Outcome<T>.Refused refused => refused.Problem.ToResult(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

internal static class HostAccessModule
{
    public static IServiceCollection AddHostAccess(this IServiceCollection services) => services
        .AddSingleton<HostAuthority>()
        .AddSingleton<HostAccess>()
        .AddSingleton<HostAccessEndpoints>();
}
