using BookingDesk;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Client;

// A small business system that keeps no customer data of its own. Exit codes: 0 done · 1 refused or not there · 2 the command must be mended.
var screen = new Screen(Console.In, Console.Out);
if (!Arguments.TryRead(args, out var arguments))
{
    screen.Say("用法:booking-desk book | lookup ITEM | checkin [--demo 目录]", "Usage: booking-desk book | lookup ITEM | checkin [--demo FOLDER]");
    return 2;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    press.Cancel = true;
    interrupted.Cancel();
};

try
{
    var demo = await DemoFolder.ReadAsync(arguments.Demo, interrupted.Token);
    await using var services = new ServiceCollection().AddDesk(demo).BuildServiceProvider();
    var desk = new Desk(services.GetRequiredService<StrongroomClient>(), screen);
    return await desk.RunAsync(arguments, interrupted.Token) ? 0 : 1;
}
catch (StrongroomException e)
{
    screen.Say(e.Zh, e.Message);
    return 1;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    screen.Say($"读不了演示目录 {arguments.Demo}:先运行 ./build.sh demo。", $"The demo's folder {arguments.Demo} cannot be read: run ./build.sh demo first.");
    return 2;
}
catch (OperationCanceledException)
{
    return 1;
}
