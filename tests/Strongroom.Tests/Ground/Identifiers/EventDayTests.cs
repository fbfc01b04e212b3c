using Strongroom.Ground.Identifiers;

namespace Strongroom.Tests.Ground.Identifiers;

public sealed class EventDayTests
{
    [Theory]
    [InlineData("date", "2026-05-01", "2026-05-01")]
    [InlineData("segments", "CA1301 PEK-CAN 2026-05-01", "2026-05-01")]
    [InlineData("segments", "CA1302 CAN-PEK 2026-06-09; CA1301 PEK-CAN 2026-05-01", "2026-06-09")]
    [InlineData("segments", """[{"from":"PEK","to":"CAN","date":"2026-05-01"},{"from":"CAN","to":"PEK","date":"2026-05-04"}]""", "2026-05-04")]
    [InlineData("record", """{"from":"2026-05-01","to":"2026-05-03","hotel":"one"}""", "2026-05-03")]
    [InlineData("record", """{"checkin":"2026-05-01","checkout":"2026/5/3"}""", "2026-05-03")]
    [InlineData("record", """{"from":"2026-05-01","to":"2026-08-03","until":"2026-05-03","note":"2026-01-01"}""", "2026-05-03")]
    [InlineData("record", """{"time":"2026-05-01T23:10:00+08:00"}""", "2026-05-01")]
    [InlineData("record", """{"month":"2026-05"}""", "2026-05-01")]
    public void A_value_has_the_last_day_it_speaks_of(string kind, string value, string day)
    {
        Assert.True(EventDay.IsDated(kind));
        Assert.Equal(DateOnly.ParseExact(day, "yyyy-MM-dd"), EventDay.Of(kind, value));
    }

    [Theory]
    [InlineData("segments", "to the moon")]
    [InlineData("date", "2026-02-30")]
    [InlineData("record", """{"hotel":"one"}""")]
    [InlineData("record", """{"from":"2026-05-01","to":"soon"}""")]
    [InlineData("record", """{"from":"2026-05-01","to":20260503}""")]
    [InlineData("record", "[]")]
    [InlineData("record", "{")]
    [InlineData("text", "2026-05-01")]
    public void What_cannot_be_read_is_older_than_anything(string kind, string value) => Assert.Equal(DateOnly.MinValue, EventDay.Of(kind, value));
}
