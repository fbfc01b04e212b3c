using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Forms;

/// <summary>What collection's administration writes to the log.</summary>
internal static class FormFacts
{
    public const string Drafted = "form-drafted";
    public const string Reviewed = "form-reviewed";
    public const string Opened = "form-opened";

    /// <summary>The act an approval of a publication names.</summary>
    public const string PublishAct = "form.publish";
}

/// <summary>
/// The way of a form: drafted, reviewed by a second person for compliance, approved, open (R20, R21). The approval is bound to the digest
/// of exactly this version; a changed form is another version and starts anew, while the open one stays in use.
/// </summary>
internal sealed class FormDesk(Database database, ControlStore control, CollectConfig config, IPublicationApprovals approvals, TimeProvider time)
{
    public Task<Outcome<FormContent>> DraftAsync(FormKey key, FormAsk ask, Actor actor, CancellationToken ct)
    {
        var errors = FormRules.Check(ask);
        var form = FormRules.Definition(key, ask);
        return errors.Count > 0
            ? Task.FromResult<Outcome<FormContent>>(Problem.Of(errors))
            : database.ChangeAsync(async tx =>
            {
                var settings = await config.LoadAsync(tx);
                var broken = FormRules.Check(form, settings.Catalogue, Published(settings));
                if (broken.Count > 0)
                {
                    throw new UndoneException(Problem.Of(broken));
                }

                var row = await LoadAsync(tx, key);
                var version = (row?.Content.LastVersion ?? 0) + 1;
                var draft = new FormVersion(version, form, FormState.Draft, Digests.Of(form, version), actor.Person, null, null, time.NowMs());
                return await SaveAsync(tx, row, new FormContent(row?.Content.Open, draft), FormFacts.Drafted, actor);
            }, ct);
    }

    /// <summary>The compliance review (R21), by anybody in charge of forms but the author.</summary>
    public Task<Outcome<FormContent>> ReviewAsync(FormKey key, Actor actor, CancellationToken ct) => database.ChangeAsync(async tx =>
    {
        var (row, draft) = await DraftOfAsync(tx, key);
        if (draft.State != FormState.Draft)
        {
            throw new UndoneException(Problem.Of(Reasons.FormSettled));
        }

        if (draft.Author == actor.Person)
        {
            throw new UndoneException(Problem.Of(Reasons.ReviewSelf));
        }

        var reviewed = draft with { State = FormState.Reviewed, Reviewer = actor.Person, At = time.NowMs() };
        return await SaveAsync(tx, row, row.Content with { Draft = reviewed }, FormFacts.Reviewed, actor);
    }, ct);

    /// <summary>Opens the reviewed draft with a second person's approval of its digest; the rules are asked once more, for the catalogue may have changed.</summary>
    public Task<Outcome<FormContent>> PublishAsync(FormKey key, ApprovalId approval, Actor actor, CancellationToken ct) => database.ChangeAsync(async tx =>
    {
        var (row, draft) = await DraftOfAsync(tx, key);
        if (draft.State != FormState.Reviewed)
        {
            throw new UndoneException(Problem.Of(Reasons.FormUnreviewed));
        }

        var settings = await config.LoadAsync(tx);
        var broken = FormRules.Check(draft.Form, settings.Catalogue, Published(settings));
        if (broken.Count > 0 || settings.CurrentNotice(draft.Form.Notice) is null)
        {
            throw new UndoneException(Problem.Of(broken.Count > 0 ? broken : [Reasons.NoticeUnknown.At("notice")]));
        }

        var used = await approvals.UseAsync(tx, approval, FormFacts.PublishAct, key.Value, draft.Digest, actor.Person);
        if (used.Refusal is { } refusal)
        {
            throw new UndoneException(Problem.Of(refusal));
        }

        var open = draft with { State = FormState.Open, Approval = approval, At = time.NowMs() };
        return await SaveAsync(tx, row, new FormContent(open, null), FormFacts.Opened, actor, approval, used.Row);
    }, ct);

    private static IEnumerable<NoticeText> Published(CollectSettings settings) =>
        settings.Notices.Where(notice => notice.Published).Select(notice => notice.Text).OrderBy(text => text.Key).ThenBy(text => text.Version);

    private async Task<(ControlRow<FormContent> Row, FormVersion Draft)> DraftOfAsync(Tx tx, FormKey key)
    {
        var row = await LoadAsync(tx, key) ?? throw new UndoneException(Problem.Of(Reasons.FormUnknown));
        return (row, row.Content.Draft ?? throw new UndoneException(Problem.Of(Reasons.FormSettled)));
    }

    private Task<ControlRow<FormContent>?> LoadAsync(Tx tx, FormKey key) =>
        control.LoadForUpdateAsync<FormContent>(tx, ControlKey.Named(FormContent.RowKind, key.Value));

    private async Task<FormContent> SaveAsync(
        Tx tx, ControlRow<FormContent>? row, FormContent content, string fact, Actor actor, ApprovalId? approval = null, RowDigest? used = null)
    {
        var key = ControlKey.Named(FormContent.RowKind, (content.Open ?? content.Draft)!.Form.Key.Value);
        var entry = ControlWrites.Fact(fact, actor) with { Approvals = approval is { } id ? [id] : [], Rows = used is null ? [] : [used] };
        await control.SaveOrUndoAsync(tx, key, row?.Version ?? 0, content, entry);
        return content;
    }
}
