using System.Security.Cryptography;
using System.Text.Json;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Tests.Spine.Audit.Tlog;

/// <summary>Every proof vector of transparency-dev/merkle, most of them tampered (<c>wantErr</c>).</summary>
public sealed class GoldenProofTests
{
    [Fact]
    public void Inclusion_vectors_of_transparency_dev()
    {
        var (good, bad) = Run("inclusion", v => TreeHash.TryFrom(v.GetProperty("leafHash").GetBytesFromBase64(), out var leaf) && Proofs.VerifyInclusion(
            v.GetProperty("leafIdx").GetUInt64(), v.GetProperty("treeSize").GetUInt64(), leaf, Proof(v), Hash(v, "root")));
        Assert.True(good >= 5 && bad >= 80, $"only {good} good and {bad} tampered vectors were found");
    }

    [Fact]
    public void Consistency_vectors_of_transparency_dev()
    {
        var (good, bad) = Run("consistency", v => Proofs.VerifyConsistency(
            v.GetProperty("size1").GetUInt64(), v.GetProperty("size2").GetUInt64(), Hash(v, "root1"), Hash(v, "root2"), Proof(v)));
        Assert.True(good >= 5 && bad >= 80, $"only {good} good and {bad} tampered vectors were found");
    }

    private static (int Good, int Bad) Run(string kind, Func<JsonElement, bool> verify)
    {
        var (good, bad) = (0, 0);
        foreach (var file in Directory.EnumerateFiles(Repository.Shared($"data/tlog/merkle/{kind}"), "*.json", SearchOption.AllDirectories))
        {
            using var vector = JsonDocument.Parse(File.ReadAllBytes(file));
            var wantError = vector.RootElement.GetProperty("wantErr").GetBoolean();
            Assert.True(verify(vector.RootElement) != wantError, $"{file}: {vector.RootElement.GetProperty("desc").GetString()}");
            (good, bad) = wantError ? (good, bad + 1) : (good + 1, bad);
        }

        return (good, bad);
    }

    private static TreeHash[] Proof(JsonElement vector) =>
        vector.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof ? [.. proof.EnumerateArray().Select(Hash)] : [];

    private static TreeHash Hash(JsonElement vector, string name) => Hash(vector.GetProperty(name));

    /// <summary>
    /// A leaf hash of another length is refused, as upstream does. Some vectors hold roots of another length ("don't care"), which our type cannot: those are mapped to 32 bytes by
    /// SHA-256, which keeps equal ones equal and different ones different, so that no vector passes for its length alone.
    /// </summary>
    private static TreeHash Hash(JsonElement value)
    {
        var bytes = value.GetBytesFromBase64();
        return TreeHash.TryFrom(bytes, out var hash) ? hash : TreeHash.From(SHA256.HashData(bytes));
    }
}
