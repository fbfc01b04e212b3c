using System.Text;
using Dapper;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

internal sealed record ChainRow(long Chain, string Node, long Lane, long Seq, byte[] Head, byte[] Mac);

internal sealed record TallyRow(long Until, string Kind, string Subject, string Reason, long N);

/// <summary>Writing entries and tallies.</summary>
internal static class AuditStore
{
    private const string Columns = "chain, seq, id, prev, body, mac, at, act, actor_kind, actor, customer, purpose, decision, details";

    // Statements of 1, 2, 4 … 64 rows: a batch of any size needs few round trips and few statements to keep prepared.
    private const int LargestInsert = 64;
    private static readonly Dictionary<int, string> Inserts = Enumerable.Range(0, 7).Select(i => 1 << i).ToDictionary(n => n, InsertOf);

    /// <summary>Appends to one of the node's chains, which stays locked until the transaction ends. Answers the head it then has.</summary>
    /// <exception cref="LogAlarmException">The chain is not as this installation's nodes left it: nothing is put on top of that.</exception>
    public static async Task<ChainHead> AppendAsync(Tx tx, LogChains chains, string node, int lane, IReadOnlyList<EntryDraft> drafts)
    {
        var chain = await LockChainAsync(tx, chains, node, lane);
        var (seq, head) = (chain.Seq, chain.Head);
        for (var done = 0; done < drafts.Count;)
        {
            var size = LargestInsert;
            while (size > drafts.Count - done)
            {
                size /= 2;
            }

            var parameters = new DynamicParameters();
            for (var i = 0; i < size; i++, seq++)
            {
                var mac = chains.EntryMac(chain.Chain, seq, head, drafts[done + i].Body);
                Bind(parameters, i, new ChainEntry(chain.Chain, seq, drafts[done + i].Header.Id.Bytes, head, drafts[done + i].Body, mac), drafts[done + i]);
                head = ChainHash.Next(head, chain.Chain, seq, drafts[done + i].Body);
            }

            await tx.ExecuteAsync(Inserts[size], parameters);
            done += size;
        }

        var newest = new ChainHead(chain.Chain, node, lane, seq, head);
        await tx.ExecuteAsync(
            "UPDATE log_chain SET seq = @seq, head = @head, mac = @mac WHERE chain = @Chain", new { seq, head, mac = chains.HeadMac(newest), chain.Chain });
        return newest;
    }

    public static async Task CountAsync(Tx tx, IEnumerable<TallyRow> tallies)
    {
        // One order for everybody, so that two nodes that count the same subjects do not wait for each other in a ring.
        foreach (var tally in tallies.OrderBy(t => (t.Until, t.Kind, t.Subject, t.Reason)))
        {
            await tx.ExecuteAsync("""
                INSERT INTO log_tally (until, kind, subject, reason, n) VALUES (@Until, @Kind, @Subject, @Reason, @N)
                ON CONFLICT (until, kind, subject, reason) DO UPDATE SET n = log_tally.n + excluded.n
                """, tally);
        }
    }

    /// <summary>Takes tallies whose period ended before <paramref name="now"/> (UTC ms) out of the table.</summary>
    public static async Task<IReadOnlyList<TallyRow>> TakeTalliesAsync(Tx tx, long now, int most)
    {
        var ended = await tx.QueryAsync<TallyRow>(
            "SELECT until, kind, subject, reason, n FROM log_tally WHERE until <= @now ORDER BY until, kind, subject, reason LIMIT @most" + tx.ForUpdate,
            new { now, most });
        foreach (var tally in ended)
        {
            await tx.ExecuteAsync(
                "DELETE FROM log_tally WHERE until = @Until AND kind = @Kind AND subject = @Subject AND reason = @Reason", tally);
        }

        return ended;
    }

    /// <summary>Erases details of entries older than an instant (UTC ms); answers how many.</summary>
    public static Task<int> EraseDetailsAsync(Tx tx, long before) =>
        tx.ExecuteAsync("UPDATE log_entry SET details = NULL WHERE at < @before AND details IS NOT NULL", new { before });

    private static async Task<ChainHead> LockChainAsync(Tx tx, LogChains chains, string node, int lane)
    {
        var sql = "SELECT chain, node, lane, seq, head, mac FROM log_chain WHERE node = @node AND lane = @lane" + tx.ForUpdate;
        if (await tx.QueryOneAsync<ChainRow>(sql, new { node, lane }) is { } found)
        {
            return chains.Checked(found);
        }

        var made = await tx.ExecuteAsync(
            "INSERT INTO log_chain (node, lane, seq, head, mac) VALUES (@node, @lane, 0, @genesis, @none) ON CONFLICT (node, lane) DO NOTHING",
            new { node, lane, genesis = ChainHash.Genesis, none = Array.Empty<byte>() });
        var row = (await tx.QueryOneAsync<ChainRow>(sql, new { node, lane }))!;

        // An empty chain is seen by nobody but the transaction that makes it, and by the end of that it has entries and a MAC.
        return made == 1 ? chains.Started(row) : chains.Checked(row);
    }

    private static string InsertOf(int rows)
    {
        var names = Columns.Split(", ");
        var sql = new StringBuilder($"INSERT INTO log_entry ({Columns}) VALUES ");
        sql.AppendJoin(", ", Enumerable.Range(0, rows).Select(i => "(" + string.Join(", ", names.Select(name => $"@{name}{i}")) + ")"));
        return sql.ToString();
    }

    private static void Bind(DynamicParameters row, int i, ChainEntry entry, EntryDraft draft)
    {
        var fact = draft.Header.Fact;
        row.Add($"chain{i}", entry.Chain);
        row.Add($"seq{i}", entry.Seq);
        row.Add($"id{i}", entry.Id);
        row.Add($"prev{i}", entry.Prev);
        row.Add($"body{i}", entry.Body);
        row.Add($"mac{i}", entry.Mac);
        row.Add($"at{i}", draft.Header.At);
        row.Add($"act{i}", fact.Act.Value);
        row.Add($"actor_kind{i}", Kebab.Of(fact.Actor.Kind));
        row.Add($"actor{i}", fact.Actor.Id is { } actor ? Id.Bytes(actor) : null, System.Data.DbType.Binary);
        row.Add($"customer{i}", draft.Header.Customer?.Bytes, System.Data.DbType.Binary);
        row.Add($"purpose{i}", fact.Purpose?.Value, System.Data.DbType.String);
        row.Add($"decision{i}", fact.Decision is { } decision ? Kebab.Of(decision) : null, System.Data.DbType.String);
        row.Add($"details{i}", draft.Details, System.Data.DbType.Binary);
    }
}
