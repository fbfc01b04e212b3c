using FsCheck;
using FsCheck.Fluent;
using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Store.Catalogue;

/// <summary>Whatever stands in the files, loading answers: a catalogue that keeps every rule, or mistakes that name their place.</summary>
[Trait("Suite", "fuzz")]
public sealed class PackFuzzTests
{
    private static readonly string[] _tokens =
        ["{", "}", "[", "]", ":", ",", "\n", "- ", "&a", "*a", "!!x", "'", "\"", "|", ">", "? ", "---\n", "...", "%YAML 9.9\n", "\t", "\0", "\uFEFF", "\u0085", "\uD7FF",
            "key: ", "override: true", "level: 9", "<<: ", "null", "~", "-1", "99999999999999999999", "  ", "# "];

    [Fact]
    public void Mutated_packs_never_throw()
    {
        using var copy = new PackCopy();
        var files = PackReader.Files.Append("pack.yaml").ToArray();
        var originals = Packs.All.SelectMany(pack => files.Select(file => (Pack: pack, File: file)))
            .Where(at => File.Exists(copy.Of(at.Pack, at.File))).ToDictionary(at => at, at => File.ReadAllText(copy.Of(at.Pack, at.File)));
        var places = originals.Keys.ToArray();

        var edit =
            from place in Gen.Elements(places)
            from at in Gen.Choose(0, 1_000_000)
            from what in Gen.Choose(0, 3)
            from length in Gen.Choose(1, 60)
            from token in Gen.Elements(_tokens)
            select (place, at, what, length, token);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(120), Prop.ForAll(Gen.Choose(1, 6).SelectMany(count => edit.ListOf(count)).ToArbitrary(), edits =>
        {
            var touched = edits.Select(e => e.place).Distinct().ToList();
            foreach (var place in touched)
            {
                var text = originals[place];
                foreach (var (_, at, what, length, token) in edits.Where(e => e.place == place))
                {
                    var start = text.Length == 0 ? 0 : at % text.Length;
                    var end = Math.Min(text.Length, start + length);
                    text = what switch
                    {
                        0 => text.Insert(start, token),
                        1 => text.Remove(start, end - start),
                        2 => text[..start] + token + text[end..],
                        _ => text.Insert(at % (text.Length + 1), text[start..end]),
                    };
                }

                File.WriteAllText(copy.Of(place.Pack, place.File), text);
            }

            foreach (var pack in touched.Select(place => place.Pack).Distinct())
            {
                AnswersSoundly(PackLoader.Load(copy.Folder(pack)));
            }

            foreach (var place in touched)
            {
                File.WriteAllText(copy.Of(place.Pack, place.File), originals[place]);
            }
        }));
    }

    [Fact]
    public void Any_bytes_are_answered()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            var mistakes = new PackMistakes();
            var map = PackYaml.Parse(bytes, "any", mistakes);
            Assert.True(map is not null || mistakes.Any);
        }));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(Gen.Elements(_tokens).ListOf().ToArbitrary(), tokens =>
        {
            var mistakes = new PackMistakes();
            var map = PackYaml.Parse(System.Text.Encoding.UTF8.GetBytes(string.Concat(tokens)), "any", mistakes);
            Assert.True(map is not null || mistakes.Any);
        }));
    }

    [Theory]
    [InlineData("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]")]
    [InlineData("{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{")]
    [InlineData("? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? a")]
    [InlineData("- - - - - - - - - - - - - - - - a")]
    [InlineData("a: |\n\u0000")]
    [InlineData("%TAG ! tag:x,2000:\n--- !y\na: b")]
    [InlineData("a: b\n---\n")]
    [InlineData("[a: b]: c")]
    public void Yaml_tricks_are_refused(string text)
    {
        var mistakes = new PackMistakes();

        Assert.Null(PackYaml.Parse(System.Text.Encoding.UTF8.GetBytes(text), "trick", mistakes));
        Assert.True(mistakes.Any);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    [InlineData('-')]
    [InlineData('?')]
    [InlineData('&')]
    [InlineData('"')]
    [InlineData('#')]
    [InlineData('\n')]
    public void A_megabyte_of_one_character_is_answered_quickly(char c)
    {
        var text = new string(c, PackYaml.LargestFile / 2);
        foreach (var input in (string[])[text, string.Join(' ', text.AsSpan(0, text.Length / 2).ToArray())])
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var mistakes = new PackMistakes();
            Assert.True(PackYaml.Parse(System.Text.Encoding.UTF8.GetBytes(input), "big", mistakes) is not null || mistakes.Any);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"{c}: {watch.Elapsed}");
        }
    }

    private static void AnswersSoundly(PackLoadResult result)
    {
        switch (result)
        {
            case PackLoadResult.Loaded loaded:
                Assert.Empty(CatalogueRules.Check(loaded.Catalogue));
                break;
            case PackLoadResult.Broken broken:
                Assert.NotEmpty(broken.Mistakes);
                Assert.All(broken.Mistakes, mistake =>
                {
                    Assert.NotEmpty(mistake.File);
                    Assert.NotEmpty(mistake.Code);
                    Assert.NotEmpty(mistake.Text.Zh);
                    Assert.NotEmpty(mistake.Text.En);
                    Assert.NotEmpty(mistake.Fix.En);
                    Assert.InRange(mistake.Line, 0, int.MaxValue);
                });
                break;
        }
    }
}
