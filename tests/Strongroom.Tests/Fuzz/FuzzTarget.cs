using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Strongroom.Tests.Fuzz;

/// <summary>
/// One parser under fire. The runtime has no coverage-guided fuzzer that restores here (SharpFuzz is not in the registry), so what guides is
/// the outcome: an input that makes the parser say something new is kept and mutated further.
/// </summary>
/// <param name="Seeds">Good inputs to begin with.</param>
/// <param name="Tokens">Words of the format.</param>
/// <param name="Run">Parses, checks what must hold, and names the outcome; anything thrown is a crash.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<string> Tokens, Func<byte[], string> Run)
{
    /// <summary>An input that takes longer than this, on a busy machine too, is one that can be used to stop the server.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private const long MostMemory = 256L << 20;

    /// <summary>How many mutated inputs a target gets: few in the ordinary suite, <c>STRONGROOM_CASES</c> in a long run.</summary>
    public static int Cases(int ordinary) => int.TryParse(Environment.GetEnvironmentVariable("STRONGROOM_CASES"), out var cases) ? cases : ordinary;

    /// <summary>A fixed seed in the ordinary suite; another one each time in a long run, told when something is found.</summary>
    public static ulong Seed { get; } = Environment.GetEnvironmentVariable("STRONGROOM_CASES") is null ? 20_260_701 : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Found before, kept in the folder <c>seeds</c> beside this file, and replayed on every run.</summary>
    public IEnumerable<byte[]> Kept() => Directory.EnumerateFiles(SeedFolder(), Name + "-*").Order(StringComparer.Ordinal).Select(File.ReadAllBytes);

    public int Fire(int ordinary)
    {
        var dice = new Dice(Seed ^ BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(Name))));
        var tokens = Tokens.Select(Encoding.UTF8.GetBytes).ToList();
        var pool = new List<byte[]>();
        var seen = new HashSet<string>();
        foreach (var input in Seeds.Concat(Kept()))
        {
            pool.Add(input);
            seen.Add(Try(input));
        }

        var cases = Cases(ordinary);
        for (var i = 0; i < cases; i++)
        {
            var input = Mutation.Of(dice, dice.Pick(pool), dice.Pick(pool), tokens);
            if (seen.Add(Try(input)) && pool.Count < 2000)
            {
                pool.Add(input);
            }
        }

        return seen.Count;
    }

    private string Try(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        try
        {
            var outcome = Run(input);
            Assert.True(clock.Elapsed < Patience, $"took {clock.Elapsed}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostMemory, "allocated more than 256 MiB");
            return outcome;
        }
        catch (Exception e)
        {
            var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "fuzz")).FullName, $"{Name}-{Convert.ToHexStringLower(SHA256.HashData(input))[..8]}");
            File.WriteAllBytes(file, input);
            throw new InvalidOperationException($"{Name}, seed {Seed}: {e.GetType().Name} {e.Message}\nThe input lies in {file}; when it is mended, move it to {SeedFolder()}.", e);
        }
    }

    private static string SeedFolder([CallerFilePath] string here = "") =>
        Directory.Exists(Path.Combine(Path.GetDirectoryName(here)!, "seeds")) ? Path.Combine(Path.GetDirectoryName(here)!, "seeds") : Path.Combine(Repository.Root, "tests", "Strongroom.Tests", "Fuzz", "seeds");
}
