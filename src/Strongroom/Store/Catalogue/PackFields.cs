using System.Globalization;
using Strongroom.Ground;

namespace Strongroom.Store.Catalogue;

/// <summary>
/// Reads the fields of one map. Every mistake is reported and replaced by a harmless value, so one run finds them all; fields nobody
/// asked for are mistakes too. A fallback is the value an override keeps when it names no other.
/// </summary>
internal sealed class PackFields
{
    private readonly string _file;
    private readonly PackMistakes _mistakes;
    private readonly PackMap _map;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public PackFields(string file, string path, PackMap map, PackMistakes mistakes)
    {
        _file = file;
        Path = path;
        _map = map;
        _mistakes = mistakes;
        Mark();
    }

    public string Path { get; }

    /// <summary>Notes where the fields stand; again where another file with the same paths has been read since.</summary>
    public void Mark()
    {
        _mistakes.At(Path, _file, _map.Line, _map.Column);
        foreach (var field in _map.Fields)
        {
            _mistakes.At(Under(field.Key), _file, field.Value.Line, field.Value.Column);
        }
    }

    public string Under(string field) => Path.Length == 0 ? field : Path + "/" + field;

    public bool Has(string field) => _map.Fields.Any(f => f.Key == field);

    /// <summary>The field's text as it stands, without reporting anything; for a key that is read before its map.</summary>
    public string? Peek(string field) => _map.Fields.FirstOrDefault(f => f.Key == field)?.Value is PackScalar { Text.Length: > 0 } scalar ? scalar.Text : null;

    public void Mistake(string field, string code, Bilingual text, Bilingual fix)
    {
        PackNode at = _map.Fields.FirstOrDefault(f => f.Key == field)?.Value ?? _map;
        _mistakes.Add(_file, at.Line, at.Column, Under(field), code, text, fix);
    }

    /// <summary>A required text.</summary>
    public string Text(string field, string? fallback = null) => TextOrNull(field, fallback) ?? Missing(field, "");

    public string? TextOrNull(string field, string? fallback = null)
    {
        switch (Take(field))
        {
            case null:
                return fallback;
            case PackScalar { Text: var text } when !string.IsNullOrWhiteSpace(text):
                return text.Trim();
            case PackScalar:
                Mistake(field, "text.missing", new($"“{field}”是空的。", $"'{field}' is empty."), new("写上内容。", "Write it."));
                return fallback ?? "";
            default:
                return Shape(field, "文字", "text", fallback ?? "");
        }
    }

    /// <summary>zh and en of this map; both required (everything people read is in both languages).</summary>
    public Bilingual Title(Bilingual? fallback = null)
    {
        var title = new Bilingual(Text("zh", fallback?.Zh), Text("en", fallback?.En));
        CheckEnglish("en", title.En);
        return title;
    }

    public Bilingual? TitleOrNull() => Has("zh") || Has("en") ? Title() : null;

    public void CheckEnglish(string field, string text)
    {
        if (text.Any(c => c is >= '\u4E00' and <= '\u9FFF'))
        {
            Mistake(field, "text.language", new($"“{field}”里有中文。", $"'{field}' holds Chinese."), new("写成英文。", "Write it in English."));
        }
    }

    public T Kebab<T>(string field, T? fallback = null) where T : struct, Enum
    {
        if (Take(field) is not { } node)
        {
            return fallback ?? Missing<T>(field, default);
        }

        return node is PackScalar scalar && Ground.Kebab.TryParse<T>(scalar.Text, out var value)
            ? value
            : Unknown(field, node, Enum.GetValues<T>().Select(Ground.Kebab.Of), fallback ?? default(T));
    }

    public Listed<T> Kebabs<T>(string field, Listed<T>? fallback = null) where T : struct, Enum =>
        Each(field, fallback, node => node is PackScalar scalar && Ground.Kebab.TryParse<T>(scalar.Text, out var value)
            ? value : UnknownElement<T>(field, node, Enum.GetValues<T>().Select(Ground.Kebab.Of)));

    public T Name<T>(string field, T? fallback = null) where T : struct, IName<T>
    {
        if (Take(field) is not { } node)
        {
            return fallback ?? Missing(field, T.Make("missing"));
        }

        return node is PackScalar scalar && Ground.Name.TryParse<T>(scalar.Text, out var name) ? name : NotAName(field, T.Make("invalid"));
    }

    public Listed<T> Names<T>(string field, Listed<T>? fallback = null) where T : struct, IName<T> =>
        Each(field, fallback, node => node is PackScalar scalar && Ground.Name.TryParse<T>(scalar.Text, out var name) ? name : NotAName<T?>(field, null));

    /// <summary>Short lower-case words, such as the keys of options, scenes and relations.</summary>
    public string Word(string field, string? fallback = null)
    {
        if (Take(field) is not { } node)
        {
            return fallback ?? Missing(field, "missing");
        }

        return node is PackScalar { Text: var text } && IsWord(text) ? text : NotAName(field, "invalid");
    }

    public Listed<string> Words(string field)
    {
        var words = Each<Wrapped>(field, [], node => node is PackScalar { Text: var text } && IsWord(text) ? new Wrapped(text) : NotAName<Wrapped?>(field, null));
        return words.Select(word => word.Text).ToListed();
    }

    public int Number(string field, int min, int max, int? fallback = null) => NumberOrNull(field, min, max, fallback) ?? Missing(field, min);

    public int? NumberOrNull(string field, int min, int max, int? fallback = null)
    {
        if (Take(field) is not { } node)
        {
            return fallback;
        }

        if (node is PackScalar scalar && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Mistake(field, "number.range", new($"“{field}”应是 {min} 到 {max} 的整数。", $"'{field}' must be a whole number from {min} to {max}."), new("改正数字。", "Correct the number."));
        return fallback ?? min;
    }

    public bool Flag(string field, bool fallback = false)
    {
        switch (Take(field))
        {
            case null:
                return fallback;
            case PackScalar { Text: "true" }:
                return true;
            case PackScalar { Text: "false" }:
                return false;
            default:
                return Shape(field, "true 或 false", "true or false", fallback);
        }
    }

    public DateOnly Date(string field)
    {
        var node = Take(field);
        if (node is PackScalar scalar && DateOnly.TryParseExact(scalar.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        return node is null ? Missing(field, default(DateOnly)) : Shape(field, "日期(年-月-日)", "a date (yyyy-MM-dd)", default(DateOnly));
    }

    public Term Term(string field) => TermOrNull(field) ?? Missing(field, default(Term));

    public Term? TermOrNull(string field)
    {
        if (Take(field) is not { } node)
        {
            return null;
        }

        return node is PackScalar scalar && Catalogue.Term.TryParse(scalar.Text, out var term)
            ? term : Shape(field, "期限，如 3y、6m、30d、24h", "a term such as 3y, 6m, 30d or 24h", default(Term));
    }

    /// <summary>Codes such as pipl-13-1-2, with a reader of their own.</summary>
    public Listed<T> Codes<T>(string field, Listed<T>? fallback, Func<string, T?> read, IEnumerable<string> known) where T : struct =>
        Each(field, fallback, node => node is PackScalar scalar && read(scalar.Text) is { } value ? value : UnknownElement<T>(field, node, known));

    /// <summary>An inner map, or the fallback when there is none.</summary>
    public T? Map<T>(string field, Func<PackFields, T> read, T? fallback = null) where T : class
    {
        switch (Take(field))
        {
            case null:
                return fallback;
            case PackMap map:
                return Inner(Under(field), map, read);
            default:
                return Shape(field, "“字段: 值”", "fields with values", fallback);
        }
    }

    public T RequiredMap<T>(string field, Func<PackFields, T> read, T onError, T? fallback = null) where T : class =>
        Map(field, read, fallback) ?? (Has(field) ? onError : Missing(field, onError));

    /// <summary>A list of maps; null when the field is absent. <paramref name="read"/> may return null for a map that is beyond use.</summary>
    public Listed<T>? Maps<T>(string field, Func<PackFields, T?> read, string keyField = "") where T : class
    {
        if (Take(field) is not { } node)
        {
            return null;
        }

        if (node is not PackSequence sequence)
        {
            return Shape(field, "列表", "a list", Listed<T>.Empty);
        }

        var elements = new List<T>();
        for (var i = 0; i < sequence.Elements.Count; i++)
        {
            if (sequence.Elements[i] is not PackMap map)
            {
                var at = sequence.Elements[i];
                _mistakes.Add(_file, at.Line, at.Column, Under(field) + "/" + i, "field.type",
                    new("这里应是“字段: 值”。", "Fields with values belong here."), new("改成“- {字段: 值}”。", "Write '- {field: value}'."));
                continue;
            }

            var key = map.Fields.FirstOrDefault(f => f.Key == keyField)?.Value is PackScalar { Text: var text } && IsWord(text) ? text : i.ToString(CultureInfo.InvariantCulture);
            if (Inner(Under(field) + "/" + key, map, read) is { } element)
            {
                elements.Add(element);
            }
        }

        return elements.ToListed();
    }

    /// <summary>The node itself, for shapes that only one reader knows; null when absent.</summary>
    public PackNode? Raw(string field) => Take(field);

    /// <summary>The map is beyond use: what else it holds is not worth a mistake.</summary>
    public void IgnoreRest() => _read.UnionWith(_map.Fields.Select(field => field.Key));

    /// <summary>Reports every field that was not asked for.</summary>
    public void Done()
    {
        foreach (var field in _map.Fields.Where(field => !_read.Contains(field.Key)))
        {
            var name = PackMistakes.Quote(field.Key);
            _mistakes.Add(_file, field.Line, field.Column, Under(name), "field.unknown",
                new($"没有“{name}”这个字段。", $"There is no field '{name}' here."), new("检查拼写，或删去。", "Check the spelling, or remove it."));
        }
    }

    public static bool IsWord(string text) => text.Length is > 0 and <= Ground.Name.Longest
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_') && text[0] is not ('-' or '_');

    private T? Inner<T>(string path, PackMap map, Func<PackFields, T?> read) where T : class
    {
        var fields = new PackFields(_file, path, map, _mistakes);
        var value = read(fields);
        fields.Done();
        return value;
    }

    private PackNode? Take(string field)
    {
        _read.Add(field);
        return _map.Fields.FirstOrDefault(f => f.Key == field)?.Value;
    }

    private Listed<T> Each<T>(string field, Listed<T>? fallback, Func<PackNode, T?> read) where T : struct
    {
        if (Take(field) is not { } node)
        {
            return fallback ?? Missing(field, Listed<T>.Empty);
        }

        if (node is not PackSequence sequence)
        {
            return Shape(field, "列表，如 [a, b]", "a list such as [a, b]", fallback ?? Listed<T>.Empty);
        }

        var elements = sequence.Elements.Select(read).OfType<T>().ToListed();
        if (elements.Distinct().Count() < elements.Count)
        {
            Mistake(field, "list.duplicate", new($"“{field}”里有重复。", $"'{field}' names something twice."), new("删去重复的。", "Remove the repetition."));
        }

        return elements.Distinct().ToListed();
    }

    private T Missing<T>(string field, T value)
    {
        Mistake(field, "field.missing", new($"缺少“{field}”。", $"'{field}' is missing."), new($"补上“{field}”。", $"Add '{field}'."));
        return value;
    }

    private T Shape<T>(string field, string zh, string en, T value)
    {
        Mistake(field, "field.type", new($"“{field}”应是{zh}。", $"'{field}' must be {en}."), new("改正写法。", "Correct it."));
        return value;
    }

    private T NotAName<T>(string field, T value)
    {
        Mistake(field, "name.invalid",
            new($"“{field}”只能用小写字母、数字、下划线和连字符。", $"'{field}' takes lower-case letters, digits, underscore and hyphen."),
            new("以小写字母开头，最长 40 个字符。", "Begin with a lower-case letter; at most 40 characters."));
        return value;
    }

    private T Unknown<T>(string field, PackNode node, IEnumerable<string> known, T value)
    {
        var word = PackMistakes.Quote((node as PackScalar)?.Text);
        var list = string.Join(", ", known);
        Mistake(field, "value.unknown", new($"“{field}”不认识“{word}”。", $"'{field}' knows no '{word}'."), new($"可用：{list}。", $"One of: {list}."));
        return value;
    }

    private T? UnknownElement<T>(string field, PackNode node, IEnumerable<string> known) where T : struct => Unknown<T?>(field, node, known, null);

    private readonly record struct Wrapped(string Text);
}
