using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

internal sealed record ChainRow(long Chain, string Node, long Lane, long Seq, byte[] Head, byte[] Mac);

internal sealed record TallyRow(long Until, string Kind, string Subject, string Reason, long N);

/// <summary>Writing entries and tallies.</summary>
internal static class AuditStore
{
    private const string Columns = "chain, seq, id, prev, body, mac, at, act, actor_kind, actor, customer, purpose, decision, details";

    // One statement whatever the number of rows, so that it stays prepared.
    private const string InsertMany = $"""
        INSERT INTO log_entry ({Columns})
        SELECT $1, seq, id, prev, body, mac, at, act, actor_kind, actor, customer, purpose, decision, details
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
          AS v (seq, id, prev, body, mac, at, act, actor_kind, actor, customer, purpose, decision, details)
        """;

    private const string InsertOne = $"INSERT INTO log_entry ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

    /// <summary>Appends to one of the node's chains, which stays locked until the transaction ends. Answers the head it then has.</summary>
    /// <exception cref="LogAlarmException">The chain is not as this installation's nodes left it: nothing is put on top of that.</exception>
    public static async Task<ChainHead> AppendAsync(Tx tx, LogChains chains, string node, int lane, IReadOnlyList<EntryDraft> drafts) =>
        await AppendAsync(tx, chains, node, lane, await tx.AskAsync(batch => AskChain(batch, node, lane)), drafts);

    /// <summary>The same on a chain that was asked for in this transaction.</summary>
    public static async Task<ChainHead> AppendAsync(Tx tx, LogChains chains, string node, int lane, IReadOnlyList<ChainRow> locked, IReadOnlyList<EntryDraft> drafts)
    {
        var chain = locked.Count > 0 ? chains.Checked(locked[0]) : await StartChainAsync(tx, chains, node, lane);
        var (seq, head) = (chain.Seq, chain.Head);
        var rows = new List<(ChainEntry Entry, EntryDraft Draft)>(drafts.Count);
        foreach (var draft in drafts)
        {
            var leaf = Rfc6962.Leaf(draft.Body);
            var mac = chains.EntryMac(chain.Chain, seq, head, leaf);
            rows.Add((new ChainEntry(chain.Chain, seq, draft.Header.Id.Bytes, head, draft.Body, mac), draft));
            head = ChainHash.Next(head, chain.Chain, seq, leaf);
            seq++;
        }

        var newest = new ChainHead(chain.Chain, node, lane, seq, head);
        var batch = tx.Batch();
        Insert(batch, tx.Engine, chain.Chain, rows);
        batch.Do("UPDATE log_chain SET seq = $1, head = $2, mac = $3 WHERE chain = $4", seq, head, chains.HeadMac(newest), chain.Chain);
        await tx.RunAsync(batch);
        return newest;
    }

    /// <summary>Asks for one of the node's chains and holds it until the transaction ends; no row when it has no entries yet.</summary>
    public static Rows<ChainRow> AskChain(Batch batch, string node, int lane) => batch.Ask(
        $"SELECT chain, node, lane, seq, head, mac FROM log_chain WHERE node = $1 AND lane = $2{batch.ForUpdate}",
        row => new ChainRow(
            row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4), row.GetFieldValue<byte[]>(5)),
        node,
        (long)lane);

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

    private static async Task<ChainHead> StartChainAsync(Tx tx, LogChains chains, string node, int lane)
    {
        var made = await tx.ExecuteAsync(
            "INSERT INTO log_chain (node, lane, seq, head, mac) VALUES (@node, @lane, 0, @genesis, @none) ON CONFLICT (node, lane) DO NOTHING",
            new { node, lane, genesis = ChainHash.Genesis, none = Array.Empty<byte>() });
        var row = (await tx.AskAsync(batch => AskChain(batch, node, lane)))[0];

        // An empty chain is seen by nobody but the transaction that makes it, and by the end of that it has entries and a MAC.
        return made == 1 ? chains.Started(row) : chains.Checked(row);
    }

    private static void Insert(Batch batch, Engine engine, long chain, List<(ChainEntry Entry, EntryDraft Draft)> rows)
    {
        if (engine == Engine.Postgres)
        {
            batch.Do(
                InsertMany,
                chain,
                Column(rows, (entry, _) => entry.Seq),
                Column(rows, (entry, _) => entry.Id),
                Column(rows, (entry, _) => entry.Prev),
                Column(rows, (entry, _) => entry.Body),
                Column(rows, (entry, _) => entry.Mac),
                Column(rows, (_, draft) => draft.Header.At),
                Column(rows, (_, draft) => draft.Header.Fact.Act.Value),
                Column(rows, (_, draft) => Kebab.Of(draft.Header.Fact.Actor.Kind)),
                Column(rows, (_, draft) => ActorOf(draft)),
                Column(rows, (_, draft) => draft.Header.Customer?.Bytes),
                Column(rows, (_, draft) => draft.Header.Fact.Purpose?.Value),
                Column(rows, (_, draft) => DecisionOf(draft)),
                Column(rows, (_, draft) => draft.Details));
            return;
        }

        foreach (var (entry, draft) in rows)
        {
            batch.Do(
                InsertOne, chain, entry.Seq, entry.Id, entry.Prev, entry.Body, entry.Mac, draft.Header.At, draft.Header.Fact.Act.Value,
                Kebab.Of(draft.Header.Fact.Actor.Kind), ActorOf(draft), draft.Header.Customer?.Bytes, draft.Header.Fact.Purpose?.Value, DecisionOf(draft),
                draft.Details);
        }
    }

    private static T[] Column<T>(List<(ChainEntry Entry, EntryDraft Draft)> rows, Func<ChainEntry, EntryDraft, T> value)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i].Entry, rows[i].Draft);
        }

        return column;
    }

    private static byte[]? ActorOf(EntryDraft draft) => draft.Header.Fact.Actor.Id is { } actor ? Id.Bytes(actor) : null;

    private static string? DecisionOf(EntryDraft draft) => draft.Header.Fact.Decision is { } decision ? Kebab.Of(decision) : null;
}
