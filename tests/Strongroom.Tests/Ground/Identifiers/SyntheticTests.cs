using Strongroom.Ground.Identifiers;

namespace Strongroom.Tests.Ground.Identifiers;

public sealed class SyntheticTests
{
    private static readonly DateOnly _today = new(2025, 1, 1);

    [Fact]
    public void Two_thousand_people_have_valid_identifiers()
    {
        for (var index = 0; index < 2_000; index++)
        {
            var person = new Synthetic("demo", index);
            var born = person.BirthDate();
            (string Kind, string Value)[] values =
            [
                ("cn-id", person.ResidentId(born, index % 2 == 0)), ("mobile", person.Mobile()), ("passport", person.Passport()), ("pan", person.Pan()),
                ("uscc", person.Uscc()), ("plate", person.Plate()), ("permit", person.HongKongId()), ("name", person.ChineseName()),
                ("name-latin", person.LatinName()), ("email", person.Email()), ("digits13", person.TicketNumber()), ("code6", person.BookingReference()),
                ("imei", person.Imei()),
            ];
            Assert.All(values, item => Assert.Null(ItemKinds.Of(item.Kind).Check(item.Value, _today).Fault?.Code));
            Assert.Equal(Confidence.High, ItemKinds.Of("uscc").Check(values[4].Value, _today).Confidence);
            Assert.Equal(index % 2 == 0, (values[0].Value[16] - '0') % 2 == 1);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_person_on_every_machine()
    {
        var person = new Synthetic("golden", 7);
        Assert.Equal(GoldenLine, string.Join('|', person.ChineseName(), person.Mobile(), person.ResidentId(new DateOnly(1990, 2, 28), true), person.Pan()));
        Assert.NotEqual(new Synthetic("golden", 8).Mobile(), new Synthetic("golden", 7).Mobile());
        Assert.NotEqual(new Synthetic("other", 7).Mobile(), new Synthetic("golden", 7).Mobile());
    }

    [Fact]
    public void Below_is_even_and_in_range()
    {
        var source = new Synthetic("dice");
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
        {
            counts[source.Below(6)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Below(0));
    }

    private const string GoldenLine = "徐梓|15448505782|32010019900228423X|4000000551700604";
}
