using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Store.Catalogue;

public sealed class PackWriterTests
{
    [Theory]
    [InlineData("general")]
    [InlineData("airline")]
    [InlineData("travel")]
    [InlineData("hotel")]
    [InlineData("telecom")]
    public void An_exported_pack_loads_back_equal(string pack)
    {
        var catalogue = Packs.Load(pack);
        var root = Directory.CreateTempSubdirectory("strongroom-export-").FullName;
        try
        {
            PackWriter.WriteTo(Path.Combine(root, pack), catalogue);
            var back = Packs.Loaded(PackLoader.Load(Path.Combine(root, pack)));

            Assert.Equal(catalogue, back);
            Assert.Equal(PackWriter.Write(catalogue), PackWriter.Write(back));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Odd_texts_survive_the_round_trip()
    {
        var general = Packs.Load("general");
        string[] odd = ["a: b", "- x", "# no comment", "'quoted\"", "{a}, [b]", "line\nbreak", "tab\tin", "true", "~", "…，。：；“”", "&a *b !c", "x\u00a0y\u2028z", "%", "@", "`", "a #b"];
        var items = general.Items.Select((item, i) => i < odd.Length ? item with { Title = new Bilingual(odd[i] + "x", "x" + odd[i]) } : item).ToListed();
        var catalogue = general with { Items = items };
        var root = Directory.CreateTempSubdirectory("strongroom-export-").FullName;
        try
        {
            PackWriter.WriteTo(Path.Combine(root, "general"), catalogue);

            Assert.Equal(catalogue.Items, Packs.Loaded(PackLoader.Load(Path.Combine(root, "general"))).Items);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Catalogues_differ_when_anything_in_them_differs()
    {
        var general = Packs.Load("general");
        var item = general.Items[0];

        Assert.NotEqual(general, general with { Items = [item with { Level = Level.Critical }, .. general.Items.Skip(1)] });
        Assert.NotEqual(general, general with { Posts = [.. general.Posts.Skip(1)] });
        Assert.Equal(general, Packs.Load("general"));
    }

    [Fact]
    public void Lookups_follow_a_copy()
    {
        var general = Packs.Load("general");
        Assert.Equal(Level.Moderate, general.Item(ItemKey.Of("name"))!.Level);

        var stricter = general with { Items = general.Items.Select(item => item with { Level = Level.Critical }).ToListed() };

        Assert.Equal(Level.Critical, stricter.Item(ItemKey.Of("name"))!.Level);
        Assert.Equal(Level.Moderate, general.Item(ItemKey.Of("name"))!.Level);
        Assert.Null(general.Item(ItemKey.Of("nothing")));
    }
}
