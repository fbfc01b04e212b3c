using Strongroom.Ground;
using Strongroom.Store.Catalogue;

namespace Strongroom.Tests.Store.Catalogue;

public sealed class CatalogueMergeTests
{
    private static readonly Bilingual _title = new("示例集团", "Sample group");

    private static InformationCatalogue Merge(params string[] packs) => Merged(packs.Select(Packs.Load));

    private static InformationCatalogue Merged(IEnumerable<InformationCatalogue> packs) => CatalogueMerge.Merge("group", _title, packs) switch
    {
        CatalogueMergeResult.Merged merged => merged.Catalogue,
        CatalogueMergeResult.Refused refused => throw new Xunit.Sdk.XunitException(string.Join('\n', refused.Issues)),
        _ => throw new InvalidOperationException(),
    };

    [Fact]
    public void Airline_and_hotel_make_one_installation()
    {
        var group = Merge("airline", "hotel");

        Assert.Equal(["airline", "general", "hotel"], group.Includes.Select(stamp => stamp.Id));
        Assert.Equal((61, 8, 7, 7), (group.Items.Count, group.SearchKeys.Count, group.Records.Count, group.Forms.Count));
        Assert.Superset(new HashSet<string> { "ff_no", "tier", "room_pref" }, group.Record(RecordTypeKey.Of("profile"))!.Items.Select(item => item.Value).ToHashSet());
        Assert.Equal(
            [RetentionEvent.CustomerEnd, RetentionEvent.CheckOut], group.Purpose(PurposeKey.Of("realname"))!.Retain.Select(term => term.After));
    }

    [Fact]
    public void A_company_rule_of_one_pack_reaches_the_forms_of_the_other()
    {
        var fulfil = PurposeKey.Of("fulfil");
        var form = Merge("airline", "hotel").Form(FormKey.Of("hotel-registration"))!;

        Assert.DoesNotContain(Packs.Load("hotel").Form(form.Key)!.Consents, consent => consent.Purpose == fulfil);
        Assert.Contains(form.Consents, consent => consent is { Form: ConsentForm.ESigned, Separate: false } && consent.Purpose == fulfil);
    }

    [Fact]
    public void All_five_merge_and_the_stricter_level_and_mark_win()
    {
        var group = Merge(Packs.All);

        Assert.Equal((Level.Sensitive, Mark.House), Of("mobile"));
        Assert.Equal((Level.Sensitive, Mark.House), Of("email"));
        Assert.Equal((Level.Sensitive, Mark.None), Of("name"));
        (Level, Mark) Of(string key) => (group.Item(ItemKey.Of(key))!.Level, group.Item(ItemKey.Of(key))!.Mark);
    }

    [Fact]
    public void Order_does_not_matter()
    {
        var packs = Packs.All.Select(Packs.Load).ToList();
        var want = Merged(packs);

        Assert.Equal(want, Merged(Enumerable.Reverse(packs)));
        Assert.Equal(want, Merged(packs.Skip(2).Concat(packs.Take(2))));
        Assert.Equal(PackWriter.Write(want), PackWriter.Write(Merged(Enumerable.Reverse(packs))));
    }

    [Fact]
    public void Merging_never_loosens_an_item()
    {
        var group = Merge(Packs.All);

        foreach (var item in Packs.All.SelectMany(pack => Packs.Load(pack).Items))
        {
            var merged = group.Item(item.Key)!;
            Assert.True(merged.Level >= item.Level && merged.Mark >= item.Mark && merged.Search >= item.Search && merged.Volume <= item.Volume, item.Key.Value);
            Assert.True(item.Identifies || !merged.Identifies, item.Key.Value);
            Assert.True(merged.Retain.After != item.Retain.After || merged.Retain.Term.CompareTo(item.Retain.Term) <= 0, item.Key.Value);
        }
    }

    [Fact]
    public void The_same_pack_twice_is_the_pack_once() => Assert.Equal(Merge("airline").Items, Merge("airline", "airline").Items);

    public static TheoryData<string> Conflicts() => ["kind", "basis", "notice", "post", "version"];

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void What_has_no_stricter_side_is_refused(string what)
    {
        var hotel = Packs.Load("hotel");
        var other = what switch
        {
            "kind" => hotel with { Items = [hotel.Items[0] with { Kind = "text" }, .. hotel.Items.Skip(1)] },
            "basis" => hotel with { Purposes = [hotel.Purposes[0] with { Bases = [LegalBasis.LegalDuty] }, .. hotel.Purposes.Skip(1)] },
            "notice" => hotel with { Notices = [hotel.Notices[0] with { Date = new DateOnly(2026, 2, 1) }, .. hotel.Notices.Skip(1)] },
            "post" => hotel with { Posts = [hotel.Posts[0] with { Change = ChangeBy.Items }, .. hotel.Posts.Skip(1)] },
            _ => hotel with { Includes = [hotel.Includes[0] with { Version = new PackVersion(9, 0, 0) }] },
        };

        var refused = Assert.IsType<CatalogueMergeResult.Refused>(CatalogueMerge.Merge("group", _title, [Packs.Load("airline"), other]));

        Assert.Contains(refused.Issues, issue => issue.Code == (what == "version" ? "merge.versions" : "merge.conflict"));
    }

    [Fact]
    public void Differing_masks_at_one_level_hide_everything()
    {
        var general = Packs.Load("general");
        var name = general.Items[0];
        var other = general with { Pack = general.Pack with { Id = "other" }, Items = [name with { Mask = "keep:1,1" }, .. general.Items.Skip(1)] };

        Assert.Equal("hidden", Merged([general, other]).Item(name.Key)!.Mask);
    }

    [Fact]
    public void Nothing_merges_to_nothing() => Assert.IsType<CatalogueMergeResult.Refused>(CatalogueMerge.Merge("group", _title, []));
}
