using System.Text.RegularExpressions;
using Strongroom.Spine.Outbox;

namespace Strongroom.Tests.Spine.Outbox;

public sealed class OutboxRulesTests
{
    [Fact]
    public void Waits_grow_up_to_a_working_day_and_end()
    {
        var waits = Enumerable.Range(1, OutboxRules.MostAttempts).Select(OutboxRules.WaitAfter).ToList();
        Assert.Null(waits[^1]);
        Assert.All(waits.SkipLast(1).Zip(waits.Skip(1).SkipLast(1)), pair => Assert.True(pair.First <= pair.Second));
        Assert.InRange(waits.Sum() ?? 0, 8 * 3_600_000L, 4 * 24 * 3_600_000L);
    }

    [Fact]
    public void Every_text_says_the_same_facts_in_both_languages()
    {
        Assert.Equal(NoticeTemplates.All.Count, NoticeTemplates.All.Select(template => template.Key).Distinct().Count());
        foreach (var template in NoticeTemplates.All)
        {
            foreach (var text in new[] { template.Text.Zh, template.Text.En })
            {
                var holes = Regex.Matches(text, "{([a-z]+)}").Select(match => match.Groups[1].Value).Order().ToList();
                Assert.Equal(template.Values.Order(), holes);
            }

            Assert.Matches("[\u4e00-\u9fff]", template.Subject.Zh);
            Assert.DoesNotMatch("[\u4e00-\u9fff]", template.Subject.En + template.Text.En);
            Assert.DoesNotMatch("[\r\n]", template.Subject.Zh + template.Subject.En);
        }
    }

    [Fact]
    public void A_value_is_a_code_an_id_a_count_or_a_time_and_nothing_else()
    {
        Assert.Throws<ArgumentException>(() => NoticeValue.Code("act", "王小明"));
        Assert.Throws<ArgumentException>(() => NoticeValue.Code("act", "Zhang San"));
        Assert.Equal("customer.view", NoticeValue.Code("act", "customer.view").Text);
        Assert.Throws<ArgumentException>(() => NoticeTemplates.LogAlarm.Fill("zh", new Dictionary<string, string> { ["at"] = "x" }));
    }

    [Fact]
    public void A_signature_covers_time_and_body()
    {
        var secret = new byte[32];
        var signed = WebhookChannel.Sign(secret, 1_800_000_000, "{}"u8);
        Assert.Matches("^t=1800000000,v1=[0-9a-f]{64}$", signed);
        Assert.NotEqual(signed[13..], WebhookChannel.Sign(secret, 1_800_000_001, "{}"u8)[13..]);
        Assert.NotEqual(signed, WebhookChannel.Sign(secret, 1_800_000_000, "{ }"u8));
    }
}
