using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Collect.Intake;

/// <summary>A file that somebody wants to import; it is sent afterwards, byte for byte.</summary>
/// <param name="Digest">SHA-256 of the file as it will be sent, 64 lower hex digits.</param>
/// <param name="Lines">How many submissions it holds, for the approver to see.</param>
/// <param name="Until">UTC milliseconds until which it may be imported.</param>
/// <param name="Unit">One of the asker's units, when he stands in several.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FileApprovalAsk(string Digest, int Lines, long Until, string Reason, UnitId? Unit = null);

/// <summary>
/// Files that people bring (R41, scene of imports): asked for and approved by their digest, and used up when exactly these bytes arrive. The file is held in
/// memory until its digest is known, so it is bounded; nothing of it is taken in before.
/// </summary>
internal sealed class FileApprovals(Database database, ApprovalDesk desk, IPolicySnapshots policies, IAuditLog log)
{
    /// <summary>Header that names the approval. Not in the body: that is the file.</summary>
    public const string Header = "Grant";

    public const string Used = "import-file-approved";

    /// <summary>Bytes; larger files are a registered system's matter.</summary>
    private const int LargestFile = 16 * 1024 * 1024;

    private const int MostLines = 1_000_000;

    private static readonly string Act = ApprovalActs.Use(Ground.Act.Import);

    public async Task<Outcome<Approval>> RequestAsync(Actor actor, FormKey form, FileApprovalAsk ask, CancellationToken ct)
    {
        var faults = new List<FieldError>();
        if (!ApprovalRules.IsDigest(ask.Digest))
        {
            faults.Add(Reasons.BadField.At("digest"));
        }

        if (ask.Lines is < 1 or > MostLines)
        {
            faults.Add(Reasons.BadField.At("lines"));
        }

        if (string.IsNullOrWhiteSpace(ask.Reason))
        {
            faults.Add(Reasons.FieldMissing.At("reason"));
        }

        if (faults.Count > 0)
        {
            return Problem.Of(faults);
        }

        if ((await policies.CurrentAsync(actor.ConfigEpoch, ct)).SceneOn(SceneTrigger.Import) is not { } scene)
        {
            return Reasons.SceneUnknown;
        }

        var shown = CanonicalJson.ToText(JsonSerializer.SerializeToElement(new { act = Act, form = form.Value, sha256 = ask.Digest, lines = ask.Lines }));
        var scope = new ApprovalScope(Act, form.Value, ask.Digest, ask.Until) { Scenes = [scene.Scene] };
        return await desk.RequestAsync(actor, scope, new ApprovalEvidence(shown, Reason: ask.Reason), new AskedFrom(ask.Unit), ct);
    }

    /// <summary>Reads the file whole, compares it and uses the approval, once for each time it is sent.</summary>
    /// <returns>The file to read on; or why not.</returns>
    public async Task<Outcome<PipeReader>> OpenAsync(Actor actor, FormKey form, ApprovalId approval, HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > LargestFile)
        {
            return Reasons.BodyLarge;
        }

        var read = await request.BodyReader.ReadAtLeastAsync(LargestFile + 1, ct);
        if (read.Buffer.Length > LargestFile)
        {
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return Reasons.BodyLarge;
        }

        var file = read.Buffer.ToArray();
        request.BodyReader.AdvanceTo(read.Buffer.End);
        var digest = Convert.ToHexStringLower(SHA256.HashData(file));
        var scene = (await policies.CurrentAsync(actor.ConfigEpoch, ct)).SceneOn(SceneTrigger.Import)?.Scene;
        var refusal = await database.WriteAsync<Reason?>(async tx =>
        {
            switch (await desk.ConsumeAsync(tx, approval, Act, form.Value, digest, actor.Person, customer: null, scene))
            {
                case ApprovalUse.Consumed used:
                    await log.AppendAsync(tx, ApprovalLog.Of(Used, actor, approval) with { Rows = [used.Row], Reasons = scene is null ? [] : [scene] }, ct);
                    return null;
                case ApprovalUse.Refused refused:
                    return refused.Reason;
                default:
                    return Reasons.ApprovalVoid;
            }
        }, ct);
        return refusal is null ? PipeReader.Create(new ReadOnlySequence<byte>(file)) : refusal;
    }
}
