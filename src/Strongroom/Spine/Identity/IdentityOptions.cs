namespace Strongroom.Spine.Identity;

/// <summary>What an installation sets for identity.</summary>
internal sealed record IdentityOptions
{
    /// <summary>The origin under which browsers reach this server, e.g. <c>https://localhost:8443</c>; null: that of the request.</summary>
    public string? PublicOrigin { get; init; }

    /// <summary>How authenticator apps name this installation.</summary>
    public string Product { get; init; } = "Strongroom";

    /// <summary>File of passwords known from breaches (SHA-1, ordered by hash); null: none.</summary>
    public string? BreachedList { get; init; }

    public SessionLimits Sessions { get; init; } = SessionLimits.Default;

    /// <summary>Iterations of PBKDF2-HMAC-SHA512. Only tests lower it; below the floor the server does not start.</summary>
    public int PasswordIterations { get; init; } = PasswordHashing.Iterations;

    /// <summary>How long the earlier token of a client still works after a rotation.</summary>
    public long TokenOverlapMs { get; init; } = 24 * 3_600_000L;
}
