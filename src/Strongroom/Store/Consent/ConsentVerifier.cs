using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Audit.Verify;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Consent;

/// <summary>
/// Compares the consents of a data folder with the digests its log carries (R23, R24, R50): a history row that was taken away, put in or
/// edited, and a customer's row that was put back to what it said before. Needs no key; run it on a log that verified.
/// </summary>
internal static class ConsentVerifier
{
    /// <summary>The table's name in <see cref="RowDigest"/>.</summary>
    public const string Table = "consent";

    // Who records more in one submission logs the first of them; see the writers in Collect.
    private const int MostLogged = 16;

    /// <summary>SHA-256 over every column, the MAC included, which keeps it from being guessed.</summary>
    public static byte[] DigestOf(ConsentRow row) => SHA256.HashData(new ControlMessage(Table)
        .Bytes(row.Id).Bytes(row.Customer).Number(row.Version).Number(row.N).Bytes(row.Receipt).Text(row.Purpose).Text(row.Event).Text(row.State)
        .Number(row.At).Number(row.Until is null ? 0 : 1).Number(row.Until ?? 0).Text(row.Form ?? "").Text(row.Notice ?? "").Number(row.NoticeVersion)
        .Bytes(row.Intake).Number(row.Recorded).Bytes(row.Evidence ?? []).Bytes(row.Reference ?? []).Bytes(row.Mac).ToArray());

    /// <summary>Null when history and customers are as the log left them.</summary>
    public static async Task<VerifyResult.Broken?> CompareAsync(Tx tx)
    {
        var logged = await LoggedAsync(tx);
        var findings = new List<ControlFinding>();
        var newest = new Dictionary<string, ConsentBeside>(StringComparer.Ordinal);
        ConsentBeside? last = null;
        await foreach (var row in ConsentStore.AllAsync(tx))
        {
            if (last is not null && !last.Customer.AsSpan().SequenceEqual(row.Customer))
            {
                CompareCustomer(newest.Values, last, findings);
                newest.Clear();
            }

            CompareRow(row, logged, findings);
            (last, newest[row.Purpose]) = (row, row);
        }

        if (last is not null)
        {
            CompareCustomer(newest.Values, last, findings);
        }

        findings.AddRange(logged.Select(gone => new ControlFinding(Table, gone.Key, gone.Value.Version, ControlMismatch.Missing)));

        // The history names the event itself; what a customer's row says is the lesser clue.
        findings = [.. findings.OrderBy(finding => finding.Table, StringComparer.Ordinal).ThenBy(finding => finding.Id)];
        return findings.Count == 0
            ? null
            : new VerifyResult.Broken("verify.control", null, null, new Bilingual(
                $"{findings.Count} 条同意记录与日志不符:{findings[0]}",
                $"{findings.Count} consent rows differ from what the log says of them: {findings[0]}"));
    }

    private static async Task<Dictionary<UInt128, (long Version, TreeHash Digest)>> LoggedAsync(Tx tx)
    {
        var logged = new Dictionary<UInt128, (long, TreeHash)>();
        await foreach (var body in VerifyStore.BodiesAsync(tx))
        {
            if (body.AsSpan().IndexOf("\"table\":\"consent\""u8) >= 0 && LogHeader.TryParse(body, out var header))
            {
                foreach (var row in header.Fact.Rows.Where(row => row.Table == Table))
                {
                    logged[row.Id] = (row.Version, TreeHash.From(row.Digest));
                }
            }
        }

        return logged;
    }

    private static void CompareRow(ConsentRow row, Dictionary<UInt128, (long Version, TreeHash Digest)> logged, List<ControlFinding> findings)
    {
        var id = IdOf(row.Id);
        if (!logged.Remove(id, out var said))
        {
            if (row.N < MostLogged)
            {
                findings.Add(new ControlFinding(Table, id, row.Version, ControlMismatch.Unlogged));
            }
        }
        else if (said.Version != row.Version || said.Digest != TreeHash.From(DigestOf(row)))
        {
            findings.Add(new ControlFinding(Table, id, row.Version, ControlMismatch.Differs));
        }
    }

    /// <summary>The customer's row must not be older than his newest event, and must say of each purpose what its newest event led to.</summary>
    private static void CompareCustomer(IEnumerable<ConsentBeside> newest, ConsentBeside last, List<ControlFinding> findings)
    {
        var stands = last.CustomerVersion >= last.Version
            && ConsentSummary.TryRead(last.Summary, out var summary)
            && newest.All(row => Name.TryParse(row.Purpose, out PurposeKey purpose) && summary.TryGetValue(purpose, out var now) && Kebab.Of(now.State) == row.State);
        if (!stands)
        {
            findings.Add(new ControlFinding(
                "customer", IdOf(last.Customer), last.CustomerVersion ?? 0, last.CustomerVersion is null ? ControlMismatch.Missing : ControlMismatch.Differs));
        }
    }

    private static UInt128 IdOf(byte[] id) => id.Length == 16 ? ConsentId.From(id).Value : default;
}
