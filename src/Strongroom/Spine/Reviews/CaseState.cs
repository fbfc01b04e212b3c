using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews;

/// <summary>Compares alerts, findings and lines of reviews as they lie in a data folder with what its log says of them: one that was closed or taken away by hand shows here.</summary>
internal static class CaseState
{
    /// <summary>Null when every row is as its last entry left it. Needs no key; run it on a log that verified.</summary>
    public static async Task<VerifyResult.Broken?> CompareAsync(Tx tx)
    {
        var live = new List<RowDigest>();
        await foreach (var row in CaseStore.AllAsync(tx))
        {
            live.Add(Cases.DigestOf(row));
        }

        var verifier = new ControlVerifier(Cases.Table);
        await foreach (var body in VerifyStore.BodiesAsync(tx))
        {
            if (body.AsSpan().IndexOf("\"case_row."u8) >= 0 && LogHeader.TryParse(body, out var header))
            {
                verifier.Learn(header.Fact);
            }
        }

        var findings = verifier.Compare(live);
        return findings.Count == 0
            ? null
            : new VerifyResult.Broken("verify.case", null, null, new Bilingual(
                $"{findings.Count} 条告警或复核记录与日志不符:{findings[0]}",
                $"{findings.Count} alerts or lines of reviews differ from what the log says of them: {findings[0]}"));
    }
}
