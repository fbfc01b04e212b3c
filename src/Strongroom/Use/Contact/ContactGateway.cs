using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Spine.Outbox;

namespace Strongroom.Use.Contact;

/// <summary>One hand-over to the telephone or message gateway.</summary>
/// <param name="Id">The log entry: a gateway that sees it twice drops the second.</param>
/// <param name="To">The number in its normal form. Lives in this object for the length of the hand-over.</param>
/// <param name="Agent">Whom a call is connected with; the gateway knows his extension.</param>
/// <param name="At">UTC milliseconds.</param>
internal sealed record ContactOrder(EntryId Id, ContactWay By, string To, PersonId? Agent, string Locale, string? Text, long At);

/// <summary>Where calls and messages leave.</summary>
internal interface IContactGateway
{
    /// <summary>What it is connected for; empty: nothing.</summary>
    IReadOnlyList<ContactWay> Ways { get; }

    /// <summary>Returns when the gateway has taken the order.</summary>
    /// <exception cref="DeliveryException">Not taken, or nobody knows.</exception>
    Task HandOverAsync(ContactOrder order, CancellationToken ct);
}

/// <summary>No gateway: nothing is ever handed over.</summary>
internal sealed class NoContactGateway : IContactGateway
{
    public IReadOnlyList<ContactWay> Ways => [];

    public Task HandOverAsync(ContactOrder order, CancellationToken ct) => throw new DeliveryException("contact.none");
}

/// <param name="Url">From the settings file alone; no request can name another.</param>
/// <param name="Secret">Key of the signature, at least 32 bytes.</param>
internal sealed record ContactGatewayOptions(Uri Url, byte[] Secret, IReadOnlyList<ContactWay> Ways);

/// <summary>
/// A POST to the company's gateway, signed like the outbox's webhook (<see cref="WebhookChannel.Sign"/>). One try within five seconds: the caller waits,
/// so a number never waits anywhere (decision 0025). Redirects are not followed, no proxy is asked, and nothing of the answer is read.
/// </summary>
internal sealed class HttpContactGateway(ContactGatewayOptions options, HttpClient http, TimeProvider time) : IContactGateway
{
    /// <summary>Nobody knows whether the order was taken: no answer, one from somebody in between, or one about itself.</summary>
    public const string Unsure = "contact.unsure";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public IReadOnlyList<ContactWay> Ways => options.Ways;

    public async Task HandOverAsync(ContactOrder order, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { v = 1, order.Id, order.By, order.To, order.Agent, order.Locale, order.Text, order.At }, JsonSerializerOptions.Web);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            request.Headers.Add(WebhookChannel.SignatureHeader, WebhookChannel.Sign(options.Secret, time.GetUtcNow().ToUnixTimeSeconds(), body));
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Longest);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new DeliveryException((int)answer.StatusCode >= 500 ? Unsure : string.Create(CultureInfo.InvariantCulture, $"contact.{(int)answer.StatusCode}"));
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new DeliveryException(Unsure);
        }
        catch (HttpRequestException e)
        {
            var neverSent = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            throw new DeliveryException(neverSent ? "contact.unreachable" : Unsure, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }
}
