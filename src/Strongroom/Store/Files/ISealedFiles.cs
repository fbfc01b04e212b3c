using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Files;

/// <summary>Where a file belongs: it opens only there.</summary>
internal sealed record FilePlace(CustomerId Customer, RecordId Record, ItemKey Item, int Version, Compartment Compartment);

/// <param name="Size">Length of the sealed form in bytes.</param>
/// <param name="Digest">SHA-256 of the sealed form: names this file and tells nothing of its content.</param>
internal sealed record StoredFile(FileId Id, FilePlace Place, long Size, byte[] Digest, long Created);

/// <summary>Images, recordings and documents: sealed in chunks under the customer's keys, kept as rows of their compartment, in constant memory.</summary>
internal interface ISealedFiles
{
    /// <summary>
    /// Seals and stores a stream. Until <see cref="AttachAsync"/> the file belongs to nothing and the sweep removes it; its id is what the
    /// record's item then holds (32 hex digits).
    /// </summary>
    Task<StoredFile> WriteAsync(CustomerKeys keys, FilePlace place, Stream plain, CancellationToken ct = default);

    /// <summary>Makes the file part of the data, in the transaction that writes the item. False when it is not there, incomplete, or of another place.</summary>
    Task<bool> AttachAsync(Tx tx, FileId id, FilePlace place);

    /// <summary>The file's row; null when there is none, it is not attached, or the row was altered.</summary>
    Task<StoredFile?> FindAsync(FileId id, CancellationToken ct = default);

    /// <summary>Opens a file into a stream and returns the plain length. Each chunk is genuine before it is written; the whole only when this returns.</summary>
    /// <exception cref="BrokenSealException">Altered, cut, moved, or of other keys.</exception>
    Task<long> OpenAsync(CustomerKeys keys, StoredFile file, Stream output, CancellationToken ct = default);

    /// <summary>Deletes files and their chunks.</summary>
    Task DeleteAsync(Tx tx, IReadOnlyCollection<FileId> files);

    /// <summary>Deletes files that were begun before an instant (UTC ms) and never attached; returns how many.</summary>
    Task<int> SweepAsync(long createdBefore, CancellationToken ct = default);
}
