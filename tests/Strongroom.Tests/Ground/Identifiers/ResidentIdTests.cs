using Strongroom.Ground.Identifiers;

namespace Strongroom.Tests.Ground.Identifiers;

public sealed class ResidentIdTests
{
    private static readonly DateOnly _today = new(2025, 1, 1);
    private static readonly ItemKind _kind = ItemKinds.Of("cn-id");

    [Theory]
    [InlineData("11010519491231002X", "High")]
    [InlineData("11010519491231002x", "High")]
    [InlineData("110105 19491231 002x", "High")]
    [InlineData("110105-19491231-002X", "High")]
    [InlineData("440524188001010014", "High")]
    public void Accepts(string id, string confidence)
    {
        var verdict = _kind.Check(id, _today);
        Assert.True(verdict.IsOk);
        Assert.Null(verdict.Fault);
        Assert.Equal(confidence, verdict.Confidence.ToString());
    }

    [Theory]
    [InlineData("110105194912310021", "cn-id.check")]
    [InlineData("11010519490231002X", "cn-id.date")]
    [InlineData("11010518491231002X", "cn-id.date")]
    [InlineData("110105194912310", "cn-id.shape", false)]
    [InlineData("1101051949123100 X", "cn-id.shape")]
    [InlineData("X1010519491231002X", "cn-id.shape")]
    [InlineData("", "value.missing")]
    [InlineData("　", "value.missing")]
    public void Refuses(string id, string code, bool always = true)
    {
        var verdict = _kind.Check(id, _today);
        Assert.False(verdict.IsOk);
        if (always)
        {
            Assert.Equal(code, verdict.Fault!.Code);
        }
    }

    [Fact]
    public void A_birth_date_after_today_is_refused_and_on_today_is_not()
    {
        var id = Build("110101", "20250101", "001");
        Assert.True(_kind.Check(id, _today).IsOk);
        Assert.Equal("cn-id.future", _kind.Check(id, _today.AddDays(-1)).Fault!.Code);
    }

    [Fact]
    public void The_old_form_needs_context()
    {
        var verdict = _kind.Check("110105491231002", _today);
        Assert.Equal(VerdictState.NeedsContext, verdict.State);
        Assert.False(verdict.IsOk);
        Assert.Equal("cn-id.old-form", verdict.Fault!.Code);
        Assert.Equal("cn-id.date", _kind.Check("110105491331002", _today).Fault!.Code);
    }

    [Theory]
    [InlineData("810000", "High")]
    [InlineData("830000", "High")]
    [InlineData("911124", "Medium")] // A foreigner's card: 9, province, country.
    [InlineData("442599", "Medium")] // A prefecture that is not (any more) known.
    [InlineData("990101", "Medium")]
    [InlineData("180101", "Low")]
    public void The_region_decides_the_confidence_only(string region, string confidence)
    {
        var verdict = _kind.Check(Build(region, "19900228", "123"), _today);
        Assert.True(verdict.IsOk);
        Assert.Equal(confidence, verdict.Confidence.ToString());
    }

    [Fact]
    public void Every_single_digit_mistake_is_caught()
    {
        const string id = "11010519491231002X";
        for (var at = 0; at < 17; at++)
        {
            foreach (var digit in "0123456789".Where(d => d != id[at]))
            {
                Assert.False(_kind.Check(id[..at] + digit + id[(at + 1)..], _today).IsOk);
            }
        }
    }

    private static string Build(string region, string born, string sequence)
    {
        var body = region + born + sequence;
        return body + ResidentId.CheckCharacter(body);
    }
}
