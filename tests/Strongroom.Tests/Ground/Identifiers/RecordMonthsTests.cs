using Strongroom.Ground.Identifiers;

namespace Strongroom.Tests.Ground.Identifiers;

public sealed class RecordMonthsTests
{
    [Theory]
    [InlineData("[]", "[]")]
    [InlineData("""[{"at":"2026-10-01T00:00:00+08:00","to":"1"},{"at":"2026-09-30T23:59:59+08:00","to":"2"}]""", """[{"at":"2026-10-01T00:00:00+08:00","to":"1"}]""")]
    [InlineData("""[{"date":"2026/10/3","time":"12:30:00","to":"2026-09-01"}]""", """[{"date":"2026/10/3","time":"12:30:00","to":"2026-09-01"}]""")]
    [InlineData("""[{"start":"20261031","month":"2026-10"},{"month":"2026-10"},{"date":"2026-10-32"}]""", """[{"month":"2026-10","start":"20261031"},{"month":"2026-10"}]""")]
    [InlineData("""[{"start":"2026-10-31","month":"2026-11"},{"to":"13800138000"},"2026-10-03",{"date":20261003},[{"date":"2026-10-03"}],null]""", "[]")]
    [InlineData("""{"date":"2026-10-03"}""", null)]
    [InlineData("no list", null)]
    public void Only_entries_that_say_the_month_are_of_it(string value, string? expected) => Assert.Equal(expected, RecordMonths.Only(value, "2026-10"));

    [Theory]
    [InlineData("2026-10", true)]
    [InlineData("2026-13", false)]
    [InlineData("2026-1", false)]
    [InlineData("2026-10-01", false)]
    [InlineData("", false)]
    public void A_month_is_asked_for_in_one_way(string text, bool good) => Assert.Equal(good, RecordMonths.IsMonth(text));
}
