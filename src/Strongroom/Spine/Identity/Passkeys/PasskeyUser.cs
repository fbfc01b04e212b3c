using Microsoft.AspNetCore.Identity;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Passkeys;

/// <summary>One person as the framework's passkey handler sees him.</summary>
internal sealed record PasskeyUser(PersonId Id, string Account, string Display, IReadOnlyList<PasskeyContent> Passkeys);

/// <summary>
/// The framework's handler over exactly one person, read beforehand: it verifies, and stores nothing. Uniqueness of credentials and
/// counters are checked where they are written, in one transaction for all nodes.
/// </summary>
internal sealed class OnePersonStore(PasskeyUser? person) : IUserPasskeyStore<PasskeyUser>
{
    public Task<string> GetUserIdAsync(PasskeyUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(PasskeyUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Account);

    public Task<PasskeyUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Task.FromResult(string.Equals(person?.Id.ToString(), userId, StringComparison.Ordinal) ? person : null);

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyUser user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserPasskeyInfo>>([.. user.Passkeys.Select(Info)]);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyUser user, byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(user.Passkeys.FirstOrDefault(passkey => passkey.Credential.AsSpan().SequenceEqual(credentialId)) is { } found ? Info(found) : null);

    public Task<PasskeyUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        Task.FromResult(person?.Passkeys.Any(passkey => passkey.Credential.AsSpan().SequenceEqual(credentialId)) == true ? person : null);

    public void Dispose()
    {
    }

    public Task<string?> GetNormalizedUserNameAsync(PasskeyUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetUserNameAsync(PasskeyUser user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetNormalizedUserNameAsync(PasskeyUser user, string? normalizedName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(PasskeyUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(PasskeyUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(PasskeyUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<PasskeyUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task AddOrUpdatePasskeyAsync(PasskeyUser user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemovePasskeyAsync(PasskeyUser user, byte[] credentialId, CancellationToken cancellationToken) => throw new NotSupportedException();

    // The counter is given as zero, so that the handler leaves it to us: it would refuse a regression, but not tell one from a bad signature.
    private static UserPasskeyInfo Info(PasskeyContent passkey) => new(
        passkey.Credential, passkey.PublicKey, Instants.At(passkey.Created), signCount: 0, [.. passkey.Transports],
        isUserVerified: true, passkey.BackupEligible, isBackedUp: false, attestationObject: [], clientDataJson: []);
}
