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

    public static Task<IReadOnlyList<long>> RequestedAsync(Tx tx, PersonId person, long since) =>
        tx.QueryAsync<long>("SELECT requested FROM approval_index WHERE requester = @person AND requested >= @since", new { person = person.Bytes, since });
}
