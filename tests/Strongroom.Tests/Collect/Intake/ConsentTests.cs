using System.Collections.Frozen;
using System.Text.Json;
using Strongroom.Collect.Channels;
using Strongroom.Collect.Consents;
using Strongroom.Collect.Intake;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Collect.Intake;

public abstract class ConsentSuite(TestStore store) : CollectWorld(store)
{
    [Fact]
    public async Task Withdrawing_binds_the_next_read_and_tells_what_stays_by_which_law_and_until_when()
    {
        var taken = await TakenAsync("web-booking", Meal());
        Assert.Equal(ConsentState.SeparateGiven, (await Customers.ReadAsync(taken.Customer, ReadScope.Outline))!.Consents[PurposeKey.Of("special")].State);
        Clock.Now += 1000;

        var answer = await WithdrawnAsync(taken.Customer, "special");

        Assert.Equal(ConsentState.Withdrawn, answer.State);
        Assert.Equal(ConsentState.Withdrawn, (await Customers.ReadAsync(taken.Customer, ReadScope.Outline))!.Consents[PurposeKey.Of("special")].State);
        Assert.Equal(["ssr_meal"], answer.Ends.Select(item => item.Value));
        var realname = answer.Stays.Single(stay => stay.Purpose.Value == "realname");
        Assert.Contains(ItemKey.Of("id_no"), realname.Items);
        Assert.NotEmpty(realname.Laws);
        Assert.NotEmpty(realname.Until);
        Assert.Equal(("consent-withdrawn", taken.Customer), (Log.Facts.Last().Act.Value, Log.Facts.Last().Customer!.Value));

        // Saying it twice is no mistake; what was never consented to cannot be withdrawn.
        Assert.Equal(ConsentState.Withdrawn, (await WithdrawnAsync(taken.Customer, "special")).State);
        var refused = Assert.IsType<Outcome<WithdrawAnswer>.Refused>(await ConsentDesk.WithdrawAsync(taken.Customer, PurposeKey.Of("realname"), Serving.Nobody, await ActorAsync(), CancellationToken.None));
        Assert.Equal("consent.not-withdrawable", refused.Problem.Code);
    }

    [Fact]
    public async Task A_refused_option_is_recorded_and_the_service_goes_on()
    {
        var answer = await TakenAsync("web-booking", WebBooking() with
        {
            Consents = [Ticked("fulfil"), new ConsentSaid { Purpose = "special", State = "refused", Separate = true }],
        });

        Assert.Equal(ConsentState.Refused, answer.Consents[PurposeKey.Of("special")]);
        Assert.Equal(ConsentState.Refused, (await Customers.ReadAsync(answer.Customer, ReadScope.Outline))!.Consents[PurposeKey.Of("special")].State);
    }

    [Fact]
    public async Task A_term_that_has_passed_is_no_consent_and_a_new_one_can_be_given()
    {
        var taken = await TakenAsync("web-booking", WebBooking() with { Consents = [Ticked("fulfil") with { Until = Clock.Now + 5000 }] });
        Clock.Now += 5000;
        Assert.Equal(ConsentState.Expired, (await Customers.ReadAsync(taken.Customer, ReadScope.Outline))!.Consents[PurposeKey.Of("fulfil")].State);

        var answer = await ConsentDesk.RecordAsync(
            taken.Customer, new ConsentsAsk(FormKey.Of("web-booking"), "website", new NoticeShown("booking", 1), [Ticked("fulfil")]), await ActorAsync(), CancellationToken.None);

        Assert.Equal(ConsentState.Given, Assert.IsType<Outcome<ConsentsAnswer>.Done>(answer).Value.Consents[PurposeKey.Of("fulfil")]);
        Assert.Equal(ConsentState.Given, (await Customers.ReadAsync(taken.Customer, ReadScope.Outline))!.Consents[PurposeKey.Of("fulfil")].State);
    }

    [Fact]
    public async Task Consents_alone_are_held_to_notice_evidence_and_channel()
    {
        var taken = await TakenAsync("web-booking", WebBooking());
        async Task<IReadOnlyList<string>> CodesAsync(ConsentsAsk ask, CustomerId? id = null) =>
            Assert.IsType<Outcome<ConsentsAnswer>.Refused>(await ConsentDesk.RecordAsync(id ?? taken.Customer, ask, await ActorAsync(), CancellationToken.None)).Problem is var problem
                && problem.Errors.Count > 0 ? [.. problem.Errors.Select(error => error.Code)] : [problem.Code];
        var good = new ConsentsAsk(FormKey.Of("web-booking"), "website", new NoticeShown("booking", 1), [Ticked("fulfil")]);

        Assert.Equal(["notice.missing", "consent.evidence"], await CodesAsync(good with { Notice = null, Consents = [Ticked("fulfil") with { Evidence = null }] }));
        Assert.Equal(["consent.unasked"], await CodesAsync(good with { Consents = [Ticked("market")] }));
        Assert.Equal(["channel.unknown"], await CodesAsync(good with { Channel = "counter" }));
        Assert.Equal(["customer.unknown"], await CodesAsync(good, CustomerId.New()));
        Assert.Equal(["customer.unknown"], await CodesAsync(good, await CustomerAsync(EntityId.From(8))));
    }

    [Fact]
    public async Task A_receipt_names_the_words_shown_and_verifies_with_the_public_key()
    {
        var taken = await TakenAsync("web-booking", Meal());

        var list = Assert.IsType<Outcome<ReceiptsAnswer>.Done>(await Receipts.ListAsync(taken.Customer, Serving.Nobody, await ActorAsync(), CancellationToken.None)).Value;
        var document = Assert.IsType<Outcome<SignedDocument>.Done>(await ReceiptAsync(taken.Receipt)).Value;

        Assert.Equal(taken.Receipt, Assert.Single(list.Receipts).Receipt);
        var read = SignedDocument.Read(document.ToBytes());
        Assert.Equal(SignatureVerdict.Valid, read!.Verify("consent-receipt", Signer.PublicKey(SigningKey.Receipt), Ed25519.Verify));
        var body = read.Body;
        Assert.Equal("ISO/IEC TS 27560:2023", body.GetProperty("schema_version").GetString());
        Assert.Equal(taken.Customer.ToString(), body.GetProperty("pii_principal_id").GetString());
        Assert.Equal(Party.Handler, body.GetProperty("pii_controller").GetProperty("name").GetProperty("zh").GetString());
        Assert.Contains(body.GetProperty("events").EnumerateArray(), one => one.GetProperty("purpose").GetString() == "special" && one.GetProperty("state").GetString() == "separate-given");
        Assert.DoesNotContain("王小明", body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("event-1", body.GetRawText(), StringComparison.Ordinal);
        var changed = body.GetRawText().Replace("separate-given", "given", StringComparison.Ordinal);
        var forged = read with { Body = JsonSerializer.Deserialize<JsonElement>(changed) };
        Assert.Equal(SignatureVerdict.Invalid, forged.Verify("consent-receipt", Signer.PublicKey(SigningKey.Receipt), Ed25519.Verify));
    }

    [Fact]
    public async Task An_altered_history_gives_no_receipt_and_a_stranger_none_at_all()
    {
        var taken = await TakenAsync("web-booking", WebBooking());
        var stranger = (await ActorAsync()) with { Channels = [] };
        Assert.Equal("not.found", CodeOf(await ReceiptAsync(taken.Receipt, stranger)));
        Assert.Equal("customer.unknown", CodeOf(await Receipts.ListAsync(taken.Customer, Serving.Nobody, stranger, CancellationToken.None)));
        Assert.Equal("not.found", CodeOf(await ReceiptAsync(ReceiptId.New())));

        await TamperAsync("UPDATE consent SET state = 'separate-given' WHERE purpose = 'fulfil'");

        Assert.Equal("not.found", CodeOf(await ReceiptAsync(taken.Receipt)));
    }

    [Fact]
    public async Task A_system_that_only_its_own_row_names_reaches_nobody()
    {
        var taken = await TakenAsync("web-booking", WebBooking());
        await Db.WriteAsync(async tx =>
        {
            foreach (var (kind, id) in Channels)
            {
                await Control.SaveAsync(
                    tx, ControlKey.Of(ChannelContent.RowKind, id), 1, new ChannelContent(Kebab.Of(kind), kind, Airline, Open: true, [PostKey.Of("counter")], []),
                    new LogFact { Act = FactName.Of("channel-changed"), Actor = LogActor.System });
            }
        });

        Assert.Equal("customer.unknown", CodeOf(await Receipts.ListAsync(taken.Customer, Serving.Nobody, await ActorAsync(), CancellationToken.None)));
        Assert.Equal("customer.unknown", CodeOf(await WithdrawAsync(taken.Customer, await ActorAsync())));
    }

    [Fact]
    public async Task An_agent_consents_for_the_verified_caller_he_serves_and_for_nobody_else()
    {
        var taken = await TakenAsync("web-booking", WebBooking());
        var another = await TakenAsync("web-booking", WebBooking("李四", "13900139000", null, ("passport", "E12345678")));
        var agent = await StaffAsync(("call-agent", OurUnit));
        Task<Outcome<ConsentsAnswer>> RecordAsync(ServiceSessionId? session) => ConsentDesk.RecordAsync(
            taken.Customer, new ConsentsAsk(FormKey.Of("web-booking"), "website", new NoticeShown("booking", 1), [Ticked("fulfil")], session), agent, CancellationToken.None);

        Assert.Equal("customer.unknown", CodeOf(await RecordAsync(null)));
        Assert.Equal("customer.unknown", CodeOf(await RecordAsync(Call(another.Customer, verified: true))));
        var unverified = Assert.IsType<Outcome<ConsentsAnswer>.Refused>(await RecordAsync(Call(taken.Customer, verified: false))).Problem;
        Assert.Equal(("access.needs", "caller.unverified"), (unverified.Code, unverified.Reasons.Single().Code));
        Assert.Equal((Verdict.Deny, true), (Log.Facts[^1].Decision, Log.Facts[^1].Reasons.Contains("caller.unverified")));
        Clock.Now += 10;
        Assert.IsType<Outcome<ConsentsAnswer>.Done>(await RecordAsync(Call(taken.Customer, verified: true)));

        // Taking it back asks for the call alone.
        Clock.Now += 10;
        Assert.Equal("customer.unknown", CodeOf(await WithdrawAsync(taken.Customer, agent)));
        Assert.IsType<Outcome<WithdrawAnswer>.Done>(await WithdrawAsync(taken.Customer, agent, new Serving(Call(taken.Customer, verified: false), null)));
    }

    [Fact]
    public async Task Post_and_company_decide_about_consents_and_the_rights_desk_names_its_request()
    {
        var taken = await TakenAsync("web-booking", WebBooking());
        Assert.Equal("access.denied", CodeOf(await WithdrawAsync(taken.Customer, await StaffAsync(("marketing", OurUnit)))));

        // At home a counter, elsewhere something else: neither of the two reaches the airline's customers.
        Assert.Equal("customer.unknown", CodeOf(await WithdrawAsync(taken.Customer, await StaffAsync(("counter", Other), ("marketing", OurUnit)))));
        var rights = await StaffAsync(("rights-desk", OurUnit));
        Assert.Equal("access.needs", CodeOf(await WithdrawAsync(taken.Customer, rights)));
        Assert.IsType<Outcome<WithdrawAnswer>.Done>(await WithdrawAsync(taken.Customer, rights, new Serving(null, "R-1")));
        Assert.Equal("R-1", Log.Facts[^1].Details!.Ticket);
        Assert.Equal("field.too_long", CodeOf(await WithdrawAsync(taken.Customer, rights, new Serving(null, new string('x', 129)))));
    }

    [Fact]
    public async Task A_system_records_consents_for_its_own_purposes_and_items_only()
    {
        var taken = await TakenAsync("web-booking", Meal());
        var ask = new ConsentsAsk(FormKey.Of("web-booking"), "website", new NoticeShown("booking", 1), [Ticked("special") with { Separate = true, Items = ["ssr_meal"] }]);
        async Task<string> CodeAsync(Actor actor) => CodeOf(await ConsentDesk.RecordAsync(taken.Customer, ask, actor, CancellationToken.None));

        Assert.Equal("access.denied", await CodeAsync((await ActorAsync()) with { Purposes = new[] { PurposeKey.Of("fulfil") }.ToFrozenSet() }));
        Assert.Contains("client.scope", Log.Facts[^1].Reasons);
        Assert.Equal("access.denied", await CodeAsync((await ActorAsync()) with { Items = new[] { ItemKey.Of("name") }.ToFrozenSet() }));
        Clock.Now += 10;
        Assert.IsType<Outcome<ConsentsAnswer>.Done>(await ConsentDesk.RecordAsync(taken.Customer, ask, await ActorAsync(), CancellationToken.None));
    }

    [Fact]
    public async Task An_archived_customer_still_withdraws_and_agrees_to_nothing_new()
    {
        var taken = await TakenAsync("web-booking", WebBooking());
        var before = (await Customers.ReadAsync(taken.Customer, ReadScope.Outline))!;
        await Db.WriteAsync(async tx => (await Customers.SetStateAsync(tx, taken.Customer, before.Version, LifeState.Archived)).OrUndo());
        Clock.Now += 10;

        var ask = new ConsentsAsk(FormKey.Of("web-booking"), "website", new NoticeShown("booking", 1), [Ticked("fulfil")]);
        Assert.Equal("access.denied", CodeOf(await ConsentDesk.RecordAsync(taken.Customer, ask, await ActorAsync(), CancellationToken.None)));
        Assert.Equal(ConsentState.Withdrawn, (await WithdrawnAsync(taken.Customer, "fulfil")).State);
    }

    [Fact]
    public async Task What_was_said_long_ago_is_not_handed_in_as_said_then()
    {
        var old = WebBooking() with { Consents = [Ticked("fulfil") with { At = Clock.Now - (11L * 366 * 86_400_000) }] };
        Assert.Equal([("consents[0].at", "consent.term")], await ErrorsAsync("web-booking", old));
    }

    [Fact]
    public async Task An_altered_provenance_row_does_not_count()
    {
        await TakenAsync("web-booking", WebBooking());
        var ids = (await Db.ReadAsync(tx => tx.QueryAsync<byte[]>("SELECT id FROM intake"))).Select(IntakeId.From).ToList();
        Assert.Single(await Db.ReadAsync(tx => Intakes.ReadManyAsync(tx, ids)));

        await TamperAsync("UPDATE intake SET purposes = purposes || ',market'");

        Assert.Empty(await Db.ReadAsync(tx => Intakes.ReadManyAsync(tx, ids)));
    }

    private Submission Meal() => WebBooking(more: ("ssr_meal", "moml")) with
    {
        Consents = [Ticked("fulfil"), Ticked("special") with { Separate = true, Items = ["ssr_meal"] }],
    };

    private async Task<Outcome<SignedDocument>> ReceiptAsync(ReceiptId id, Actor? actor = null) =>
        await Receipts.OneAsync(id, Serving.Nobody, actor ?? await ActorAsync(), CancellationToken.None);

    private Task<Outcome<WithdrawAnswer>> WithdrawAsync(CustomerId customer, Actor actor, Serving? serving = null) =>
        ConsentDesk.WithdrawAsync(customer, PurposeKey.Of("fulfil"), serving ?? Serving.Nobody, actor, CancellationToken.None);

    private static string CodeOf<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Refused>(outcome).Problem.Code;

    private async Task<WithdrawAnswer> WithdrawnAsync(CustomerId customer, string purpose) =>
        Assert.IsType<Outcome<WithdrawAnswer>.Done>(await ConsentDesk.WithdrawAsync(customer, PurposeKey.Of(purpose), Serving.Nobody, await ActorAsync(), CancellationToken.None)).Value;
}

public sealed class CollectConsentOnSqlite() : ConsentSuite(TestStore.Sqlite());

public sealed class CollectConsentOnPostgres(PostgresServer server) : ConsentSuite(TestStore.Postgres(server));
