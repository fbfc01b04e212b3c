using Strongroom.Collect.Intake;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Intakes;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Identity;
using Strongroom.Tests.Spine.Policies;

namespace Strongroom.Tests.Collect.Intake;

/// <summary>Documents at a counter (R41, no_reader): read by a registered reader, or typed with a colleague's approval of exactly this submission.</summary>
public abstract class TypedDocumentSuite(TestStore store) : CollectWorld(store)
{
    private const string No = "11010519491231002X", OtherNo = "440308199901010012";

    private static readonly ClientId Reader1 = ClientId.From(501);
    private static readonly PersonId Lead = PersonId.From(31), Colleague = PersonId.From(32);

    private static readonly SceneRow Scene = new(
        "no_reader", "证件手工录入", "Typed by hand", new SceneTriggerRow(SceneTrigger.Typed), [SceneMode.Remote],
        [new ApprovalStepRow([new ApproverRow(PostKey.Of("shift-lead"), Unit: ApproverUnit.OwnOrAbove)])], new SceneValidityRow(3_600_000, 1));

    private PolicyStore policies = null!;
    private ApprovalDesk desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected override TypedDocuments Build(DocumentReadings readings)
    {
        policies = new PolicyStore(Control);
        var snapshots = new PolicySnapshots(Db, policies);
        desk = new ApprovalDesk(
            Db, Control, policies, snapshots, new Deciders(Control, new PostApproverFacts(Control)), new ApprovalNotices(new Outbox([], Keys, Clock)), new NoPatterns(), new IdentityKeys(),
            [new ConfigEpochGuards()], Log, Clock);
        return new TypedDocuments(Db, readings, snapshots, desk, Clock);
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Db.WriteAsync(async tx => Assert.IsType<PolicySaved.Done>(
            await policies.PutAsync(tx, [PolicyContent.Of(PolicyKind.Scene, Scene.Scene, Scene)], new LogFact { Act = FactName.Of("policy-changed"), Actor = LogActor.System })));
        Facts.Scenes = [new SceneRule("no_reader", SceneTrigger.Typed)];
    }

    [Fact]
    public async Task What_a_reader_attested_goes_in_once_and_a_repeated_request_is_answered_again()
    {
        Assert.Equal("no_reader", NeedOf(await HandInAsync(Checkin())));
        await AttestAsync(No);
        var claim = Idempotency.Claim(2, "/v1/collect/counter-checkin", "k1", "a"u8);
        var taken = Assert.IsType<IntakeOutcome.Taken>(await HandInAsync(Checkin(), claim));
        var entry = Log.Facts.Last();
        Assert.Equal((taken.Answer.Customer, TypedDocuments.WasRead), (entry.Customer, entry.Reasons[0]));
        Assert.Equal("document_reading", entry.Rows[0].Table);

        // The answer was lost: the same request is answered from what it left. Another one needs another reading.
        Assert.Equal(taken.Answer.Customer, Assert.IsType<IntakeOutcome.Taken>(await HandInAsync(Checkin(), claim)).Answer.Customer);
        Clock.Now += 3_600_000;
        Assert.Equal(taken.Answer.Customer, Assert.IsType<IntakeOutcome.Taken>(await HandInAsync(Checkin(), claim)).Answer.Customer);
        Assert.Equal("no_reader", NeedOf(await HandInAsync(Checkin(), Idempotency.Claim(2, "/v1/collect/counter-checkin", "k2", "a"u8))));
        Assert.Equal("no_reader", NeedOf(await HandInAsync(Checkin())));
    }

    [Fact]
    public async Task A_reading_is_for_one_person_one_channel_one_number_and_minutes()
    {
        var until = Clock.Now + 60_000;
        await AttestAsync(No, holder: Colleague);
        await AttestAsync(No, channel: CollectChannel.CallCentre);
        await AttestAsync(OtherNo);
        await AttestAsync(No, until: Clock.Now);
        Assert.Equal("no_reader", NeedOf(await HandInAsync(Checkin())));

        // One put in by hand, and one made to last, have no right MAC.
        await AttestAsync(No, until: until);
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE document_reading SET until = until + 1 WHERE until = @until", new { until }));
        Assert.Equal("no_reader", NeedOf(await HandInAsync(Checkin())));
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE document_reading SET until = @until WHERE until = @until + 1", new { until }));
        Assert.IsType<IntakeOutcome.Taken>(await HandInAsync(Checkin()));
    }

    [Fact]
    public async Task What_was_typed_goes_in_with_an_approval_of_exactly_this_and_once()
    {
        var asked = await AskAsync(Checkin());
        Assert.DoesNotContain(No, asked.Content.Digest, StringComparison.Ordinal);
        Assert.Equal("approval.unready", await CodeAsync(Checkin(), grant: asked.Id));
        await ApproveAsync(asked);
        var rows = await CountAsync("customer");

        Assert.Equal("grant.changed", await CodeAsync(Checkin(OtherNo), grant: asked.Id));
        Assert.Equal("grant.changed", await CodeAsync(Checkin(name: "别人"), grant: asked.Id));
        Assert.NotNull(await CodeAsync(Checkin(), Colleague, asked.Id));
        Assert.Equal(rows, await CountAsync("customer"));

        var taken = Assert.IsType<IntakeOutcome.Taken>(await HandInAsync(Checkin(), grant: asked.Id));
        var entry = Log.Facts.Last();
        Assert.Equal((taken.Answer.Customer, "no_reader"), (entry.Customer, entry.Reasons[0]));
        Assert.Equal([asked.Id], entry.Approvals);
        Assert.Equal("control_row.approval", entry.Rows[0].Table);
        Assert.Equal("approval.void", await CodeAsync(Checkin(), grant: asked.Id));
        Assert.Equal("approval.void", await CodeAsync(Checkin(), grant: ApprovalId.New()));
    }

    [Fact]
    public async Task An_approval_of_the_same_without_the_scene_lets_nothing_in()
    {
        var asked = await AskAsync(Checkin());
        await Db.WriteAsync(async tx => Assert.IsType<PolicySaved.Done>(await policies.PutAsync(
            tx, [PolicyContent.Of(PolicyKind.Approval, "adds", new ApprovalRow(TypedDocuments.Act, [PostKey.Of("shift-lead")], 3_600_000))], new LogFact { Act = FactName.Of("policy-changed"), Actor = LogActor.System })));
        var plain = Done(await desk.RequestAsync(await StaffAsync(("counter", OurUnit)), TypedDocuments.Act, "counter-checkin", asked.Content.Scope.Content, "", Clock.Now + 60_000, Ct));
        await ApproveAsync(plain);
        Assert.Equal("grant.changed", await CodeAsync(Checkin(), grant: plain.Id));
    }

    [Fact]
    public void The_digest_is_of_whom_it_goes_to_whom_it_makes_related_and_where_it_comes_from()
    {
        string Of(CustomerId? subject = null, (string, CustomerId)? related = null, params string[] source) => Readings.DigestOf(
            FormKey.Of("counter-checkin"), 1, Channels[CollectChannel.Counter], subject, [(RecordTypeKey.Of("profile"), Catalogue.Item(ItemKey.Of("id_no"))!, No)], related is { } one ? [one] : [], source);
        var (x, y) = (CustomerId.From(71), CustomerId.From(72));
        string[] all = [Of(), Of(x), Of(y), Of(null, ("guardian", x)), Of(null, ("guardian", y)), Of(null, ("handler", x)), Of(null, null, "crs", "7"), Of(null, null, "crs7")];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(Of(x), Of(x));
    }

    [Fact]
    public async Task An_installation_without_the_scene_asks_people_for_the_evidence_of_the_form()
    {
        await Db.WriteAsync(async tx => Assert.IsType<PolicySaved.Done>(await policies.PutAsync(
            tx, [PolicyContent.Of(PolicyKind.Scene, "no_reader", Scene with { Trigger = new SceneTriggerRow(SceneTrigger.None) })], new LogFact { Act = FactName.Of("policy-changed"), Actor = LogActor.System })));
        Facts.Scenes = [];
        Assert.Equal("evidence.missing", await CodeAsync(Checkin()));
    }

    [Fact]
    public async Task While_the_scene_is_off_only_readers_take_documents_and_systems_are_not_concerned()
    {
        var asked = await AskAsync(Checkin());
        await ApproveAsync(asked);
        Facts.Scenes = [new SceneRule("no_reader", SceneTrigger.Typed, Enabled: false)];
        Assert.Equal("access.denied", await CodeAsync(Checkin(), grant: asked.Id));
        Assert.IsType<IntakeOutcome.Taken>(await HandInAsync("counter-checkin", Checkin() with { Evidence = new Dictionary<string, string> { ["document-reader"] = "RD-1" } }));
        await AttestAsync(No);
        Assert.IsType<IntakeOutcome.Taken>(await HandInAsync(Checkin()));
    }

    [Fact]
    public void A_reader_is_expected_at_a_counter_whatever_the_form_says_and_elsewhere_where_the_form_says_it()
    {
        var id = Catalogue.Item(ItemKey.Of("id_no"))!;
        SubmissionPlan Plan(CollectChannel channel, InputBy by) => new(
            Catalogue.Forms[0] with { Channel = channel, Items = [new FormItem(id.Key, true, null, by)] }, NoticeKey.Of("booking"), 1, CustomerKind.Person, false, null, null,
            [new TakenValue(id, No, RecordTypeKey.Of("profile")), new TakenValue(Catalogue.Item(ItemKey.Of("name"))!, "王小明", RecordTypeKey.Of("profile"))], [], [], null);
        int Expected(CollectChannel channel, InputBy by, ActorKind who = ActorKind.Person, Act act = Act.Add) => TypedRules.Expected(Plan(channel, by), who, act).Count;

        Assert.Equal(1, Expected(CollectChannel.Counter, InputBy.Typed));
        Assert.Equal(1, Expected(CollectChannel.Paper, InputBy.Reader));
        Assert.Equal(0, Expected(CollectChannel.CallCentre, InputBy.Typed));
        Assert.Equal(0, Expected(CollectChannel.Counter, InputBy.Reader, ActorKind.Client));
        Assert.Equal(0, Expected(CollectChannel.Counter, InputBy.Reader, act: Act.Import));
    }

    private Submission Checkin(string no = No, string name = "王小明") => WebBooking() with
    {
        Channel = Channels[CollectChannel.Counter].ToString(),
        Items = new Dictionary<string, System.Text.Json.JsonElement> { ["name"] = Text(name), ["id_no"] = Text(no), ["seat"] = Text("12A") },
        Consents = [new ConsentSaid { Purpose = "fulfil", Form = "e-signed", Evidence = new EvidenceSaid("signature", "SIG-1") }],
    };

    private async Task<IntakeOutcome> HandInAsync(Submission submission, IdempotencyClaim? claim = null, PersonId? person = null, ApprovalId? grant = null) =>
        await Intake.TakeAsync(new IntakeRequest(FormKey.Of("counter-checkin"), submission, await ActorOfAsync(person), Again, Act.Add, claim, Grant: grant), Ct);

    private async Task<Actor> ActorOfAsync(PersonId? person) => await StaffAsync(("counter", OurUnit)) is var actor && person is { } other ? actor with { Person = other } : actor;

    private async Task<string?> CodeAsync(Submission submission, PersonId? person = null, ApprovalId? grant = null) => (await HandInAsync(submission, person: person, grant: grant) as IntakeOutcome.Refused)?.Problem.Code;

    private static string? NeedOf(IntakeOutcome outcome) => Assert.Single(Assert.IsType<IntakeOutcome.Refused>(outcome).Problem.Needs).How;

    private Task AttestAsync(string no, PersonId? holder = null, CollectChannel channel = CollectChannel.Counter, long? until = null) => Db.WriteAsync(tx => Readings.AddAsync(
        tx, Reader1, holder ?? Approver, Channels[channel], Catalogue.Item(ItemKey.Of("id_no"))!, no, until ?? Clock.Now + 60_000));

    private async Task<Approval> AskAsync(Submission submission)
    {
        var actor = await ActorOfAsync(null);
        var foreseen = Assert.IsType<Outcome<Foreseen>.Done>(await Intake.ForeseeAsync(new IntakeRequest(FormKey.Of("counter-checkin"), submission, actor, Again, Act.Add), Ct)).Value;
        return Done(await Typed.RequestAsync(actor, new TypedAsk(submission, Clock.Now + 60_000, "阅读器故障"), foreseen, Ct));
    }

    private async Task ApproveAsync(Approval asked)
    {
        var lead = await StaffAsync(("shift-lead", OurUnit)) with { Person = Lead, Strength = Strength.Passkey, StrengthAt = Clock.Now, SecondFactorAt = Clock.Now };
        Done(await desk.DecideAsync(lead, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct));
    }

    private static Approval Done(Outcome<Approval> outcome) =>
        outcome is Outcome<Approval>.Refused refused ? throw new InvalidOperationException(refused.Problem.Code) : ((Outcome<Approval>.Done)outcome).Value;
}

public sealed class TypedDocumentOnSqlite() : TypedDocumentSuite(TestStore.Sqlite());

public sealed class TypedDocumentOnPostgres(PostgresServer server) : TypedDocumentSuite(TestStore.Postgres(server));
