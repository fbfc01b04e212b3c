using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Spine.Identity;

internal enum PasswordCheck
{
    Wrong,
    Right,

    /// <summary>Right, but hashed with fewer iterations than today's: hash it again now.</summary>
    RightButOld,

    /// <summary>Too many sign-ins at once: try again shortly.</summary>
    Busy,
}

/// <summary>
/// The framework's password hasher (ASP.NET Core Identity v3: PBKDF2-HMAC-SHA512, 128-bit salt), with 220,000 iterations: above
/// OWASP's 210,000 for SHA-512 (Password Storage Cheat Sheet, 2023). The result is sealed under a key outside the database, so
/// stolen rows alone allow no guessing.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    public const int Iterations = 220_000;

    /// <summary>Waiting checks beyond the running ones; more are turned away instead of piling up.</summary>
    private const int LongestQueue = 64;

    private readonly PasswordHasher<object> _hasher;
    private readonly ISecretSealer _sealer;
    private readonly SemaphoreSlim _running;
    private readonly Lazy<string> _nobodys;
    private int _waiting;

    public PasswordHashing(ISecretSealer sealer, int iterations = Iterations)
    {
        _hasher = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        _sealer = sealer;

        // Half of the processors at most: sign-ins must not starve the requests of those who are already in.
        _running = new SemaphoreSlim(Math.Max(1, Environment.ProcessorCount / 2));
        _nobodys = new Lazy<string>(() => _hasher.HashPassword(this, Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
    }

    /// <summary>Hashes and seals a password that passed <see cref="PasswordRules.Check"/>.</summary>
    public byte[] Seal(PersonId person, string password) =>
        _sealer.Seal(Use(person), Encoding.UTF8.GetBytes(_hasher.HashPassword(this, PasswordRules.Normalise(password)!)));

    /// <summary>Compares. For an unknown account (null) it works as long and says wrong.</summary>
    /// <param name="sealedHash">The person's sealed verifier, null when there is no such person.</param>
    public async Task<PasswordCheck> CheckAsync(PersonId person, byte[]? sealedHash, string password, CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > LongestQueue)
        {
            Interlocked.Decrement(ref _waiting);
            return PasswordCheck.Busy;
        }

        await _running.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Check(person, sealedHash, password), ct).ConfigureAwait(false);
        }
        finally
        {
            _running.Release();
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _running.Dispose();

    private PasswordCheck Check(PersonId person, byte[]? sealedHash, string password)
    {
        var normal = PasswordRules.Normalise(password) ?? "";
        var hash = sealedHash is null ? _nobodys.Value : Encoding.UTF8.GetString(_sealer.Open(Use(person), sealedHash));
        var result = _hasher.VerifyHashedPassword(this, hash, normal);
        return sealedHash is null ? PasswordCheck.Wrong : result switch
        {
            PasswordVerificationResult.Success => PasswordCheck.Right,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordCheck.RightButOld,
            _ => PasswordCheck.Wrong,
        };
    }

    private static string Use(PersonId person) => $"password/{person}";
}
