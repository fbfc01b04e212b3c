using System.Net;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Identity;

/// <summary>Where an attempt comes from: the prefix of its address and, when it carries one, its device cookie.</summary>
/// <param name="Device">Keyed hash of the device cookie, null without one.</param>
internal sealed record SignInPlace(IPAddress? Address, byte[]? Device);

/// <summary>One admitted attempt; hand it back on success.</summary>
/// <param name="Counted">Where it was counted: the device's pair or the prefix's.</param>
internal sealed record AdmittedAttempt(byte[] Pair, byte[] Counted, byte[] Place, byte[] Account);

/// <summary>
/// Slows guessing down by <see cref="ThrottleRules"/>, with its memory in the database, so that all nodes count together. An
/// attempt is counted before the password is compared, so a burst of parallel guesses cannot slip through together. An attempt that must
/// wait leaves nothing behind, and strangers' rows are bounded in time and number.
/// </summary>
internal sealed class SignInThrottle(Database database, IMac mac, TimeProvider time)
{
    /// <summary>A stranger's attempts fade within hours; a day is kept.</summary>
    public const long StrangersFor = 24L * 60 * 60 * 1000;

    /// <summary>Rows of strangers at most, besides those made since the last sweep.</summary>
    public const int MostStrangers = 100_000;

    /// <summary>So many new rows start a sweep at once, without waiting for the next one.</summary>
    private const int SweepAfter = 20_000;

    private int made;

    /// <returns>Either the admitted attempt, or the milliseconds to wait.</returns>
    public async Task<(AdmittedAttempt? Attempt, long WaitMs)> AdmitAsync(byte[] accountHash, SignInPlace place, CancellationToken ct)
    {
        if (Volatile.Read(ref made) >= SweepAfter)
        {
            await SweepAsync(ct).ConfigureAwait(false);
        }

        return await CountAsync(accountHash, place, ct).ConfigureAwait(false);
    }

    /// <summary>Forgets what no longer matters and, under a flood, the oldest of what strangers left.</summary>
    public Task SweepAsync(CancellationToken ct, int most = MostStrangers)
    {
        Volatile.Write(ref made, 0);
        var now = time.SureMs();
        return database.WriteAsync(async tx =>
        {
            await SignInAttemptStore.ForgetAsync(tx, now - ThrottleRules.KnownFor, now - StrangersFor);
            await SignInAttemptStore.KeepNewestAsync(tx, most);
        }, ct);
    }

    private Task<(AdmittedAttempt? Attempt, long WaitMs)> CountAsync(byte[] accountHash, SignInPlace place, CancellationToken ct)
    {
        var prefix = Encoding.UTF8.GetBytes(NetworkZones.PrefixOf(place.Address));
        var pairKey = Key("pair", [.. accountHash, .. prefix]);
        var deviceKey = Key("device", [.. accountHash, .. place.Device ?? []]);
        var placeKey = Key("place", prefix);
        var accountKey = Key("account", accountHash);
        return database.WriteAsync<(AdmittedAttempt?, long)>(async tx =>
        {
            var now = time.SureMs();

            // First only looked at: an attempt that has to wait must not cost the database a row.
            byte[][] keys = [pairKey, deviceKey, placeKey, accountKey];
            var (wait, _, _) = Judge(await SignInAttemptStore.ReadAsync(tx, keys), place, now);
            if (wait > 0)
            {
                return (null, wait);
            }

            Interlocked.Add(ref made, await SignInAttemptStore.EnsureAsync(tx, [pairKey, placeKey, accountKey]));
            var rows = await SignInAttemptStore.ReadAsync(tx, keys);
            (wait, var byDevice, var pair) = Judge(rows, place, now);
            if (wait > 0)
            {
                return (null, wait);
            }

            var counted = byDevice ? deviceKey : pairKey;
            await SignInAttemptStore.SaveAsync(tx, counted, ThrottleRules.CountPair(pair, now));
            await SignInAttemptStore.SaveAsync(tx, placeKey, ThrottleRules.CountPlace(rows[2], now));
            await SignInAttemptStore.SaveAsync(tx, accountKey, ThrottleRules.CountAccount(rows[3], now));
            return (new AdmittedAttempt(pairKey, counted, placeKey, accountKey), 0);
        }, ct);
    }

    /// <summary>Forgets what the admitted attempt counted, and remembers place and device as known to the account.</summary>
    /// <param name="device">Keyed hash of the device cookie the caller now holds.</param>
    public async Task SucceededAsync(Tx tx, byte[] accountHash, AdmittedAttempt attempt, byte[] device)
    {
        var now = time.SureMs();
        var devicePair = Key("device", [.. accountHash, .. device]);
        var rows = await SignInAttemptStore.ReadAsync(tx, [attempt.Pair, devicePair, attempt.Place, attempt.Account]);
        await SignInAttemptStore.SaveAsync(tx, attempt.Pair, ThrottleRules.Succeeded(rows[0], now) with { At = now });
        await SignInAttemptStore.SaveAsync(tx, devicePair, ThrottleRules.Succeeded(rows[1], now) with { At = now });
        await SignInAttemptStore.SaveAsync(tx, attempt.Place, ThrottleRules.Refund(rows[2]));
        await SignInAttemptStore.SaveAsync(tx, attempt.Account, ThrottleRules.Refund(rows[3]));
    }

    /// <summary>Whether this account signed in on the device before, within the time that places stay known.</summary>
    public async Task<bool> KnowsAsync(Tx tx, byte[] accountHash, byte[] device) =>
        await SignInAttemptStore.ReadAsync(tx, [Key("device", [.. accountHash, .. device])]) is [var found] && ThrottleRules.IsKnown(found, time.SureMs());

    /// <summary>Makes the place known to an account whose owner just proved himself there by other means than its password.</summary>
    public async Task RecogniseAsync(Tx tx, byte[] accountHash, SignInPlace place)
    {
        var now = time.SureMs();
        byte[][] keys = [Key("pair", [.. accountHash, .. Encoding.UTF8.GetBytes(NetworkZones.PrefixOf(place.Address))]), Key("device", [.. accountHash, .. place.Device ?? []])];
        await SignInAttemptStore.EnsureAsync(tx, keys);
        var rows = await SignInAttemptStore.ReadAsync(tx, keys);
        for (var i = 0; i < keys.Length; i++)
        {
            await SignInAttemptStore.SaveAsync(tx, keys[i], ThrottleRules.Succeeded(rows[i], now) with { At = now });
        }
    }

    /// <summary>Takes one admitted attempt back that proved right but makes no place known.</summary>
    public static async Task RefundAsync(Tx tx, AdmittedAttempt attempt)
    {
        byte[][] keys = [attempt.Counted, attempt.Place, attempt.Account];
        var rows = await SignInAttemptStore.ReadAsync(tx, keys);
        for (var i = 0; i < keys.Length; i++)
        {
            await SignInAttemptStore.SaveAsync(tx, keys[i], ThrottleRules.Refund(rows[i]));
        }
    }

    /// <summary>A device that signed in to this account before stands for itself, wherever it is; any other is judged by its prefix.</summary>
    private static (long Wait, bool ByDevice, Attempts Pair) Judge(Attempts[] rows, SignInPlace place, long now)
    {
        var byDevice = place.Device is not null && ThrottleRules.IsKnown(rows[1], now);
        var pair = byDevice ? rows[1] : rows[0];
        return (ThrottleRules.Delay(pair, rows[2], rows[3], now), byDevice, pair);
    }

    private byte[] Key(string kind, byte[] subject) => mac.Mac(MacUse.ClientAddress, [.. Encoding.UTF8.GetBytes($"sign-in/{kind}\0"), .. subject]);
}
