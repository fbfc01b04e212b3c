using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Verify;

namespace Strongroom.Spine.Policies;

/// <summary>Compares the live control rows of a data folder with what its log says of them: a right that an administrator of the database gave himself shows here.</summary>
internal static class ControlState
{
    /// <summary>Null when every row is as its last entry left it. Needs no key; run it on a log that verified.</summary>
    public static async Task<VerifyResult.Broken?> CompareAsync(Tx tx)
    {
        var live = await ControlStore.AllAsync(tx);
        var verifier = new ControlVerifier();
        await foreach (var body in VerifyStore.BodiesAsync(tx))
        {
            if (body.AsSpan().IndexOf("\"rows\""u8) >= 0 && LogHeader.TryParse(body, out var header))
            {
                verifier.Learn(header.Fact);
            }
        }

        var findings = verifier.Compare(live);
        return findings.Count == 0
            ? null
            : new VerifyResult.Broken("verify.control", null, null, new Bilingual(
                $"{findings.Count} 条权限记录与日志不符:{findings[0]}",
                $"{findings.Count} control rows differ from what the log says of them: {findings[0]}"));
    }
}
