using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Passkeys;

/// <summary>Our name for one passkey of a person.</summary>
[JsonConverter(typeof(IdJson<PasskeyId>))]
internal readonly record struct PasskeyId(UInt128 Value) : IId<PasskeyId>
{
    public byte[] Bytes => Ground.Id.Bytes(Value);

    public static PasskeyId From(UInt128 value) => new(value);

    public static PasskeyId From(byte[] bytes) => Ground.Id.FromBytes<PasskeyId>(bytes);

    public static PasskeyId New() => Ground.Id.New<PasskeyId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out PasskeyId id) => Ground.Id.TryParse(text, out id);

    public override string ToString() => Ground.Id.Format(Value);
}

/// <summary>A passkey as it stands in its owner's control row.</summary>
/// <param name="Credential">The authenticator's own id of it.</param>
/// <param name="PublicKey">COSE_Key.</param>
/// <param name="Label">What its owner calls it; sealed, since people write names there.</param>
/// <param name="BackupEligible">It may live on several devices of its owner.</param>
/// <param name="Created">UTC milliseconds.</param>
internal sealed record PasskeyContent(
    PasskeyId Id, byte[] Credential, byte[] PublicKey, byte[] Label, bool BackupEligible, IReadOnlyList<string> Transports, long Created);
