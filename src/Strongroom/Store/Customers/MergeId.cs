using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Store.Customers;

/// <summary>One merge of two customers, which can be undone.</summary>
[JsonConverter(typeof(IdJson<MergeId>))]
internal readonly record struct MergeId(UInt128 Value) : IId<MergeId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static MergeId From(UInt128 value) => new(value);

    public static MergeId From(byte[] bytes) => Id.FromBytes<MergeId>(bytes);

    public static MergeId New() => Id.New<MergeId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out MergeId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}
