using System.Diagnostics;
using System.Text.Json.Nodes;
using Strongroom.Ground.Identifiers;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests;

namespace Strongroom.Server.Tests.Client;

/// <summary>samples/booking-desk as its README runs it: its own process beside a running demo.</summary>
public sealed class BookingDeskTests(FilledDemo filled)
{
    /// <summary>In the sample's own output folder, with the framework it asks for itself.</summary>
    private static readonly string Desk = Path.Combine(
        Repository.Root, "samples", "booking-desk", "bin", Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Strongroom.Server.Tests", "bin"), AppContext.BaseDirectory), "BookingDesk.dll");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_desk_books_looks_up_and_checks_in_against_a_running_demo()
    {
        await using var place = await Place.NewAsync();
        await using var server = await filled.ServeAsync(place);
        var demo = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(place.Data, "demo.json"), Ct))!;
        var mobile = demo["samples"]!.AsArray().First(s => s!["item"]!.GetValue<string>() == "mobile")!["value"]!.GetValue<string>();

        var looked = await DeskAsync(place, ["lookup", "mobile"], mobile);
        Assert.True(looked.Code == 0, looked.All);
        Assert.Contains("Log entry", looked.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(mobile, looked.Out, StringComparison.Ordinal);

        var make = new Synthetic("booking-desk", 1);
        var (name, document) = (make.ChineseName(), make.ResidentId(make.BirthDate(1960, 1990), true));
        var booked = await DeskAsync(place, ["book"], name, document, make.Mobile(), "YC1301", "PEK", "CAN", "2026-12-01");
        Assert.True(booked.Code == 0, booked.All);
        var reference = booked.Out[(booked.Out.IndexOf("Booked: ", StringComparison.Ordinal) + 8)..][..6];

        var wrong = await DeskAsync(place, ["checkin"], reference, name, "0000");
        Assert.Equal(1, wrong.Code);
        Assert.Contains("does not match", wrong.Out, StringComparison.Ordinal);
        var boarded = await DeskAsync(place, ["checkin"], reference, name, document[^4..]);
        Assert.True(boarded.Code == 0, boarded.All);
        Assert.Contains("Good to board", boarded.Out, StringComparison.Ordinal);
        Assert.Contains(name, boarded.Out, StringComparison.Ordinal);

        var mistaken = await DeskAsync(place, ["book"], name, "123", make.Mobile(), "YC1301", "PEK", "CAN", "2026-12-01");
        Assert.Equal(1, mistaken.Code);
        Assert.Contains("items.id_no", mistaken.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await DeskAsync(place, ["fly"])).Code);
    }

    private static async Task<Ran> DeskAsync(Place place, string[] command, params string[] typed)
    {
        var start = new ProcessStartInfo("dotnet", [Desk, .. command, "--demo", place.Data])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var desk = Process.Start(start)!;
        foreach (var line in typed)
        {
            await desk.StandardInput.WriteLineAsync(line);
        }

        desk.StandardInput.Close();
        var (output, error) = (desk.StandardOutput.ReadToEndAsync(Ct), desk.StandardError.ReadToEndAsync(Ct));
        await desk.WaitForExitAsync(Ct);
        return new Ran(desk.ExitCode, await output, await error);
    }
}
