using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit.Verify;

/// <summary>
/// The log's own tables, from one snapshot: <see cref="OfflineSqlite"/> for a data folder nobody serves, <see cref="Database"/> otherwise.
/// Checks also that the search columns repeat the header, that details fit their hash (with <paramref name="sealer"/>), that every range
/// lies where it should, and the chains of entries not merged yet.
/// </summary>
internal sealed class DatabaseSource(Tx tx, ISecretSealer? sealer) : ILogSource
{
    public bool ManyAtOnce => false;

    public async Task<byte[]?> CheckpointAsync(CancellationToken ct) => (await LogStore.PublishedAsync(tx))?.Note;

    public async IAsyncEnumerable<(long Size, byte[] Note)> CheckpointsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        const int Page = 256;
        var after = -1L;
        while (await LogStore.CheckpointsAfterAsync(tx, after, Page) is { Count: > 0 } rows)
        {
            foreach (var row in rows)
            {
                yield return (row.Size, row.Note!);
            }

            after = rows[^1].Size;
        }
    }

    public async Task<IReadOnlyList<SourceEntry>> EntriesAsync(long first, int count, CancellationToken ct)
    {
        var rows = await VerifyStore.EntriesAsync(tx, first, first + count);
        return [.. rows.Select(row => new SourceEntry(row.Idx, row.Id.Length == 16 ? EntryId.From(row.Id) : null, row.Body, Fault(row)))];
    }

    public Task<byte[]?> TileAsync(TileId tile, CancellationToken ct) => LogStore.TileAsync(tx, tile);

    public async Task<VerifyResult.Broken?> OutsideAsync(CancellationToken ct)
    {
        if (await VerifyStore.HeadSizeAsync(tx) is null)
        {
            return new VerifyResult.Broken("verify.pending", null, null, new Bilingual("日志头行不见了", "The row of the log's head is gone"));
        }

        try
        {
            // Looks at every chain's link to its merged part and at what is not merged yet; most 2^20 entries of a chain.
            await MergePlan.ReadAsync(tx, 0, 1 << 20);
        }
        catch (LogAlarmException e)
        {
            return new VerifyResult.Broken("verify.pending", null, Id.TryParse<EntryId>(e.Alarm.Where, out var id) ? id : null,
                new Bilingual($"{e.Alarm.Text.Zh} [{e.Alarm.Where}]", $"{e.Alarm.Text.En} [{e.Alarm.Where}]"));
        }

        var (merged, written, chained) = await VerifyStore.CountsAsync(tx);
        return merged == await VerifyStore.HeadSizeAsync(tx) && written == chained ? null : new VerifyResult.Broken("verify.pending", null, null,
            new Bilingual("条目、区段与链的数目不一致", "The numbers of entries, ranges and chains do not agree"));
    }

    /// <summary>What of the row does not follow from its body; null when everything does.</summary>
    private string? Fault(StoredEntry row)
    {
        if (!LogHeader.TryParse(row.Body, out var header))
        {
            return "header";
        }

        var fact = header.Fact;
        var columns = header.Id.Bytes.AsSpan().SequenceEqual(row.Id)
            && header.At == row.At
            && fact.Act.Value == row.Act
            && Kebab.Of(fact.Actor.Kind) == row.ActorKind
            && Same(fact.Actor.Id is { } actor ? Id.Bytes(actor) : null, row.Actor)
            && Same(header.Customer?.Bytes, row.Customer)
            && fact.Purpose?.Value == row.Purpose
            && (fact.Decision is { } decision ? Kebab.Of(decision) : null) == row.Decision;
        return !columns ? "columns" : DetailsFit(header, row.Details) ? null : "details";
    }

    private bool DetailsFit(LogHeader header, byte[]? details)
    {
        if (details is null || sealer is null)
        {
            return details is null || header.DetailsHash is not null;
        }

        try
        {
            return header.DetailsHash is { } hash && Same(hash, SHA256.HashData(sealer.Open(EntryDetails.Use(header.Id), details)));
        }
        catch (BrokenSealException)
        {
            return false;
        }
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);
}
