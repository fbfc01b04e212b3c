using System.Net;
using System.Net.Mail;
using System.Text;
using Strongroom.Spine.Outbox;

namespace Strongroom.Server.Host;

/// <summary>Mail server of <c>strongroom.json</c>. The password stands in a file of its own, never here.</summary>
/// <param name="Plain">Without STARTTLS; refused off loopback.</param>
internal sealed record SmtpSettings(string Host, int Port, string From, string? User = null, string? PasswordFile = null, bool Plain = false);

/// <param name="SecretFile">File with the signing key, at least 32 characters, mode 0600.</param>
internal sealed record WebhookSettings(string Url, string SecretFile);

/// <summary>The member <c>outbox</c> of <c>strongroom.json</c>.</summary>
internal sealed record OutboxSettings(SmtpSettings? Smtp = null, WebhookSettings? Webhook = null)
{
    private const int ShortestSecret = 32;
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

        if (!Uri.TryCreate(Webhook.Url, UriKind.Absolute, out var url)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) || url.UserInfo.Length > 0)
        {
            throw new SetupException("outbox.webhook.url 必须是 https 地址。", "outbox.webhook.url must be an https address.");
        }

        return new WebhookOptions(url, Encoding.UTF8.GetBytes(ReadSecret(Webhook.SecretFile, ShortestSecret)));
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string ReadSecret(string file, int shortest)
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
