using System.Buffers;
using System.IO.Pipelines;

namespace Strongroom.Collect.Intake;

/// <param name="Number">From 1.</param>
/// <param name="Bytes">Without the line end; null when the line was longer than allowed and was skipped.</param>
internal readonly record struct Line(long Number, byte[]? Bytes);

/// <summary>Lines of a stream in bounded memory. A line that is too long is skipped to its end, and the rest goes on.</summary>
internal sealed class LineReader(PipeReader input, int longest)
{
    private long number;
    private bool skipping;

    /// <summary>Bytes read so far, up to and with the end of the last line given out.</summary>
    public long Consumed { get; private set; }

    /// <summary>The next line, or null at the end. A last line without a line end counts.</summary>
    public async ValueTask<Line?> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            var read = await input.ReadAsync(ct);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Taken(buffer.Slice(0, end));
                Consumed += buffer.Slice(0, end).Length + 1;
                input.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted)
            {
                var rest = buffer.IsEmpty && !skipping ? (Line?)null : Taken(buffer);
                Consumed += buffer.Length;
                input.AdvanceTo(buffer.End);
                return rest;
            }

            if (skipping || buffer.Length > longest)
            {
                skipping = true;
                Consumed += buffer.Length;
                input.AdvanceTo(buffer.End);
            }
            else
            {
                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
    }

    private Line Taken(ReadOnlySequence<byte> bytes)
    {
        var tooLong = skipping || bytes.Length > longest;
        skipping = false;
        return new Line(++number, tooLong ? null : bytes.ToArray());
    }
}
