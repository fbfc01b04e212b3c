using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Policies;

/// <summary>How a live control row differs from what the log last said of it.</summary>
internal enum ControlMismatch
{
    /// <summary>Another content, or another version than the log's newest: edited, or an older version put back.</summary>
    Differs,

    /// <summary>The log knows the row; the table does not: deleted.</summary>
    Missing,

    /// <summary>The table has a row that no entry ever made: inserted.</summary>
    Unlogged,
}

internal sealed record ControlFinding(string Table, UInt128 Id, long Version, ControlMismatch Mismatch)
{
    /// <summary>For people and for the log: ids only.</summary>
    public override string ToString() => $"{Kebab.Of(Mismatch)} {Table}/{Ground.Id.Format(Id)} v{Version}";
}

/// <summary>
/// Compares live control rows with the digests the log carries. Who can write the table but not the log is found here, even when he
/// puts back a row that was genuine once (R50; architecture.md, Storage). Pure; needs no key.
/// </summary>
/// <param name="tables">First part of the names by which the log calls the rows.</param>
internal sealed class ControlVerifier(string tables = ControlRows.Table)
{
    private readonly Dictionary<(string Table, UInt128 Id), RowDigest> newest = [];

    /// <summary>Takes the digests of one entry. Order does not matter: the highest version counts.</summary>
    public void Learn(LogFact fact)
    {
        if (fact.Act == ControlAlarms.Tampered || fact.Act == ControlAlarms.Unreadable)
        {
            // An alarm names the digest of the altered row; it must not make it genuine.
            return;
        }

        foreach (var row in fact.Rows.Where(row => row.Table.StartsWith(tables + ".", StringComparison.Ordinal)))
        {
            if (!newest.TryGetValue((row.Table, row.Id), out var known) || known.Version < row.Version)
            {
                newest[(row.Table, row.Id)] = row;
            }
        }
    }

    /// <summary>All differences, by table and id. Read the live rows before or in the same instant as the log, never after it.</summary>
    public IReadOnlyList<ControlFinding> Compare(IEnumerable<ControlRecord> live) => Compare(live.Select(ControlRows.DigestOf));

    public IReadOnlyList<ControlFinding> Compare(IEnumerable<RowDigest> live)
    {
        var findings = new List<ControlFinding>();
        var unseen = new Dictionary<(string, UInt128), RowDigest>(newest);
        foreach (var found in live)
        {
            if (!unseen.Remove((found.Table, found.Id), out var logged))
            {
                findings.Add(new ControlFinding(found.Table, found.Id, found.Version, ControlMismatch.Unlogged));
            }
            else if (logged.Version != found.Version || !logged.Digest.AsSpan().SequenceEqual(found.Digest))
            {
                findings.Add(new ControlFinding(found.Table, found.Id, found.Version, ControlMismatch.Differs));
            }
        }

        findings.AddRange(unseen.Values.Select(gone => new ControlFinding(gone.Table, gone.Id, gone.Version, ControlMismatch.Missing)));
        return [.. findings.OrderBy(finding => finding.Table, StringComparer.Ordinal).ThenBy(finding => finding.Id)];
    }
}
