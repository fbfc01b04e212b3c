using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Store.Consent;

namespace Strongroom.Tests.Store.Consent;

public sealed class ConsentRulesTests
{
    private static readonly PurposeKey Market = PurposeKey.Of("market");

    private static ConsentNow Now(ConsentState state, long at = 100, long? until = null, int notice = 1) =>
        new(Market, state, at, until, ConsentForm.Ticked, NoticeKey.Of("privacy"), notice, ConsentId.From(1));

    private static ConsentEvent Event(ConsentEventKind kind, long at = 200, long? until = null, int notice = 1) =>
        new(Market, kind, at, ConsentId.From(2), ConsentForm.Ticked, until, NoticeKey.Of("privacy"), notice);

    private static string Show(ConsentStep step) => step switch
    {
        ConsentStep.Moved moved => Kebab.Of(moved.Now.State),
        ConsentStep.Unchanged => "=",
        ConsentStep.Refused refused => refused.Code,
        _ => "?",
    };

    // The whole machine in one table: state before, then what ask, give, give separately, refuse, withdraw, supersede, acknowledge lead to.
    [Theory]
    [InlineData(null, "asked given separate-given refused withdrawn consent.older acknowledged")]
    [InlineData(ConsentState.Asked, "asked given separate-given refused withdrawn superseded acknowledged")]
    [InlineData(ConsentState.Given, "consent.already-given given separate-given withdrawn withdrawn superseded =")]
    [InlineData(ConsentState.SeparateGiven, "consent.already-given = separate-given withdrawn withdrawn superseded =")]
    [InlineData(ConsentState.Refused, "consent.not-asked-again given separate-given = = = consent.objected")]
    [InlineData(ConsentState.Withdrawn, "consent.not-asked-again given separate-given = = = consent.objected")]
    [InlineData(ConsentState.Expired, "asked given separate-given refused withdrawn superseded acknowledged")]
    [InlineData(ConsentState.Superseded, "asked given separate-given refused withdrawn = acknowledged")]
    [InlineData(ConsentState.Acknowledged, "asked given separate-given refused consent.not-withdrawable superseded acknowledged")]
    public void The_machine(ConsentState? before, string after)
    {
        var stored = before is { } state ? Now(state) : null;

        Assert.Equal(after, string.Join(' ', Enum.GetValues<ConsentEventKind>().Select(kind => Show(ConsentRules.Apply(stored, Event(kind))))));
    }

    [Fact]
    public void A_term_ends_to_the_millisecond_and_only_for_what_was_given()
    {
        Assert.Equal(ConsentState.Given, ConsentRules.At(Now(ConsentState.Given, until: 500), 499).State);
        Assert.Equal(ConsentState.Expired, ConsentRules.At(Now(ConsentState.Given, until: 500), 500).State);
        Assert.Equal(ConsentState.Expired, ConsentRules.At(Now(ConsentState.SeparateGiven, until: 500), 501).State);
        Assert.Equal(ConsentState.Given, ConsentRules.At(Now(ConsentState.Given), long.MaxValue).State);
        Assert.Equal(ConsentState.Withdrawn, ConsentRules.At(Now(ConsentState.Withdrawn, until: 500), 900).State);
    }

    [Fact]
    public void An_event_older_than_what_stands_changes_nothing()
    {
        Assert.Equal("consent.older", Show(ConsentRules.Apply(Now(ConsentState.Withdrawn, at: 300), Event(ConsentEventKind.Give, at: 299))));
        Assert.Equal("given", Show(ConsentRules.Apply(Now(ConsentState.Withdrawn, at: 300), Event(ConsentEventKind.Give, at: 300))));
    }

    [Fact]
    public void A_bundled_consent_to_a_new_notice_does_not_keep_the_separate_one() =>
        Assert.Equal("given", Show(ConsentRules.Apply(Now(ConsentState.SeparateGiven, notice: 1), Event(ConsentEventKind.Give, notice: 2))));

    [Fact]
    public void Consent_without_a_form_is_none() =>
        Assert.Equal("consent.form-missing", Show(ConsentRules.Apply(null, Event(ConsentEventKind.Give) with { Form = null })));

    [Fact]
    public void After_any_history_a_withdrawal_ends_every_given_consent()
    {
        Prop.ForAll<int[]>(kinds =>
        {
            ConsentNow? now = null;
            long at = 0;
            foreach (var kind in kinds)
            {
                at++;
                var step = ConsentRules.Apply(now, Event((ConsentEventKind)(Math.Abs((long)kind) % 7), at, until: at + 3));
                now = step switch { ConsentStep.Moved moved => moved.Now, ConsentStep.Unchanged same => same.Now, _ => now };
            }

            var last = ConsentRules.Apply(now, Event(ConsentEventKind.Withdraw, at + 1));
            var end = last switch { ConsentStep.Moved moved => moved.Now, ConsentStep.Unchanged same => same.Now, _ => now! };
            return !end.IsGiven;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Of_two_merged_customers_the_later_word_counts_and_the_stricter_at_one_instant()
    {
        var given = Now(ConsentState.Given, at: 5);
        Assert.Equal(ConsentState.Given, ConsentRules.Later(Now(ConsentState.Withdrawn, at: 4), given).State);
        Assert.Equal(ConsentState.Withdrawn, ConsentRules.Later(given, Now(ConsentState.Withdrawn, at: 5)).State);
        Assert.Equal(ConsentState.Withdrawn, ConsentRules.Later(Now(ConsentState.Withdrawn, at: 5), given).State);
    }

    [Fact]
    public void The_summary_has_one_form_and_refuses_everything_else()
    {
        var written = ConsentSummary.Write([Now(ConsentState.Given, until: 500), Now(ConsentState.Refused) with { Purpose = PurposeKey.Of("survey"), Form = null, Notice = null }]);

        Assert.Equal(
            "010002" + "066d61726b6574" + "01" + "0000000000000064" + "00000000000001f4" + "03" + "0770726976616379" + "00000001" + "00000000000000000000000000000001"
            + "06737572766579" + "03" + "0000000000000064" + "8000000000000000" + "00" + "00" + "00000001" + "00000000000000000000000000000001",
            Convert.ToHexStringLower(written));
        Assert.True(ConsentSummary.TryRead(written, out var read));
        Assert.Equal(Now(ConsentState.Given, until: 500), read[Market]);
        for (var i = 0; i < written.Length; i++)
        {
            Assert.False(ConsentSummary.TryRead(written.AsSpan(0, i), out _));
            for (var value = 0; value < 256; value++)
            {
                var changed = (byte[])written.Clone();
                changed[i] = (byte)value;
                if (ConsentSummary.TryRead(changed, out var other))
                {
                    Assert.Equal(changed, ConsentSummary.Write(other.Values));
                }
            }
        }
    }
}
