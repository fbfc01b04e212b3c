using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Accounts;

/// <summary>SQL of the table of last sign-ins.</summary>
internal static class AccountUseStore
{
    public static Task UsedAsync(Tx tx, PersonId person, long now) => tx.ExecuteAsync(
        "INSERT INTO account_use (person, last_used) VALUES (@person, @now) ON CONFLICT (person) DO UPDATE SET last_used = excluded.last_used",
        new { person = person.Bytes, now });

    /// <summary>When he last signed in, UTC milliseconds; null: never.</summary>
    public static async Task<long?> LastAsync(Tx tx, PersonId person) =>
        (await tx.QueryAsync<long>("SELECT last_used FROM account_use WHERE person = @person", new { person = person.Bytes })) is [var last] ? last : null;

    public static async Task<IReadOnlyDictionary<PersonId, long>> AllAsync(Tx tx) =>
        (await tx.QueryAsync<UseRow>("SELECT person, last_used AS lastused FROM account_use")).ToDictionary(row => PersonId.From(row.Person), row => row.LastUsed);

    private sealed record UseRow(byte[] Person, long LastUsed);
}
