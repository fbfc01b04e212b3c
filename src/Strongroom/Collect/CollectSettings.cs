using System.Collections.Frozen;
using Strongroom.Collect.Channels;
using Strongroom.Collect.Forms;
using Strongroom.Collect.Notices;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;

namespace Strongroom.Collect;

/// <summary>Everything of one configuration epoch that taking information in rests on. Immutable.</summary>
internal sealed class CollectSettings(
    long epoch,
    InformationCatalogue catalogue,
    IEnumerable<FormContent> forms,
    IEnumerable<NoticeContent> notices,
    IEnumerable<(ChannelId Id, ChannelContent Channel)> channels)
{
    private readonly FrozenDictionary<FormKey, FormContent> forms = forms.ToFrozenDictionary(form => (form.Open ?? form.Draft)!.Form.Key);

    private readonly FrozenDictionary<(NoticeKey, int), NoticeContent> notices = notices.ToFrozenDictionary(notice => (notice.Text.Key, notice.Text.Version));

    private readonly FrozenDictionary<ChannelId, ChannelContent> channels = channels.ToFrozenDictionary(pair => pair.Id, pair => pair.Channel);

    public long Epoch { get; } = epoch;

    public InformationCatalogue Catalogue { get; } = catalogue;

    public IReadOnlyList<CombinedKey> CombinedKeys { get; } = catalogue.CombinedKeys();

    public IEnumerable<FormContent> Forms => forms.Values.OrderBy(form => (form.Open ?? form.Draft)!.Form.Key);

    public IEnumerable<NoticeContent> Notices => notices.Values;

    public IEnumerable<KeyValuePair<ChannelId, ChannelContent>> Channels => channels;

    public FormContent? Form(FormKey key) => forms.GetValueOrDefault(key);

    public ChannelContent? Channel(ChannelId id) => channels.GetValueOrDefault(id);

    public NoticeContent? Notice(NoticeKey key, int version) => notices.GetValueOrDefault((key, version));

    /// <summary>The published version that is shown today: the highest.</summary>
    public NoticeContent? CurrentNotice(NoticeKey key) =>
        notices.Values.Where(notice => notice.Published && notice.Text.Key == key).MaxBy(notice => notice.Text.Version);
}

/// <summary>Loads the settings in one read and keeps them for their epoch. Altered rows count as absent, so a form or channel simply is not there.</summary>
internal sealed class CollectConfig(Database database, ControlStore control, Catalogues catalogues)
{
    private CollectSettings? current;

    /// <summary>Settings at least as new as an epoch the caller has seen; whoever writes checks in his transaction that they still stand.</summary>
    public async ValueTask<CollectSettings> AtLeastAsync(long epoch, CancellationToken ct) =>
        Volatile.Read(ref current) is { } cached && cached.Epoch >= epoch ? cached : await ReloadAsync(ct);

    public async Task<CollectSettings> ReloadAsync(CancellationToken ct)
    {
        var loaded = await database.ReadAsync(LoadAsync, ct);
        Volatile.Write(ref current, loaded);
        return loaded;
    }

    public async Task<CollectSettings> LoadAsync(Tx tx)
    {
        var epoch = await ConfigEpoch.ReadAsync(tx);
        var forms = await control.ListAsync<FormContent>(tx, FormContent.RowKind);
        var notices = await control.ListAsync<NoticeContent>(tx, NoticeContent.RowKind);
        var channels = await control.ListAsync<ChannelContent>(tx, ChannelContent.RowKind);
        return new CollectSettings(
            epoch,
            (await catalogues.ReadAsync(tx)).Catalogue,
            forms.Rows.Select(row => row.Content).Where(form => (form.Open ?? form.Draft) is not null),
            notices.Rows.Select(row => row.Content),
            channels.Rows.Select(row => (ChannelId.From(row.Key.Id), row.Content)));
    }
}
