namespace Strongroom.Tests.Fuzz;

/// <summary>Parsers survive (docs/ARCHITECTURE.md, promises): no crash, no blow-up, no second form of one content, nothing forged opens.</summary>
[Trait("Suite", "fuzz")]
public sealed class ParserFuzzTests
{
    private const int Ordinary = 2_000;

    public static TheoryData<string> Parsers() => [.. ParserTargets.All().Select(target => target.Name)];

    public static TheoryData<string> Seals()
    {
        using var seals = new SealTargets();
        return [.. seals.All().Select(target => target.Name)];
    }

    [Theory]
    [MemberData(nameof(Parsers))]
    public void No_input_breaks_a_parser(string name)
    {
        var target = ParserTargets.All().Single(one => one.Name == name);

        // YAML is slow to read; everything else takes microseconds.
        var outcomes = target.Fire(name is "pack-yaml" or "mapping" ? Ordinary / 10 : Ordinary);
        Assert.True(outcomes > 1, $"{name} always says the same: the mutations do not reach it");
    }

    [Theory]
    [MemberData(nameof(Seals))]
    public void Nothing_that_was_changed_opens(string name)
    {
        using var seals = new SealTargets();
        var outcomes = seals.All().Single(target => target.Name == name).Fire(name == "seal-file" ? Ordinary / 10 : Ordinary);
        Assert.True(outcomes > 1, $"{name} always says the same: the mutations do not reach it");
    }

    [Fact]
    public void A_crash_is_found_and_its_input_kept()
    {
        var fragile = new FuzzTarget("fragile", ["ab"u8.ToArray()], ["!!"], bytes => bytes.AsSpan().IndexOf("!!"u8) >= 0 ? throw new FormatException("planted") : $"{bytes.Length % 7}");
        var found = Assert.Throws<InvalidOperationException>(() => fragile.Fire(1_000));
        var file = found.Message.Split("lies in ")[1].Split("; when")[0];
        Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf("!!"u8) >= 0);
        File.Delete(file);
    }
}
