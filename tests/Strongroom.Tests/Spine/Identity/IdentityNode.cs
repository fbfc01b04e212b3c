using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Identity.Factors;
using Strongroom.Spine.Identity.QrSignIn;
using Strongroom.Spine.Policies;

namespace Strongroom.Tests.Spine.Identity;

/// <summary>Keys of one installation, shared by its nodes: HMAC and AES-GCM under random keys.</summary>
internal sealed class IdentityKeys : IMac, ISecretSealer
{
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    public byte[] Mac(MacUse use, ReadOnlySpan<byte> message) => HMACSHA256.HashData([.. key, (byte)use], message);

    public byte[] Seal(string use, ReadOnlySpan<byte> plain)
    {
        var sealedSecret = new byte[12 + plain.Length + 16];
        RandomNumberGenerator.Fill(sealedSecret.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(sealedSecret.AsSpan(0, 12), plain, sealedSecret.AsSpan(12, plain.Length), sealedSecret.AsSpan(12 + plain.Length), System.Text.Encoding.UTF8.GetBytes(use));
        return sealedSecret;
    }

    public byte[] Open(string use, ReadOnlySpan<byte> sealedSecret)
    {
        if (sealedSecret.Length < 28)
        {
            throw new BrokenSealException(use);
        }

        var plain = new byte[sealedSecret.Length - 28];
        try
        {
            using var aes = new AesGcm(key, 16);
            aes.Decrypt(sealedSecret[..12], sealedSecret[12..^16], sealedSecret[^16..], plain, System.Text.Encoding.UTF8.GetBytes(use));
            return plain;
        }
        catch (CryptographicException)
        {
            throw new BrokenSealException(use);
        }
    }
}

/// <summary>Keeps facts and counts refusals in memory.</summary>
internal sealed class FactLog : IAuditLog
{
    public List<LogFact> Facts { get; } = [];

    public List<(string Prefix, string Reason)> Refusals { get; } = [];

    public Task<IReadOnlyList<EntryId>> AppendAsync(Tx tx, IReadOnlyList<LogFact> facts, CancellationToken ct = default)
    {
        lock (Facts)
        {
            Facts.AddRange(facts);
        }

        return Task.FromResult<IReadOnlyList<EntryId>>([.. facts.Select(_ => EntryId.New())]);
    }

    public Task<AppendOutcome> AppendAsync(LogFact fact, CommitGuard? guard = null, CancellationToken ct = default)
    {
        lock (Facts)
        {
            Facts.Add(fact);
        }

        return Task.FromResult<AppendOutcome>(new AppendOutcome.Logged(EntryId.New()));
    }

    public Task CountRefusalAsync(string prefix, string reason, CancellationToken ct = default)
    {
        lock (Refusals)
        {
            Refusals.Add((prefix, reason));
        }

        return Task.CompletedTask;
    }
}

internal sealed class FixedPosts : IPostBooks
{
    public Task<PostBook> ReadAsync(Tx tx) => Task.FromResult(IdentityRulesTests.Book);
}

/// <summary>Requesters without a past: the log of these tests keeps facts, not pages.</summary>
internal sealed class NoPatterns : IRequesterPatterns
{
    public Task<RequesterPattern> OfAsync(Actor actor, long now, CancellationToken ct) => Task.FromResult(new RequesterPattern(0, 0, 0, 0, 0, 0, 0, 0, 0, More: false));
}

/// <summary>One node of an installation: the identity module over a database handle of its own.</summary>
internal sealed class IdentityNode : IAsyncDisposable
{
    public static readonly Origin Office = new(IPAddress.Parse("10.1.2.3"), null);

    private readonly ServiceProvider services;

    public IdentityNode(Database database, IdentityKeys keys, TimeProvider time, IdentityOptions? options = null)
    {
        Log = new FactLog();
        services = Register(new ServiceCollection(), database, keys, Log, time, options).BuildServiceProvider();
    }

    public FactLog Log { get; }

    public Actors Actors => services.GetRequiredService<Actors>();

    public SignIn SignIn => services.GetRequiredService<SignIn>();

    public QrSignIns Qr => services.GetRequiredService<QrSignIns>();

    public Sessions Sessions => services.GetRequiredService<Sessions>();

    public OwnFactors Factors => services.GetRequiredService<OwnFactors>();

    public OwnAccount Own => services.GetRequiredService<OwnAccount>();

    public People People => services.GetRequiredService<People>();

    public ApprovalDesk Approvals => services.GetRequiredService<ApprovalDesk>();

    public AccountRequests Requests => services.GetRequiredService<AccountRequests>();

    public Dormancy Dormancy => services.GetRequiredService<Dormancy>();

    public PolicyStore Policies => services.GetRequiredService<PolicyStore>();

    public Members Members => services.GetRequiredService<Members>();

    public OrganisationAdmin Organisation => services.GetRequiredService<OrganisationAdmin>();

    public T Service<T>() where T : notnull => services.GetRequiredService<T>();

    public Clients Clients => services.GetRequiredService<Clients>();

    public ClientQuotas Quotas => services.GetRequiredService<ClientQuotas>();

    public SignInThrottle Throttle => services.GetRequiredService<SignInThrottle>();

    public Bootstrap Bootstrap => services.GetRequiredService<Bootstrap>();

    /// <summary>An account by request and approval; without posts.</summary>
    public Task<Outcome<(Member<PersonContent> Person, string StartPassword)>> HireAsync(Actor asks, string account, string name, string? locale = null, AccountTerms? terms = null) =>
        Hiring.HireAsync(services, asks, account, name, locale, terms);

    /// <summary>Positions of the guards that fail now.</summary>
    public Task<IReadOnlySet<int>> RunGuardsAsync(params CommitGuard[] guards) =>
        services.GetRequiredService<Database>().WriteAsync(tx => services.GetRequiredService<ICommitGuards>().FailingAsync(tx, guards));

    /// <summary>Weak hashing only here, so that the suite is quick.</summary>
    public static IServiceCollection Register(
        IServiceCollection services, Database database, IdentityKeys keys, IAuditLog log, TimeProvider time, IdentityOptions? options = null) => services
        .AddSingleton(database)
        .AddSingleton<IMac>(keys)
        .AddSingleton<ISecretSealer>(keys)
        .AddSingleton(time)
        .AddSingleton(log)
        .AddSingleton<ILogger<ControlAlarms>>(NullLogger<ControlAlarms>.Instance)
        .AddControlRows()
        .AddSingleton<IPostBooks, FixedPosts>()
        .AddSingleton<IApproverFacts, PostApproverFacts>()
        .AddSingleton<Deciders>()
        .AddSingleton<ApprovalNotices>()
        .AddSingleton<IRequesterPatterns, NoPatterns>()
        .AddSingleton<ApprovalDesk>()
        .AddIdentityParts((options ?? new IdentityOptions()) with { PasswordIterations = 2_000 });

    public async Task<(string Secret, string Device)> EnterAsync(string account, string password, Origin? from = null, string? device = null, string? code = null)
    {
        var entered = Assert.IsType<SignInOutcome.In>(await SignIn.AskAsync(account, password, from ?? Office, device, code, default));
        return (entered.Secret, entered.Device ?? "");
    }

    public Task<Actor> ActorAsync(string secret) => Actors.OfCookieAsync(secret, Office, default);

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
