using System.Text.Encodings.Web;
using System.Text.Json;

namespace Strongroom.Server.Demo;

/// <summary><c>DIR/demo.json</c> (mode 0600): everything to try the demo with. Random per run; never made for a real installation.</summary>
internal sealed record DemoFile(
    int V, string Url, IReadOnlyList<DemoAccount> Accounts, IReadOnlyList<DemoClient> Clients, IReadOnlyList<DemoSample> Samples, string LogKey)
{
    public const string Name = "demo.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static DemoFile Read(string path) =>
        JsonSerializer.Deserialize<DemoFile>(File.ReadAllBytes(path), Json) ?? throw new JsonException(path);

    public void Write(string folder)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(Path.Combine(folder, Name), options);
        JsonSerializer.Serialize(file, this, Json);
    }
}

/// <param name="Post">Key of the post held.</param>
/// <param name="Unit">Name of the unit.</param>
/// <param name="Totp">Secret of the account's one-time passwords, base 32: <c>strongroom demo totp NAME</c> computes the code.</param>
internal sealed record DemoAccount(string Name, string Password, string Post, string Unit, string? Totp, string Locale);

internal sealed record DemoClient(string Name, string Token, IReadOnlyList<string> Scopes);

/// <summary>A synthetic customer's value to find him by.</summary>
internal sealed record DemoSample(string Customer, string Item, string Value);
