using System.Text.Json;
using Strongroom.Collect.Consents;
using Strongroom.Collect.Intake;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Spine.Identity;
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
        var refused = Assert.IsType<Outcome<WithdrawAnswer>.Refused>(await ConsentDesk.WithdrawAsync(taken.Customer, PurposeKey.Of("realname"), await ActorAsync(), CancellationToken.None));
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

        var list = await Receipts.ListAsync(taken.Customer, await ActorAsync(), CancellationToken.None);
        var document = await Receipts.OneAsync(taken.Receipt, await ActorAsync(), CancellationToken.None);

        Assert.Equal(taken.Receipt, Assert.Single(list!.Receipts).Receipt);
        var read = SignedDocument.Read(document!.ToBytes());
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
        Assert.Null(await Receipts.OneAsync(taken.Receipt, stranger, CancellationToken.None));
        Assert.Null(await Receipts.ListAsync(taken.Customer, stranger, CancellationToken.None));
        Assert.Null(await Receipts.OneAsync(ReceiptId.New(), await ActorAsync(), CancellationToken.None));

        await TamperAsync("UPDATE consent SET state = 'separate-given' WHERE purpose = 'fulfil'");

        Assert.Null(await Receipts.OneAsync(taken.Receipt, await ActorAsync(), CancellationToken.None));
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

    private async Task<WithdrawAnswer> WithdrawnAsync(CustomerId customer, string purpose) =>
        Assert.IsType<Outcome<WithdrawAnswer>.Done>(await ConsentDesk.WithdrawAsync(customer, PurposeKey.Of(purpose), await ActorAsync(), CancellationToken.None)).Value;
}

public sealed class CollectConsentOnSqlite() : ConsentSuite(TestStore.Sqlite());

public sealed class CollectConsentOnPostgres(PostgresServer server) : ConsentSuite(TestStore.Postgres(server));
