using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>What a right code proved.</summary>
/// <param name="Left">The person's factors afterwards, when they changed (a recovery code is gone); null: unchanged.</param>
internal sealed record CodeProved(Factor Factor, FactorsContent? Left);

/// <summary>Checks the codes people type: one-time passwords of their app, or recovery codes. The caller throttles.</summary>
internal sealed class SecondFactors(ISecretSealer sealer, Secrets secrets, TimeProvider time)
{
    /// <summary>Spends the code in this transaction; null when it is wrong or was used before, on whichever node.</summary>
    public async Task<CodeProved?> ProveAsync(Tx tx, PersonId person, FactorsContent? factors, string? code)
    {
        if (factors?.Totp is { } totp && await TotpStepAsync(tx, person, totp, code))
        {
            return new CodeProved(Factor.Totp, null);
        }

        if (factors is { Recovery.Count: > 0 } && RecoveryCodes.Fold(code) is { } folded
            && RecoveryCodes.Find(factors.Recovery, secrets.HashRecoveryCode(person, folded)) is >= 0 and var at)
        {
            return new CodeProved(Factor.Recovery, factors with { Recovery = [.. factors.Recovery.Where((_, i) => i != at)] });
        }

        return null;
    }

    public byte[] Seal(PersonId person, ReadOnlySpan<byte> secret) => sealer.Seal(Use(person), secret);

    private async Task<bool> TotpStepAsync(Tx tx, PersonId person, TotpContent totp, string? code)
    {
        var secret = sealer.Open(Use(person), totp.Secret);
        try
        {
            // The person's telephone goes by the right time, which is the product's or the machine's; a code is spent once, whichever it was.
            return (TotpRules.Match(secret, code, time.NowMs()) ?? TotpRules.Match(secret, code, time.WallMs())) is { } step && await TotpUseStore.SpendAsync(tx, person, step);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static string Use(PersonId person) => $"totp/{person}";
}
