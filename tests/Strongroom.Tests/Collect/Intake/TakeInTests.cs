using Strongroom.Spine.Identity;
using Strongroom.Spine.Access;
using System.Collections.Frozen;
using Strongroom.Collect.Intake;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;
using Strongroom.Keys;
using Strongroom.Spine.Policies;
using Strongroom.Spine.Audit;
using Strongroom.Collect.Channels;
using Strongroom.Store.Catalogue;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Collect.Intake;

public abstract class TakeInSuite(TestStore store) : CollectWorld(store)
{
    private static readonly string[] Tables =
    [
        "customer", "record", "general_item", "sensitive_item", "search_general", "search_sensitive", "identity_claim", "consent", "intake",
        "candidate", "profile_review", "relation", "record_source", "idempotency",
    ];

    [Fact]
    public async Task A_booking_is_sealed_with_its_records_consents_and_provenance()
    {
        var answer = await TakenAsync("web-booking", WebBooking(more: ("email", "wang@example.cn")));

        var read = await Customers.ReadAsync(answer.Customer, ReadScope.Everything);
        Assert.NotNull(read);
        Assert.Empty(read.Faults);
        Assert.Equal(["booking", "profile"], read.Records.Select(record => record.Type.Value).Order());
        var profile = read.Records.Single(record => record.Type.Value == "profile");
        var booking = read.Records.Single(record => record.Type.Value == "booking");
        Assert.Equal("王小明", await OpenAsync(profile, "name"));
        Assert.Equal("11010519491231002X", await OpenAsync(profile, "id_no"));
        Assert.Equal("CA1301 PEK-CAN 2026-05-01", await OpenAsync(booking, "itinerary"));
        Assert.Equal((new DateOnly(2026, 5, 1), null), (booking.Day, profile.Day));
        Assert.Equal([booking.Id], answer.Records.Select(record => record.Id));
        Assert.Equal(ConsentState.Given, read.Consents[PurposeKey.Of("fulfil")].State);
        Assert.Equal(ConsentState.Acknowledged, read.Consents[PurposeKey.Of("realname")].State);
        Assert.False(read.Consents.ContainsKey(PurposeKey.Of("special")));
        Assert.Equal(1, read.Consents[PurposeKey.Of("fulfil")].NoticeVersion);

        var intake = (await Db.ReadAsync(tx => Intakes.ReadManyAsync(tx, [profile.Items[0].Intake]))).Values.Single();
        Assert.Equal(("web-booking", 1L, answer.Customer, answer.Receipt), (intake.Form.Value, intake.FormVersion, intake.Customer, intake.Receipt));
        Assert.Contains(PurposeKey.Of("fulfil"), intake.Purposes);
        Assert.Single((await Search.FindAsync(Lookup("mobile", Compartment.General, "13800138000"), Reach.Everyday, 5)).Hits);

        var entry = Log.Facts.Last();
        Assert.Equal(("add", answer.Customer, Verdict.Permit), (entry.Act.Value, entry.Customer!.Value, entry.Decision!.Value));
        Assert.Contains("given.fulfil", entry.Reasons);
        Assert.Contains(ItemKey.Of("mobile"), entry.Items);
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once_without_a_value_and_nothing_is_written()
    {
        var before = await RowsAsync();
        var errors = await ErrorsAsync("web-booking", WebBooking(idNo: "110105194912310021", mobile: "12", more: [("seat", "12A"), ("nonsense", "张三"), ("ssr_meal", "moml")]) with
        {
            Notice = new NoticeShown("booking", 7),
            Consents = [],
        });

        Assert.Equal(
            [
                ("items.mobile", "mobile.shape"), ("items.id_no", "cn-id.check"), ("items.seat", "form.extra_item"), ("items[5]", "item.unknown"),
                ("notice", "notice.unknown"), ("consents.fulfil", "consent.missing"), ("items.ssr_meal", "consent.separate"),
            ],
            errors);
        Assert.Equal(before, await RowsAsync());
        var entry = Log.Facts.Last();
        Assert.Equal(Verdict.Deny, entry.Decision);
        Assert.Contains("cn-id.check", entry.Reasons);
    }

    [Fact]
    public async Task IntakeVictimsPhone_NeitherOverwritesNorReveals()
    {
        var victim = await TakenAsync("web-booking", WebBooking("受害人", "13800138000", "11010519491231002X"));
        var before = await Customers.ReadAsync(victim.Customer, ReadScope.Everything);

        // The attacker knows the phone: a customer of his own, put side by side with the victim for a person to compare.
        var byPhone = await TakenAsync("web-booking", WebBooking("攻击者", "13800138000", "440308199901010012"));
        var byNobodysPhone = await TakenAsync("web-booking", WebBooking("路人", "13911112222", "110101199003074258"));

        Assert.NotEqual(victim.Customer, byPhone.Customer);
        Assert.Equal(Shape(byNobodysPhone), Shape(byPhone));
        Assert.Equal(Digest(before!), Digest((await Customers.ReadAsync(victim.Customer, ReadScope.Everything))!));
        var candidate = Assert.Single(await Db.ReadAsync(tx => Matching.OpenAsync(tx, 10)));
        Assert.Equal("mobile", candidate.Why.Value);
        Assert.Equal(new HashSet<CustomerId> { victim.Customer, byPhone.Customer }, [candidate.A, candidate.B]);

        // He knows the document too, and hands in another phone: the booking is added, the profile stays, the phone waits for a person.
        var byDocument = await TakenAsync("web-booking", WebBooking("受害人", "13700000000", "11010519491231002X"));
        var after = await Customers.ReadAsync(victim.Customer, ReadScope.Everything);

        Assert.Equal(victim.Customer, byDocument.Customer);
        Assert.Equal(Shape(byNobodysPhone), Shape(byDocument));
        Assert.Empty((await Search.FindAsync(Lookup("mobile", Compartment.General, "13700000000"), Reach.LegalDuty, 5)).Hits);
        var review = Assert.Single(await Db.ReadAsync(tx => Intakes.OpenReviewsAsync(tx, 10)));
        Assert.Equal((victim.Customer, "mobile"), (review.Customer, review.Items.Single().Value));
        var restricted = after!.Records.Single(record => record.Id == review.Record);
        Assert.Equal(LifeState.Restricted, restricted.State);
        Assert.Equal(["mobile"], restricted.Items.Select(item => item.Key.Value));
        var profile = after.Records.Single(record => record.Type.Value == "profile" && record.State == LifeState.Active);
        Assert.Equal("13800138000", await OpenAsync(profile, "mobile"));
        Assert.Equal(2, after.Records.Count(record => record.Type.Value == "booking"));
    }

    [Fact]
    public async Task A_returning_customer_with_the_same_profile_gets_a_booking_and_nothing_else()
    {
        var first = await TakenAsync("web-booking", WebBooking());
        var again = await TakenAsync("web-booking", WebBooking(mobile: "+86 138-0013-8000"));

        Assert.Equal(first.Customer, again.Customer);
        var read = await Customers.ReadAsync(first.Customer, ReadScope.Outline);
        Assert.Equal(["booking", "booking", "profile"], read!.Records.Select(record => record.Type.Value).Order());
        Assert.Empty(await Db.ReadAsync(tx => Intakes.OpenReviewsAsync(tx, 10)));
        Assert.Equal(0, await CountAsync("candidate"));
    }

    [Fact]
    public async Task A_restricted_customer_stays_restricted_and_the_answer_does_not_tell()
    {
        var first = await TakenAsync("web-booking", WebBooking());
        var version = (await Customers.ReadAsync(first.Customer, ReadScope.Outline))!.Version;
        await WriteAsync(tx => Customers.SetStateAsync(tx, first.Customer, version, LifeState.Restricted));

        var before = (await Customers.ReadAsync(first.Customer, ReadScope.Outline))!;
        var second = await TakenAsync("web-booking", WebBooking(mobile: "13700000000"));

        Assert.Equal(first.Customer, second.Customer);
        Assert.Equal(Shape(first), Shape(second));
        var read = (await Customers.ReadAsync(first.Customer, ReadScope.Outline))!;
        Assert.Equal(LifeState.Restricted, read.State);
        Assert.Equal(before.Consents, read.Consents);
        Assert.Equal(2, read.Records.Count(record => record.Type.Value == "booking"));
        Assert.Empty((await Search.FindAsync(Lookup("mobile", Compartment.General, "13800138000"), Reach.Everyday, 5)).Hits);
    }

    [Fact]
    public async Task Who_comes_back_from_the_archive_is_active_with_a_profile_of_his_own_and_his_old_objections()
    {
        var first = await TakenAsync("web-booking", WebBooking());
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(first.Customer, Event("market", ConsentEventKind.Refuse, T0), Event("fulfil", ConsentEventKind.Withdraw, T0 + 1))));
        var version = (await Customers.ReadAsync(first.Customer, ReadScope.Outline))!.Version;
        await WriteAsync(tx => Customers.SetStateAsync(tx, first.Customer, version, LifeState.Archived));
        var old = (await Customers.ReadAsync(first.Customer, ReadScope.Outline))!.Records.Select(record => record.Id).ToHashSet();

        // Said at the instant of the first submission, so before the withdrawal: it does not count.
        var second = await TakenAsync("web-booking", WebBooking(mobile: "13700000000"));

        Assert.Equal((first.Customer, Shape(first)), (second.Customer, Shape(second)));
        var read = (await Customers.ReadAsync(first.Customer, ReadScope.Everything))!;
        Assert.Equal(LifeState.Active, read.State);
        Assert.All(read.Records.Where(record => old.Contains(record.Id)), record => Assert.Equal(LifeState.Archived, record.State));
        Assert.Equal(["booking", "profile"], read.Records.Where(record => record.State == LifeState.Active).Select(record => record.Type.Value).Order());
        Assert.Equal(ConsentState.Withdrawn, read.Consents[PurposeKey.Of("fulfil")].State);
        Assert.Equal(ConsentState.Refused, read.Consents[PurposeKey.Of("market")].State);

        // And now with a consent given after it.
        Clock.Now = T0 + 2;
        await TakenAsync("web-booking", WebBooking(mobile: "13700000000"));
        Assert.Equal(ConsentState.Given, (await Customers.ReadAsync(first.Customer, ReadScope.Outline))!.Consents[PurposeKey.Of("fulfil")].State);
    }

    [Fact]
    public async Task The_same_document_at_another_company_is_another_customer_and_neither_shows()
    {
        var theirs = await CustomerAsync(EntityId.From(8));
        await AddAsync(theirs, "13800138000", "11010519491231002X");
        var nobodys = await TakenAsync("web-booking", WebBooking("路人", "13911112222", "110101199003074258"));

        var ours = await TakenAsync("web-booking", WebBooking());

        Assert.NotEqual(theirs, ours.Customer);
        Assert.Equal(Shape(nobodys), Shape(ours));
        Assert.Equal(0, await CountAsync("candidate"));
        Assert.Equal(3, await CountAsync("identity_claim"));
    }

    [Fact]
    public async Task A_named_customer_of_another_company_is_as_unknown_as_one_that_never_was()
    {
        var theirs = await CustomerAsync(EntityId.From(8));
        var mine = await TakenAsync("web-booking", WebBooking());

        var other = Assert.IsType<IntakeOutcome.Refused>(await HandInAsync("web-booking", WebBooking() with { Subject = theirs.ToString() }));
        var nobody = Assert.IsType<IntakeOutcome.Refused>(await HandInAsync("web-booking", WebBooking() with { Subject = CustomerId.New().ToString() }));
        var (restricted, archived) = (await CustomerAsync(), await CustomerAsync());
        await WriteAsync(tx => Customers.SetStateAsync(tx, restricted, 1, LifeState.Restricted));
        await WriteAsync(tx => Customers.SetStateAsync(tx, archived, 1, LifeState.Archived));
        foreach (var closed in new[] { restricted, archived })
        {
            Assert.Equal(nobody.Problem, Assert.IsType<IntakeOutcome.Refused>(await HandInAsync("web-booking", WebBooking() with { Subject = closed.ToString() })).Problem);
        }

        var served = await TakenAsync("web-booking", WebBooking(more: ("email", "new@example.cn")) with { Subject = mine.Customer.ToString() });

        Assert.Equal(("customer.unknown", 404), (other.Problem.Code, other.Problem.Status));
        Assert.Equal(other.Problem, nobody.Problem);
        Assert.Equal(mine.Customer, served.Customer);
        var read = await Customers.ReadAsync(mine.Customer, ReadScope.Everything);
        var added = read!.Records.Single(record => record.Items.Any(item => item.Key.Value == "email"));
        Assert.Equal(LifeState.Active, added.State);
    }

    [Fact]
    public async Task The_same_source_record_is_taken_in_once_for_its_channel()
    {
        var sourced = WebBooking() with { Source = new SourceNamed("old-system", ["17"]) };
        var first = await TakenAsync("web-booking", sourced);
        var rows = await RowsAsync();

        var known = Assert.IsType<IntakeOutcome.Known>(await HandInAsync("web-booking", sourced));

        Assert.Equal((first.Customer, first.Records[^1].Id), (known.Customer, known.Record));
        Assert.Equal(rows, await RowsAsync());
    }

    [Fact]
    public async Task A_repeated_idempotency_key_gives_the_same_answer_and_another_body_a_conflict()
    {
        var claim = Idempotency.Claim(1, "/v1/collect/web-booking", "k1", "a"u8);
        var first = Assert.IsType<IntakeOutcome.Taken>(await HandInAsync("web-booking", WebBooking(), claim));
        var rows = await RowsAsync();

        var again = Assert.IsType<IntakeOutcome.Taken>(await HandInAsync("web-booking", WebBooking(), claim));
        var other = Assert.IsType<IntakeOutcome.Refused>(await HandInAsync("web-booking", WebBooking("别人"), Idempotency.Claim(1, "/v1/collect/web-booking", "k1", "b"u8)));

        Assert.Equal((first.Answer.Customer, first.Answer.Receipt, first.Answer.Entry), (again.Answer.Customer, again.Answer.Receipt, again.Answer.Entry));
        Assert.Equal(first.Answer.Records, again.Answer.Records);
        Assert.Equal(("idempotency.mismatch", 409), (other.Problem.Code, other.Problem.Status));
        Assert.Equal(rows, await RowsAsync());
    }

    [Fact]
    public async Task Blocks_of_an_epoch_that_moved_are_made_again()
    {
        await Db.WriteAsync(tx => SearchStore.MoveEpochAsync(tx, 2));
        Keys.OnRefresh = () => Keys.OpenEpoch = 2;

        var answer = await TakenAsync("web-booking", WebBooking());

        Assert.NotNull(await Customers.ReadAsync(answer.Customer, ReadScope.Outline));
        Assert.Equal(1, await CountAsync("customer"));
    }

    [Fact]
    public async Task A_claim_that_was_moved_takes_nobody_for_the_customer_it_names_and_raises_an_alarm()
    {
        var first = await TakenAsync("web-booking", WebBooking());
        var other = await TakenAsync("web-booking", WebBooking("路人", "13911112222", "110101199003074258"));
        await TamperAsync("UPDATE identity_claim SET customer = @other WHERE customer = @first", new { first = first.Customer.Bytes, other = other.Customer.Bytes }, DbRole.Sensitive);

        var again = await TakenAsync("web-booking", WebBooking(mobile: "13711112222"));

        Assert.DoesNotContain(again.Customer, new[] { first.Customer, other.Customer });
        var alarm = Assert.Single(Log.Facts, fact => fact.Act.Value == StoreAlarms.RowDamaged);
        Assert.Equal((other.Customer, "row.claim"), (alarm.Customer!.Value, Assert.Single(alarm.Reasons)));
        Assert.Equal(2, await CountAsync("identity_claim"));
    }

    [Theory]
    [InlineData(LifeState.Active)]
    [InlineData(LifeState.Archived)]
    public async Task A_genuine_claim_of_before_that_was_put_back_sends_nobodys_booking_to_who_once_had_the_document(LifeState state)
    {
        var first = await TakenAsync("web-booking", WebBooking());
        var known = (await Customers.ReadAsync(first.Customer, ReadScope.Everything))!;
        var profile = known.Records.Single(record => record.Items.Any(item => item.Key.Value == "id_no"));
        var number = profile.Items.Single(item => item.Key.Value == "id_no");
        Assert.Equal(first.Customer, (await TakenAsync("web-booking", WebBooking(mobile: "13711112222"))).Customer);

        // Corrected away; his claim of before stands, its MAC right, as somebody with the database puts it back.
        var gone = new Correction(first.Customer, profile.Id, [new CorrectedItem(number.Key, Compartment.Sensitive, number.Version, null, null)], [], [], []);
        await Db.WriteAsync(async tx => Assert.IsType<WriteOutcome.Done>(await Customers.CorrectItemsAsync(tx, gone)));
        if (state == LifeState.Archived)
        {
            var version = (await Customers.ReadAsync(first.Customer, ReadScope.Outline))!.Version;
            await Db.WriteAsync(async tx => Assert.IsType<WriteOutcome.Done>(await Customers.SetStateAsync(tx, first.Customer, version, state)));
        }

        var other = await TakenAsync("web-booking", WebBooking("路人", "13711113333"));

        Assert.NotEqual(first.Customer, other.Customer);
        var alarm = Assert.Single(Log.Facts, fact => fact.Act.Value == StoreAlarms.RowDamaged);
        Assert.Equal((first.Customer, "row.claim"), (alarm.Customer!.Value, Assert.Single(alarm.Reasons)));
        Assert.Equal(1, await CountAsync("identity_claim"));
    }

    [Fact]
    public async Task Many_at_once_with_one_document_make_one_customer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TakenAsync("web-booking", WebBooking())));

        var customer = Assert.Single(answers.Select(answer => answer.Customer).Distinct());
        var read = await Customers.ReadAsync(customer, ReadScope.Outline);
        Assert.Equal(8, read!.Records.Count(record => record.Type.Value == "booking"));
        Assert.Equal(1, read.Records.Count(record => record.Type.Value == "profile"));
        Assert.Equal(1, await CountAsync("identity_claim"));
    }

    [Fact]
    public async Task A_channel_or_form_closed_meanwhile_binds_the_next_submission()
    {
        var actor = await ActorAsync();
        await TakenAsync("web-booking", WebBooking());
        var key = ControlKey.Of(ChannelContent.RowKind, Channels[CollectChannel.Website]);
        await Db.WriteAsync(async tx =>
        {
            var row = await Control.LoadAsync<ChannelContent>(tx, key);
            await Control.SaveAsync(tx, key, row!.Version, row.Content with { Open = false }, new LogFact { Act = FactName.Of("channel-changed"), Actor = LogActor.System });
        });

        // The caller was resolved, and the settings were cached, before the change.
        var outcome = await Intake.TakeAsync(new IntakeRequest(FormKey.Of("web-booking"), WebBooking(idNo: "440308199901010012"), actor, Again, Act.Add), CancellationToken.None);

        Assert.Equal("channel.unknown", Assert.IsType<IntakeOutcome.Refused>(outcome).Problem.Code);
        Assert.Equal(1, await CountAsync("customer"));
    }

    [Fact]
    public async Task Wrong_doors_are_told_apart()
    {
        Assert.Equal(("form.unknown", 404), await RefusedAsync("no-such-form", WebBooking()));
        Assert.Equal(("channel.unknown", 403), await RefusedAsync("web-booking", WebBooking() with { Channel = Channels[CollectChannel.Counter].ToString() }));
        Assert.Equal(("channel.unknown", 403), await RefusedAsync("web-booking", WebBooking() with { Channel = ChannelId.New().ToString() }));
        Assert.Equal(("channel.unknown", 403), await RefusedAsync("web-booking", WebBooking() with { Channel = null }));
        var stranger = (await ActorAsync()) with { Client = ClientId.From(78) };
        var outcome = await Intake.TakeAsync(new IntakeRequest(FormKey.Of("web-booking"), WebBooking(), stranger, Again, Act.Add), CancellationToken.None);
        Assert.Equal("channel.unknown", Assert.IsType<IntakeOutcome.Refused>(outcome).Problem.Code);
        Assert.Equal(0, await CountAsync("customer"));
    }

    [Fact]
    public async Task A_failure_at_the_last_step_leaves_nothing_behind()
    {
        var rows = await RowsAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => HandInAsync("web-booking", WebBooking() with
        {
            Relations = [new RelationNamed("companion", new string('0', 31) + "1")],
            Source = new SourceNamed("s", ["1"]),
        }, new Strongroom.Spine.Idempotency.IdempotencyClaim(new byte[16], [1], null!)));

        Assert.Equal(rows, await RowsAsync());

        var refused = Assert.IsType<IntakeOutcome.Refused>(await HandInAsync("web-booking", WebBooking() with { Relations = [new RelationNamed("companion", CustomerId.New().ToString())] }));
        Assert.Equal("relations[0]", refused.Problem.Errors.Single().At);
        Assert.Equal(rows, await RowsAsync());
    }

    [Fact]
    public async Task Random_submissions_with_failures_at_any_step_never_leave_half_written_rows()
    {
        var taken = 0;
        for (var i = 0; i < 60; i++)
        {
            var draw = new Strongroom.Ground.Identifiers.Synthetic("half-written", i);
            Log.FailsNow = draw.Below(3) == 0;
            var submission = WebBooking(
                draw.Below(9) == 0 ? "!" : "王小明",
                $"1380000000{draw.Below(4)}",
                new[] { "11010519491231002X", "440308199901010012", "110101199003074258", "110101199003074259", null }[draw.Below(5)],
                draw.Below(2) == 0 ? new[] { ("email", $"a{draw.Below(3)}@example.cn") } : draw.Below(3) == 0 ? [("passport", $"E1234567{draw.Below(3)}")] : []) with
            {
                Source = draw.Below(2) == 0 ? new SourceNamed("s", [$"{draw.Below(12)}"]) : null,
                Relations = draw.Below(6) == 0 ? [new RelationNamed("companion", CustomerId.New().ToString())] : null,
            };
            try
            {
                taken += await HandInAsync("web-booking", submission) is IntakeOutcome.Taken ? 1 : 0;
            }
            catch (LogUnavailableException)
            {
            }
        }

        Log.FailsNow = false;
        Assert.InRange(taken, 5, 59);
        Assert.Equal(taken, await CountAsync("intake"));
        Assert.Equal(taken, await OneAsync("SELECT COUNT(DISTINCT receipt) FROM consent"));
        Assert.Equal(0, await OneAsync("SELECT COUNT(*) FROM customer c WHERE NOT EXISTS (SELECT 1 FROM intake i WHERE i.customer = c.id)"));
        Assert.Equal(0, await OneAsync("SELECT COUNT(*) FROM consent c WHERE NOT EXISTS (SELECT 1 FROM intake i WHERE i.id = c.intake)"));
        Assert.Equal(0, await OneAsync("SELECT COUNT(*) FROM record r WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = r.customer)"));
        Assert.Equal(0, await OneAsync("SELECT COUNT(*) FROM record_source s WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.id = s.record)"));
        Assert.Equal(0, await OneAsync("SELECT COUNT(*) FROM profile_review p WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.id = p.record AND r.state = 'restricted')"));
        Assert.Equal(await OneAsync("SELECT COUNT(*) FROM record WHERE general > 0"), await CountAsync("general_item"));
        Assert.Equal(await OneAsync("SELECT COUNT(*) FROM record WHERE sensitive > 0"), await CountAsync("sensitive_item"));
        foreach (var id in (await Db.ReadAsync(tx => tx.QueryAsync<byte[]>("SELECT id FROM customer"))).Select(CustomerId.From))
        {
            Assert.Empty((await Customers.ReadAsync(id, ReadScope.Everything))!.Faults);
        }
    }

    private Task<long> OneAsync(string sql) => Db.ReadAsync(tx => tx.ScalarAsync<long>(sql));

    [Fact]
    public async Task What_the_one_decision_refuses_is_not_taken_in()
    {
        Facts.Purposes = new HashSet<PurposeKey>();

        Assert.Equal(("access.denied", 403), await RefusedAsync("web-booking", WebBooking()));
        Assert.Contains("client.scope", Log.Facts.Last().Reasons);
        Assert.Equal(0, await CountAsync("customer"));
    }

    [Fact]
    public async Task A_person_adds_to_somebody_on_file_only_in_a_verified_call_or_by_a_post_that_reaches_him()
    {
        var mine = await TakenAsync("web-booking", WebBooking());
        var another = await TakenAsync("web-booking", WebBooking("李四", "13900139000", null, ("passport", "E12345678")));
        var more = WebBooking(more: ("email", "new@example.cn")) with { Subject = mine.Customer.ToString() };
        async Task<Problem> RefusedByAsync(Actor actor, Submission submission) => Assert.IsType<IntakeOutcome.Refused>(
            await Intake.TakeAsync(new IntakeRequest(FormKey.Of("web-booking"), submission, actor, Again, Act.Add), CancellationToken.None)).Problem;
        var agent = await StaffAsync(("call-agent", OurUnit));

        Assert.Equal("customer.unknown", (await RefusedByAsync(agent, more)).Code);
        Assert.Equal("customer.unknown", (await RefusedByAsync(agent, more with { Session = Call(another.Customer, verified: true) })).Code);
        Assert.Equal("customer.unknown", (await RefusedByAsync(agent, more with { Subject = CustomerId.New().ToString(), Session = Call(mine.Customer, verified: true) })).Code);
        Assert.Equal("caller.unverified", (await RefusedByAsync(agent, more with { Session = Call(mine.Customer, verified: false) })).Reasons.Single().Code);
        var before = await CountAsync("record");
        Assert.IsType<IntakeOutcome.Taken>(await Intake.TakeAsync(
            new IntakeRequest(FormKey.Of("web-booking"), more with { Session = Call(mine.Customer, verified: true) }, agent, Again, Act.Add), CancellationToken.None));
        Assert.True(await CountAsync("record") > before);

        // A counter of the hotel is none of the airline's, whatever else he is there.
        Assert.Equal("customer.unknown", (await RefusedByAsync(await StaffAsync(("counter", Other), ("marketing", OurUnit)), more)).Code);
    }

    [Fact]
    public async Task A_channel_is_used_by_the_post_it_names_in_the_company_it_belongs_to()
    {
        async Task<IntakeOutcome> ByAsync(Actor actor) =>
            await Intake.TakeAsync(new IntakeRequest(FormKey.Of("web-booking"), WebBooking(), actor, Again, Act.Add), CancellationToken.None);

        var split = Assert.IsType<IntakeOutcome.Refused>(await ByAsync(await StaffAsync(("counter", Other), ("marketing", OurUnit)))).Problem;
        Assert.Equal("entity.crossing", split.Code);
        Assert.IsType<IntakeOutcome.Taken>(await ByAsync(await StaffAsync(("counter", OurUnit))));
    }

    [Fact]
    public async Task A_system_collects_the_items_it_is_registered_for()
    {
        var narrow = (await ActorAsync()) with { Items = new[] { ItemKey.Of("name"), ItemKey.Of("mobile") }.ToFrozenSet() };
        var refused = Assert.IsType<IntakeOutcome.Refused>(await Intake.TakeAsync(
            new IntakeRequest(FormKey.Of("web-booking"), WebBooking(), narrow, Again, Act.Add), CancellationToken.None)).Problem;
        Assert.Equal(["client.scope"], refused.Reasons.Select(reason => reason.Code));
    }

    private async Task<(string, int)> RefusedAsync(string form, Submission submission)
    {
        var refused = Assert.IsType<IntakeOutcome.Refused>(await HandInAsync(form, submission));
        return (refused.Problem.Code, refused.Problem.Status);
    }

    private async Task<string> RowsAsync()
    {
        var counts = new List<string>();
        foreach (var table in Tables)
        {
            counts.Add($"{table}={await CountAsync(table)}");
        }

        return string.Join(' ', counts);
    }

    private static string Shape(IntakeAnswer answer) =>
        string.Join(',', answer.Records.Select(record => record.Type)) + "|" + string.Join(',', answer.Consents.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}"));

    private static string Digest(CustomerSnapshot snapshot) => string.Join(';', snapshot.Records.SelectMany(record => record.Items)
        .Select(item => $"{item.Key}:{item.Version}:{Convert.ToHexString(item.Sealed)}").Append(snapshot.Version.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}

public sealed class TakeInOnSqlite() : TakeInSuite(TestStore.Sqlite());

public sealed class TakeInOnPostgres(PostgresServer server) : TakeInSuite(TestStore.Postgres(server));
