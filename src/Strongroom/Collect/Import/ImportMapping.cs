using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Import;

/// <summary>Which column an item comes from, and how its text is brought into form.</summary>
/// <param name="Format">Null, <c>kebab</c>, <c>money:GBP</c> (a currency for bare amounts) or <c>date:dd/MM/yyyy</c>.</param>
internal sealed record MappedColumn(ItemKey Item, string From, string? Format);

/// <summary>The consent that every row's person gave, as the file's owner declares it.</summary>
internal sealed record MappedConsent(PurposeKey Purpose, string State, ConsentForm Form, string Evidence);

/// <summary>How a CSV file becomes submissions of one form (architecture.md, Mapping).</summary>
/// <param name="Source">Columns that name a row in the system it comes from; they make the import repeatable.</param>
/// <param name="Nulls">Texts that mean "no value", after trimming.</param>
internal sealed record ImportMapping(
    FormKey Form,
    string Channel,
    PurposeKey Purpose,
    LegalBasis Basis,
    NoticeKey Notice,
    int NoticeVersion,
    IReadOnlyList<MappedConsent> Consents,
    string System,
    IReadOnlyList<string> Source,
    bool Trim,
    char Delimiter,
    IReadOnlySet<string> Nulls,
    IReadOnlyList<MappedColumn> Columns);

internal abstract record MappingRead
{
    private MappingRead()
    {
    }

    public sealed record Good(ImportMapping Mapping) : MappingRead;

    /// <summary>Every mistake with its line and how to mend it.</summary>
    public sealed record Broken(IReadOnlyList<PackMistake> Mistakes) : MappingRead;
}

/// <summary>Reads a mapping file strictly: an unknown member is refused with its line and the fix. Never throws on content.</summary>
internal static class MappingReader
{
    public static MappingRead Read(string path)
    {
        var mistakes = new PackMistakes();
        return Finish(PackYaml.Read(path, Path.GetFileName(path), mistakes), Path.GetFileName(path), mistakes);
    }

    public static MappingRead Parse(ReadOnlySpan<byte> yaml, string name)
    {
        var mistakes = new PackMistakes();
        return Finish(PackYaml.Parse(yaml, name, mistakes), name, mistakes);
    }

    private static MappingRead Finish(PackMap? map, string name, PackMistakes mistakes)
    {
        if (map is null)
        {
            return new MappingRead.Broken(mistakes.Sorted());
        }

        var fields = new PackFields(name, "", map, mistakes);
        var mapping = Mapping(fields, map);
        fields.Done();
        return mistakes.Any ? new MappingRead.Broken(mistakes.Sorted()) : new MappingRead.Good(mapping);
    }

    private static ImportMapping Mapping(PackFields fields, PackMap map)
    {
        var notice = fields.RequiredMap("notice", of => new Shown(of.Name<NoticeKey>("key"), of.Number("version", 1, 1_000_000)), new Shown(default, 0));
        var source = fields.RequiredMap("source", of => new From(of.Word("system"), Texts(of, "record")), new From("", []));
        var csv = fields.Map("csv", of => new Csv(of.Flag("trim", fallback: true), Delimiter(of), Texts(of, "null"))) ?? new Csv(true, ',', [""]);
        var columns = fields.RequiredMap("columns", of => Columns(of, Node(map, "columns")), []);
        if (source.Record.Count == 0)
        {
            fields.Mistake("source", "mapping.source", new("要写明哪几列能认出一行。", "Name the columns that tell one row from another."), new("写 record: [列名]。", "Write record: [column]."));
        }

        return new ImportMapping(
            fields.Name<FormKey>("form"), Channel(fields), fields.Name<PurposeKey>("purpose"), Basis(fields), notice.Key, notice.Version, Consents(fields),
            source.System, source.Record, csv.Trim, csv.Delimiter, csv.Nulls.ToHashSet(StringComparer.Ordinal), columns);
    }

    /// <summary>The id of a registered channel, or the kind of the only one the caller may use.</summary>
    private static string Channel(PackFields fields)
    {
        var text = fields.Text("channel");
        if (!ChannelId.TryParse(text, null, out _) && !Kebab.TryParse<CollectChannel>(text, out _) && text.Length > 0)
        {
            fields.Mistake("channel", "channel.unknown", new("这不是渠道。", "This is no channel."), Fixes.OneOf(Enum.GetValues<CollectChannel>().Select(Kebab.Of)));
        }

        return text;
    }

    private static LegalBasis Basis(PackFields fields)
    {
        var text = fields.Text("basis");
        if (!BasisCodes.TryParse(text, out var basis) && text.Length > 0)
        {
            fields.Mistake("basis", "basis.unknown", new("不认识这个合法性基础。", "This legal basis is not known."), Fixes.OneOf(Enum.GetValues<LegalBasis>().Select(BasisCodes.Of)));
        }

        return basis;
    }

    private static List<MappedConsent> Consents(PackFields fields)
    {
        var consent = fields.Map("consent", of =>
        {
            var state = of.Text("state", "given");
            if (state is not ("given" or "refused"))
            {
                of.Mistake("state", "consent.state", new("同意只有 given 或 refused。", "A consent is given or refused."), Fixes.OneOf(["given", "refused"]));
            }

            return new MappedConsent(of.Name<PurposeKey>("purpose"), state, of.Kebab<ConsentForm>("form"), of.Text("evidence"));
        });
        return consent is null ? [] : [consent];
    }

    private static char Delimiter(PackFields of)
    {
        var text = of.TextOrNull("delimiter") ?? ",";
        if (text is not ([',' or ';' or '|'] or "tab"))
        {
            of.Mistake("delimiter", "csv.delimiter", new("分隔符只支持逗号、分号、竖线和 tab。", "A delimiter is a comma, semicolon, bar or tab."), Fixes.OneOf([",", ";", "|", "tab"]));
            return ',';
        }

        return text == "tab" ? '\t' : text[0];
    }

    private static List<MappedColumn> Columns(PackFields of, PackMap? node)
    {
        var columns = new List<MappedColumn>();
        foreach (var field in node?.Fields ?? [])
        {
            var column = of.Map(field.Key, inner => new MappedColumn(ItemKey.Make(field.Key), inner.Text("from"), Format(inner)));
            if (!Name.IsValid(field.Key))
            {
                of.Mistake(field.Key, "item.unknown", new("这不是信息项的名称。", "This is no item's name."), new("写目录里的名称,如 mobile。", "Write a name of the catalogue, such as mobile."));
            }
            else if (column is not null)
            {
                columns.Add(column);
            }
        }

        return columns;
    }

    private static string? Format(PackFields of)
    {
        var format = of.TextOrNull("format");
        if (format is not null && !RowFormat.IsKnown(format))
        {
            of.Mistake("format", "column.format", new("不认识这种格式。", "This format is not known."), Fixes.OneOf(["kebab", "money:CNY", "date:yyyy/MM/dd"]));
        }

        return format;
    }

    private static List<string> Texts(PackFields of, string field)
    {
        switch (of.Raw(field))
        {
            case null:
                return [];
            case PackSequence sequence when sequence.Elements.All(element => element is PackScalar):
                return [.. sequence.Elements.Cast<PackScalar>().Select(scalar => scalar.Text)];
            default:
                of.Mistake(field, "field.type", new("这里应是文字的列表。", "A list of texts belongs here."), new("改成 [一, 二]。", "Write [one, two]."));
                return [];
        }
    }

    private static PackMap? Node(PackMap map, string field) => map.Fields.FirstOrDefault(one => one.Key == field)?.Value as PackMap;

    private sealed record Shown(NoticeKey Key, int Version);

    private sealed record From(string System, List<string> Record);

    private sealed record Csv(bool Trim, char Delimiter, List<string> Nulls);
}
