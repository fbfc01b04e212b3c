using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Store.Catalogue;

public sealed class RetentionTests
{
    [Theory]
    [InlineData("3y", "2027-02-28T10:00:00Z")]
    [InlineData("6m", "2024-08-29T10:00:00Z")]
    [InlineData("30d", "2024-03-30T10:00:00Z")]
    [InlineData("24h", "2024-03-01T10:00:00Z")]
    [InlineData("0d", "2024-02-29T10:00:00Z")]
    public void Term_follows_the_calendar(string text, string end)
    {
        Assert.True(Term.TryParse(text, out var term));
        Assert.Equal(text, term.ToString());
        Assert.Equal(DateTimeOffset.Parse(end), term.After(DateTimeOffset.Parse("2024-02-29T10:00:00Z")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("y")]
    [InlineData("3")]
    [InlineData("-3y")]
    [InlineData("3 y")]
    [InlineData("03y")]
    [InlineData("3Y")]
    [InlineData("101y")]
    [InlineData("99999y")]
    [InlineData("３y")]
    [InlineData(null)]
    public void What_is_no_term_is_refused(string? text) => Assert.False(Term.TryParse(text, out _));

    [Theory]
    [InlineData("1.0.0", "1.0.1")]
    [InlineData("1.9.9", "1.10.0")]
    [InlineData("9.9.9", "10.0.0")]
    public void Versions_compare_number_by_number(string older, string newer)
    {
        Assert.True(PackVersion.TryParse(older, out var a));
        Assert.True(PackVersion.TryParse(newer, out var b));
        Assert.True(a.CompareTo(b) < 0);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("v1.0.0")]
    [InlineData("1.0.0-beta")]
    [InlineData("01.0.0")]
    [InlineData("1.0.-1")]
    [InlineData("99999999999.0.0")]
    public void What_is_no_version_is_refused(string text) => Assert.False(PackVersion.TryParse(text, out _));
}
