using System.Security.Cryptography;

namespace Strongroom.Store.Files;

/// <summary>A stream that hands out what is written to it in pieces of fixed size, and digests it. Call <see cref="CompleteAsync"/> at the end.</summary>
internal sealed class ChunkWriteStream(int chunkSize, Func<long, byte[], Task> store) : Stream
{
    private readonly byte[] buffer = new byte[chunkSize];

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private int filled;

    public long Chunks { get; private set; }

    public long Size { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Stores the last piece; answers SHA-256 of everything written.</summary>
    public async Task<byte[]> CompleteAsync()
    {
        if (filled > 0)
        {
            await StoreAsync();
        }

        return hash.GetHashAndReset();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        hash.AppendData(source.Span);
        Size += source.Length;
        while (!source.IsEmpty)
        {
            var taken = Math.Min(source.Length, buffer.Length - filled);
            source[..taken].CopyTo(buffer.AsMemory(filled));
            filled += taken;
            source = source[taken..];
            if (filled == buffer.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await StoreAsync();
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously: pieces go to the database.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }

    private async Task StoreAsync()
    {
        // A copy: the database may run the write again while the next piece is being filled.
        await store(Chunks++, buffer.AsSpan(0, filled).ToArray());
        filled = 0;
    }
}

/// <summary>Reads pieces one after the other; holds one at a time.</summary>
internal sealed class ChunkReadStream(long chunks, Func<long, Task<byte[]?>> load) : Stream
{
    private ReadOnlyMemory<byte> rest;

    private long next;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken = default)
    {
        if (rest.IsEmpty && next < chunks)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // A missing piece ends the stream; the seal then finds that the end is not genuine.
            rest = await load(next++) ?? ReadOnlyMemory<byte>.Empty;
            if (rest.IsEmpty)
            {
                next = chunks;
            }
        }

        var taken = Math.Min(target.Length, rest.Length);
        rest[..taken].CopyTo(target);
        rest = rest[taken..];
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously: pieces come from the database.");

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
