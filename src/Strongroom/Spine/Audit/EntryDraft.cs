using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>An entry ready to be written: header bytes made, details sealed.</summary>
internal sealed record EntryDraft(LogHeader Header, byte[] Body, byte[]? Details)
{
    /// <exception cref="ArgumentException">The header exceeds 8 KiB or holds something that is not a machine code.</exception>
    public static EntryDraft Make(LogFact fact, CustomerReference? customer, string node, long now, ISecretSealer sealer)
    {
        var id = EntryId.New();
        var salted = fact.Details is null ? null : EntryDetails.Salted(fact.Details);
        var header = new LogHeader(id, now, node, fact, customer, salted is null ? null : SHA256.HashData(salted));
        return new EntryDraft(header, header.ToBytes(), salted is null ? null : sealer.Seal(EntryDetails.Use(id), salted));
    }
}

/// <summary>The erasable details: 32 bytes of salt before their JSON, so that their hash in the header tells nothing once they are gone.</summary>
internal static class EntryDetails
{
    private const int SaltBytes = 32;

    public static string Use(EntryId id) => $"log-details/{id}";

    public static byte[] Salted(LogDetails details)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(details, DetailsJson.Default.LogDetails);
        var salted = new byte[SaltBytes + json.Length];
        RandomNumberGenerator.Fill(salted.AsSpan(0, SaltBytes));
        json.CopyTo(salted, SaltBytes);
        return salted;
    }

    public static LogDetails? Parse(byte[] salted) =>
        salted.Length <= SaltBytes ? null : JsonSerializer.Deserialize(salted.AsSpan(SaltBytes), DetailsJson.Default.LogDetails);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(LogDetails))]
internal sealed partial class DetailsJson : JsonSerializerContext;

/// <summary>The hash that ties an entry to the one before it in its chain.</summary>
internal static class ChainHash
{
    public static byte[] Genesis { get; } = new byte[TreeHash.Size];

    /// <summary>SHA-256("strongroom/log-chain/1" ‖ previous ‖ chain ‖ seq ‖ RFC 6962 leaf hash); numbers as int64 big-endian.</summary>
    public static byte[] Next(ReadOnlySpan<byte> previous, long chain, long seq, in TreeHash leaf)
    {
        Span<byte> input = stackalloc byte[22 + 32 + 16 + 32];
        "strongroom/log-chain/1"u8.CopyTo(input);
        previous.CopyTo(input[22..]);
        BinaryPrimitives.WriteInt64BigEndian(input[54..], chain);
        BinaryPrimitives.WriteInt64BigEndian(input[62..], seq);
        leaf.CopyTo(input[70..]);
        return SHA256.HashData(input);
    }
}
