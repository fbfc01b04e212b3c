using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Outbox;

/// <summary>A row of <c>outbox</c>; nothing in it counts until its MAC has been checked.</summary>
/// <param name="Due">UTC milliseconds of the next attempt.</param>
/// <param name="Failure">Code of the last failed attempt, empty without one.</param>
/// <param name="Ended">UTC milliseconds, 0 while it waits.</param>
internal sealed record OutboxRow(
    byte[] Id, string Template, byte[] Person, string Channel, string Content, long Created, long Due, long Attempts, string State, string Failure, long Ended, byte[] Mac);

/// <summary>Rows of <c>outbox</c>.</summary>
internal static class OutboxStore
{
    private const string Columns = "id, template, person, channel, content, created, due, attempts, state, failure, ended, mac";

    public static Task InsertAsync(Tx tx, OutboxRow row) => tx.ExecuteAsync(
        $"""
        INSERT INTO outbox ({Columns})
        VALUES (@Id, @Template, @Person, @Channel, @Content, @Created, @Due, @Attempts, @State, @Failure, @Ended, @Mac)
        """,
        row);

    /// <summary>Those whose time has come, oldest first.</summary>
    public static Task<IReadOnlyList<OutboxRow>> DueAsync(Tx tx, string channel, long now, int most) => tx.QueryAsync<OutboxRow>(
        $"SELECT {Columns} FROM outbox WHERE channel = @channel AND state = @waiting AND due <= @now ORDER BY due, id LIMIT @most",
        new { channel, waiting = Kebab.Of(OutboxState.Waiting), now, most });

    /// <summary>Newest first.</summary>
    public static Task<IReadOnlyList<OutboxRow>> NewestAsync(Tx tx, OutboxState? state, int most) => tx.QueryAsync<OutboxRow>(
        $"SELECT {Columns} FROM outbox WHERE @state = '' OR state = @state ORDER BY created DESC, id LIMIT @most",
        new { state = state is { } known ? Kebab.Of(known) : "", most });

    public static Task<OutboxRow?> FindAsync(Tx tx, OutboxId id) =>
        tx.QueryOneAsync<OutboxRow>($"SELECT {Columns} FROM outbox WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    /// <summary>Whether this person was sent such a notice since then.</summary>
    public static async Task<bool> AnySinceAsync(Tx tx, string template, PersonId person, long since) => await tx.QueryOneAsync<long?>(
        "SELECT created FROM outbox WHERE template = @template AND person = @person AND created >= @since ORDER BY created DESC LIMIT 1",
        new { template, person = person.Bytes, since }) is not null;

    /// <summary>Writes a new state over exactly the one that was read; false when somebody was faster.</summary>
    public static async Task<bool> ReplaceAsync(Tx tx, OutboxRow before, OutboxRow after) => 1 == await tx.ExecuteAsync(
        """
        UPDATE outbox SET due = @Due, attempts = @Attempts, state = @State, failure = @Failure, ended = @Ended, mac = @Mac
        WHERE id = @Id AND mac = @old
        """,
        new { after.Due, after.Attempts, after.State, after.Failure, after.Ended, after.Mac, after.Id, old = before.Mac });

    public static Task<int> ForgetAsync(Tx tx, long endedBefore) => tx.ExecuteAsync(
        "DELETE FROM outbox WHERE ended > 0 AND ended < @endedBefore AND state <> @waiting", new { endedBefore, waiting = Kebab.Of(OutboxState.Waiting) });
}
