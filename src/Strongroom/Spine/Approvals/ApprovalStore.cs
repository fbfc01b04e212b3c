using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Approvals;

/// <summary>Rows of <c>approval_index</c>: how requests are found. No right follows from them.</summary>
internal static class ApprovalStore
{
    public static Task PutAsync(Tx tx, ApprovalId id, ApprovalContent content, long? due) => tx.ExecuteAsync(
        """
        INSERT INTO approval_index (id, entity, requester, requested, due) VALUES (@id, @entity, @requester, @Requested, @due)
        ON CONFLICT (id) DO UPDATE SET due = excluded.due
        """,
        new { id = id.Bytes, entity = content.Entity.Bytes, requester = content.Requester.Bytes, content.Requested, due });

    /// <summary>The newest requests of a person, and those of the legal entities in which he stands.</summary>
    public static async Task<IReadOnlyList<ApprovalId>> NewestAsync(Tx tx, PersonId person, IReadOnlyCollection<EntityId> entities, int most) =>
        [.. (await tx.QueryAsync<byte[]>(
            $"SELECT id FROM approval_index WHERE requester = @person OR entity {tx.AnyOf("entities")} ORDER BY requested DESC, id DESC LIMIT @most",
            new { person = person.Bytes, entities = tx.Set(entities.Select(entity => entity.Bytes).ToList()), most })).Select(Id.FromBytes<ApprovalId>)];

    public static async Task<IReadOnlyList<ApprovalId>> DueAsync(Tx tx, long now, int most) =>
        [.. (await tx.QueryAsync<byte[]>("SELECT id FROM approval_index WHERE due <= @now ORDER BY due LIMIT @most", new { now, most })).Select(Id.FromBytes<ApprovalId>)];

    /// <summary>Requests of these legal entities made in a span of time, oldest first, so many at most.</summary>
    public static async Task<IReadOnlyList<ApprovalId>> BetweenAsync(Tx tx, IReadOnlyCollection<EntityId> entities, long from, long until, int most) =>
        [.. (await tx.QueryAsync<byte[]>(
            $"SELECT id FROM approval_index WHERE entity {tx.AnyOf("entities")} AND requested >= @from AND requested < @until ORDER BY requested, id LIMIT @most",
            new { entities = tx.Set(entities.Select(entity => entity.Bytes).ToList()), from, until, most })).Select(Id.FromBytes<ApprovalId>)];

    /// <summary>One at a time for each person: whoever opens the glass waits for his other transaction.</summary>
    /// <returns>What he opened last; null: nothing, or before it was kept.</returns>
    public static async Task<ApprovalId?> TakeGlassAsync(Tx tx, PersonId person, long now)
    {
        await tx.ExecuteAsync(
            "INSERT INTO break_glass (person, opened) VALUES (@person, @now) ON CONFLICT (person) DO UPDATE SET opened = excluded.opened", new { person = person.Bytes, now });
        return await tx.QueryOneAsync<byte[]>("SELECT approval FROM break_glass WHERE person = @person AND approval IS NOT NULL", new { person = person.Bytes }) is { } id
            ? Id.FromBytes<ApprovalId>(id)
            : null;
    }

    public static Task KeepGlassAsync(Tx tx, PersonId person, ApprovalId approval) =>
        tx.ExecuteAsync("UPDATE break_glass SET approval = @approval WHERE person = @person", new { person = person.Bytes, approval = approval.Bytes });

    /// <summary>What a person requested since then, so many at most.</summary>
    public static async Task<IReadOnlyList<ApprovalId>> SinceAsync(Tx tx, PersonId person, long since, int most) =>
        [.. (await tx.QueryAsync<byte[]>(
            "SELECT id FROM approval_index WHERE requester = @person AND requested >= @since ORDER BY requested LIMIT @most",
            new { person = person.Bytes, since, most })).Select(Id.FromBytes<ApprovalId>)];

    /// <summary>False when there was an order of this number.</summary>
    public static async Task<bool> TakeOrderAsync(Tx tx, byte[] number, ApprovalId approval) => 1 == await tx.ExecuteAsync(
        "INSERT INTO work_order (number, approval) VALUES (@number, @approval) ON CONFLICT (number) DO NOTHING", new { number, approval = approval.Bytes });

    public static async Task<ApprovalId?> OrderAsync(Tx tx, byte[] number) =>
        await tx.QueryOneAsync<byte[]>("SELECT approval FROM work_order WHERE number = @number", new { number }) is { } id ? Id.FromBytes<ApprovalId>(id) : null;

    public static Task<IReadOnlyList<long>> RequestedAsync(Tx tx, PersonId person, long since) =>
        tx.QueryAsync<long>("SELECT requested FROM approval_index WHERE requester = @person AND requested >= @since", new { person = person.Bytes, since });
}
