using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Transcripts of setting up, refusals included.</summary>
public sealed class InstallTests
{
    [Fact]
    public async Task Init_makes_an_installation_once_and_never_writes_over_one()
    {
        await using var place = await Place.InitAsync(packs: "airline,hotel");
        var before = Snapshot(place.Root);

        var again = await place.RunAsync("init", "--data", place.Data, "--keys", place.Keys, "--packs", "airline");
        Assert.Equal(2, again.Code);
        Assert.Contains("already holds an installation", again.Error, StringComparison.Ordinal);

        // Another keys folder does not help, and no second root key is left behind.
        var elsewhere = await place.RunAsync("init", "--data", place.Data, "--keys", Path.Combine(place.Root, "keys2"), "--packs", "airline");
        Assert.Equal(2, elsewhere.Code);
        Assert.Equal(before, Snapshot(place.Root));
    }

    [Fact]
    public async Task Secrets_are_readable_by_their_owner_alone()
    {
        await using var place = await Place.InitAsync(packs: "general");
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        foreach (var file in Directory.EnumerateFiles(place.Root, "*", SearchOption.AllDirectories).Where(f => !f.StartsWith(place.Anchor, StringComparison.Ordinal)))
        {
            var folder = Path.GetDirectoryName(file)!;
            Assert.True((File.GetUnixFileMode(file) & others) == 0 || (File.GetUnixFileMode(folder) & (others | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute)) == 0, file);
        }
    }

    [Fact]
    public async Task Init_refuses_keys_inside_the_data_folder()
    {
        await using var place = await Place.NewAsync();
        var ran = await place.RunAsync("init", "--data", place.Data, "--keys", Path.Combine(place.Data, "keys"), "--packs", "general");
        Assert.Equal(2, ran.Code);
        Assert.False(File.Exists(Path.Combine(place.Data, "keys", "root.key")));
    }

    [Fact]
    public async Task Serve_refuses_what_would_weaken_the_installation()
    {
        await using var place = await Place.InitAsync(packs: "general");

        var plain = await place.RunAsync("serve", "--data", place.Data, "--urls", "http://127.0.0.1:0");
        Assert.Equal(2, plain.Code);
        Assert.Contains("https addresses only", plain.Error, StringComparison.Ordinal);

        var open = await place.RunAsync("serve", "--data", place.Data, "--urls", "https://0.0.0.0:0");
        Assert.Equal(2, open.Code);
        Assert.Contains("--certificate", open.Error, StringComparison.Ordinal);

        var nothing = await place.RunAsync("serve", "--data", Path.Combine(place.Root, "nothing"));
        Assert.Equal(2, nothing.Code);
        Assert.Contains("strongroom init", nothing.Error, StringComparison.Ordinal);

        // Chinese for whoever works in Chinese.
        var chinese = await Cli.RunAsync(new Dictionary<string, string> { ["LC_ALL"] = "zh_CN.UTF-8" }, "serve", "--data", place.Data, "--urls", "http://127.0.0.1:0");
        Assert.Contains("只接受 https", chinese.Error, StringComparison.Ordinal);

        // The root key moved into the data folder, as a careless operator does.
        var settings = Path.Combine(place.Data, "strongroom.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(settings))!;
        var inside = Path.Combine(place.Data, "root.key");
        File.Copy(json["rootFile"]!.GetValue<string>(), inside);
        json["rootFile"] = inside;
        await File.WriteAllTextAsync(settings, json.ToJsonString());
        var careless = await place.RunAsync("serve", "--data", place.Data, "--urls", "https://127.0.0.1:0");
        Assert.Equal(2, careless.Code);
        Assert.DoesNotContain("ready", careless.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_process_at_a_time_opens_a_data_folder()
    {
        await using var place = await Place.InitAsync(packs: "general");
        await using var server = await place.ServeAsync();

        foreach (var verb in new[] { new[] { "serve", "--data", place.Data, "--urls", "https://127.0.0.1:0" }, ["keys", "rotate", "--data", place.Data] })
        {
            var second = await place.RunAsync(verb);
            Assert.Equal(2, second.Code);
            Assert.DoesNotContain("ready", second.Out, StringComparison.Ordinal);
        }

        Assert.Equal("ok", (await server.Nobody().GetAsync("/healthz")).Text);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task The_command_line_says_what_is_wrong_with_exit_code_2()
    {
        foreach (var line in new[] { new[] { "serve" }, ["nonsense"], ["verify", "/nowhere", "--key", "nokey"], ["init", "--data", "/tmp/x", "--keys", "/tmp/y", "--packs"] })
        {
            var ran = await Cli.RunAsync(line);
            Assert.Equal(2, ran.Code);
            Assert.DoesNotContain("   at ", ran.All, StringComparison.Ordinal);
        }
    }

    private static string[] Snapshot(string root) =>
        [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal) && !f.Contains(".db", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(f => f + " " + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))))];
}
