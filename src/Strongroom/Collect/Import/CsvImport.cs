using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Strongroom.Collect.Intake;
using Strongroom.Ground;

namespace Strongroom.Collect.Import;

/// <summary>
/// Imports a CSV file through a running server, as a logged caller, in constant memory (R20, R26). Rows go in chunks; after each the rejects
/// and then the resume file are durable, so a killed import goes on where it stood. What the killed chunk had taken in already comes
/// back as known, for every row names its source: nobody is doubled and rows = created + known + rejected holds to the line.
/// </summary>
internal sealed class CsvImport(ImportOptions options, TimeProvider time)
{
    public async Task<ImportOutcome> RunAsync(Action<ImportProgress>? progress = null, CancellationToken ct = default)
    {
        try
        {
            return await ImportAsync(progress, ct);
        }
        catch (ImportFileException unsafeFile)
        {
            return new ImportOutcome.Unfit([unsafeFile.Error]);
        }
    }

    private async Task<ImportOutcome> ImportAsync(Action<ImportProgress>? progress, CancellationToken ct)
    {
        var read = MappingReader.Read(options.MappingFile);
        if (read is MappingRead.Broken broken)
        {
            return Unfit(broken);
        }

        var mapping = ((MappingRead.Good)read).Mapping;
        if (!File.Exists(options.File))
        {
            return new ImportOutcome.Unfit([new FieldError("", "file.missing", "找不到要导入的文件。", "The file to import is not there.")]);
        }

        var digest = await ImportFiles.DigestAsync(options.File, ct);
        var mapped = await ImportFiles.DigestAsync(options.MappingFile, ct);
        if (!TryResume(digest, mapped, out var state, out var problem))
        {
            return new ImportOutcome.Unfit([problem!]);
        }

        var errors = new List<FieldError>();
        var (header, begin) = await HeaderAsync(mapping, errors, ct);
        var mapper = header is null ? null : RowMapper.Make(mapping, digest, header, errors);
        if (mapper is null)
        {
            return new ImportOutcome.Unfit(errors);
        }

        var from = state ?? new ImportState(ImportState.Version, digest, mapped, begin!.End, begin.NextLine, ImportCounts.None, 0);
        return await RowsAsync(mapping, mapper, from, resumed: state is not null, progress, ct);
    }

    private async Task<ImportOutcome> RowsAsync(
        ImportMapping mapping, RowMapper mapper, ImportState state, bool resumed, Action<ImportProgress>? progress, CancellationToken ct)
    {
        await using var file = new FileStream(options.File, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        file.Seek(state.Offset, SeekOrigin.Begin);
        using var rejects = ImportFiles.OpenRejects(options.Rejects, state.RejectsLength);
        var csv = new CsvFile(PipeReader.Create(file), mapping.Delimiter, mapping.Trim, state.Offset, state.Line);
        var client = new ImportClient(options.Http, time);
        var chunk = new Chunk(mapper);
        var (started, before) = (time.GetTimestamp(), state.Counts.Rows);
        while (true)
        {
            await chunk.FillAsync(csv, options.Chunk, ct);
            if (chunk.Records.Count == 0)
            {
                break;
            }

            IReadOnlyList<BulkResult> results = [];
            if (chunk.Sent > 0)
            {
                var (answered, why) = await client.SendAsync(mapping.Form, chunk.Lines, chunk.Sent, ct);
                if (answered is null)
                {
                    return new ImportOutcome.Stopped(state.Counts, why!);
                }

                results = answered;
            }

            var counts = chunk.Settle(results, state.Counts, (line, column, error) => ImportFiles.WriteReject(rejects, line, column, error));
            rejects.Flush(flushToDisk: true);
            var last = chunk.Records[^1];
            state = state with { Offset = last.End, Line = last.NextLine, Counts = counts, RejectsLength = rejects.Length };
            ImportFiles.WriteState(options.Resume, state);
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            progress?.Invoke(new ImportProgress(
                counts.Rows, counts.Created, counts.Known, counts.Rejected, state.Offset, file.Length, seconds > 0 ? (counts.Rows - before) / seconds : 0));
        }

        File.Delete(options.Resume);
        return new ImportOutcome.Done(state.Counts, resumed);
    }

    private bool TryResume(string digest, string mapped, out ImportState? state, out FieldError? problem)
    {
        (state, problem) = (null, null);
        try
        {
            state = ImportFiles.ReadState(options.Resume);
        }
        catch (JsonException)
        {
            problem = new FieldError("", "resume.unreadable", "续传文件读不懂,请换一个位置或删去它。", "The resume file cannot be read. Name another one, or delete it.");
            return false;
        }

        if (state is null || (state.File == digest && state.Mapping == mapped))
        {
            return true;
        }

        problem = state.File == digest
            ? new FieldError("", "resume.mapping", "映射文件在中断之后改过。改回原样,或删去续传文件重新开始(不会重复)。", "The mapping has changed since the import stopped. Restore it, or delete the resume file and start again; nothing doubles.")
            : new FieldError("", "resume.file", "续传文件属于另一个文件。请换一个位置或删去它。", "The resume file belongs to another file. Name another one, or delete it.");
        return false;
    }

    private async Task<(IReadOnlyList<string>? Header, CsvRecord? Record)> HeaderAsync(ImportMapping mapping, List<FieldError> errors, CancellationToken ct)
    {
        await using var file = new FileStream(options.File, FileMode.Open, FileAccess.Read, FileShare.Read);
        var record = await new CsvFile(PipeReader.Create(file), mapping.Delimiter, trim: true).NextAsync(ct);
        if (record?.Fields is null)
        {
            errors.Add(record?.Fault is { } fault ? fault with { At = "1" } : new FieldError("1", "csv.empty", "文件是空的。", "The file is empty."));
        }

        return (record?.Fields, record);
    }

    private static ImportOutcome.Unfit Unfit(MappingRead.Broken broken) => new([.. broken.Mistakes.Select(mistake => new FieldError(
        $"{mistake.Line}:{mistake.Column} {mistake.Path}", mistake.Code, mistake.Text.Zh + mistake.Fix.Zh, $"{mistake.Text.En} {mistake.Fix.En}"))]);

    /// <summary>Some records and the lines that were made of the good ones.</summary>
    private sealed class Chunk(RowMapper mapper)
    {
        private readonly ArrayBufferWriter<byte> lines = new(1 << 16);

        public List<CsvRecord> Records { get; } = [];

        public int Sent { get; private set; }

        public ReadOnlyMemory<byte> Lines => lines.WrittenMemory;

        public async Task FillAsync(CsvFile csv, int most, CancellationToken ct)
        {
            lines.ResetWrittenCount();
            Records.Clear();
            Sent = 0;
            while (Records.Count < most && lines.WrittenCount < (1 << 20) && await csv.NextAsync(ct) is { } record)
            {
                if (record.Fields is { } fields && fields.Count != mapper.Columns)
                {
                    record = record with { Fields = null, Fault = new FieldError("", CsvFaults.Columns.Code, CsvFaults.Columns.Zh, CsvFaults.Columns.En) };
                }

                Records.Add(record);
                if (record.Fields is { } good)
                {
                    mapper.Write(good, lines);
                    Sent++;
                }
            }
        }

        /// <summary>Counts every record once and tells the rejected ones, in the order of the file.</summary>
        public ImportCounts Settle(IReadOnlyList<BulkResult> results, ImportCounts counts, Action<long, string, FieldError> reject)
        {
            var next = 0;
            foreach (var record in Records)
            {
                var result = record.Fields is null ? null : results[next++];
                counts = counts with
                {
                    Rows = counts.Rows + 1,
                    Created = counts.Created + (result?.Status == BulkStatus.Created ? 1 : 0),
                    Known = counts.Known + (result?.Status == BulkStatus.Known ? 1 : 0),
                    Rejected = counts.Rejected + (result is null or { Status: BulkStatus.Rejected } ? 1 : 0),
                };
                foreach (var error in result is null ? [record.Fault!] : result.Errors ?? [])
                {
                    reject(record.Line, mapper.ColumnOf(error.At), error);
                }
            }

            return counts;
        }
    }
}
