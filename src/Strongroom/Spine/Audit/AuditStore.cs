using System.Text;
using Dapper;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

internal sealed record ChainRow(long Chain, long Seq, byte[] Head);

internal sealed record TallyRow(long Until, string Kind, string Subject, string Reason, long N);

/// <summary>Writing entries and tallies.</summary>
internal static class AuditStore
{
    private const string Columns = "chain, seq, id, prev, body, at, act, actor_kind, actor, customer, purpose, decision, details";

    // Statements of 1, 2, 4 … 64 rows: a batch of any size needs few round trips and few statements to keep prepared.
    private const int LargestInsert = 64;
    private static readonly Dictionary<int, string> Inserts = Enumerable.Range(0, 7).Select(i => 1 << i).ToDictionary(n => n, InsertOf);

    /// <summary>Appends to one of the node's chains, which stays locked until the transaction ends.</summary>
    public static async Task AppendAsync(Tx tx, string node, int lane, IReadOnlyList<EntryDraft> drafts)
    {
        var chain = await LockChainAsync(tx, node, lane);
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
                Bind(parameters, i, chain.Chain, seq, head, drafts[done + i]);
                head = ChainHash.Next(head, chain.Chain, seq, drafts[done + i].Body);
            }

            await tx.ExecuteAsync(Inserts[size], parameters);
            done += size;
        }

        await tx.ExecuteAsync("UPDATE log_chain SET seq = @seq, head = @head WHERE chain = @Chain", new { seq, head, chain.Chain });
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

    private static async Task<ChainRow> LockChainAsync(Tx tx, string node, int lane)
    {
        var sql = "SELECT chain, seq, head FROM log_chain WHERE node = @node AND lane = @lane" + tx.ForUpdate;
        if (await tx.QueryOneAsync<ChainRow>(sql, new { node, lane }) is { } found)
        {
            return found;
        }

        await tx.ExecuteAsync(
            "INSERT INTO log_chain (node, lane, seq, head) VALUES (@node, @lane, 0, @genesis) ON CONFLICT (node, lane) DO NOTHING",
            new { node, lane, genesis = ChainHash.Genesis });
        return (await tx.QueryOneAsync<ChainRow>(sql, new { node, lane }))!;
    }

    private static string InsertOf(int rows)
    {
        var names = Columns.Split(", ");
        var sql = new StringBuilder($"INSERT INTO log_entry ({Columns}) VALUES ");
        sql.AppendJoin(", ", Enumerable.Range(0, rows).Select(i => "(" + string.Join(", ", names.Select(name => $"@{name}{i}")) + ")"));
        return sql.ToString();
    }

    private static void Bind(DynamicParameters row, int i, long chain, long seq, byte[] prev, EntryDraft draft)
    {
        var fact = draft.Header.Fact;
        row.Add($"chain{i}", chain);
        row.Add($"seq{i}", seq);
        row.Add($"id{i}", draft.Header.Id.Bytes);
        row.Add($"prev{i}", prev);
        row.Add($"body{i}", draft.Body);
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
