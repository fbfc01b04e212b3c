using System.Collections.Concurrent;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests.Harness;

[assembly: AssemblyFixture(typeof(Templates))]

namespace Strongroom.Server.Tests.Harness;

/// <summary>
/// What many tests begin with, made once per engine and run and copied while nobody serves it: an installation of the airline in which the
/// usual people hold their posts and a booking system its rights. Making it costs twelve seconds of a core, most of them for passwords.
/// </summary>
internal sealed record Template(Place Place, Staff Staff, Business Business)
{
    /// <summary>Everybody whom a test with an installation of its own has asked for.</summary>
    private static readonly string[] Posts = ["data-owner", "dpo", "auditor", "back-office", "call-agent", "shift-lead", "marketing"];

    private static readonly ConcurrentDictionary<string, Lazy<Task<Template>>> Made = [];

    public static Task<Template> OfAsync(PostgresServer? engine) =>
        Made.GetOrAdd(engine is null ? "sqlite" : "postgres", _ => new(() => MakeAsync(engine))).Value;

    public static async Task RemoveAsync()
    {
        foreach (var made in Made.Values.Where(m => m.IsValueCreated && m.Value.IsCompletedSuccessfully))
        {
            // A private PostgreSQL goes as a whole; frozen databases of another are dropped with its fixture.
            Directory.Delete((await made.Value).Place.Root, recursive: true);
        }
    }

    /// <summary>Files and folders with their modes; locks are of a process that is gone.</summary>
    public static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to, File.GetUnixFileMode(from));
        foreach (var file in Directory.EnumerateFiles(from).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private static async Task<Template> MakeAsync(PostgresServer? engine)
    {
        var place = await Place.InitAsync(engine, "airline");
        await using var server = await place.ServeAsync();
        var staff = await Staff.HireAsync(place, server, Posts);
        var business = await Business.OpenAsync(staff);
        await business.AuthoriseAsync();
        Assert.Equal(0, await server.StopAsync());
        foreach (var (_, connection) in place.Environment.Where(v => v.Key.StartsWith("STRONGROOM_", StringComparison.Ordinal)))
        {
            await engine!.FreezeDatabaseAsync(connection);
        }

        return new Template(place, staff, business);
    }
}

/// <summary>Removes the templates at the end of the run.</summary>
public sealed class Templates : IAsyncLifetime
{
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Template.RemoveAsync();
}
