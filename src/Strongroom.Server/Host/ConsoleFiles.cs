using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Strongroom.Spine.Access;

namespace Strongroom.Server.Host;

/// <summary>
/// The web console's files as the build left them beside the program. They are read once, and only those their list names: a request picks a
/// name from memory and never touches a path. Only the shell is open to anybody; every value it shows comes over the guarded routes.
/// </summary>
internal sealed partial class ConsoleFiles
{
    /// <summary>Written by the console's build (console/scripts/compress.mjs): the names of everything it made.</summary>
    public const string List = "files.json";

    /// <summary>Stands in index.html wherever the response's nonce belongs (console/vite.config.ts).</summary>
    public const string NoncePlaceholder = "__STRONGROOM_NONCE__";

    private const string Index = "index.html", AssetFolder = "assets/", Immutable = "public, max-age=31536000, immutable";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
        [".png"] = "image/png",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly FrozenDictionary<string, Asset> assets;
    private readonly string[] shell;

    private ConsoleFiles(FrozenDictionary<string, Asset> assets, string[] shell) => (this.assets, this.shell) = (assets, shell);

    /// <summary>False where the program was built without its console: the interface works all the same.</summary>
    public bool IsBuilt => shell.Length > 0;

    public static ConsoleFiles Load(string folder)
    {
        var list = Path.Combine(folder, List);
        var names = File.Exists(list) ? JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(list)) ?? [] : [];
        if (!names.Contains(Index))
        {
            return new ConsoleFiles(FrozenDictionary<string, Asset>.Empty, []);
        }

        var kept = names.Where(name => name.StartsWith(AssetFolder, StringComparison.Ordinal) && Types.ContainsKey(Path.GetExtension(name))).ToFrozenDictionary(
            name => name[AssetFolder.Length..],
            name => new Asset(
                Types[Path.GetExtension(name)], File.ReadAllBytes(Path.Combine(folder, name)), Packed(folder, names, name + ".br"), Packed(folder, names, name + ".gz")),
            StringComparer.Ordinal);
        return new ConsoleFiles(kept, File.ReadAllText(Path.Combine(folder, Index)).Split(NoncePlaceholder));
    }

    public static void Map(IEndpointRouteBuilder app)
    {
        var files = Load(Path.Combine(AppContext.BaseDirectory, "console"));
        app.MapGet("/", () => TypedResults.Redirect("/console/")).RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("console-root");
        var byName = app.ServiceProvider.GetRequiredService<Installation>().Settings.Demo ? app.ServiceProvider.GetRequiredService<ServeOptions>().PublicOrigin : null;
        app.MapGet("/console/{*page}", (string? page, HttpContext http) => byName is { } name && IsElsewhere(http.Request, name) ? MovedAsync(http, name) : files.ShellAsync(http)).RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("console-page");
        app.MapGet("/assets/{file}", (string file, HttpContext http) => files.AssetAsync(file, http)).RequirePolicy(Doors.Anonymous).Records(LogFacts.Nothing).WithName("console-asset");
        if (!files.IsBuilt)
        {
            LogMissing(app.ServiceProvider.GetRequiredService<ILogger<ConsoleFiles>>());
        }
    }

    /// <summary>
    /// Somebody opened a demo by its bare address, where neither passkeys nor the session's own origin hold. Only a demo sends him on: behind a
    /// proxy the host that arrives may be the proxy's own, and the browser would go round in circles.
    /// </summary>
    private static bool IsElsewhere(HttpRequest request, string name) => !string.Equals($"{request.Scheme}://{request.Host}", name, StringComparison.OrdinalIgnoreCase);

    private static Task MovedAsync(HttpContext http, string name)
    {
        http.Response.Redirect(name + http.Request.Path + http.Request.QueryString);
        return Task.CompletedTask;
    }

    /// <summary>The same page for every address below /console/: deep links are the console's own matter.</summary>
    private async Task ShellAsync(HttpContext http)
    {
        if (!IsBuilt)
        {
            await ProblemHandler.WriteAsync(http, Problem.Of(ServerReasons.ConsoleMissing));
            return;
        }

        // A nonce per answer lets the component library's style elements in and nobody else's; scripts are files of our own, without exception.
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        Guard(http.Response.Headers, nonce);
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(string.Join(nonce, shell), Encoding.UTF8, http.RequestAborted);
    }

    private async Task AssetAsync(string file, HttpContext http)
    {
        if (!assets.TryGetValue(file, out var asset))
        {
            await ProblemHandler.WriteAsync(http, Problem.Of(Reasons.NotFound));
            return;
        }

        var (body, coding) = asset.For(http.Request);
        var headers = http.Response.Headers;
        headers.CacheControl = Immutable;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ContentType = asset.Type;
        headers.ContentLength = body.Length;
        if (coding is not null)
        {
            headers.ContentEncoding = coding;
        }

        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>
    /// The page's own policy in place of the answers' "nothing at all". Frames, plug-ins, other origins and inline scripts stay shut; pictures may be data
    /// (a QR code drawn by the server). Of the browser's powers only passkeys are left (W3C CSP 3, Permissions Policy).
    /// </summary>
    private static void Guard(IHeaderDictionary headers, string nonce)
    {
        headers.ContentSecurityPolicy = string.Create(
            CultureInfo.InvariantCulture,
            $"default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        headers["Permissions-Policy"] =
            "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=(), display-capture=(), clipboard-read=()";
    }

    private static byte[]? Packed(string folder, string[] names, string name) => names.Contains(name) ? File.ReadAllBytes(Path.Combine(folder, name)) : null;

    [LoggerMessage(1, LogLevel.Warning, "The web console was not built into this program; the interface under /v1 works without it. 本程序未包含网页控制台,接口不受影响。")]
    private static partial void LogMissing(ILogger logger);

    private sealed record Asset(string Type, byte[] Plain, byte[]? Brotli, byte[]? Gzip)
    {
        /// <summary>The smallest form the browser takes (RFC 9110 §12.5.3); a coding at quality 0 is refused.</summary>
        public (byte[] Body, string? Coding) For(HttpRequest request)
        {
            var accepted = request.GetTypedHeaders().AcceptEncoding;
            bool Takes(string coding) => accepted.Any(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);
            return Brotli is not null && Takes("br") ? (Brotli, "br") : Gzip is not null && Takes("gzip") ? (Gzip, "gzip") : (Plain, null);
        }
    }
}
