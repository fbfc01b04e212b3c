using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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
/// <param name="Lines">How many lines it has, which is what the approver sees of its size; a file with another number is not the one approved.</param>
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
        var scope = new ApprovalScope(Act, form.Value, Bound(ask.Digest, ask.Lines), ask.Until) { Scenes = [scene.Scene] };
        return await desk.RequestAsync(actor, scope, new ApprovalEvidence(shown, Reason: ask.Reason), new AskedFrom(ask.Unit), ct);
    }

    /// <summary>Reads the file whole, compares it and uses the approval, once for each time it is sent.</summary>
    /// <returns>The file to read on; or why not.</returns>
    public async Task<Outcome<PipeReader>> OpenAsync(Actor actor, FormKey form, ApprovalId approval, HttpRequest request, CancellationToken ct)
    {
        // Nothing is held in memory for somebody who has no approval.
        if (await desk.LookAsync(approval, ct) is not { } looked || looked.Content.Requester != actor.Person || looked.Content.Act != Act || looked.Content.Subject != form.Value)
        {
            return Reasons.ApprovalVoid;
        }

        if (!looked.Stands)
        {
            return looked.Content.State == ApprovalState.Requested ? Reasons.ApprovalUnready : Reasons.ApprovalVoid;
        }

        if (request.ContentLength > LargestFile)
        {
            return Reasons.BodyLarge;
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestFile + 1;
        }

        var read = await request.BodyReader.ReadAtLeastAsync(LargestFile + 1, ct);
        if (read.Buffer.Length > LargestFile)
        {
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return Reasons.BodyLarge;
        }

        var file = read.Buffer.ToArray();
        request.BodyReader.AdvanceTo(read.Buffer.End);
        var lines = file.AsSpan().Count((byte)'\n') + (file is [.., not (byte)'\n'] ? 1 : 0);
        var bound = Bound(Convert.ToHexStringLower(SHA256.HashData(file)), lines);
        var scene = (await policies.CurrentAsync(actor.ConfigEpoch, ct)).SceneOn(SceneTrigger.Import)?.Scene;
        var refusal = await database.WriteAsync<Reason?>(async tx =>
        {
            switch (await desk.ConsumeAsync(tx, approval, Act, form.Value, bound, actor.Person, customer: null, scene))
            {
                case ApprovalUse.Consumed used:
                    await log.AppendAsync(tx, ApprovalLog.Of(Used, actor, approval) with { Rows = [used.Row], Reasons = scene is null ? [] : [scene], Count = Math.Max(1, lines) }, ct);
                    return null;
                case ApprovalUse.Refused refused:
                    return refused.Reason;
                default:
                    return Reasons.ApprovalVoid;
            }
        }, ct);
        return refusal is null ? PipeReader.Create(new ReadOnlySequence<byte>(file)) : refusal;
    }

    /// <summary>What the approval is about: this file, with this many lines.</summary>
    private static string Bound(string sha256, int lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sha256}/{lines}"))));
}
