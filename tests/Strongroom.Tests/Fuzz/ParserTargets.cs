using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Strongroom.Collect.Import;
using Strongroom.Collect.Intake;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Audit.Tlog;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Reviews;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Tests.Spine.Audit.Tlog;

namespace Strongroom.Tests.Fuzz;

/// <summary>Every parser of bytes that come from outside or from storage. What parses is printed again as it was.</summary>
internal static class ParserTargets
{
    private const string Note = """
        example.com/log/testdata
        15
        rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

        — example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=

        """;

    private static readonly string[] NoteWords = ["\n", "\n\n", "— ", "example.com/log/testdata", "15", "0", "-1", "18446744073709551616", "AAAA", "=", "\u0000", "\u2003"];
    private static readonly string[] JsonWords = ["{", "}", "[", "]", ":", ",", "\"", "null", "1e400", "-0", "99999999999999999999", "\\ud800", "\\u0000", "\"a\":", "true", "[[[[[[[[[["];
    private static readonly string[] YamlWords = ["{", "}", "[", "]", ": ", ",", "\n", "- ", "&a", "*a", "!!x", "'", "\"", "|", ">", "? ", "---\n", "...", "%YAML 9.9\n", "\t", "null", "~", "<<: ", "  "];

    public static IEnumerable<FuzzTarget> All() => [.. Log(), .. Text(), .. Stored()];

    private static IEnumerable<FuzzTarget> Log()
    {
        Assert.True(VerifierKey.TryParse(GoldenLogTests.TesseraKey, out var key, out _));
        var good = Encoding.UTF8.GetBytes(Note);
        yield return new FuzzTarget("signed-note", [good], NoteWords, bytes =>
        {
            if (!SignedNote.TryParse(bytes, out var note, out var reason))
            {
                return reason;
            }

            Assert.Equal(bytes, note.ToBytes());
            return $"{note.Signatures.Count} signatures";
        });
        yield return new FuzzTarget("checkpoint", [good], NoteWords, bytes =>
        {
            var opens = Checkpoint.TryOpen(bytes, key, out var checkpoint, out var reason);

            // Further signatures may stand beside the known one; the text that is believed is the signed one.
            Assert.True(!opens || (checkpoint!.Size == 15 && bytes.AsSpan().StartsWith(good.AsSpan(0, good.AsSpan().IndexOf("\n\n"u8)))));
            var text = Encoding.UTF8.GetString(bytes);
            return Checkpoint.TryParseText(text, out var read, out var why) && text.StartsWith(read.Text, StringComparison.Ordinal) ? $"read {opens}" : $"{reason} {why}";
        });
        yield return new FuzzTarget("verifier-key", [Encoding.UTF8.GetBytes(GoldenLogTests.TesseraKey)], ["+", "33d7b496", "AeHT", "=", "/", " "], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            return VerifierKey.TryParse(text, out var read, out var reason) ? Same(text, read.ToString(), "key") : reason;
        });
        yield return new FuzzTarget("tile-id", [.. new[] { "tile/0/000", "tile/entries/x001/067.p/15", "tile/1/x001/x234/067" }.Select(Encoding.UTF8.GetBytes)], ["tile/", "entries/", "x001/", "067", ".p/", "000", "256", "-1"], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            return TileId.TryParse(text, out var tile) ? Same(text, tile.ToString(), $"tile {text.Count(c => c == '/')}") : "no";
        });
        yield return new FuzzTarget("entry-bundle", [EntryBundle.Write([[1, 2, 3], [], [9]]), EntryBundle.Write([new byte[300]])], ["\u0000\u0000", "\u0000\u0001"], bytes =>
        {
            if (!EntryBundle.TryParse(bytes, 3, out var entries, out var reason))
            {
                return reason;
            }

            Assert.Equal(bytes, EntryBundle.Write([.. entries.Select(e => e.ToArray())]));
            return $"{entries.Count}";
        });
        yield return new FuzzTarget("tile", [new byte[96], new byte[32]], [], bytes => Tiles.TryParse(bytes, 3, out var hashes) ? Same(Convert.ToHexString(bytes), Convert.ToHexString(Tiles.Write(hashes)), "tile") : "no");
        yield return new FuzzTarget("log-header", [Header()], JsonWords, bytes =>
            LogHeader.TryParse(bytes, out var header) ? Same(Convert.ToHexString(bytes), Convert.ToHexString(header.ToBytes()), "header") : "no");
        yield return Proof();
        yield return new FuzzTarget("log-cursor", [Encoding.UTF8.GetBytes(new LogCursor(1_790_000_000_000, EntryId.From(7)).ToString())], ["-", ".", "_", "9"], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            return LogCursor.TryParse(text, out var cursor) ? Same(text, cursor.ToString(), "cursor") : "no";
        });
        yield return new FuzzTarget("case-cursor", [Encoding.UTF8.GetBytes(new CaseCursor(-1_790_000_000_000, CaseId.From(7)).ToString())], ["-", ".", "0", "9"], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            return CaseCursor.TryParse(text, out var cursor) ? Same(text, cursor.ToString(), "cursor") : "no";
        });
    }

    /// <summary>Sixteen leaves, and a proof for one: any other proof, index, size or root is refused.</summary>
    private static FuzzTarget Proof()
    {
        var leaves = Enumerable.Range(0, 16).Select(i => Rfc6962.Leaf([(byte)i])).ToArray();
        ValueTask<TreeHash> Read(int level, long n) => ValueTask.FromResult(Rfc6962.Root(leaves.AsSpan((int)(n << level), 1 << level)));
        var inclusion = Proofs.InclusionAsync(5, 16, Read).AsTask().GetAwaiter().GetResult();
        var consistency = Proofs.ConsistencyAsync(7, 16, Read).AsTask().GetAwaiter().GetResult();
        var (root, first) = (Rfc6962.Root(leaves), Proofs.RootAsync(7, Read).AsTask().GetAwaiter().GetResult());
        byte[] Packed(long a, long b, IReadOnlyList<TreeHash> proof) => [.. BitConverter.GetBytes(a), .. BitConverter.GetBytes(b), .. proof.SelectMany(hash => hash.ToArray())];
        var (good, goodToo) = (Packed(5, 16, inclusion), Packed(7, 16, consistency));
        return new FuzzTarget("proof", [good, goodToo], [], bytes =>
        {
            if (bytes.Length < 16)
            {
                return "short";
            }

            var (a, b) = (BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes, 8));
            var proof = bytes.Skip(16).Chunk(32).Where(chunk => chunk.Length == 32).Select(chunk => TreeHash.From(chunk)).ToArray();
            var same = bytes.Length % 32 == 16;
            var (included, consistent) = (Proofs.VerifyInclusion(a, b, leaves[5], proof, root), Proofs.VerifyConsistency(a, b, first, root, proof));

            // Whoever forges one has broken SHA-256; index and size alone may be others where the path runs alike.
            Assert.True(!included || proof.SequenceEqual(inclusion), "a forged inclusion proof");
            Assert.True(!consistent || proof.SequenceEqual(consistency), "a forged consistency proof");
            return $"{included} {consistent} {same} {proof.Length}";
        });
    }

    private static IEnumerable<FuzzTarget> Text()
    {
        yield return new FuzzTarget("csv", [.. new[] { "a,b\n1,2\n", "a,b\r\n\"x, y\",\"he said \"\"no\"\"\"\r\n", "a\n\"two\nlines\"\nlast" }.Select(Encoding.UTF8.GetBytes)], [",", "\"", "\"\"", "\n", "\r\n", "\uFEFF", "王", "\u0000"], Csv);
        yield return new FuzzTarget("ndjson-lines", [Encoding.UTF8.GetBytes("{\"a\":1}\n{\"b\":2}\n\n{}")], ["\n", "\r\n", "{", "}"], bytes =>
        {
            var reader = new LineReader(PipeReader.Create(new MemoryStream(bytes)), 64);
            var (lines, skipped, expected) = (0, 0, bytes.Length == 0 ? 0 : bytes.Count(b => b == '\n') + (bytes[^1] == '\n' ? 0 : 1));
            while (reader.NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } line)
            {
                Assert.Equal(++lines, line.Number);
                skipped += line.Bytes is null ? 1 : 0;
            }

            Assert.Equal((expected, bytes.LongLength), (lines, reader.Consumed));
            return $"{Math.Min(lines, 9)} {Math.Min(skipped, 3)}";
        });
        yield return new FuzzTarget("pack-yaml", [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "packs", "airline"), "*.yaml").Select(File.ReadAllBytes)], YamlWords, bytes =>
        {
            var mistakes = new PackMistakes();
            var map = PackYaml.Parse(bytes, "any", mistakes);
            Assert.True(map is not null || mistakes.Any);
            return map is null ? "refused" : "read";
        });
        yield return new FuzzTarget("mapping", [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.map.yaml").Select(File.ReadAllBytes)], [.. YamlWords, "form: ", "columns: ", "format: ", "csv: ", "source: ", "consent: "], bytes =>
        {
            if (MappingReader.Parse(bytes, "m.yaml") is not MappingRead.Broken broken)
            {
                return "read";
            }

            Assert.All(broken.Mistakes, mistake => Assert.True(mistake.Text.Zh.Length > 0 && mistake.Text.En.Length > 0 && mistake.Fix.En.Length > 0));
            return string.Join(' ', broken.Mistakes.Select(mistake => mistake.Code).Distinct().Order(StringComparer.Ordinal));
        });
        yield return new FuzzTarget("canonical-json", [.. new[] { "{\"b\":[1,2.5e3,-0],\"a\":\"\\u00e9\\n\"}", "[true,false,null,{}]" }.Select(Encoding.UTF8.GetBytes)], JsonWords, bytes =>
        {
            try
            {
                var once = CanonicalJson.ToBytes(bytes);
                Assert.Equal(once, CanonicalJson.ToBytes(once));
                return "canonical";
            }
            catch (Exception e) when (e is JsonException or CanonicalJsonException)
            {
                return e.GetType().Name;
            }
        });
        yield return new FuzzTarget("row-format", [Encoding.UTF8.GetBytes("31/01/1990"), Encoding.UTF8.GetBytes("7.25")], ["/", ".", "-", "e9", "年", " "], bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            return string.Join(' ', new[] { "kebab", "money:GBP", "date:dd/MM/yyyy" }.Select(format => RowFormat.Apply(format, text) == text));
        });
    }

    private static IEnumerable<FuzzTarget> Stored()
    {
        var pack = ItemPack.Write([new PackedItem(ItemKey.Of("mobile"), 2, 5, IntakeId.From(9), [1, 2, 3]), new PackedItem(ItemKey.Of("name"), 1, 5, IntakeId.From(9), [])]);
        yield return new FuzzTarget("item-pack", [pack, ItemPack.Write([])], ["mobile", "name", "\u0001", "\u0000\u0000\u0000\u0000"], bytes =>
        {
            if (!ItemPack.TryRead(bytes, out var items))
            {
                Assert.Empty(items);
                return "no";
            }

            Assert.Equal(bytes, ItemPack.Write(items));
            return $"{items.Count}";
        });
        yield return new FuzzTarget("signed-document", [Encoding.UTF8.GetBytes("{\"body\":{\"a\":1},\"sig\":{\"alg\":\"Ed25519\",\"key\":\"0011223344556677\",\"value\":\"" + Convert.ToBase64String(new byte[64]) + "\"}}")], [.. JsonWords, "\"body\":", "\"sig\":", "\"alg\":", "\"Ed25519\""], bytes =>
        {
            if (SignedDocument.Read(bytes) is not { } document)
            {
                return "no";
            }

            var verdict = document.Verify("consent-receipt", new byte[32], (_, _, _) => false);
            Assert.NotEqual(SignatureVerdict.Valid, verdict);
            return $"{verdict}";
        });
        yield return new FuzzTarget("token", [Encoding.UTF8.GetBytes("sr_" + new string('a', 32) + "_" + new string('b', 64))], ["sr_", "_", "Bearer "], bytes =>
            Secrets.TryReadToken(Encoding.UTF8.GetString(bytes), out var client, out var secret) ? Same(Encoding.UTF8.GetString(bytes), $"sr_{client}_{secret}", "token") : "no");
    }

    private static string Csv(byte[] bytes)
    {
        var csv = new CsvFile(PipeReader.Create(new MemoryStream(bytes)), ',', true, 0, 1);
        var (outcome, end) = (new SortedSet<string>(StringComparer.Ordinal), 0L);
        while (csv.NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is { } record)
        {
            Assert.True((record.Fields is null) != (record.Fault is null));
            Assert.InRange(record.End, end, bytes.Length);
            end = record.End;
            outcome.Add(record.Fault?.Code ?? $"{Math.Min(record.Fields!.Count, 4)}");
        }

        return string.Join(' ', outcome);
    }

    private static string Same(string expected, string printed, string outcome)
    {
        Assert.Equal(expected, printed);
        return outcome;
    }

    private static byte[] Header() => new LogHeader(
        EntryId.From(3), 1_790_000_000_000, "node-1",
        new LogFact
        {
            Act = FactName.Of("view"), Actor = LogActor.Of(PersonId.From(7)), Purpose = PurposeKey.Of("fulfil"), Items = [ItemKey.Of("mobile")],
            Decision = Verdict.Permit, Reasons = ["clear.mobile"], Rows = [new RowDigest("consent", 5, 2, new byte[32])],
        },
        null, null).ToBytes();
}
