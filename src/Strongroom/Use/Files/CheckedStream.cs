namespace Strongroom.Use.Files;

/// <summary>A stream that asks again, every so many bytes, whether what it was opened on still holds; if not, it breaks off.</summary>
/// <param name="inner">Where the bytes go.</param>
/// <param name="every">Bytes between two questions.</param>
/// <param name="holds">Whether the decision still stands.</param>
internal sealed class CheckedStream(Stream inner, long every, Func<CancellationToken, Task<bool>> holds) : Stream
{
    private long sent;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="DecisionMovedException">What the decision rested on has changed.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (sent >= every)
        {
            if (!await holds(cancellationToken))
            {
                throw new DecisionMovedException();
            }

            sent = 0;
        }

        await inner.WriteAsync(buffer, cancellationToken);
        sent += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException("The stream is asynchronous.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is asynchronous.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>What an opened file rested on changed while it was being sent: the rest is not sent.</summary>
internal sealed class DecisionMovedException() : Exception("What this was decided on has changed; the rest is not sent.");
