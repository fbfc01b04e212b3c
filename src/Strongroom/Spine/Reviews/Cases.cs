using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews;

/// <summary>One authentic case.</summary>
/// <param name="Version">From 1; 0 for one that is not stored yet.</param>
/// <param name="Changed">UTC milliseconds.</param>
internal sealed record Case<T>(CaseId Id, string State, T Content, long Version = 0, long Changed = 0)
{
    public CaseId? Parent { get; init; }

    /// <summary>Whom it concerns: he never decides it.</summary>
    public PersonId? Person { get; init; }

    /// <summary>People see smaller ones first.</summary>
    public long Sort { get; init; }

    public CaseCursor Cursor => new(Sort, Id);
}

/// <summary>
/// Cases in the data database: authentic rows like control rows, but without the configuration epoch, since no decision reads them. An
/// altered one counts as absent and raises the alarm.
/// </summary>
internal sealed class Cases(IMac mac, ISecretSealer sealer, Members members, ControlAlarms alarms, IEnumerable<ICommitGuards> guards, TimeProvider time)
{
    public const string Table = "case_row";

    /// <summary>An id that follows from what the case is about, so that the same thing seen twice is one case. Keyed: the parts may be personal.</summary>
    public CaseId IdOf(string kind, params ReadOnlySpan<string> parts)
    {
        var message = new ControlMessage("case-id").Text(kind);
        foreach (var part in parts)
        {
            message.Text(part);
        }

        return CaseId.From(mac.Mac(MacUse.TokenHash, message.ToArray())[..16]);
    }

    public async Task<Case<T>?> FindAsync<T>(Tx tx, string kind, CaseId id, bool hold = false) =>
        await CaseStore.FindAsync(tx, kind, id, hold) is { } row ? Opened<T>(row) : null;

    public async Task<IReadOnlyList<Case<T>>> PageAsync<T>(Tx tx, CaseQuery query) => [.. (await CaseStore.PageAsync(tx, query)).Select(Opened<T>).OfType<Case<T>>()];

    /// <summary>Writes a new case or the next version of one that was read in this transaction; the digest goes into the entry of the change.</summary>
    /// <exception cref="CaseChangedException">Somebody was faster: roll back.</exception>
    public async Task<RowDigest> SaveAsync<T>(Tx tx, string kind, Case<T> next) =>
        await WriteAsync(tx, kind, next) is { } row ? DigestOf(row) : throw new CaseChangedException();

    /// <summary>The same for a case that may be there already; null: it is, and stays as it was.</summary>
    public async Task<RowDigest?> AddAsync<T>(Tx tx, string kind, Case<T> next) => await WriteAsync(tx, kind, next with { Version = 0 }) is { } row ? DigestOf(row) : null;

    /// <summary>Words that people write about a case: never in clear in a row.</summary>
    public byte[]? Seal(CaseId id, string? words) => string.IsNullOrWhiteSpace(words) ? null : sealer.Seal(Label(id), Encoding.UTF8.GetBytes(words.Trim()));

    public string? Open(CaseId id, byte[]? words) => words is null ? null : Encoding.UTF8.GetString(sealer.Open(Label(id), words));

    private static string Label(CaseId id) => $"case/{id}";

    /// <summary>Runs a change as one transaction and answers a lost race as such.</summary>
    public async Task<Outcome<T>> ChangeAsync<T>(Func<Tx, Task<Outcome<T>>> change, CancellationToken ct)
    {
        try
        {
            return await members.ChangeAsync(change, ct);
        }
        catch (CaseChangedException)
        {
            return Reasons.RowChanged;
        }
    }

    /// <summary>The same for what somebody does: refused when his session or his rights have changed since he was let in (R24).</summary>
    /// <param name="by">Null: the installation itself.</param>
    public Task<Outcome<T>> ChangeAsync<T>(Actor? by, Func<Tx, Task<Outcome<T>>> change, CancellationToken ct) =>
        ChangeAsync<T>(async tx => by is null || await ApprovalDesk.StandsAsync(tx, guards, by) ? await change(tx) : Reasons.RowChanged, ct);

    private async Task<CaseRecord?> WriteAsync<T>(Tx tx, string kind, Case<T> next)
    {
        var row = new CaseRecord(
            kind, next.Id.Bytes, next.Parent?.Bytes, next.Person?.Bytes, next.State, next.Sort, next.Version + 1, time.NowMs(),
            JsonSerializer.Serialize(next.Content, ControlRows.Json), []);
        row = row with { Mac = MacOf(row) };
        return await (next.Version == 0 ? CaseStore.InsertAsync(tx, row) : CaseStore.ReplaceAsync(tx, row)) ? row : null;
    }

    private Case<T>? Opened<T>(CaseRecord row)
    {
        if (!CryptographicOperations.FixedTimeEquals(row.Mac, MacOf(row)))
        {
            Alarm(row, ControlFault.Tampered);
            return null;
        }

        try
        {
            return new Case<T>(CaseId.From(row.Id), row.State, JsonSerializer.Deserialize<T>(row.Content, ControlRows.Json)!, row.Version, row.Changed)
            {
                Parent = row.Parent is null ? null : CaseId.From(row.Parent),
                Person = row.Person is null ? null : PersonId.From(row.Person),
                Sort = row.Sort,
            };
        }
        catch (JsonException)
        {
            Alarm(row, ControlFault.Unreadable);
            return null;
        }
    }

    private void Alarm(CaseRecord row, ControlFault fault) =>
        alarms.Raise(new ControlRecord("case", row.Id, row.Version, row.Content, row.Changed, row.Mac), fault);

    public static RowDigest DigestOf(CaseRecord row) => new(
        $"{Table}.{row.Kind}", CaseId.From(row.Id).Value, row.Version, SHA256.HashData([.. Message(row), .. row.Mac]));

    private byte[] MacOf(CaseRecord row) => mac.Mac(MacUse.ControlRow, Message(row));

    private static byte[] Message(CaseRecord row) => new ControlMessage(Table).Text(row.Kind).Bytes(row.Id).Bytes(row.Parent).Bytes(row.Person)
        .Text(row.State).Number(row.Sort).Number(row.Version).Number(row.Changed).Bytes(Encoding.UTF8.GetBytes(row.Content)).ToArray();
}

/// <summary>Somebody else's change came first; rolls the transaction back.</summary>
internal sealed class CaseChangedException : Exception;
