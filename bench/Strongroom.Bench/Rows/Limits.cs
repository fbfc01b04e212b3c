using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Strongroom.Bench.Harness;

namespace Strongroom.Bench.Rows;

/// <summary>What this machine can do at most, on one core where nothing else is said.</summary>
internal static partial class Limits
{
    // Two hashes of a tree node and its prefix.
    private const int NodeBytes = 65;

    public static readonly Row All = new("limits",
        [
            Row.Promise("limit", "openssl speed aes-256-gcm, 1 KiB blocks, MB/s", null),
            Row.Promise("limit", "SHA-256 of 65 bytes, hashes/s", null),
            Row.Promise("limit", "AES-256-GCM re-wraps of a 32-byte key, reused key object, /s", null),
            Row.Promise("limit", "pg_test_fsync fdatasync of one 8 KiB write, /s", null),
        ],
        async scene =>
        [
            Line.Single("limit", "openssl speed aes-256-gcm, 1 KiB blocks, MB/s", null, One("MB/s", await OpenSslAsync(scene.Stop))),
            Line.Single("limit", "SHA-256 of 65 bytes, hashes/s", null, One("/s", HashesPerSecond(2))),
            Line.Single("limit", "AES-256-GCM re-wraps of a 32-byte key, reused key object, /s", null, One("/s", ReWrapsPerSecond(2))),
            Line.Single("limit", "pg_test_fsync fdatasync of one 8 KiB write, /s", null, One("/s", await FsyncAsync(scene))),
        ]);

    public static double HashesPerSecond(double seconds)
    {
        var node = RandomNumberGenerator.GetBytes(NodeBytes);
        var kept = new byte[32];
        return Clock.RateOf(seconds, 10_000, n =>
        {
            for (var i = 0; i < n; i++)
            {
                SHA256.HashData(node, kept);
            }
        });
    }

    /// <summary>A turn opens a wrap, seals it under the new key and opens that again to be sure.</summary>
    public static double ReWrapsPerSecond(double seconds)
    {
        using var old = new AesGcm(RandomNumberGenerator.GetBytes(32), 16);
        using var fresh = new AesGcm(RandomNumberGenerator.GetBytes(32), 16);
        var (key, sealedOld, sealedNew, tag, tagNew, aad) = (RandomNumberGenerator.GetBytes(32), new byte[32], new byte[32], new byte[16], new byte[16], new byte[96]);
        var (nonce, nonceNew, plain) = (RandomNumberGenerator.GetBytes(12), new byte[12], new byte[32]);
        old.Encrypt(nonce, key, sealedOld, tag, aad);
        return Clock.RateOf(seconds, 2_000, n =>
        {
            for (var i = 0; i < n; i++)
            {
                old.Decrypt(nonce, sealedOld, tag, plain, aad);
                RandomNumberGenerator.Fill(nonceNew);
                fresh.Encrypt(nonceNew, plain, sealedNew, tagNew, aad);
                fresh.Decrypt(nonceNew, sealedNew, tagNew, plain, aad);
            }
        });
    }

    private static async Task<double> OpenSslAsync(CancellationToken ct)
    {
        var text = await ChildProcess.RunAsync("openssl", "openssl", ["speed", "-seconds", "2", "-bytes", "1024", "-evp", "aes-256-gcm"], ct);
        var found = Throughput().Match(text);
        return found.Success ? double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 1000 : throw new BenchException("openssl speed printed no figure");
    }

    private static async Task<double> FsyncAsync(Scene scene)
    {
        var program = Path.Combine((await scene.PostgresAsync()).Bin, "pg_test_fsync");
        var text = await ChildProcess.RunAsync("pg_test_fsync", program, ["-s", "1", "-f", scene.Folder.In("fsync.out")], scene.Stop);
        var found = Fsyncs().Match(text);
        return found.Success ? double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : throw new BenchException("pg_test_fsync printed no fdatasync figure");
    }

    private static Series One(string unit, double value)
    {
        var series = new Series(unit);
        series.Add(value);
        return series;
    }

    [GeneratedRegex(@"^AES-256-GCM\s+([0-9.]+)k", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Throughput();

    [GeneratedRegex(@"fdatasync\s+([0-9.]+) ops/sec")]
    private static partial Regex Fsyncs();
}
