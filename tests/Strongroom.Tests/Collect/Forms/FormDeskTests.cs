using Strongroom.Collect;
using Strongroom.Collect.Channels;
using Strongroom.Collect.Forms;
using Strongroom.Collect.Intake;
using Strongroom.Collect.Notices;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Collect.Forms;

public abstract class FormDeskSuite(TestStore store) : CollectWorld(store)
{
    private static readonly FormKey Key = FormKey.Of("web-booking");

    private readonly FakeApprovals approvals = new();

    private FormDesk Desk => new(Db, Control, Config, approvals, Clock);

    private NoticeDesk NoticeDesk => new(Db, Control, Config, approvals, Clock);

    [Fact]
    public async Task A_form_opens_only_after_review_and_approval_of_exactly_this_version()
    {
        var draft = await DoneAsync(Desk.DraftAsync(Key, Ask(), Person(1), default));
        Assert.Equal((2L, FormState.Draft, 1L), (draft.Draft!.Version, draft.Draft.State, draft.Open!.Version));

        // The open version goes on taking information in.
        await TakenAsync("web-booking", WebBooking());

        Assert.Equal("form.unreviewed", await CodeAsync(Desk.PublishAsync(Key, Approved(draft.Draft.Digest), Person(1), default)));
        Assert.Equal("review.self", await CodeAsync(Desk.ReviewAsync(Key, Person(1), default)));
        Assert.Equal(FormState.Reviewed, (await DoneAsync(Desk.ReviewAsync(Key, Person(2), default))).Draft!.State);
        Assert.Equal("grant.changed", await CodeAsync(Desk.PublishAsync(Key, Approved(draft.Open.Digest), Person(1), default)));
        var opened = await DoneAsync(Desk.PublishAsync(Key, Approved(draft.Draft.Digest), Person(1), default));

        Assert.Equal((2L, FormState.Open, null), (opened.Open!.Version, opened.Open.State, opened.Draft));
        Assert.Equal("form-opened", Log.Facts.Last().Act.Value);
        Assert.Single(Log.Facts.Last().Approvals);
        Assert.Equal("form.settled", await CodeAsync(Desk.PublishAsync(Key, Approved(opened.Open.Digest), Person(1), default)));

        // The seat is on the form now; the provenance names the version.
        var taken = await TakenAsync("web-booking", WebBooking("李四", "13911112222", "440308199901010012", ("seat", "12A")));
        Assert.Equal(2, (await Db.ReadAsync(tx => Intakes.OfCustomerAsync(tx, taken.Customer))).Single().FormVersion);
    }

    [Fact]
    public async Task A_draft_changed_after_the_review_starts_anew()
    {
        var first = await DoneAsync(Desk.DraftAsync(Key, Ask(), Person(1), default));
        await DoneAsync(Desk.ReviewAsync(Key, Person(2), default));
        var second = await DoneAsync(Desk.DraftAsync(Key, Ask() with { Title = new Bilingual("新", "New") }, Person(1), default));

        Assert.Equal((3L, FormState.Draft), (second.Draft!.Version, second.Draft.State));
        Assert.NotEqual(first.Draft!.Digest, second.Draft.Digest);
        Assert.Equal("form.unreviewed", await CodeAsync(Desk.PublishAsync(Key, Approved(first.Draft.Digest), Person(1), default)));
    }

    [Fact]
    public async Task What_no_form_may_hold_is_refused_with_every_reason()
    {
        var ask = Ask() with
        {
            Items = [.. Ask().Items, new FormItemAsk(ItemKey.Of("unruly")), new FormItemAsk(ItemKey.Of("starsign"))],
            Consents =
            [
                new FormConsentAsk(ConsentForm.Ticked, PurposeKey.Of("fulfil")),
            ],
        };
        var refused = Assert.IsType<Outcome<FormContent>.Refused>(await Desk.DraftAsync(Key, ask, Person(1), default));
        var errors = refused.Problem.Errors.Select(error => (error.At, error.Code)).ToList();
        Assert.Contains(("items.unruly", "form.extra_item"), errors);
        Assert.Contains(("items.starsign", "item.unknown"), errors);
        Assert.Contains(("items.ssr_meal", "form.separate-consent"), errors);

        var ticked = Ask() with
        {
            Consents =
            [
                new FormConsentAsk(ConsentForm.Ticked, PurposeKey.Of("fulfil"), Prechecked: true),
                new FormConsentAsk(ConsentForm.Ticked, Purposes: [PurposeKey.Of("special"), PurposeKey.Of("fulfil")]),
            ],
        };
        var bundled = Assert.IsType<Outcome<FormContent>.Refused>(await Desk.DraftAsync(Key, ticked, Person(1), default));
        Assert.Equal(["consent.prechecked", "consent.bundled"], bundled.Problem.Errors.Select(error => error.Code));
    }

    [Fact]
    public async Task A_new_notice_makes_the_old_one_stale_and_leaves_its_words_reproducible()
    {
        var key = NoticeKey.Of("booking");
        var first = await TakenAsync("web-booking", WebBooking());
        var old = Catalogue.Notice(key)!;
        var ask = new NoticeAsk(new DateOnly(2026, 2, 1), old.Purposes, old.Items, old.Zh with { Title = "新告知书" }, old.En with { Title = "New notice" }, Party with { Officer = "王负责" });

        Assert.Equal("notice.fixed", await CodeAsync(NoticeDesk.DraftAsync(key, 1, ask, Person(1), default)));
        var draft = await DoneAsync(NoticeDesk.DraftAsync(key, 2, ask, Person(1), default));
        await TakenAsync("web-booking", WebBooking("李四", "13911112222", "440308199901010012"));
        var published = await DoneAsync(NoticeDesk.PublishAsync(key, 2, Approved(draft.Digest), Person(1), default));

        Assert.True(published.Published);
        Assert.Equal([("notice.version", "notice.stale")], await ErrorsAsync("web-booking", WebBooking("王五", "13922223333", "110101199003074258")));
        await TakenAsync("web-booking", WebBooking("王五", "13922223333", "110101199003074258") with { Notice = new NoticeShown("booking", 2) });
        var settings = await Config.ReloadAsync(default);
        Assert.Contains("蓝天航空", settings.Notice(key, 1)!.Words("zh"), StringComparison.Ordinal);
        Assert.Contains("李负责", settings.Notice(key, 1)!.Words("en"), StringComparison.Ordinal);
        Assert.Contains("王负责", settings.Notice(key, 2)!.Words("zh"), StringComparison.Ordinal);
        Assert.DoesNotContain('{', settings.Notice(key, 2)!.Words("zh"));
        Assert.Equal(1, (await Customers.ReadAsync(first.Customer, Strongroom.Store.Customers.ReadScope.Outline))!.Consents[PurposeKey.Of("fulfil")].NoticeVersion);
    }

    [Fact]
    public async Task A_form_row_edited_in_the_database_takes_nothing_in()
    {
        await TakenAsync("web-booking", WebBooking());
        await TamperAsync("UPDATE control_row SET content = REPLACE(content, '\"version\":1', '\"version\":9') WHERE kind = 'form'");
        await Db.WriteAsync(async tx => { await ConfigEpoch.BumpAsync(tx); });

        Assert.Equal("form.unknown", Assert.IsType<IntakeOutcome.Refused>(await HandInAsync("web-booking", WebBooking())).Problem.Code);
    }

    [Fact]
    public async Task Packs_install_once_as_drafts_unless_a_second_person_opens_them()
    {
        Assert.Equal(0, await Db.WriteAsync(tx => Seed.InstallAsync(tx, Catalogue, Party, new SeedBy(Strongroom.Spine.Audit.LogActor.System, Author, Approver))));
        await Assert.ThrowsAsync<ArgumentException>(() => Db.WriteAsync(tx => Seed.InstallAsync(tx, Catalogue, Party, new SeedBy(Strongroom.Spine.Audit.LogActor.System, Author, Author))));
        await TamperAsync("DELETE FROM control_row WHERE kind IN ('form', 'notice')");

        Assert.Equal(Catalogue.Forms.Count + Catalogue.Notices.Count, await Db.WriteAsync(tx => Seed.InstallAsync(tx, Catalogue, Party, new SeedBy(Strongroom.Spine.Audit.LogActor.System, Author, null))));
        Assert.Equal("form.not_open", Assert.IsType<IntakeOutcome.Refused>(await HandInAsync("web-booking", WebBooking())).Problem.Code);
    }

    private FormAsk Ask()
    {
        var form = Catalogue.Form(Key)!;
        return new FormAsk(
            form.Title, form.Channel, form.Records, form.Purposes, form.Notice,
            [.. form.Items.Select(item => new FormItemAsk(item.Item, item.Required, item.OneOf, item.By)), new FormItemAsk(ItemKey.Of("seat"), By: InputBy.System)],
            [.. form.Consents.Select(consent => new FormConsentAsk(consent.Form, consent.Purpose, consent.Separate, consent.Separate ? consent.Items : null))],
            form.Evidence);
    }

    private ApprovalId Approved(string digest)
    {
        approvals.Digest = digest;
        return ApprovalId.New();
    }

    private static Actor Person(int id) => new() { Kind = ActorKind.Person, Person = PersonId.From((UInt128)id), Posts = [new HeldPost(PostKey.Of("data-owner"), default, 0, null)] };

    private static async Task<T> DoneAsync<T>(Task<Outcome<T>> task) => await task switch
    {
        Outcome<T>.Done done => done.Value,
        Outcome<T>.Refused refused => throw new InvalidOperationException(refused.Problem.Code + " " + string.Join(',', refused.Problem.Errors.Select(error => $"{error.At} {error.Code}"))),
        _ => throw new InvalidOperationException(),
    };

    private static async Task<string> CodeAsync<T>(Task<Outcome<T>> task) => Assert.IsType<Outcome<T>.Refused>(await task).Problem.Code;

    /// <summary>One approval of one digest.</summary>
    private sealed class FakeApprovals : IPublicationApprovals
    {
        public string Digest { get; set; } = "";

        public Task<PublicationApproval> UseAsync(Tx tx, ApprovalId approval, string act, string subject, string digest, PersonId user) =>
            Task.FromResult(new PublicationApproval(null, digest == Digest && act is "form.publish" or "notice.publish" && digest == Digest ? null : Reasons.GrantChanged));
    }
}

public sealed class FormDeskOnSqlite() : FormDeskSuite(TestStore.Sqlite());

public sealed class FormDeskOnPostgres(PostgresServer server) : FormDeskSuite(TestStore.Postgres(server));
