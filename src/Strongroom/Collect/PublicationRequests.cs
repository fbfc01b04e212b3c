using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Collect.Forms;
using Strongroom.Collect.Notices;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;

namespace Strongroom.Collect;

/// <param name="Until">UTC milliseconds until which the approval may be used.</param>
/// <param name="Unit">The unit it is asked from; needed by who stands in several.</param>
/// <param name="Asked">The colleague who is asked first.</param>
internal sealed record PublicationAsk(long Until, string? Reason = null, UnitId? Unit = null, PersonId? Asked = null);

/// <summary>
/// Asks for the approval of a publication (R21). The approver is shown the draft itself, in the canonical form whose hash he decides on, as the server
/// holds it: never a text of the requester's.
/// </summary>
internal sealed class PublicationRequests(CollectConfig config, ApprovalDesk desk, ApprovalEndpoints approvals)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/forms/{key}/request", (FormKey key, PublicationAsk ask, Actor actor, HttpContext http, PublicationRequests self, CancellationToken ct) => self.FormAsync(key, ask, actor, http, ct))
            .RequirePolicy(Doors.FormsManage).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("form-request");
        app.MapPost("/v1/notices/{key}/{version:int}/request", (NoticeKey key, int version, PublicationAsk ask, Actor actor, HttpContext http, PublicationRequests self, CancellationToken ct) => self.NoticeAsync(key, version, ask, actor, http, ct))
            .RequirePolicy(Doors.NoticesManage).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("notice-request");
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> FormAsync(FormKey key, PublicationAsk ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        var form = (await config.AtLeastAsync(actor.ConfigEpoch, ct)).Form(key);
        return form?.Draft is { } draft
            ? await AskAsync(FormFacts.PublishAct, key.Value, Digests.Text(draft.Form, draft.Version), draft.Digest, ask, actor, http, ct)
            : Problem.Of(form is null ? Reasons.FormUnknown : Reasons.FormSettled).ToResult();
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> NoticeAsync(NoticeKey key, int version, PublicationAsk ask, Actor actor, HttpContext http, CancellationToken ct)
    {
        var notice = (await config.AtLeastAsync(actor.ConfigEpoch, ct)).Notice(key, version);
        return notice is { Published: false }
            ? await AskAsync(NoticeFacts.PublishAct, NoticeContent.RowName(key, version), Digests.Text(notice.Text, notice.Party), notice.Digest, ask, actor, http, ct)
            : Problem.Of(notice is null ? Reasons.NotFound : Reasons.NoticeFixed).ToResult();
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AskAsync(
        string act, string subject, string text, string digest, PublicationAsk ask, Actor actor, HttpContext http, CancellationToken ct) =>
        await approvals.AnswerAsync(
            await approvals.SettledAsync(http, actor, now => desk.RequestAsync(
                now, new ApprovalScope(act, subject, digest, ask.Until), new ApprovalEvidence(text, Reason: ask.Reason), new AskedFrom(ask.Unit, Asked: ask.Asked), ct)),
            ct);
}
