using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Client;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Client;

/// <summary>Every method of the client against the real server: what it answers, and how refusals arrive.</summary>
public sealed class ClientTests(Shared shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customer_is_taken_in_found_seen_compared_corrected_and_withdraws()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await business.AuthoriseAsync();
        await using var connection = Connection.To(server, business.Token);
        var client = connection.Client;
        var booking = Bookings.Of(business, 610_001, "欧阳明远");
        var taken = Assert.IsType<Collected.Taken>((await Connection.SettledAsync(() => client.CollectAsync("web-booking", booking, ct: Ct)))).Answer;
        Assert.Equal("booking", Assert.Single(taken.Records).Type);
        Assert.Equal(ConsentState.Given, taken.Consents["fulfil"]);

        var found = (await Connection.SettledAsync(() => client.FindAsync(new FindRequest("mobile", booking.Items!["mobile"]) { Purpose = "fulfil" }, Ct)));
        Assert.Equal(taken.Customer, Assert.Single(found.Customers).Id);

        var seen = (await Connection.SettledAsync(() => client.ViewAsync(taken.Customer, new ViewRequest { Purpose = "fulfil", Items = ["name", "mobile", "pnr"], Clear = ["name"] }, Ct)));
        Assert.Equal((Shown.Clear, "欧阳明远"), (seen.Item("name")!.Shown, seen.Item("name")!.Value!.Reveal()));
        Assert.Equal((Shown.Masked, Shown.Withheld), (seen.Item("pnr")!.Shown, seen.Item("mobile")!.Shown));
        Assert.NotEqual(booking.Items!["pnr"].Reveal(), seen.Item("pnr")!.Value!.Reveal());
        Assert.Equal((CustomerKind.Person, LifeState.Active, Verdict.Permit), (seen.Kind, seen.State, seen.Decision.Overall));

        var many = (await Connection.SettledAsync(() => client.ViewManyAsync(new ViewManyRequest([taken.Customer, new CustomerId(new string('b', 32))]) { Purpose = "fulfil", Items = ["name"] }, Ct)));
        Assert.Equal([true, false], many.Customers.Select(line => line.Shown is not null));
        Assert.Equal("customer.unknown", many.Customers[1].Refused!.Code);

        var lastFour = booking.Items["id_no"].Reveal()[^4..];
        var compared = (await Connection.SettledAsync(() => client.CompareAsync(
            taken.Customer, new CompareRequest(new Dictionary<string, Said> { ["id_no"] = new(lastFour, ComparePart.Last4) }) { Purpose = "realname" }, Ct)));
        Assert.Equal(Match.Match, compared.Items["id_no"]);

        var record = seen.Records.First(r => r.Items.ContainsKey("pnr"));
        var number = Bookings.Of(business, 610_002).Items!["pnr"];
        var change = new CorrectRequest([new ItemChange(record.Id, "pnr", record.Items["pnr"].Version, number)]) { Purpose = "fulfil" };
        var corrected = (await Connection.SettledAsync(() => client.CorrectAsync(taken.Customer, change, "correct-610001", Ct)));
        Assert.Equal(record.Items["pnr"].Version + 1, Assert.Single(corrected.Items).Version);
        Assert.Equal(corrected.Items, (await Connection.SettledAsync(() => client.CorrectAsync(taken.Customer, change, "correct-610001", Ct))).Items);

        var receipts = (await Connection.SettledAsync(() => client.ReceiptsAsync(taken.Customer, Ct))).Receipts;
        Assert.Equal(taken.Receipt, Assert.Single(receipts).Receipt);
        var signed = JsonNode.Parse((await Connection.SettledAsync(() => client.ReceiptAsync(taken.Receipt, Ct))).Span)!;
        Assert.Equal("Ed25519", signed["sig"]!["alg"]!.GetValue<string>());

        var withdrawn = (await Connection.SettledAsync(() => client.WithdrawConsentAsync(taken.Customer, "fulfil", Ct)));
        Assert.Equal((ConsentState.Withdrawn, "fulfil"), (withdrawn.State, withdrawn.Purpose));
        var given = (await Connection.SettledAsync(() => client.GiveConsentsAsync(taken.Customer, new ConsentsRequest("web-booking", booking.Channel, booking.Notice, booking.Consents), Ct)));
        Assert.Equal(ConsentState.Given, given.Consents["fulfil"]);

        var explained = (await Connection.SettledAsync(() => client.ExplainAsync(new ExplainRequest(Act.View) { Customer = taken.Customer, Purpose = "fulfil", Items = ["name"], Clear = ["name"] }, Ct)));
        Assert.Equal((Verdict.Permit, Shown.Clear), (explained.Decision.Overall, explained.Decision.Items["name"].Shown));
    }

    [Fact]
    public async Task Refusals_arrive_as_what_they_are()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await using var connection = Connection.To(server, business.Token);
        var client = connection.Client;
        var nobody = new CustomerId(new string('c', 32));
        async Task<T> RefusedAsync<T>(Func<Task<Outcome<ViewAnswer>>> ask) where T : Refusal
        {
            var thrown = await Assert.ThrowsAsync<StrongroomRefusedException>(() => Connection.SettledAsync(ask));
            var refusal = Assert.IsType<T>(thrown.Refusal);
            Assert.All([refusal.Zh, refusal.En], Assert.NotEmpty);
            return refusal;
        }

        Assert.Equal("customer.unknown", (await RefusedAsync<Refusal.NotFound>(() => client.ViewAsync(nobody, new ViewRequest { Purpose = "fulfil" }, Ct))).Code);

        var customer = (await Connection.SettledAsync(() => client.CollectAsync("web-booking", Bookings.Of(business, 610_010), ct: Ct))).Customer;
        var (viewer, _) = await staff.ClientAsync(["view"], new { purposes = new[] { "fulfil" } });
        await using var unauthorised = Connection.To(server, viewer);
        var needs = await RefusedAsync<Refusal.Needs>(() => unauthorised.Client.ViewAsync(customer, new ViewRequest { Purpose = "fulfil", Items = ["name"], Clear = ["name"] }, Ct));
        Assert.NotEmpty(needs.What);
        Assert.All(needs.Reasons, reason => Assert.NotEmpty(reason.Zh));
        var denied = await RefusedAsync<Refusal.Denied>(() => client.ViewAsync(customer, new ViewRequest { Purpose = "market", Items = ["name"] }, Ct));
        Assert.NotEmpty(denied.Reasons);

        await using var stranger = Connection.To(server, "sr_wrong");
        await RefusedAsync<Refusal.NotSignedIn>(() => stranger.Client.ViewAsync(customer, new ViewRequest(), Ct));
        var (finder, _) = await staff.ClientAsync(["find"]);
        await using var narrow = Connection.To(server, finder);
        Assert.Equal("client.scope", (await RefusedAsync<Refusal.Denied>(() => narrow.Client.ViewAsync(customer, new ViewRequest { Purpose = "fulfil" }, Ct))).Code);
    }

    [Fact]
    public async Task Mistakes_name_their_place_and_nothing_quotes_them()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await using var connection = Connection.To(server, business.Token);
        const string Wrong = "11010119900307123X";
        var booking = Bookings.Of(business, 610_020);
        var items = new Dictionary<string, PersonalValue>(booking.Items!) { ["id_no"] = Wrong };
        var outcome = await connection.Client.CollectAsync("web-booking", booking with { Items = items }, "key-610020", Ct);
        var invalid = Assert.IsType<Refusal.Invalid>(Assert.IsType<Outcome<Collected>.Refused>(outcome).Refusal);
        Assert.Contains(invalid.Errors, error => error.At == "items.id_no");
        Assert.DoesNotContain(Wrong, outcome.ToString(), StringComparison.Ordinal);

        await connection.Client.CollectAsync("web-booking", booking, "key-610021", Ct);
        var other = await connection.Client.CollectAsync("web-booking", Bookings.Of(business, 610_022), "key-610021", Ct);
        Assert.Equal("idempotency.mismatch", Assert.IsType<Refusal.Conflict>(Assert.IsType<Outcome<Collected>.Refused>(other).Refusal).Code);

        // A key that is none is refused before it could stand in an address.
        await Assert.ThrowsAsync<ArgumentException>(() => connection.Client.WithdrawConsentAsync(new CustomerId(new string('c', 32)), "13912345678 ", Ct));
    }

    [Fact]
    public async Task An_agents_desktop_serves_a_call_with_the_agents_own_session()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await using var system = Connection.To(server, business.Token);
        var booking = Bookings.Of(business, 610_030);
        var customer = (await system.Client.CollectAsync("web-booking", booking, ct: Ct)).Required.Customer;

        var agent = Credential.Session(staff["call-agent"].Session!);
        await using var desktop = Connection.To(server.Url, server.CertificatePem, agent, null, TimeProvider.System);
        var opened = (await Connection.SettledAsync(() => desktop.Client.OpenSessionAsync(new SessionRequest("CALL-610030", "fulfil"), Ct)));
        Assert.False(opened.Verified);
        var serving = (await Connection.SettledAsync(() => desktop.Client.ServeAsync(opened.Id, customer, Ct)));
        Assert.Equal(customer, serving.Customer);
        var said = new Dictionary<string, Said> { ["id_no"] = new(booking.Items!["id_no"]) };
        var verified = (await Connection.SettledAsync(() => desktop.Client.VerifyCallerAsync(opened.Id, new VerifyRequest(said), Ct)));
        Assert.Equal(opened.Id, verified.Session.Id);
        Assert.Contains("id_no", verified.Items.Keys);
        var closed = (await Connection.SettledAsync(() => desktop.Client.CloseSessionAsync(opened.Id, Ct)));
        Assert.True(closed.Until <= opened.Until);
    }

    [Fact]
    public async Task Neither_text_nor_log_nor_other_serialisers_show_a_value_or_a_credential()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        var flaky = new Network((_, send, n) => n % 2 == 1 ? throw new HttpRequestException("reset") : send());
        await using var connection = Connection.To(server, business.Token, null, flaky);
        var booking = Bookings.Of(business, 610_040, "欧阳知秋");
        var customer = (await connection.Client.CollectAsync("web-booking", booking, ct: Ct)).Required.Customer;
        var find = new FindRequest("mobile", booking.Items!["mobile"]) { Also = [new FindAlso("name", "欧阳知秋")], Ticket = "T-欧阳知秋" };
        var change = new CorrectRequest([new ItemChange(default, "name", 1, "欧阳知秋")]);
        await using var direct = Connection.To(server, business.Token);
        var seen = await Connection.SettledAsync(() => direct.Client.ViewAsync(customer, new ViewRequest { Purpose = "fulfil", Items = ["name", "mobile"] }, Ct));
        var shown = seen.Item("name")!.Value!.Reveal();

        var texts = new StringBuilder();
        foreach (var said in new object[] { booking, find, change, seen.Item("name")!, seen.Records[0], Credential.Token(business.Token), new Said("欧阳知秋") })
        {
            texts.AppendLine(said.ToString());
        }

        texts.AppendLine(System.Text.Json.JsonSerializer.Serialize(booking));
        texts.AppendLine(System.Text.Json.JsonSerializer.Serialize(seen.Item("name")));
        texts.AppendLine(connection.Log.All).AppendLine(direct.Log.All);
        var all = texts.ToString();
        Assert.Contains("is sent again", all, StringComparison.Ordinal);
        Assert.Contains(PersonalValue.Redacted, all, StringComparison.Ordinal);
        Assert.All(
            ["欧阳知秋", shown, booking.Items["mobile"].Reveal(), booking.Items["id_no"].Reveal(), business.Token],
            secret => Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_pinned_certificate_is_trusted_and_settings_are_checked()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await using var unpinned = Connection.To(server.Url, null, Credential.Token(business.Token), null, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<StrongroomUnavailableException>(() => unpinned.Client.CollectAsync("web-booking", Bookings.Of(business, 610_050), ct: Ct));
        Assert.False(refused.OutcomeUnknown);

        await using var plain = Connection.To(new Uri("http://127.0.0.1:1"), null, Credential.Token("sr_x"), null, TimeProvider.System);
        Assert.Contains("https", Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => plain.Client).Message, StringComparison.Ordinal);
        var broken = Assert.Throws<FormatException>(() => Credential.Token("sr_secret\n"));
        Assert.DoesNotContain("sr_secret", broken.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => new CustomerId("13912345678"));
    }
}
