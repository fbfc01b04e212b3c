using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Hosts;

/// <summary>
/// Privileged sign-in to hosts (R41, scene <c>priv_login</c>; decision 0034): asked for with hosts, key and window, approved by a digest over them, and used
/// once, inside the window, for a certificate that ends with it.
/// </summary>
internal sealed class HostAccess(Database database, IPolicySnapshots policies, ApprovalDesk desk, HostAuthority authority, IAuditLog log, TimeProvider time)
{
    public const string Act = "hosts.sign-in";

    private const string Subject = "host-access";

    /// <summary>Asks. The approvers see hosts, the key's fingerprint and the window.</summary>
    public async Task<Outcome<Approval>> RequestAsync(Actor actor, HostAsk ask, CancellationToken ct)
    {
        if (HostAccessRules.Errors(ask, time.NowMs()) is { Count: > 0 } errors)
        {
            return Problem.Of(errors);
        }

        var (scene, refusal) = SceneOf(await policies.CurrentAsync(actor.ConfigEpoch, ct));
        if (scene is null)
        {
            return refusal!;
        }

        var key = HostKey.Parse(ask.PublicKey)!;
        var shown = new Shown([.. ask.Hosts.Order(StringComparer.Ordinal)], key.Fingerprint, ask.From, ask.Until);
        var scope = new ApprovalScope(Act, Subject, HostAccessRules.Bound(ask.Hosts, key, ask.From, ask.Until, actor.Person), ask.Until) { From = ask.From, Scenes = [scene] };
        var preview = CanonicalJson.ToText(JsonSerializer.SerializeToElement(shown, ControlRows.Json));
        return await desk.RequestAsync(actor, scope, new ApprovalEvidence(preview, Reason: ask.Reason), new AskedFrom(ask.Unit, Asked: ask.Asked), ct);
    }

    /// <summary>Uses the approval up and signs, in one transaction with the entry. Nothing leaves before it is committed.</summary>
    public async Task<Outcome<HostCertificateIssued>> IssueAsync(Actor actor, ApprovalId approval, HostCertificateAsk ask, CancellationToken ct)
    {
        if (HostAccessRules.Errors(ask.Hosts, ask.PublicKey) is { Count: > 0 } errors)
        {
            return Problem.Of(errors);
        }

        try
        {
            await authority.EnsureAsync(actor, ct);
            return await database.WriteAsync(tx => IssueAsync(tx, actor, approval, ask, ct), ct);
        }
        catch (RefusedException refused)
        {
            await log.AppendAsync(ApprovalLog.Of(HostAccessFacts.IssueRefused, actor, approval) with { Decision = Verdict.Deny, Reasons = [refused.Reason.Code] }, guard: null, ct);
            return refused.Reason;
        }
    }

    /// <summary>What hosts must trust.</summary>
    public async Task<Outcome<HostAuthorityKey>> AuthorityAsync(Actor actor, CancellationToken ct)
    {
        await authority.EnsureAsync(actor, ct);
        var line = await database.ReadAsync(async tx =>
        {
            using var key = await authority.OpenAsync(tx);
            return key is null ? null : HostCertificate.AuthorityLine(key);
        }, ct);
        var fact = ApprovalLog.Of(HostAccessFacts.AuthorityRead, actor, null);
        await log.AppendAsync(line is null ? fact with { Decision = Verdict.Deny, Reasons = [Reasons.HostAuthority.Code] } : fact, guard: null, ct);
        return line is null ? Reasons.HostAuthority : new HostAuthorityKey(line);
    }

    private async Task<HostCertificateIssued> IssueAsync(Tx tx, Actor actor, ApprovalId approval, HostCertificateAsk ask, CancellationToken ct)
    {
        if (!await desk.IsPresentAsync(tx, actor))
        {
            throw new RefusedException(Reasons.RowChanged);
        }

        var (scene, refusal) = SceneOf(await desk.RulesAsync(tx));
        if (scene is null)
        {
            throw new RefusedException(refusal!);
        }

        if (await desk.LookAsync(tx, approval) is not { } content)
        {
            throw new RefusedException(Reasons.ApprovalVoid);
        }

        var key = HostKey.Parse(ask.PublicKey)!;
        var bound = HostAccessRules.Bound(ask.Hosts, key, content.Scope.From, content.Until, actor.Person);
        var use = await desk.ConsumeAsync(tx, approval, Act, Subject, bound, actor.Person, customer: null, scene);
        if (use is not ApprovalUse.Consumed used)
        {
            throw new RefusedException((use as ApprovalUse.Refused)?.Reason ?? Reasons.ApprovalVoid);
        }

        using var signer = await authority.OpenAsync(tx) ?? throw new RefusedException(Reasons.HostAuthority);
        string[] hosts = [.. ask.Hosts.Order(StringComparer.Ordinal)];
        var certificate = HostCertificate.Of(approval, key, hosts, content.Scope.From ?? content.Requested, content.Until).Sign(signer);
        await log.AppendAsync(tx, ApprovalLog.Of(HostAccessFacts.Issued, actor, approval) with { Rows = [used.Row], Reasons = [scene, .. hosts.Select(host => $"host.{host}")] }, ct);
        return new HostCertificateIssued(certificate, content.Until);
    }

    /// <summary>Without the scene, or while it is switched off, nobody signs in this way.</summary>
    private static (string? Scene, Reason? Refusal) SceneOf(PolicySnapshot policy) => policy.SceneOn(SceneTrigger.SignIn) switch
    {
        null => (null, Reasons.SceneUnknown),
        { Enabled: false } => (null, Reasons.SceneOff),
        { Scene: var scene } => (scene, null),
    };

    /// <param name="SshKey">SHA-256 fingerprint.</param>
    private sealed record Shown(IReadOnlyList<string> Hosts, string SshKey, long? From, long Until);

    private sealed class RefusedException(Reason reason) : Exception
    {
        public Reason Reason { get; } = reason;
    }
}
