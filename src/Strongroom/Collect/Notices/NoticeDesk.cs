using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Notices;

internal static class NoticeFacts
{
    public const string Drafted = "notice-drafted";
    public const string Published = "notice-published";

    /// <summary>The act an approval of a publication names.</summary>
    public const string PublishAct = "notice.publish";
}

/// <summary>Notices (R22): written as drafts, published with a second person's approval of their digest, and then never changed.</summary>
internal sealed class NoticeDesk(Database database, ControlStore control, CollectConfig config, IPublicationApprovals approvals, TimeProvider time)
{
    public Task<Outcome<NoticeContent>> DraftAsync(NoticeKey key, int version, NoticeAsk ask, Actor actor, CancellationToken ct) => database.ChangeAsync(async tx =>
    {
        var settings = await config.LoadAsync(tx);
        var row = await LoadAsync(tx, key, version);
        if (row?.Content.Published == true)
        {
            throw new UndoneException(Problem.Of(Reasons.NoticeFixed));
        }

        var current = settings.CurrentNotice(key)?.Text.Version ?? 0;
        var text = new NoticeText(key, version, ask.Date, ask.Purposes.ToListed(), ask.Items.ToListed(), ask.Zh, ask.En);
        var errors = NoticeRules.Check(text, ask.Party, current, settings.Catalogue, Published(settings));
        if (errors.Count > 0)
        {
            throw new UndoneException(Problem.Of(errors));
        }

        var content = new NoticeContent(text, ask.Party, Published: false, Digests.Of(text, ask.Party), actor.Person, time.NowMs(), null);
        await control.SaveOrUndoAsync(tx, Key(key, version), row?.Version ?? 0, content, ControlWrites.Fact(NoticeFacts.Drafted, actor));
        return content;
    }, ct);

    public Task<Outcome<NoticeContent>> PublishAsync(NoticeKey key, int version, ApprovalId approval, Actor actor, CancellationToken ct) => database.ChangeAsync(async tx =>
    {
        var row = await LoadAsync(tx, key, version) ?? throw new UndoneException(Problem.Of(Reasons.NoticeUnknown));
        if (row.Content.Published)
        {
            throw new UndoneException(Problem.Of(Reasons.NoticeFixed));
        }

        var settings = await config.LoadAsync(tx);
        var errors = NoticeRules.Check(row.Content.Text, row.Content.Party, settings.CurrentNotice(key)?.Text.Version ?? 0, settings.Catalogue, Published(settings));
        if (errors.Count > 0)
        {
            throw new UndoneException(Problem.Of(errors));
        }

        var used = await approvals.UseAsync(tx, approval, NoticeFacts.PublishAct, NoticeContent.RowName(key, version), row.Content.Digest, actor.Person);
        if (used.Refusal is { } refusal)
        {
            throw new UndoneException(Problem.Of(refusal));
        }

        var content = row.Content with { Published = true, Approval = approval, At = time.NowMs() };
        var fact = ControlWrites.Fact(NoticeFacts.Published, actor) with { Approvals = [approval], Rows = used.Row is { } digest ? [digest] : [] };
        await control.SaveOrUndoAsync(tx, Key(key, version), row.Version, content, fact);
        return content;
    }, ct);

    public static ControlKey Key(NoticeKey key, int version) => ControlKey.Named(NoticeContent.RowKind, NoticeContent.RowName(key, version));

    private static List<NoticeText> Published(CollectSettings settings) =>
        [.. settings.Notices.Where(notice => notice.Published).Select(notice => notice.Text).OrderBy(text => text.Key).ThenBy(text => text.Version)];

    private Task<ControlRow<NoticeContent>?> LoadAsync(Tx tx, NoticeKey key, int version) => control.LoadForUpdateAsync<NoticeContent>(tx, Key(key, version));
}

/// <summary>Whether a notice may be published (PIPL 17, 23, 30, 31, 39). Pure.</summary>
internal static class NoticeRules
{
    /// <param name="current">The version in force, 0 when there is none: a new one is exactly the next.</param>
    public static IReadOnlyList<FieldError> Check(NoticeText text, NoticeParty party, int current, InformationCatalogue catalogue, IReadOnlyList<NoticeText> published)
    {
        var path = $"notices/{text.Key}";
        var others = published.Where(notice => notice.Key != text.Key || notice.Version < text.Version);
        var errors = CatalogueRules.Check(catalogue with { Forms = [], Notices = others.Append(text).ToListed() })
            .Where(issue => issue.Path == path || issue.Path.StartsWith(path + "/", StringComparison.Ordinal))
            .Select(issue => new FieldError(issue.Path.Length > path.Length ? issue.Path[(path.Length + 1)..].Replace('/', '.') : "", issue.Code, issue.Text.Zh, issue.Text.En))
            .Distinct()
            .ToList();
        if (text.Version != current + 1)
        {
            errors.Add(Reasons.NoticeUnknown.At("version"));
        }

        foreach (var (at, particular) in ((string, string)[])[("party.handler", party.Handler), ("party.contact", party.Contact), ("party.officer", party.Officer)])
        {
            if (string.IsNullOrWhiteSpace(particular) || particular.Length > 200)
            {
                errors.Add(Reasons.FieldMissing.At(at));
            }
        }

        return errors;
    }
}
