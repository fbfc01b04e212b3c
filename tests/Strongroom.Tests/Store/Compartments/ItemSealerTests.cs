using System.Text;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Search;

namespace Strongroom.Tests.Store.Compartments;

public sealed class ItemSealerTests
{
    private static readonly ItemSpec Mobile = new(ItemKey.Of("mobile"), Compartment.General, ItemKinds.Of("mobile"), Find: true, Identifies: false);
    private static readonly ItemSpec Name = new(ItemKey.Of("name"), Compartment.General, ItemKinds.Of("name"), Find: true, Identifies: false);
    private static readonly ItemSpec Pnr = new(ItemKey.Of("pnr"), Compartment.General, ItemKinds.Of("code6"), Find: false, Identifies: false);
    private static readonly ItemSpec IdNo = new(ItemKey.Of("id_no"), Compartment.Sensitive, ItemKinds.Of("cn-id"), Find: true, Identifies: true);
    private static readonly ItemSpec Trip = new(ItemKey.Of("itinerary"), Compartment.Sensitive, ItemKinds.Of("segments"), Find: false, Identifies: false);
    private static readonly CombinedKey PnrName = new(
        SearchKeyName.Of("pnr-name"), Compartment.General, [new(Pnr.Key, null, Pnr.Kind), new(Name.Key, null, Name.Kind)]);
    private static readonly CombinedKey FlightDate = new(SearchKeyName.Of("flight-date"), Compartment.Sensitive, [new(Trip.Key, null, Trip.Kind)]);

    private readonly TestKeys keys = new();

    private async Task<SealedItems> SealAsync(IReadOnlyList<ItemToSeal> items, Dictionary<ItemKey, string>? also = null)
    {
        var owner = new KeyOwner(77);
        await keys.CreateAsync([owner]);
        using var open = await keys.OpenAsync(owner);
        return new ItemSealer(keys).Seal(open!, RecordId.From(8), IntakeId.From(5), 9, items, [PnrName, FlightDate], also);
    }

    private static bool Finds(SearchLookup? lookup, SealedItems made) => lookup is not null && made.Blocks.Any(
        block => block.Key == lookup.Key && block.Compartment == lookup.Compartment && lookup.Blocks.Any(one => one.Value.AsSpan().SequenceEqual(block.Block.Value)));

    [Fact]
    public async Task A_value_is_found_by_every_spelling_of_it_and_only_an_identity_number_is_claimed()
    {
        var made = await SealAsync([new(Mobile, "+86 138-1234-5678"), new(IdNo, "110105 19491231 002x")]);
        var sealer = new ItemSealer(keys);

        Assert.Equal(2, made.Items.Count);
        Assert.True(Finds(sealer.Lookup(Mobile, "13812345678"), made));
        Assert.True(Finds(sealer.Lookup(IdNo, "11010519491231002X"), made));
        Assert.False(Finds(sealer.Lookup(Mobile, "13812345679"), made));
        Assert.Null(sealer.Lookup(Mobile, "hello"));
        Assert.Null(sealer.Lookup(Pnr, "AB3XYZ"));
        var claim = Assert.Single(made.Claims);
        Assert.Equal(claim.Blocks[0].Value, Assert.Single(sealer.Claims([(IdNo, "11010519491231002X"), (Mobile, "13812345678")])).Blocks[0].Value);
    }

    [Fact]
    public async Task Combined_keys_join_the_record_with_what_the_submission_knows_besides()
    {
        var sealer = new ItemSealer(keys);
        var made = await SealAsync([new(Pnr, "ab3xyz")], new() { [Name.Key] = "张 三" });

        Assert.True(Finds(sealer.Lookup(PnrName, new Dictionary<ItemKey, string> { [Pnr.Key] = "AB3XYZ", [Name.Key] = "张三" }), made));
        Assert.False(Finds(sealer.Lookup(PnrName, new Dictionary<ItemKey, string> { [Pnr.Key] = "AB3XYZ", [Name.Key] = "李四" }), made));
        Assert.Null(sealer.Lookup(PnrName, new Dictionary<ItemKey, string> { [Pnr.Key] = "AB3XYZ" }));
        Assert.Equal(["pnr"], made.Items.Select(item => item.Key.Value));
    }

    [Fact]
    public async Task A_combined_key_of_foreign_parts_alone_or_with_a_part_missing_gives_nothing()
    {
        Assert.Empty((await SealAsync([new(Pnr, "ab3xyz")])).Blocks);
        await keys.DestroyAsync([new KeyOwner(77)]);
        Assert.DoesNotContain((await SealAsync([new(Mobile, "13812345678")], new() { [Pnr.Key] = "AB3XYZ", [Name.Key] = "张三" })).Blocks, block => block.Key == PnrName.Key);
    }

    [Fact]
    public async Task Each_leg_of_a_journey_is_found_by_flight_and_date()
    {
        var made = await SealAsync([new(Trip, "CA981 PEK-JFK 2024-05-01; CA982 JFK-PEK 2024-05-09")]);

        Assert.Equal(2, made.Blocks.Count);
        Assert.True(Finds(new ItemSealer(keys).Lookup(FlightDate, new Dictionary<ItemKey, string> { [Trip.Key] = "ca982 2024-05-09" }), made));
    }

    [Fact]
    public async Task A_consents_reference_opens_for_that_consent_only()
    {
        var owner = new KeyOwner(78);
        await keys.CreateAsync([owner]);
        using var open = await keys.OpenAsync(owner);
        var sealedReference = ItemSealer.SealReference(open!, ConsentId.From(1), "call 4711");

        Assert.True(open!.TryOpen(ItemSealer.ReferenceScope(owner, ConsentId.From(1)), sealedReference, out var plain));
        Assert.Equal("call 4711", Encoding.UTF8.GetString(plain));
        Assert.False(open.TryOpen(ItemSealer.ReferenceScope(owner, ConsentId.From(2)), sealedReference, out _));
    }

    [Theory]
    [InlineData("general", "name-birth", Compartment.General)]
    [InlineData("airline", "flight-date", Compartment.Sensitive)]
    [InlineData("hotel", "stay-name-date", Compartment.Sensitive)]
    public void Every_item_and_search_key_of_a_shipped_pack_can_be_sealed_for(string pack, string key, Compartment compartment)
    {
        var catalogue = Catalogue.Packs.Load(pack);

        Assert.All(catalogue.Items, item => Assert.Equal(item.Level >= Level.Sensitive, item.Spec().Compartment == Compartment.Sensitive));
        Assert.All(catalogue.Items.Select(item => item.Spec()).Where(spec => spec.Find || spec.Identifies), spec => Assert.True(spec.Kind.IsSearchable));
        Assert.Equal(compartment, catalogue.CombinedKeys().Single(one => one.Key.Value == key).Compartment);
    }
}
