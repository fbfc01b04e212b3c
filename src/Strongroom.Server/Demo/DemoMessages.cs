using Strongroom.Use.Contact;

namespace Strongroom.Server.Demo;

/// <summary>
/// The demo's message gateway: what a customer would read on his telephone is printed where the demo runs, with the last four digits of the number. It
/// keeps nothing, and connects no calls.
/// </summary>
internal sealed class DemoMessages : IContactGateway
{
    public IReadOnlyList<ContactWay> Ways => [ContactWay.Sms];

    public Task HandOverAsync(ContactOrder order, CancellationToken ct) =>
        Console.Out.WriteLineAsync($"SMS → {(order.To.Length > 4 ? order.To[^4..] : "")}: {order.Text}");
}
