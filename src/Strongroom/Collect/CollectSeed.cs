using Strongroom.Collect.Forms;
using Strongroom.Collect.Notices;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect;

/// <summary>Who installs, and whether two persons answer for opening at once what the packs bring.</summary>
/// <param name="Author">The person named as author of every draft.</param>
/// <param name="OpenedBy">Null: everything is a draft and goes the usual way. Set (demo): a second person stands for review and approval.</param>
internal sealed record SeedBy(LogActor Actor, PersonId Author, PersonId? OpenedBy);

/// <summary>Puts the forms and notices of the packs into their rows, once; what is there already stays as it is.</summary>
internal sealed class CollectSeed(ControlStore control, TimeProvider time)
{
    public static readonly FactName Installed = FactName.Of("forms-installed");

    /// <returns>How many rows were made.</returns>
    /// <exception cref="ArgumentException">Author and opener are one person.</exception>
    public async Task<int> InstallAsync(Tx tx, InformationCatalogue catalogue, NoticeParty party, SeedBy by)
    {
        if (by.OpenedBy == by.Author)
        {
            throw new ArgumentException("Nobody opens his own form.", nameof(by));
        }

        var now = time.NowMs();
        var changes = new List<ControlChange>();
        foreach (var text in catalogue.Notices)
        {
            var key = NoticeDesk.Key(text.Key, text.Version);
            if (await control.LoadAsync<NoticeContent>(tx, key) is null)
            {
                changes.Add(ControlChange.Of(key, 0, new NoticeContent(text, party, by.OpenedBy is not null, Digests.Of(text, party), by.Author, now, null)));
            }
        }

        foreach (var form in catalogue.Forms)
        {
            var key = ControlKey.Named(FormContent.RowKind, form.Key.Value);
            if (await control.LoadAsync<FormContent>(tx, key) is null)
            {
                changes.Add(ControlChange.Of(key, 0, Content(form, by, now)));
            }
        }

        if (changes.Count > 0 && await control.SaveAllAsync(tx, changes, new LogFact { Act = Installed, Actor = by.Actor }) is ControlSaved.Stale)
        {
            throw new UndoneException(Spine.Access.Problem.Of(Spine.Access.Reasons.RowChanged));
        }

        return changes.Count;
    }

    private static FormContent Content(FormDefinition form, SeedBy by, long now)
    {
        var state = by.OpenedBy is null ? FormState.Draft : FormState.Open;
        var version = new FormVersion(1, form, state, Digests.Of(form, 1), by.Author, by.OpenedBy, null, now);
        return by.OpenedBy is null ? new FormContent(null, version) : new FormContent(version, null);
    }
}
