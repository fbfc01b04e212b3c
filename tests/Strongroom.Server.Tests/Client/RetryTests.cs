using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Strongroom.Client;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Client;

/// <summary>Repetitions: a change is made once whatever the network does, and what must not be repeated is not.</summary>
public sealed class RetryTests(Shared shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_lost_after_the_commit_is_asked_for_again_and_nothing_is_collected_twice()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        CustomerId? committed = null;
        var network = new Network(async (_, send, n) =>
        {
            var response = await send();
            if (n > 3)
            {
                return response;
            }

            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            committed ??= new CustomerId(System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["customer"]!.GetValue<string>());
            throw new HttpRequestException("connection reset", null, null);
        });
        await using var connection = Connection.To(server, business.Token, null, network);
        var taken = Assert.IsType<Collected.Taken>((await connection.Client.CollectAsync("web-booking", Bookings.Of(business, 620_001), ct: Ct)).Required);
        Assert.Equal(4, network.Tries.Count);
        Assert.Single(network.Tries.Select(t => (t.Key, t.Body)).Distinct());
        Assert.Equal(committed, taken.Customer);

        // The same booking under another key is another act: so one receipt above was no accident of matching.
        await using var calm = Connection.To(server, business.Token);
        Assert.Single((await Connection.SettledAsync(() => calm.Client.ReceiptsAsync(taken.Customer, Ct))).Receipts);
        await calm.Client.CollectAsync("web-booking", Bookings.Of(business, 620_001), ct: Ct);
        Assert.Equal(2, (await Connection.SettledAsync(() => calm.Client.ReceiptsAsync(taken.Customer, Ct))).Receipts.Count);
    }

    [Fact]
    public async Task A_server_killed_after_the_commit_and_started_again_has_collected_once()
    {
        await using var place = await Place.OpenedAsync();
        var tls = SelfSigned(place.Root);
        var server = await place.ServeAsync(tls);
        try
        {
            var business = (await place.PeopleAtAsync(server)).Business;
            var network = new Network(async (request, send, n) =>
            {
                request.RequestUri = new Uri(server.Url, request.RequestUri!.PathAndQuery);
                if (n != 1)
                {
                    return await send();
                }

                // Committed and answered; then the machine goes before the answer arrives, and comes back.
                Assert.Equal(HttpStatusCode.Created, (await send()).StatusCode);
                await server.KillAsync();
                var gone = await Assert.ThrowsAsync<HttpRequestException>(send);
                await server.DisposeAsync();
                server = await place.ServeAsync(tls);
                throw gone;
            });
            await using var connection = Connection.To(server, business.Token, null, network);
            var customer = (await connection.Client.CollectAsync("web-booking", Bookings.Of(business, 620_010), ct: Ct)).Required.Customer;
            Assert.Single((await Connection.SettledAsync(() => connection.Client.ReceiptsAsync(customer, Ct))).Receipts);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task When_the_server_stays_away_the_key_comes_back_and_finishes_the_work_later()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        var booking = Bookings.Of(business, 620_020);
        var lost = new Network(async (_, send, n) =>
        {
            if (n == 1)
            {
                (await send()).Dispose();
            }

            throw new HttpRequestException("connection reset", null, null);
        });
        await using var broken = Connection.To(server, business.Token, options => options.Retries = 2, lost);
        var unknown = await Assert.ThrowsAsync<StrongroomUnavailableException>(() => broken.Client.CollectAsync("web-booking", booking, ct: Ct));
        Assert.True(unknown.OutcomeUnknown);
        Assert.Equal(3, lost.Tries.Count);
        Assert.Equal(lost.Tries[0].Key, unknown.IdempotencyKey);

        await using var calm = Connection.To(server, business.Token);
        var customer = (await calm.Client.CollectAsync("web-booking", booking, unknown.IdempotencyKey, Ct)).Required.Customer;
        Assert.Single((await Connection.SettledAsync(() => calm.Client.ReceiptsAsync(customer, Ct))).Receipts);
    }

    [Fact]
    public async Task A_spent_quota_is_answered_with_its_wait_when_that_is_too_long()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var (token, _) = await staff.ClientAsync(["explain"], new { perMinute = 2 });
        await using var connection = Connection.To(server, token, options => options.LongestWait = TimeSpan.Zero);
        Outcome<ExplainAnswer>? last = null;
        for (var i = 0; i < 8 && last is null or { IsDone: true }; i++)
        {
            last = await connection.Client.ExplainAsync(new ExplainRequest(Act.Find) { Purpose = "fulfil" }, Ct);
        }

        var spent = Assert.IsType<Refusal.TooMany>(Assert.IsType<Outcome<ExplainAnswer>.Refused>(last).Refusal);
        Assert.InRange(spent.RetryAfter!.Value.TotalSeconds, 1, 60);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, true, 3)]
    [InlineData(HttpStatusCode.ServiceUnavailable, false, 1)]
    [InlineData(HttpStatusCode.TooManyRequests, true, 1)]
    [InlineData(HttpStatusCode.Forbidden, true, 1)]
    [InlineData(HttpStatusCode.Conflict, true, 1)]
    [InlineData(HttpStatusCode.UnprocessableEntity, true, 1)]
    public async Task Only_a_5xx_of_a_keyed_call_is_repeated(HttpStatusCode status, bool keyed, int tries)
    {
        var network = new Network((_, _, _) => Task.FromResult(Problem(status)));
        await using var connection = Stubbed(network, TimeProvider.System);
        try
        {
            _ = keyed
                ? (await connection.Client.CollectAsync("web-booking", new Submission(), ct: Ct)).IsDone
                : (await connection.Client.FindAsync(new FindRequest("mobile", "1"), Ct)).IsDone;
            Assert.True((int)status < 500);
        }
        catch (StrongroomUnavailableException unavailable)
        {
            Assert.Equal(("test.code", true), (unavailable.Code, (int)status >= 500));
        }

        Assert.Equal(tries, network.Tries.Count);
        Assert.All(network.Tries, one => Assert.Equal(keyed, one.Key is not null));
    }

    [Fact]
    public async Task A_lost_look_is_not_repeated()
    {
        var network = new Network((_, _, _) => throw new HttpRequestException("reset"));
        await using var connection = Stubbed(network, TimeProvider.System);
        var lost = await Assert.ThrowsAsync<StrongroomUnavailableException>(() => connection.Client.ViewAsync(new CustomerId(new string('d', 32)), new ViewRequest(), Ct));
        Assert.True(lost.OutcomeUnknown);
        Assert.Null(lost.IdempotencyKey);
        Assert.Single(network.Tries);
    }

    [Fact]
    public async Task Retry_After_is_waited_for_to_the_second_and_also_by_calls_without_a_key()
    {
        var time = new ImpatientTime();
        var network = new Network((_, _, n) => Task.FromResult(n <= 2 ? Problem(HttpStatusCode.TooManyRequests, 7) : Answer("""{"customers":[],"entry":"0123456789abcdef0123456789abcdef"}""")));
        await using var connection = Stubbed(network, time);
        Assert.Empty((await connection.Client.FindAsync(new FindRequest("mobile", "1"), Ct)).Required.Customers);
        Assert.Equal([7, 7], time.Waits.Where(wait => wait != new StrongroomClientOptions().AttemptTimeout).Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Silence_counts_as_a_lost_try_and_a_cancelled_call_as_none()
    {
        var network = new Network(async (_, _, n) =>
        {
            if (n == 1)
            {
                await Task.Delay(Timeout.Infinite, Ct);
            }

            return Answer("""{"customer":"0123456789abcdef0123456789abcdef","record":"0123456789abcdef0123456789abcdef"}""");
        });
        await using var connection = Stubbed(new Network((_, _, _) => throw new HttpRequestException("reset")), TimeProvider.System);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Client.CollectAsync("web-booking", new Submission(), ct: given.Token));

        await using var slow = Stubbed(new Patience(network), TimeProvider.System, options => options.AttemptTimeout = TimeSpan.FromMilliseconds(100));
        Assert.IsType<Collected.Known>((await slow.Client.CollectAsync("web-booking", new Submission(), ct: Ct)).Required);
        Assert.Equal(2, network.Tries.Count);
    }

    [Theory]
    [InlineData("<html>proxy</html>", 200)]
    [InlineData("{}", 200)]
    [InlineData("""{"customers":[{"id":"13912345678"}],"entry":"x"}""", 200)]
    [InlineData("""{"type":"about:blank"}""", 403)]
    [InlineData("", 302)]
    public async Task What_does_not_speak_the_interface_is_said_without_quoting_it(string body, int status)
    {
        var network = new Network((_, _, _) => Task.FromResult(Answer(body, (HttpStatusCode)status)));
        await using var connection = Stubbed(network, TimeProvider.System);
        var foreign = await Assert.ThrowsAsync<StrongroomProtocolException>(() => connection.Client.FindAsync(new FindRequest("mobile", "1"), Ct));
        Assert.DoesNotContain("13912345678", foreign.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_newer_server_adds_is_passed_over_and_unknown_names_read_as_the_strictest()
    {
        const string Newer = """
            {"decision":{"overall":"perhaps","needs":[{"what":"oracle","how":"x"}],"reasons":[],"items":{"name":{"shown":"glowing","reasons":[],"hue":3}},"mood":"mild"}}
            """;
        var network = new Network((_, _, _) => Task.FromResult(Answer(Newer)));
        await using var connection = Stubbed(network, TimeProvider.System);
        var decision = (await connection.Client.ExplainAsync(new ExplainRequest(Act.View), Ct)).Required.Decision;
        Assert.Equal((Verdict.Deny, Shown.Withheld, NeedKind.Other), (decision.Overall, decision.Items["name"].Shown, decision.Needs[0].What));
    }

    private static Connection Stubbed(DelegatingHandler network, TimeProvider time, Action<StrongroomClientOptions>? more = null) => Connection.To(
        new Uri("https://stub.invalid"), null, Credential.Token("sr_stub"), options =>
        {
            options.Retries = 2;
            options.RetryDelay = TimeSpan.FromMilliseconds(1);
            more?.Invoke(options);
        }, time, network);

    private static HttpResponseMessage Problem(HttpStatusCode status, int? retryAfter = null)
    {
        var answer = Answer("""{"type":"/problems/test.code","zh":"不行","en":"No"}""", status, "application/problem+json");
        if (retryAfter is { } seconds)
        {
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        }

        return answer;
    }

    private static HttpResponseMessage Answer(string body, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json") =>
        new(status) { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type)) };

    /// <summary>PEM files of a certificate that outlives one run of the server.</summary>
    private static string[] SelfSigned(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(1));
        var (certificate, secret) = (Path.Combine(folder, "tls.crt"), Path.Combine(folder, "tls.key"));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return ["--certificate", certificate, "--certificate-key", secret];
    }

    /// <summary>A try that is given up by its own token, as a socket would.</summary>
    private sealed class Patience(Network inner) : DelegatingHandler
    {
        private readonly HttpMessageInvoker network = new(inner);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            network.SendAsync(request, cancellationToken).WaitAsync(cancellationToken);
    }

    /// <summary>Every wait ends at once and is remembered.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<TimeSpan> waits = new();

        public IReadOnlyList<TimeSpan> Waits => [.. waits];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            waits.Enqueue(dueTime);

            // Limits of a try are remembered and left alone; only waiting between tries is cut short.
            return base.CreateTimer(callback, state, dueTime == new StrongroomClientOptions().AttemptTimeout ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, period);
        }
    }
}
