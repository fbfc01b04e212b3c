using System.Buffers;
using System.Net;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>
/// The Strongroom API for business systems. Safe for concurrent use; one instance per process. Every method answers with what the server
/// decided (<see cref="Outcome{T}"/>) and throws when there is no answer: <see cref="StrongroomUnavailableException"/>,
/// <see cref="StrongroomProtocolException"/>, <see cref="OperationCanceledException"/>.
/// </summary>
/// <remarks>
/// Calls that change something and take an idempotency key (collect, correct, ring) are repeated until they are answered, and done once. Other
/// POSTs are sent once: a look is an act of its own in the log, and a comparison uses up a try.
/// </remarks>
public sealed class StrongroomClient
{
    private static readonly SearchValues<char> KeyLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-");

    private readonly Exchange exchange;

    internal StrongroomClient(Exchange exchange) => this.exchange = exchange;

    /// <summary>Takes one submission in.</summary>
    /// <param name="form">Key of the form, such as <c>web-booking</c>.</param>
    /// <param name="idempotencyKey">Yours, when you keep it over restarts (1–128 printable characters, used once within 24 hours); null: one is made and kept over the repetitions of this call.</param>
    public async Task<Outcome<Collected>> CollectAsync(string form, Submission submission, string? idempotencyKey = null, CancellationToken ct = default)
    {
        var call = new Call(
            HttpMethod.Post, "/v1/collect/{form}", $"/v1/collect/{Segment(form)}", Exchange.Body(submission, ClientJson.Wire.Submission), idempotencyKey ?? Exchange.NewKey());
        var reply = await exchange.SendAsync(call, ct).ConfigureAwait(false);
        return Answers.Of<Collected>(call, reply, answered => answered.Status == HttpStatusCode.Created
            ? new Collected.Taken(Answers.Read(call.ToString(), answered, ClientJson.Wire.CollectAnswer))
            : new Collected.Known(Answers.Read(call.ToString(), answered, ClientJson.Wire.KnownAnswer)));
    }

    /// <summary>
    /// Takes many submissions in as one stream: submissions go out while results come back, in the same order, in constant memory. Each
    /// stands by itself. It is not repeated by itself: when it breaks off, send the lines after the last result again; those with a
    /// <see cref="Submission.Source"/> are then answered as known and written once. Needs HTTP/2 all the way to the server.
    /// </summary>
    /// <param name="submissions">Must not pause for more than a few seconds: the server ends requests that stand still.</param>
    /// <exception cref="StrongroomRefusedException">This client may not hand in anything here.</exception>
    /// <exception cref="StrongroomUnavailableException">It broke off; <see cref="StrongroomUnavailableException.LinesAnswered"/> results had arrived.</exception>
    public IAsyncEnumerable<BulkResult> CollectBulkAsync(string form, IAsyncEnumerable<Submission> submissions, CancellationToken ct = default) =>
        Bulk.RunAsync(exchange, "/v1/collect/{form}/bulk", $"/v1/collect/{Segment(form)}/bulk", submissions, ct);

    /// <summary>Looks for customers by what is known of them.</summary>
    public Task<Outcome<FindAnswer>> FindAsync(FindRequest request, CancellationToken ct = default) =>
        AskAsync(new Call(HttpMethod.Post, "/v1/customers/find", "/v1/customers/find", Exchange.Body(request, ClientJson.Wire.FindRequest)), ClientJson.Wire.FindAnswer, ct);

    /// <summary>Shows a customer's items: masked, and in clear those that were asked for and permitted.</summary>
    public Task<Outcome<ViewAnswer>> ViewAsync(CustomerId customer, ViewRequest request, CancellationToken ct = default) =>
        AskAsync(OfCustomer(HttpMethod.Post, customer, "/view", Exchange.Body(request, ClientJson.Wire.ViewRequest)), ClientJson.Wire.ViewAnswer, ct);

    /// <summary>Shows up to 100 customers, each decided on his own.</summary>
    public Task<Outcome<ViewManyAnswer>> ViewManyAsync(ViewManyRequest request, CancellationToken ct = default) =>
        AskAsync(new Call(HttpMethod.Post, "/v1/customers/view-many", "/v1/customers/view-many", Exchange.Body(request, ClientJson.Wire.ViewManyRequest)), ClientJson.Wire.ViewManyAnswer, ct);

    /// <summary>Compares what somebody says with what is on file, without showing it. Tries are few.</summary>
    public Task<Outcome<CompareAnswer>> CompareAsync(CustomerId customer, CompareRequest request, CancellationToken ct = default) =>
        AskAsync(OfCustomer(HttpMethod.Post, customer, "/compare", Exchange.Body(request, ClientJson.Wire.CompareRequest)), ClientJson.Wire.CompareAnswer, ct);

    /// <summary>Corrects values; all changes are made, or none.</summary>
    /// <param name="idempotencyKey">As for <see cref="CollectAsync"/>.</param>
    public Task<Outcome<CorrectAnswer>> CorrectAsync(CustomerId customer, CorrectRequest request, string? idempotencyKey = null, CancellationToken ct = default) =>
        AskAsync(
            OfCustomer(HttpMethod.Patch, customer, "", Exchange.Body(request, ClientJson.Wire.CorrectRequest)) with { Key = idempotencyKey ?? Exchange.NewKey() },
            ClientJson.Wire.CorrectAnswer, ct);

    /// <summary>Records what a customer said about purposes, without a submission.</summary>
    public Task<Outcome<ConsentsAnswer>> GiveConsentsAsync(CustomerId customer, ConsentsRequest request, CancellationToken ct = default) =>
        AskAsync(OfCustomer(HttpMethod.Post, customer, "/consents", Exchange.Body(request, ClientJson.Wire.ConsentsRequest)), ClientJson.Wire.ConsentsAnswer, ct);

    /// <summary>Withdraws the consent to one purpose. It binds the next request on every node. What stays, and why, is in the answer.</summary>
    /// <param name="purpose">Key of the purpose.</param>
    public Task<Outcome<WithdrawAnswer>> WithdrawConsentAsync(CustomerId customer, string purpose, CancellationToken ct = default) =>
        AskAsync(
            new Call(HttpMethod.Post, "/v1/customers/{id}/consents/{purpose}/withdraw", $"/v1/customers/{customer.Value}/consents/{Segment(purpose)}/withdraw"),
            ClientJson.Wire.WithdrawAnswer, ct);

    /// <summary>The customer's consent receipts.</summary>
    public Task<Outcome<ReceiptsAnswer>> ReceiptsAsync(CustomerId customer, CancellationToken ct = default) =>
        AskAsync(OfCustomer(HttpMethod.Get, customer, "/receipts", null), ClientJson.Wire.ReceiptsAnswer, ct);

    /// <summary>One receipt as the signed document to hand to the customer: the exact bytes, since the signature is over them.</summary>
    public async Task<Outcome<ReadOnlyMemory<byte>>> ReceiptAsync(ReceiptId receipt, CancellationToken ct = default)
    {
        var call = new Call(HttpMethod.Get, "/v1/receipts/{id}", $"/v1/receipts/{receipt.Value}");
        var reply = await exchange.SendAsync(call, ct).ConfigureAwait(false);
        return Answers.Of<ReadOnlyMemory<byte>>(call, reply, answered => answered.Body);
    }

    /// <summary>Begins a call or visit, for a signed-in person.</summary>
    public Task<Outcome<SessionAnswer>> OpenSessionAsync(SessionRequest request, CancellationToken ct = default) =>
        AskAsync(new Call(HttpMethod.Post, "/v1/service-sessions", "/v1/service-sessions", Exchange.Body(request, ClientJson.Wire.SessionRequest)), ClientJson.Wire.SessionAnswer, ct);

    /// <summary>Says who is being served.</summary>
    public Task<Outcome<SessionAnswer>> ServeAsync(ServiceSessionId session, CustomerId customer, CancellationToken ct = default) =>
        AskAsync(OfSession(session, "/customer", Exchange.Body(new SessionCustomerRequest(customer), ClientJson.Wire.SessionCustomerRequest)), ClientJson.Wire.SessionAnswer, ct);

    /// <summary>Verifies the caller by what he says. Tries are few.</summary>
    public Task<Outcome<VerifyAnswer>> VerifyCallerAsync(ServiceSessionId session, VerifyRequest request, CancellationToken ct = default) =>
        AskAsync(OfSession(session, "/verify", Exchange.Body(request, ClientJson.Wire.VerifyRequest)), ClientJson.Wire.VerifyAnswer, ct);

    /// <summary>Ends a call or visit.</summary>
    public Task<Outcome<SessionAnswer>> CloseSessionAsync(ServiceSessionId session, CancellationToken ct = default) =>
        AskAsync(OfSession(session, "/close", null), ClientJson.Wire.SessionAnswer, ct);

    /// <summary>Rings an agent: the call appears at his desk, and he takes it in his own session. For telephone systems.</summary>
    /// <param name="idempotencyKey">As for <see cref="CollectAsync"/>.</param>
    public Task<Outcome<CallAnnounced>> RingAsync(CallRequest request, string? idempotencyKey = null, CancellationToken ct = default) =>
        AskAsync(
            new Call(HttpMethod.Post, "/v1/calls", "/v1/calls", Exchange.Body(request, ClientJson.Wire.CallRequest), idempotencyKey ?? Exchange.NewKey()), ClientJson.Wire.CallAnnounced, ct);

    /// <summary>The caller hung up: whatever the agent had opened is closed. The same again changes nothing, so it is repeated until it is answered.</summary>
    public Task<Outcome<CallClosed>> HangUpAsync(CallId call, CancellationToken ct = default) =>
        AskAsync(new Call(HttpMethod.Post, "/v1/calls/{id}/close", $"/v1/calls/{call.Value}/close", Key: Exchange.NewKey()), ClientJson.Wire.CallClosed, ct);

    /// <summary>The decision without the act.</summary>
    public Task<Outcome<ExplainAnswer>> ExplainAsync(ExplainRequest request, CancellationToken ct = default) =>
        AskAsync(new Call(HttpMethod.Post, "/v1/access/explain", "/v1/access/explain", Exchange.Body(request, ClientJson.Wire.ExplainRequest)), ClientJson.Wire.ExplainAnswer, ct);

    private async Task<Outcome<T>> AskAsync<T>(Call call, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> answer, CancellationToken ct) =>
        Answers.Of(call, await exchange.SendAsync(call, ct).ConfigureAwait(false), answer);

    private static Call OfCustomer(HttpMethod method, CustomerId customer, string tail, byte[]? body) =>
        new(method, "/v1/customers/{id}" + tail, $"/v1/customers/{customer.Value}{tail}", body);

    private static Call OfSession(ServiceSessionId session, string tail, byte[]? body) =>
        new(HttpMethod.Post, "/v1/service-sessions/{id}" + tail, $"/v1/service-sessions/{session.Value}{tail}", body);

    /// <summary>A key as part of an address. Anything that is no key is refused here: were it a value, it would stand in an access log.</summary>
    private static string Segment(string key) =>
        key is { Length: > 0 and <= 40 } && !key.AsSpan().ContainsAnyExcept(KeyLetters)
            ? key
            : throw new ArgumentException("A key has 1 to 40 lower-case letters, digits, underscores and hyphens.", nameof(key));
}
