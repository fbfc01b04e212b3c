using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Strongroom.Spine.Outbox;

/// <summary>A letter that did not go out; <paramref name="code"/> is stable and quotes nothing of the other side.</summary>
internal sealed class DeliveryException(string code, Exception? inner = null) : Exception(code, inner)
{
    public string Code { get; } = code;
}

/// <summary>One way out of the system.</summary>
internal interface IOutboxChannel
{
    /// <summary>Stands in rows: <c>smtp</c>, <c>webhook</c>.</summary>
    string Name { get; }

    /// <summary>Whether a letter needs the person's own address.</summary>
    bool NeedsAddress { get; }

    /// <summary>Hands the letter over; returns when the other side has accepted it.</summary>
    /// <exception cref="DeliveryException">Not accepted, or nobody knows.</exception>
    Task SendAsync(Letter letter, string? address, CancellationToken ct);
}

/// <param name="Host">Mail server of the company.</param>
/// <param name="From">Envelope and header sender.</param>
/// <param name="Plain">Without STARTTLS; taken for loopback only.</param>
internal sealed record SmtpOptions(string Host, int Port, string From, string? User, string? Password, bool Plain);

/// <param name="Secret">Key of the signature, at least 32 bytes.</param>
internal sealed record WebhookOptions(Uri Url, byte[] Secret);

/// <summary>Mail by SMTP, STARTTLS and a certificate the machine trusts (RFC 3207).</summary>
internal sealed class SmtpChannel(SmtpOptions options) : IOutboxChannel
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public string Name => "smtp";

    public bool NeedsAddress => true;

    public async Task SendAsync(Letter letter, string? address, CancellationToken ct)
    {
        using var message = new MailMessage(options.From, address ?? throw new DeliveryException("contact.missing"))
        {
            Subject = letter.Subject,
            Body = letter.Text,
            SubjectEncoding = Encoding.UTF8,
            BodyEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", $"<{letter.Id}@{new MailAddress(options.From).Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        using var smtp = new SmtpClient(options.Host, options.Port) { EnableSsl = !options.Plain, UseDefaultCredentials = false };
        if (options.User is { } user)
        {
            smtp.Credentials = new NetworkCredential(user, options.Password);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Longest);
        try
        {
            await smtp.SendMailAsync(message, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new DeliveryException("smtp.timeout");
        }
        catch (SmtpException e)
        {
            throw new DeliveryException(e.StatusCode == SmtpStatusCode.GeneralFailure ? "smtp.unreachable" : string.Create(CultureInfo.InvariantCulture, $"smtp.{(int)e.StatusCode}"), e);
        }
        catch (Exception e) when (e is System.Security.Authentication.AuthenticationException or IOException or InvalidOperationException)
        {
            throw new DeliveryException("smtp.refused", e);
        }
    }
}

/// <summary>
/// A POST to one address of the company, for its own messaging. The body is signed: <c>Strongroom-Signature: t=SECONDS,v1=HEX</c> with
/// HMAC-SHA-256 over <c>SECONDS.BODY</c>. It names the person by id; the receiver knows how to reach him. Redirects are not followed.
/// </summary>
internal sealed class WebhookChannel(WebhookOptions options, HttpClient http, TimeProvider time) : IOutboxChannel
{
    public const string SignatureHeader = "Strongroom-Signature";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public string Name => "webhook";

    public bool NeedsAddress => false;

    /// <summary>A client that follows nothing and keeps nothing.</summary>
    public static HttpClient NewClient() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });

    public async Task SendAsync(Letter letter, string? address, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { v = 1, id = letter.Id, template = letter.Template, person = letter.To, letter.Locale, letter.Subject, letter.Text, letter.Values, letter.Created },
            JsonSerializerOptions.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add(SignatureHeader, Sign(options.Secret, time.GetUtcNow().ToUnixTimeSeconds(), body));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Longest);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new DeliveryException(string.Create(CultureInfo.InvariantCulture, $"webhook.{(int)answer.StatusCode}"));
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new DeliveryException("webhook.timeout");
        }
        catch (HttpRequestException e)
        {
            throw new DeliveryException("webhook.unreachable", e);
        }
    }

    public static string Sign(byte[] secret, long seconds, ReadOnlySpan<byte> body)
    {
        var at = Encoding.ASCII.GetBytes(seconds.ToString(CultureInfo.InvariantCulture) + ".");
        var signature = HMACSHA256.HashData(secret, (byte[])[.. at, .. body]);
        return string.Create(CultureInfo.InvariantCulture, $"t={seconds},v1={Convert.ToHexStringLower(signature)}");
    }
}
