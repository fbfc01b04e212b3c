using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Collect.Import;

namespace Strongroom.Tests.Collect.Import;

public sealed class CsvFileTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", "1:a|b 2:1|2")]
    [InlineData("a,b\r\n\"x, y\",\"he said \"\"no\"\"\"\r\n", "1:a|b 2:x, y|he said \"no\"")]
    [InlineData("a\n\"two\nlines\"\nlast", "1:a 2:two\nlines 4:last")]
    [InlineData("a , b \n 1,  \"q\"  \n", "1:a|b 2:1|q")]
    [InlineData("a,b\n\n,\n", "1:a|b 3:|")]
    [InlineData("a,b\n1,\"open\n2,x\n3,y\n", "1:a|b 2!csv.quote-open 3:2|x 4:3|y")]
    [InlineData("a,b\n1,\"open\n2,\"closed\"\n3,y\n", "1:a|b 2!csv.quote-open 3:2|closed 4:3|y")]
    [InlineData("a\n\"x\"y\nz\n", "1:a 2!csv.quote-text 3:z")]
    [InlineData("a\n\"open at the end", "1:a 2!csv.quote-open")]
    [InlineData("", "")]
    public async Task A_broken_record_costs_its_own_line(string text, string expected) =>
        Assert.Equal(expected, await ReadAsync(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Bytes_that_are_no_text_are_told_apart_and_skipped()
    {
        byte[] bytes = [.. "\uFEFFa,b\n"u8, 0xC3, 0x28, .. ",x\n"u8, .. "n\0l,x\n"u8, .. Encoding.UTF8.GetBytes(new string('h', 300_000)), .. "\n1,2\n"u8];

        Assert.Equal("1:a|b 2!csv.utf8 3!csv.nul 4!csv.too-long 5:1|2", await ReadAsync(bytes));
    }

    [Fact]
    public void Any_table_comes_back_and_reading_can_begin_after_any_record()
    {
        var field = Gen.Elements("", "a", "x,y", "\"q\"", "two\nlines", "王小明", "a b", "\"").ListOf(3);
        Prop.ForAll(Gen.NonEmptyListOf(field).ToArbitrary(), table =>
        {
            var rows = table.Select(row => row.ToList()).ToList();
            var text = string.Concat(rows.Select(row => string.Join(',', row.Select(Quoted)) + "\n"));
            var bytes = Encoding.UTF8.GetBytes(text);
            var all = ListAsync(bytes, trim: false, 0, 1).GetAwaiter().GetResult();
            var same = all.Count == rows.Count && all.Zip(rows).All(pair => pair.First.Fields!.SequenceEqual(pair.Second));
            return same && all.Index().All(one =>
            {
                var rest = ListAsync(bytes[(int)one.Item.End..], trim: false, one.Item.End, one.Item.NextLine).GetAwaiter().GetResult();
                return rest.Select(record => (record.Line, record.End)).SequenceEqual(all.Skip(one.Index + 1).Select(record => (record.Line, record.End)));
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_bytes_throw_and_every_byte_is_passed()
    {
        var any = Gen.Elements<byte>((byte)'a', (byte)',', (byte)'"', (byte)'\n', (byte)'\r', 0, 0xFF, 0xE7, (byte)' ').ArrayOf();
        Prop.ForAll(any.ToArbitrary(), bytes =>
        {
            var records = ListAsync(bytes, trim: true, 0, 1).GetAwaiter().GetResult();
            return records.All(record => (record.Fields is null) != (record.Fault is null)) && records.Select(record => record.End).Order().SequenceEqual(records.Select(record => record.End))
                && (records.Count == 0 || records[^1].End <= bytes.Length);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("kebab", "Bank transfer (automatic)", "bank-transfer-automatic")]
    [InlineData("kebab", "  DSL ", "dsl")]
    [InlineData("money:GBP", "7.25", "7.25 GBP")]
    [InlineData("date:dd/MM/yyyy", "31/01/1990", "1990-01-31")]
    [InlineData("date:dd/MM/yyyy", "31/02/1990", "31/02/1990")]
    [InlineData(null, "x", "x")]
    public void Formats(string? format, string text, string expected) => Assert.Equal(expected, RowFormat.Apply(format, text));

    [Theory]
    [InlineData("form: f\n", "notice")]
    [InlineData("forms: f\n", "forms")]
    [InlineData("form: [1]\n", "form")]
    [InlineData("form: f\ncolumns: {mobile: {from: A, form: x}}\n", "columns/mobile/form")]
    [InlineData("form: f\ncolumns: {mobile: {from: A, format: rot13}}\n", "columns/mobile/format")]
    [InlineData("form: f\ncolumns: {Mobile Number: {from: A}}\n", "columns/Mobile Number")]
    [InlineData("basis: legitimate-interest\n", "basis")]
    [InlineData("channel: pigeon\n", "channel")]
    [InlineData("csv: {delimiter: '#'}\n", "csv/delimiter")]
    [InlineData("source: {system: s, record: A}\n", "source/record")]
    [InlineData("consent: {purpose: p, state: perhaps, form: written, evidence: x}\n", "consent/state")]
    public void A_mapping_is_strict_and_says_where_and_how_to_mend_it(string yaml, string path)
    {
        var broken = Assert.IsType<MappingRead.Broken>(MappingReader.Parse(Encoding.UTF8.GetBytes(yaml), "m.yaml"));
        var mistake = broken.Mistakes.First(one => one.Path == path);
        Assert.True(mistake.Line > 0 || path == "notice");
        Assert.True(mistake.Text.Zh.Length > 0 && mistake.Fix.En.Length > 0);
    }

    [Theory]
    [InlineData("passengers-1912", 7)]
    [InlineData("telecom-subscribers", 7)]
    public void The_sample_mappings_are_read(string name, int columns) =>
        Assert.Equal(columns, Assert.IsType<MappingRead.Good>(MappingReader.Read(Path.Combine(Repository.Root, "samples", name + ".map.yaml"))).Mapping.Columns.Count);

    private static string Quoted(string field) => "\"" + field.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static async Task<string> ReadAsync(byte[] bytes) => string.Join(' ', (await ListAsync(bytes, trim: true, 0, 1))
        .Select(record => record.Fields is { } fields ? $"{record.Line}:{string.Join('|', fields)}" : $"{record.Line}!{record.Fault!.Code}"));

    private static async Task<List<CsvRecord>> ListAsync(byte[] bytes, bool trim, long offset, long line)
    {
        var csv = new CsvFile(PipeReader.Create(new MemoryStream(bytes)), ',', trim, offset, line);
        var records = new List<CsvRecord>();
        while (await csv.NextAsync(CancellationToken.None) is { } record)
        {
            records.Add(record);
        }

        return records;
    }
}
