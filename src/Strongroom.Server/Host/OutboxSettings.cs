using System.Net;
using System.Net.Mail;
using System.Text;
using Strongroom.Spine.Outbox;
using Strongroom.Use.Contact;

namespace Strongroom.Server.Host;

/// <summary>Mail server of <c>strongroom.json</c>. The password stands in a file of its own, never here.</summary>
/// <param name="Plain">Without STARTTLS; refused off loopback.</param>
internal sealed record SmtpSettings(string Host, int Port, string From, string? User = null, string? PasswordFile = null, bool Plain = false);

/// <param name="SecretFile">File with the signing key, at least 32 characters, mode 0600.</param>
internal sealed record WebhookSettings(string Url, string SecretFile)
{
    public const int ShortestSecret = 32;

    /// <param name="member">Where it stands in the settings, for what is said about it.</param>
    /// <exception cref="SetupException">The address or file cannot be used.</exception>
    public (Uri Url, byte[] Secret) Read(string member) =>
        Uri.TryCreate(Url, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) && url.UserInfo.Length == 0
            ? (url, Encoding.UTF8.GetBytes(OutboxSettings.ReadSecret(SecretFile, ShortestSecret)))
            : throw new SetupException($"{member}.url 必须是 https 地址。", $"{member}.url must be an https address.");
}

/// <summary>The member <c>contact</c> of <c>strongroom.json</c>: the company's telephone and message gateway (decision 0025).</summary>
/// <param name="Ways"><c>call</c>, <c>sms</c> or both.</param>
internal sealed record ContactSettings(string Url, string SecretFile, IReadOnlyList<ContactWay> Ways)
{
    /// <exception cref="SetupException">The address or file cannot be used, or no way is named.</exception>
    public ContactGatewayOptions Read()
    {
        if (Ways.Count == 0)
        {
            throw new SetupException("contact.ways 至少要有 call 或 sms。", "contact.ways names call, sms or both.");
        }

        var (url, secret) = new WebhookSettings(Url, SecretFile).Read("contact");
        return new ContactGatewayOptions(url, secret, [.. Ways.Distinct()]);
    }
}

/// <summary>The member <c>outbox</c> of <c>strongroom.json</c>.</summary>
internal sealed record OutboxSettings(SmtpSettings? Smtp = null, WebhookSettings? Webhook = null)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="SetupException">An address or file of it cannot be used.</exception>
    public SmtpOptions? ReadSmtp()
    {
        if (Smtp is null)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(Smtp.Host) || Smtp.Port is < 1 or > 65535 || !MailAddress.TryCreate(Smtp.From, out _))
        {
            throw new SetupException("outbox.smtp 需要 host、1–65535 的 port 和合法的 from。", "outbox.smtp needs a host, a port of 1 to 65535 and a valid from.");
        }

        if (Smtp.Plain && !IsLoopback(Smtp.Host))
        {
            throw new SetupException("outbox.smtp.plain 只能用于本机邮件服务器。", "outbox.smtp.plain is for a mail server on this machine only.");
        }

        return new SmtpOptions(Smtp.Host, Smtp.Port, Smtp.From, Smtp.User, Smtp.PasswordFile is { } file ? ReadSecret(file, 1) : null, Smtp.Plain);
    }

    /// <exception cref="SetupException">An address or file of it cannot be used.</exception>
    public WebhookOptions? ReadWebhook()
    {
        if (Webhook is null)
        {
            return null;
        }

        var (url, secret) = Webhook.Read("outbox.webhook");
        return new WebhookOptions(url, secret);
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    internal static string ReadSecret(string file, int shortest)
    {
        try
        {
            if ((File.GetUnixFileMode(file) & Others) != 0)
            {
                throw new SetupException($"{file} 可被他人读取,请 chmod 600。", $"{file} can be read by others: chmod 600.");
            }

            var text = File.ReadAllText(file).TrimEnd('\r', '\n');
            return text.Length >= shortest
                ? text
                : throw new SetupException($"{file} 的内容太短,至少 {shortest} 个字符。", $"{file} is too short: at least {shortest} characters.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"{file} 读不到。", $"{file} cannot be read.");
        }
    }
}
