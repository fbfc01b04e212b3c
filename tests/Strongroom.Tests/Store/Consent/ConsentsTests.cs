using System.Security.Cryptography;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Consent;

public abstract class ConsentsSuite(TestStore store) : StoreWorld(store)
{
    private static readonly PurposeKey Market = PurposeKey.Of("market");

    private Task<ConsentOutcome> SayAsync(CustomerId customer, params ConsentEvent[] events) =>
        Db.WriteAsync(tx => Consents.RecordAsync(tx, Says(customer, events)));

    private async Task<ConsentState?> StateAsync(CustomerId customer) =>
        (await Customers.ReadAsync(customer, ReadScope.Outline))!.Consents.GetValueOrDefault(Market)?.State;

    [Fact]
    public async Task A_withdrawal_binds_the_next_reading_on_every_node()
    {
        var customer = await CustomerAsync();
        await SayAsync(customer, Event("market", ConsentEventKind.Give, T0));
        var node = await OpenAsync(Options);
        var other = new Strongroom.Store.Customers.Customers(node, Reader, new CustomerWriter(Macs));
        Assert.Equal(ConsentState.Given, (await other.ReadAsync(customer, ReadScope.Outline))!.Consents[Market].State);

        await SayAsync(customer, Event("market", ConsentEventKind.Withdraw, T0 + 1));

        Assert.Equal(ConsentState.Withdrawn, (await other.ReadAsync(customer, ReadScope.Outline))!.Consents[Market].State);
        Assert.Equal(new ConsentOutcome.Refused(Market, "consent.not-asked-again"), await SayAsync(customer, Event("market", ConsentEventKind.Ask, T0 + 2)));
        Assert.Equal(ConsentState.Withdrawn, await StateAsync(customer));
    }

    [Fact]
    public async Task A_term_ends_without_anybody_writing_anything()
    {
        var customer = await CustomerAsync();
        await SayAsync(customer, Event("market", ConsentEventKind.Give, T0, until: T0 + 1000));
        Clock.Now = T0 + 999;
        Assert.Equal(ConsentState.Given, await StateAsync(customer));
        Clock.Now = T0 + 1000;
        Assert.Equal(ConsentState.Expired, await StateAsync(customer));
    }

    [Fact]
    public async Task Evidence_names_the_seal_and_not_the_number()
    {
        var (one, other) = (await CustomerAsync(), await CustomerAsync());
        var digests = new List<byte[]>();
        foreach (var customer in new[] { one, other, one })
        {
            using var keys = await Keys.OpenAsync(new KeyOwner(customer.Value));
            var given = Event("market", ConsentEventKind.Give, T0 + digests.Count);
            var taken = new ConsentTaken(given, ItemSealer.SealReference(keys!, given.Id, "call 4711"));
            await Db.WriteAsync(tx => Consents.RecordAsync(tx, new ConsentSubmission(customer, ReceiptId.New(), IntakeId.From(5), T0, [taken])));
            var row = (await Db.ReadAsync(tx => Consents.HistoryAsync(tx, customer))).Rows.Single(each => each.Id == given.Id);
            Assert.Equal(SHA256.HashData(row.SealedReference!), row.EvidenceDigest);
            digests.Add(row.EvidenceDigest!);
        }

        // An old backup is asked with every key that outlives the customer's: the number, guessed, gives nothing that stands in it, and the
        // same number leaves another digest each time.
        Assert.Equal(3, digests.DistinctBy(Convert.ToHexString).Count());
        var number = "call 4711"u8.ToArray();
        Assert.All(Enum.GetValues<MacUse>().Select(use => Keys.Mac(use, number)).Append(SHA256.HashData(number)), guess => Assert.DoesNotContain(digests, digest => digest.AsSpan().SequenceEqual(guess)));
    }

    [Fact]
    public async Task A_submission_is_taken_whole_or_not_at_all()
    {
        var customer = await CustomerAsync();
        await SayAsync(customer, Event("market", ConsentEventKind.Refuse, T0));

        Assert.IsType<ConsentOutcome.Refused>(await SayAsync(
            customer, Event("survey", ConsentEventKind.Give, T0 + 1), Event("market", ConsentEventKind.Ask, T0 + 1)));

        var read = await Customers.ReadAsync(customer, ReadScope.Outline);
        Assert.Equal([Market], read!.Consents.Keys);
        Assert.Single((await Db.ReadAsync(tx => Consents.HistoryAsync(tx, customer))).Rows);
    }

    [Fact]
    public async Task A_restricted_customer_may_withdraw_but_not_be_asked()
    {
        var customer = await CustomerAsync();
        await SayAsync(customer, Event("market", ConsentEventKind.Give, T0));
        await WriteAsync(tx => Customers.SetStateAsync(tx, customer, 2, LifeState.Restricted));

        Assert.Equal(new ConsentOutcome.WrongState(LifeState.Restricted), await SayAsync(customer, Event("survey", ConsentEventKind.Give, T0 + 1)));
        Assert.IsType<ConsentOutcome.Recorded>(await SayAsync(customer, Event("market", ConsentEventKind.Withdraw, T0 + 1)));
        Assert.IsType<ConsentOutcome.NotThere>(await SayAsync(CustomerId.New(), Event("market", ConsentEventKind.Give, T0)));
    }

    [Theory]
    [InlineData("UPDATE consent SET state = 'given' WHERE state = 'withdrawn'")]
    [InlineData("UPDATE consent SET at = at + 1 WHERE state = 'withdrawn'")]
    [InlineData("UPDATE consent SET until = 1 WHERE state = 'withdrawn'")]
    [InlineData("UPDATE consent SET reference = id WHERE state = 'withdrawn'")]
    public async Task An_edited_history_is_found_and_never_reads_as_consent(string edit)
    {
        var customer = await CustomerAsync();
        await SayAsync(customer, Event("market", ConsentEventKind.Give, T0));
        await SayAsync(customer, Event("market", ConsentEventKind.Withdraw, T0 + 1));

        await TamperAsync(edit);

        var history = await Db.ReadAsync(tx => Consents.HistoryAsync(tx, customer));
        Assert.Equal([ConsentEventKind.Give], history.Rows.Select(row => row.Event.Kind));
        Assert.Single(history.Faults);
        Assert.Equal(ConsentState.Withdrawn, await StateAsync(customer));
        Assert.Contains((await Integrity.CheckAsync(0)).Findings, found => found.Fault == IntegrityFault.ConsentRow);
    }

    [Fact]
    public async Task A_genuine_customer_row_put_back_to_before_the_withdrawal_is_found_by_the_check()
    {
        var customer = await CustomerAsync();
        await SayAsync(customer, Event("market", ConsentEventKind.Give, T0));
        var before = await Db.WriteAsync(tx => CustomerStore.ForUpdateAsync(tx, customer));
        await SayAsync(customer, Event("market", ConsentEventKind.Withdraw, T0 + 1));
        Assert.Equal(0, (await Integrity.CheckAsync(1)).Faults);

        await TamperAsync(
            "UPDATE customer SET version = @version, consents = @consents, mac = @mac",
            new { version = before!.Version, consents = before.Consents, mac = before.Mac });

        Assert.Equal(IntegrityFault.ConsentSummary, Assert.Single((await Integrity.CheckAsync(1)).Findings).Fault);
    }

    [Fact]
    public async Task A_receipt_says_what_was_agreed_and_its_signature_holds_for_these_words_only()
    {
        var customer = await CustomerAsync();
        var submission = Says(customer, Event("market", ConsentEventKind.Give, T0), Event("market", ConsentEventKind.GiveSeparately, T0));
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, submission));
        var frame = new ReceiptFrame(
            new ReceiptController(Airline, new Bilingual("航空", "Airline"), "dpo@example.cn"),
            [new ReceiptNotice(NoticeKey.Of("privacy"), 3, "zh-CN")],
            [new ReceiptPurpose(Market, new Bilingual("营销", "Marketing"), LegalBasis.Consent, [], [], new Bilingual("两年", "2 years"), new Bilingual("随时", "any time"))]);

        var history = await Db.ReadAsync(tx => Consents.OfReceiptAsync(tx, customer, submission.Receipt));
        var receipt = ConsentReceipt.Build(history, frame);

        Assert.Equal([ConsentState.Given, ConsentState.SeparateGiven], receipt!.Events.Select(one => one.State));
        Assert.Null(ConsentReceipt.Build(history, frame with { Purposes = [] }));
        Assert.Null(ConsentReceipt.Build(history with { Faults = [ConsentId.New()] }, frame));
        Assert.Empty((await Db.ReadAsync(tx => Consents.OfReceiptAsync(tx, CustomerId.New(), submission.Receipt))).Rows);
        var signer = new TestSigner();
        var bytes = receipt.Sign(signer).ToBytes();
        var text = Encoding.UTF8.GetString(bytes);
        Assert.Contains($"\"pii_principal_id\":\"{customer}\"", text, StringComparison.Ordinal);
        Assert.Contains("\"schema_version\":\"ISO/IEC TS 27560:2023\"", text, StringComparison.Ordinal);
        Assert.Equal(SignatureVerdict.Valid, SignedDocument.Read(bytes)!.Verify(ConsentReceipt.DocumentType, signer.PublicKey(SigningKey.Receipt), TestSigner.Verify));
        var forged = Encoding.UTF8.GetBytes(text.Replace("Marketing", "Marketinh", StringComparison.Ordinal));
        Assert.Equal(SignatureVerdict.Invalid, SignedDocument.Read(forged)!.Verify(ConsentReceipt.DocumentType, signer.PublicKey(SigningKey.Receipt), TestSigner.Verify));
    }

    /// <summary>A keyed stand-in; the real Ed25519 has its own vectors in Strongroom.Keys.</summary>
    private sealed class TestSigner : ISigner
    {
        public byte[] Sign(SigningKey key, ReadOnlySpan<byte> message) => System.Security.Cryptography.HMACSHA512.HashData(PublicKey(key), message);

        public byte[] PublicKey(SigningKey key) => [.. Enumerable.Repeat((byte)7, 32)];

        public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
            System.Security.Cryptography.HMACSHA512.HashData(publicKey, message).AsSpan().SequenceEqual(signature);
    }
}

public sealed class ConsentsOnSqlite() : ConsentsSuite(TestStore.Sqlite());

public sealed class ConsentsOnPostgres(PostgresServer server) : ConsentsSuite(TestStore.Postgres(server));
