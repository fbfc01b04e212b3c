using System.Text;
using Strongroom.Ground;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Strongroom.Store.Catalogue;

/// <summary>A YAML value and where it stood; line and column count from 1.</summary>
internal abstract record PackNode(int Line, int Column);

internal sealed record PackScalar(string Text, int Line, int Column) : PackNode(Line, Column);

internal sealed record PackField(string Key, int Line, int Column, PackNode Value);

internal sealed record PackMap(IReadOnlyList<PackField> Fields, int Line, int Column) : PackNode(Line, Column);

internal sealed record PackSequence(IReadOnlyList<PackNode> Elements, int Line, int Column) : PackNode(Line, Column);

/// <summary>
/// Reads the plain part of YAML: maps, lists and scalars as text. Anchors, aliases and tags are refused (they make bombs and hide what a
/// reader approves), and so are files over 1 MiB, depth over 12 and more than 50,000 values. Never throws on content.
/// </summary>
internal sealed class PackYaml
{
    public const int LargestFile = 1 << 20;

    private const int Deepest = 12;
    private const int MostNodes = 50_000;
    private const int LongestText = 8_000;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly PackMistakes _mistakes;
    private readonly Parser _parser;
    private int _nodes;

    private PackYaml(string file, string text, PackMistakes mistakes)
    {
        _file = file;
        _mistakes = mistakes;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The top map of a file, or null after reporting why there is none.</summary>
    /// <param name="name">How the file is called in mistakes.</param>
    public static PackMap? Read(string path, string name, PackMistakes mistakes)
    {
        byte[] bytes;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            bytes = new byte[LargestFile + 1];
            bytes = bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            mistakes.Add(name, 0, 0, "", "file.unreadable", new("文件读不出来。", "The file cannot be read."), new("检查文件和权限。", "Check the file and its permissions."));
            return null;
        }

        return Parse(bytes, name, mistakes);
    }

    public static PackMap? Parse(ReadOnlySpan<byte> bytes, string name, PackMistakes mistakes)
    {
        if (bytes.Length > LargestFile)
        {
            mistakes.Add(name, 0, 0, "", "file.too-large", new("文件超过 1 MiB。", "The file is larger than 1 MiB."), new("拆分或精简。", "Make it smaller."));
            return null;
        }

        try
        {
            var text = _strict.GetString(bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes);
            if (text.AsSpan().IndexOf('\0') is var nul and >= 0)
            {
                // The parser takes NUL for the end of the file: what follows would be left out without a word.
                mistakes.Add(name, text.AsSpan(0, nul).Count('\n') + 1, 1, "", "text.control", new("文字里有看不见的控制字符。", "The text holds invisible control characters."), new("删去它们。", "Remove them."));
                return null;
            }

            return new PackYaml(name, text, mistakes).Document();
        }
        catch (ArgumentException e) when (e is DecoderFallbackException)
        {
            mistakes.Add(name, 0, 0, "", "file.encoding", new("文件不是 UTF-8。", "The file is not UTF-8."), new("存为 UTF-8。", "Save it as UTF-8."));
        }
        catch (RefusedException)
        {
            // Already reported with its place.
        }
        catch (YamlException e)
        {
            mistakes.Add(name, Cap(e.Start.Line), Cap(e.Start.Column), "", "yaml.syntax",
                new("这里不是合法的 YAML。", "This is not valid YAML."), new("检查缩进、引号和冒号。", "Check indentation, quotes and colons."));
        }
#pragma warning disable CA1031 // A third-party parser on foreign input: whatever it throws means "not YAML", and the pack is not loaded.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            mistakes.Add(name, 0, 0, "", "yaml.syntax",
                new("文件不是合法的 YAML。", "The file is not valid YAML."), new("检查缩进、引号和冒号。", "Check indentation, quotes and colons."));
        }

        return null;
    }

    private PackMap? Document()
    {
        Take<StreamStart>();
        if (_parser.Current is StreamEnd)
        {
            throw Refuse(1, 1, "file.empty", new("文件是空的。", "The file is empty."), new("写上内容，或删去文件。", "Write it, or remove the file."));
        }

        Take<DocumentStart>();
        var root = Node(1);
        Take<DocumentEnd>();
        if (_parser.Current is not StreamEnd)
        {
            throw Refuse(_parser.Current!, "yaml.documents", new("一个文件里只能有一份文档。", "One file holds one document."), new("删去“---”之后的内容。", "Remove what follows '---'."));
        }

        return root as PackMap ?? throw Refuse(root.Line, root.Column, "file.shape",
            new("文件的最外层应是“字段: 值”。", "The outermost level must be fields with values."), new("从字段名写起。", "Begin with a field name."));
    }

    // Recursion is bounded by Deepest.
    private PackNode Node(int depth)
    {
        var at = _parser.Current ?? throw Refuse(1, 1, "yaml.syntax", new("文件不完整。", "The file is incomplete."), new("补全内容。", "Complete it."));
        if (at is AnchorAlias || at is NodeEvent { Anchor.IsEmpty: false })
        {
            throw Refuse(at, "yaml.alias", new("不允许锚点和引用。", "Anchors and aliases are not allowed."), new("把内容直接写出来。", "Write the content out."));
        }

        if (at is NodeEvent { Tag.IsEmpty: false })
        {
            throw Refuse(at, "yaml.tag", new("不允许类型标签。", "Tags are not allowed."), new("删去“!”开头的标签。", "Remove the tag."));
        }

        if (depth > Deepest || ++_nodes > MostNodes)
        {
            throw Refuse(at, "yaml.too-big", new("内容太深或太多。", "Too deep or too much."), new("精简内容。", "Make it smaller."));
        }

        return at switch
        {
            Scalar scalar => Text(scalar),
            SequenceStart => Sequence(at, depth),
            MappingStart => Map(at, depth),
            _ => throw Refuse(at, "yaml.syntax", new("这里不是合法的 YAML。", "This is not valid YAML."), new("检查缩进。", "Check indentation.")),
        };
    }

    private PackScalar Text(Scalar scalar)
    {
        _parser.MoveNext();
        if (scalar.Value.Length > LongestText)
        {
            throw Refuse(scalar, "text.too-long", new("文字超过 8,000 个字符。", "The text exceeds 8,000 characters."), new("缩短。", "Shorten it."));
        }

        if (scalar.Value.EnumerateRunes().Any(IsHidden))
        {
            throw Refuse(scalar, "text.control", new("文字里有看不见的控制字符。", "The text holds invisible control characters."), new("删去它们。", "Remove them."));
        }

        return new PackScalar(scalar.Value, Cap(scalar.Start.Line), Cap(scalar.Start.Column));
    }

    private PackSequence Sequence(ParsingEvent at, int depth)
    {
        _parser.MoveNext();
        var elements = new List<PackNode>();
        while (_parser.Current is not SequenceEnd)
        {
            elements.Add(Node(depth + 1));
        }

        _parser.MoveNext();
        return new PackSequence(elements, Cap(at.Start.Line), Cap(at.Start.Column));
    }

    private PackMap Map(ParsingEvent at, int depth)
    {
        _parser.MoveNext();
        var fields = new List<PackField>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (_parser.Current is not MappingEnd)
        {
            if (Node(depth + 1) is not PackScalar key)
            {
                throw Refuse(at, "yaml.key", new("字段名应是文字。", "A field name must be text."), new("改用普通字段名。", "Use a plain name."));
            }

            var value = Node(depth + 1);
            if (known.Add(key.Text))
            {
                fields.Add(new PackField(key.Text, key.Line, key.Column, value));
            }
            else
            {
                _mistakes.Add(_file, key.Line, key.Column, PackMistakes.Quote(key.Text), "yaml.duplicate-field",
                    new($"字段“{PackMistakes.Quote(key.Text)}”写了两次。", $"The field '{PackMistakes.Quote(key.Text)}' stands twice."), new("删去一个。", "Remove one."));
            }
        }

        _parser.MoveNext();
        return new PackMap(fields, Cap(at.Start.Line), Cap(at.Start.Column));
    }

    // A reviewer approves what he sees: no control characters, no reversed text, no broken surrogates (read as U+FFFD).
    private static bool IsHidden(Rune rune) => rune.Value is not ('\n' or '\t')
        && (Rune.IsControl(rune) || rune.Value is 0xFFFD or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0xFEFF);

    // The parser starts before the first event, so taking one leaves the next as Current.
    private void Take<T>() where T : ParsingEvent
    {
        if (_parser.Current is null)
        {
            _parser.MoveNext();
        }

        if (_parser.Current is not T)
        {
            throw Refuse(1, 1, "yaml.syntax", new("文件不是合法的 YAML。", "The file is not valid YAML."), new("检查内容。", "Check the content."));
        }

        _parser.MoveNext();
    }

    private RefusedException Refuse(ParsingEvent at, string code, Bilingual text, Bilingual fix) => Refuse(Cap(at.Start.Line), Cap(at.Start.Column), code, text, fix);

    private RefusedException Refuse(int line, int column, string code, Bilingual text, Bilingual fix)
    {
        _mistakes.Add(_file, line, column, "", code, text, fix);
        return new RefusedException();
    }

    private static int Cap(long position) => (int)Math.Clamp(position, 0, int.MaxValue);

    /// <summary>Leaves the reader after the mistake has been reported; never leaves this class.</summary>
    private sealed class RefusedException : Exception;
}
