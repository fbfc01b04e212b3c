using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Policies;

/// <summary>Names one control row: its kind (<c>person</c>, <c>policy</c>, <c>form</c> …) and its 128-bit id.</summary>
internal readonly record struct ControlKey(string Kind, UInt128 Id)
{
    public byte[] IdBytes => Ground.Id.Bytes(Id);

    public static ControlKey Of<T>(string kind, T id) where T : struct, IId<T> => new(kind, id.Value);

    /// <summary>The row of something that is known by a name, for example a form: its id is made from kind and name.</summary>
    public static ControlKey Named(string kind, string name)
    {
        var digest = SHA256.HashData(new ControlMessage("control-name").Text(kind).Text(name).ToArray());
        return new ControlKey(kind, BinaryPrimitives.ReadUInt128BigEndian(digest));
    }

    public override string ToString() => $"{Kind}/{Ground.Id.Format(Id)}";
}

/// <summary>A row that passed its check.</summary>
/// <param name="Version">From 1; a change must name the version it saw.</param>
/// <param name="Changed">UTC milliseconds of the last change.</param>
internal sealed record ControlRow<T>(ControlKey Key, long Version, long Changed, T Content);

/// <summary>Why a stored row counts as absent.</summary>
internal enum ControlFault
{
    /// <summary>Content, version, id or mac was changed behind the system's back, or the row was moved.</summary>
    Tampered,

    /// <summary>Authentic, but this program does not know a field of it: a newer program wrote it.</summary>
    Unreadable,
}

/// <summary>The stored form of a control row.</summary>
internal sealed record ControlRecord(string Kind, byte[] Id, long Version, string Content, long Changed, byte[] Mac)
{
    public ControlKey Key => new(Kind, Id is { Length: 16 } ? BinaryPrimitives.ReadUInt128BigEndian(Id) : default);
}

/// <summary>
/// Authentic rows: each carries HMAC-SHA-256 over table, kind, id, version, time and content under a key that the database never
/// sees. A database administrator can put an older version of a row back; that is found by <see cref="ControlVerifier"/>.
/// </summary>
internal sealed class ControlRows(IMac mac)
{
    public const string Table = "control_row";

    /// <summary>JSON of contents: strict both ways, so that a field nobody knows makes the row unreadable instead of weaker.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 16,
    };

    public byte[] Mac(ControlKey key, long version, long changed, string content) =>
        mac.Mac(MacUse.ControlRow, Message(key, version, changed, content).ToArray());

    public bool Check(ControlRecord row) =>
        row is { Kind: not null, Id.Length: 16, Mac.Length: 32, Content: not null }
        && CryptographicOperations.FixedTimeEquals(Mac(row.Key, row.Version, row.Changed, row.Content), row.Mac);

    /// <summary>The row's content, or the fault that makes it count as absent. Total.</summary>
    public (ControlRow<T>? Row, ControlFault Fault) Open<T>(ControlRecord row)
    {
        if (!Check(row))
        {
            return (null, ControlFault.Tampered);
        }

        try
        {
            return JsonSerializer.Deserialize<T>(row.Content, Json) is { } content
                ? (new ControlRow<T>(row.Key, row.Version, row.Changed, content), default)
                : (null, ControlFault.Unreadable);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or FormatException or ArgumentException)
        {
            return (null, ControlFault.Unreadable);
        }
    }

    /// <summary>
    /// What the log keeps of a row: SHA-256 over all of it, its mac included. The mac keeps the digest from being guessed, and the
    /// digest can be compared with a copy of the table without any key.
    /// </summary>
    public static RowDigest DigestOf(ControlRecord row) => new(
        $"{Table}.{row.Kind}",
        row.Key.Id,
        Math.Max(0, row.Version),
        SHA256.HashData(Message(row.Key, row.Version, row.Changed, row.Content).Bytes(row.Mac).ToArray()));

    private static ControlMessage Message(ControlKey key, long version, long changed, string content) =>
        new ControlMessage(Table).Text(key.Kind).Bytes(key.IdBytes).Number(version).Number(changed).Text(content);
}

/// <summary>Length-prefixed fields, so that no two lists of fields give the same bytes.</summary>
internal sealed class ControlMessage
{
    private readonly MemoryStream bytes = new();

    public ControlMessage(string domain) => Text("strongroom").Text(domain);

    public ControlMessage Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public ControlMessage Number(long number)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, number);
        return Bytes(eight);
    }

    public ControlMessage Bytes(ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, field.Length);
        bytes.Write(length);
        bytes.Write(field);
        return this;
    }

    public byte[] ToArray() => bytes.ToArray();
}
