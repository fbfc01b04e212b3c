using System.Globalization;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>One way in which a person proved himself.</summary>
[JsonConverter(typeof(KebabEnum<Factor>))]
internal enum Factor
{
    Password,
    Totp,
    Recovery,
    Passkey,

    /// <summary>Our own QR sign-in: counts as one factor.</summary>
    Qr,

    /// <summary>A single sign-on provider that said nothing, or not enough, of how it asked.</summary>
    Sso,

    /// <summary>A single sign-on provider whose stated method counts, by policy, as two factors.</summary>
    SsoStrong,
}

/// <param name="At">UTC milliseconds.</param>
internal sealed record Proof(Factor Factor, long At);

/// <summary>
/// Which factors a session rests on and when each was last proved (R37). A second factor is one of another kind: something known
/// (or vouched for by another) with something held. A passkey is both at once, since it verifies its user.
/// </summary>
internal sealed class Proofs
{
    public static readonly Proofs None = new([]);

    private readonly SortedDictionary<Factor, long> _proved;

    private Proofs(SortedDictionary<Factor, long> proved) => _proved = proved;

    public IReadOnlyList<Proof> All => [.. _proved.Select(pair => new Proof(pair.Key, pair.Value))];

    public Strength Strength =>
        Has(Factor.Passkey) ? Strength.Passkey
        : Has(Factor.SsoStrong) || ((Has(Factor.Password) || Has(Factor.Sso) || Has(Factor.Qr)) && (Has(Factor.Totp) || Has(Factor.Recovery))) ? Strength.SecondFactor
        : _proved.Count > 0 ? Strength.Password
        : Strength.None;

    /// <summary>When <see cref="Strength"/> was last proved.</summary>
    public long StrengthAt => Strength switch
    {
        Strength.Passkey => _proved[Factor.Passkey],
        Strength.SecondFactor => SecondFactorAt,
        Strength.None => 0,
        _ => _proved.Values.Max(),
    };

    /// <summary>When anything held was last proved; 0 for never.</summary>
    public long SecondFactorAt => new[] { Factor.Totp, Factor.Recovery, Factor.SsoStrong, Factor.Passkey }.Max(At);

    /// <summary>Our own QR sign-in and nothing else of its kind: enough to sign in with a second factor, never for levels 3–4.</summary>
    public bool RestOnQr => Has(Factor.Qr) && !(Has(Factor.Password) || Has(Factor.Passkey) || Has(Factor.Sso) || Has(Factor.SsoStrong));

    public bool Has(Factor factor) => _proved.ContainsKey(factor);

    /// <summary>When this factor was last proved; 0 for never.</summary>
    public long At(Factor factor) => _proved.GetValueOrDefault(factor);

    public Proofs With(Factor factor, long at) => new(new SortedDictionary<Factor, long>(_proved) { [factor] = at });

    /// <summary>The stored form, in a fixed order, because it is authenticated: <c>password=1750000000000 totp=1750000003000</c>.</summary>
    public override string ToString() =>
        string.Join(' ', _proved.Select(pair => $"{Kebab.Of(pair.Key)}={pair.Value.ToString(CultureInfo.InvariantCulture)}"));

    /// <exception cref="FormatException">Not the stored form.</exception>
    public static Proofs Parse(string text)
    {
        var proved = new SortedDictionary<Factor, long>();
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=');
            proved.Add(Kebab.Parse<Factor>(pair[0]), long.Parse(pair[^1], NumberStyles.None, CultureInfo.InvariantCulture));
        }

        return new Proofs(proved);
    }
}
