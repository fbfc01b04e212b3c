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
