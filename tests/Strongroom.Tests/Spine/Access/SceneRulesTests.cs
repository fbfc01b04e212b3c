using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Tests.Spine.Access;

/// <summary>Vault scenes in the one decision (R41): what falls under one needs a grant for exactly that; switched off means not allowed.</summary>
public sealed class SceneRulesTests
{
    private static readonly ItemFacts Third = Scene.OnePerLevel.First(item => item.Level == Level.Sensitive);

    private static readonly SceneRule Image = new("id_image", SceneTrigger.Items) { Items = new HashSet<ItemKey> { Third.Item } };

    private static AccessQuestion Asked(params SceneRule[] scenes) => Scene.View("counter").Rules(policy => policy with { Scenes = scenes }).Clear(Third);

    private static ApprovalFacts Grant(AccessQuestion question, params string[] scenes) => question.Approval() with { Scenes = scenes.ToHashSet() };

    private static string[] Needs(AccessQuestion question) => [.. AccessRules.Decide(question).Needs.Select(need => $"{Kebab.Of(need.What)}:{need.How}")];

    [Fact]
    public void The_decision_names_the_scene_and_only_a_grant_for_it_opens()
    {
        var asked = Asked(Image);
        Assert.True(AccessRules.Decide(Asked()).IsPermit);
        Assert.Equal(["approval:id_image"], Needs(asked));
        Assert.Equal(Shown.Withheld, AccessRules.Decide(asked).Shows(Scene.Booking.Id, Third.Item));
        Assert.Equal(["approval:id_image"], Needs(asked with { Approval = Grant(asked) }));
        Assert.Equal(["approval:id_image"], Needs(asked with { Approval = Grant(asked, "vip") }));
        var opened = AccessRules.Decide(asked with { Approval = Grant(asked, "id_image") });
        Assert.Equal((true, Shown.Clear, true), (opened.IsPermit, opened.Shows(Scene.Booking.Id, Third.Item), opened.Approval is not null));

        // Another's, another customer's, used or over: none of them is this one's.
        var grant = Grant(asked, "id_image");
        foreach (var other in new[]
        {
            grant with { Requester = PersonId.New() }, grant with { Customers = new HashSet<CustomerId> { CustomerId.New() } }, grant with { Usable = false }, grant with { Until = asked.Now },
            grant with { Items = new HashSet<ItemKey> { ItemKey.Of("other") } }, grant with { Act = Act.Correct }, grant with { Purpose = PurposeKey.Of("other") },
        })
        {
            Assert.Equal(["approval:id_image"], Needs(asked with { Approval = other }));
        }
    }

    [Fact]
    public void A_grant_for_a_scene_opens_nothing_that_does_not_fall_under_it()
    {
        // The counter sees level 4 by a second person only; a grant for images of level 3 is not that second person's word.
        var fourth = Scene.OnePerLevel.First(item => item.Level == Level.Critical);
        var asked = Scene.View("counter").Rules(policy => policy with { Scenes = [Image] }).Clear(fourth);
        Assert.Equal(["approval:use.view"], Needs(asked));
        Assert.Equal(["approval:use.view"], Needs(asked with { Approval = Grant(asked, "id_image") }));
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked) }).IsPermit);
    }

    [Fact]
    public void A_scene_switched_off_allows_nothing_even_to_a_grant_and_to_broken_glass()
    {
        var asked = Asked(Image with { Enabled = false });
        foreach (var approval in new[] { null, Grant(asked, "id_image"), Grant(asked) with { Emergency = true } })
        {
            var decision = AccessRules.Decide(asked with { Approval = approval });
            Assert.NotEqual(Shown.Clear, decision.Shows(Scene.Booking.Id, Third.Item));
            Assert.Contains(Reasons.SceneOff, decision.Reasons);
        }
    }

    [Fact]
    public void Broken_glass_stands_for_any_scene_and_overrides_no_denial()
    {
        var asked = Asked(Image, new SceneRule("vip", SceneTrigger.Old) { Items = Image.Items });
        Assert.Equal(["approval:id_image", "approval:vip"], Needs(asked));
        var glass = asked with { Approval = Grant(asked, "break_glass") with { Emergency = true } };
        Assert.True(AccessRules.Decide(glass).IsPermit);
        Assert.False(AccessRules.Decide(glass with { Customer = glass.Customer! with { State = LifeState.Archived } }).IsPermit);
        Assert.NotEqual(Shown.Clear, AccessRules.Decide(glass.Actor(actor => actor with { Strength = Strength.Password })).Shows(Scene.Booking.Id, Third.Item));
        Assert.False(AccessRules.Decide(glass.Actor(actor => actor with { Active = false })).IsPermit);
        Assert.False(AccessRules.Decide(glass with { Purpose = null }).IsPermit);
    }

    [Theory]
    [InlineData(89, true)]
    [InlineData(91, false)]
    [InlineData(null, false)]
    public void Records_older_than_the_days_named_take_a_grant_and_an_unknown_age_is_old(int? days, bool free)
    {
        var asked = Asked(new SceneRule("history", SceneTrigger.Old) { Items = Image.Items, OlderMs = 90 * 86_400_000L });
        asked = asked with
        {
            Items = [.. asked.Items.Select(item => item with { Record = item.Record! with { Created = days is { } age ? asked.Now - (age * 86_400_000L) : null } })],
        };
        Assert.Equal(free, AccessRules.Decide(asked).IsPermit);
        Assert.Equal(free ? [] : ["approval:history"], Needs(asked));
    }

    [Theory]
    [InlineData(89, 400, true)]
    [InlineData(-200, 100, true)]
    [InlineData(-200, 400, false)]
    [InlineData(91, 0, false)]
    [InlineData(null, 0, false)]
    public void The_day_of_the_journey_counts_and_not_when_it_was_taken_in(int? days, int taken, bool free)
    {
        var asked = Asked(new SceneRule("history", SceneTrigger.Old) { Items = Image.Items, OlderMs = 90 * 86_400_000L });
        var day = days is { } age ? DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(asked.Now).UtcDateTime).AddDays(-age) : Strongroom.Ground.Identifiers.EventDay.Unreadable;
        asked = asked with
        {
            Items = [.. asked.Items.Select(item => item with { Record = item.Record! with { Created = asked.Now - (taken * 86_400_000L), Day = day } })],
        };
        Assert.Equal(free, AccessRules.Decide(asked).IsPermit);
        Assert.Equal(free ? [] : ["approval:history"], Needs(asked));
    }

    [Fact]
    public void A_record_of_a_dated_kind_without_a_day_is_old()
    {
        var asked = Asked(new SceneRule("history", SceneTrigger.Old) { Items = Image.Items, OlderMs = 90 * 86_400_000L });
        AccessQuestion With(bool dated) => asked with { Items = [.. asked.Items.Select(item => item with { Record = item.Record! with { Created = asked.Now, Dated = dated } })] };
        Assert.True(AccessRules.Decide(With(dated: false)).IsPermit);
        Assert.Equal(["approval:history"], Needs(With(dated: true)));
    }

    [Fact]
    public void The_customers_code_stands_in_for_the_second_person_of_its_own_scene_and_act_alone()
    {
        var (scene, confirmed) = (Image with { ByCode = true }, Image.Items);
        Assert.Equal(["approval:id_image"], Needs(Asked(scene)));
        var opened = AccessRules.Decide(Asked(scene) with { Confirmed = confirmed });
        Assert.Equal((true, Shown.Clear, null), (opened.IsPermit, opened.Shows(Scene.Booking.Id, Third.Item), opened.Approval));
        Assert.Equal(["id_image"], SceneRules.ByCode(Asked(scene) with { Confirmed = confirmed }));

        // A scene that takes no code, another scene on the same item, and the same word for another act.
        Assert.Equal(["approval:id_image"], Needs(Asked(Image) with { Confirmed = confirmed }));
        Assert.Equal(["approval:history"], Needs(Asked(scene, new SceneRule("history", SceneTrigger.Old) { Items = Image.Items, ByCode = true }) with { Confirmed = confirmed } is var old
            ? old with { Items = [.. old.Items.Select(item => item with { Record = item.Record! with { Created = null, Day = null } })] } : throw new InvalidOperationException()));
        Assert.Equal(["approval:id_image"], Needs(Asked(scene) with { Confirmed = new HashSet<ItemKey> { ItemKey.Of("other") } }));
        Assert.NotEqual(Shown.Clear, AccessRules.Decide(Asked(scene with { Enabled = false }) with { Confirmed = confirmed }).Shows(Scene.Booking.Id, Third.Item));
        foreach (var act in Enum.GetValues<Act>())
        {
            Assert.Equal(act == Act.View, SceneRules.TakesCode(scene, act));
            Assert.Equal(act == Act.Correct, SceneRules.TakesCode(scene with { On = SceneTrigger.Change }, act));
        }
    }

    [Fact]
    public void A_post_that_corrects_with_the_customers_word_alone_corrects_nothing_else()
    {
        var scene = new SceneRule("contact_change", SceneTrigger.Change) { Items = Image.Items, ByCode = true };
        var asked = Scene.View("call-agent").Verified().Rules(policy => policy with { Scenes = [scene] }) with { Act = Act.Correct, Clear = new HashSet<ItemKey>(), Items = [Third] };
        asked = asked.Actor(actor => actor with { Grants = [.. actor.Grants.Select(grant => grant with { Rule = grant.Rule with { OnlyConfirmed = true } })] });
        Assert.Equal(["approval:contact_change"], Needs(asked));
        Assert.True(AccessRules.Decide(asked with { Confirmed = Image.Items }).IsPermit);
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked, "contact_change") }).IsPermit);
        foreach (var other in new[]
        {
            asked with { Items = [Scene.Moderate] }, asked with { Items = [Third with { Record = null }] }, asked.Rules(policy => policy with { Scenes = [] }),
            asked.Rules(policy => policy with { Scenes = [scene with { Enabled = false }] }),
        })
        {
            Assert.Equal(Verdict.Deny, AccessRules.Decide(other with { Confirmed = other.Items.Select(item => item.Item).ToHashSet() }).Overall);
        }

        // Another post of his that corrects carries it, and without a verified caller he changes nothing.
        Assert.True(AccessRules.Decide((asked with { Items = [Scene.Moderate] }).Actor(actor => actor with { Grants = [.. actor.Grants, Scene.Grant("counter")] })).IsPermit);
        Assert.Contains("caller:verify", Needs(asked with { Confirmed = Image.Items, Session = asked.Session! with { Verified = false } }));
    }

    [Fact]
    public void Above_the_volume_the_scene_is_named_and_below_it_nothing()
    {
        var scene = new SceneRule("threshold", SceneTrigger.Volume);
        AccessQuestion With(int today) => Asked(scene) is var asked ? asked with { Volume = new VolumeFacts(0, 1, new Dictionary<int, int> { [asked.Items[0].VolumeLimit] = today }) } : throw new InvalidOperationException();
        Assert.True(AccessRules.Decide(With(0)).IsPermit);
        var above = With(Third.VolumeLimit);
        Assert.Equal(["approval:threshold"], Needs(above));
        Assert.True(AccessRules.Decide(above with { Approval = Grant(above, "threshold") }).IsPermit);
    }

    [Fact]
    public void An_unverified_caller_is_verified_or_vouched_for_by_a_second_person_on_site()
    {
        var asked = Scene.View("call-agent").Rules(policy => policy with { Scenes = [new SceneRule("unverified_reveal", SceneTrigger.Unverified)] }).Clear(Third);
        Assert.Equal(["approval:unverified_reveal", "caller:verify"], Needs(asked).Order(StringComparer.Ordinal));
        Assert.True(AccessRules.Decide(asked.Verified()).IsPermit);
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked, "unverified_reveal") }).IsPermit);
        Assert.False(AccessRules.Decide(asked with { Approval = Grant(asked) }).IsPermit);
    }

    [Fact]
    public void A_batch_beyond_the_post_takes_a_grant_whether_a_scene_is_kept_or_not()
    {
        foreach (var scenes in new SceneRule[][] { [], [new("batch_query", SceneTrigger.Many)] })
        {
            var asked = Scene.View("counter").Rules(policy => policy with { Scenes = scenes }) with { Batch = true };
            Assert.Equal(["approval:batch_query"], Needs(asked));
            Assert.Equal(scenes.Length == 1, AccessRules.Decide(asked with { Approval = Grant(asked, "batch_query") }).IsPermit);
            Assert.False(AccessRules.Decide(asked with { Approval = Grant(asked) }).IsPermit);
        }
    }

    [Fact]
    public void A_person_changes_a_number_by_two_and_a_registered_system_by_its_own_procedure()
    {
        var scene = new SceneRule("contact_change", SceneTrigger.Change) { Items = Image.Items };
        var asked = Asked(scene) with { Act = Act.Correct, Clear = new HashSet<ItemKey>() };
        asked = asked.Actor(actor => actor with { Grants = [.. actor.Grants.Select(grant => grant with { Rule = grant.Rule with { Acts = new HashSet<Act> { Act.Correct } } })] });
        asked = asked with { Items = [.. asked.Items.Where(item => item.Item == Third.Item)] };
        Assert.Equal(["approval:contact_change"], Needs(asked));
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked, "contact_change") }).IsPermit);
        Assert.True(AccessRules.Decide(asked with { Items = [.. asked.Items.Select(item => item with { Item = ItemKey.Of("other") })] }).IsPermit);
    }

    [Fact]
    public void Off_shift_a_grant_for_a_scene_opens_nothing_whatever_the_post_sees()
    {
        var fourth = Scene.OnePerLevel.First(item => item.Level == Level.Critical);
        foreach (var item in new[] { Third, fourth })
        {
            var scene = Image with { Items = new HashSet<ItemKey> { item.Item } };
            var asked = Scene.View("counter").Rules(policy => policy with { Scenes = [scene] }).Clear(item);
            foreach (var approval in new[] { Grant(asked, "id_image"), Grant(asked, "break_glass") with { Emergency = true } })
            {
                var on = asked with { Approval = approval };
                Assert.Equal(Shown.Clear, AccessRules.Decide(on).Shows(Scene.Booking.Id, item.Item));
                var off = AccessRules.Decide(on.Actor(actor => actor with { Grants = [.. actor.Grants.Select(grant => grant with { OnShift = false })] }));
                Assert.NotEqual(Shown.Clear, off.Shows(Scene.Booking.Id, item.Item));
                Assert.Contains(Reasons.HoursOff, off.Reasons);
                var hours = new HoursRule(PostKey.Of("counter"), new HashSet<DayOfWeek>(), 0, 1440, 480);
                Assert.NotEqual(Shown.Clear, AccessRules.Decide(on.Rules(policy => policy with { Hours = [hours] })).Shows(Scene.Booking.Id, item.Item));
            }
        }
    }

    [Fact]
    public void Every_scene_on_an_act_counts_and_one_that_is_off_ends_it()
    {
        SceneRule On(string key) => new(key, SceneTrigger.Act) { Acts = new HashSet<Act> { Act.Contact } };
        var asked = Asked(On("first"), On("second")) with { Act = Act.Contact, Clear = new HashSet<ItemKey>() };
        Assert.Equal(["approval:first", "approval:second"], Needs(asked));
        Assert.Equal(["approval:second"], Needs(asked with { Approval = Grant(asked, "first") }));
        Assert.Equal(["approval:first"], Needs(asked with { Approval = Grant(asked, "second") }));
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked, "first", "second") }).IsPermit);
        var off = asked.Rules(policy => policy with { Scenes = [On("first"), On("second") with { Enabled = false }] });
        Assert.Contains(Reasons.SceneOff, AccessRules.Decide(off with { Approval = Grant(off, "first", "second") }).Reasons);
        Assert.False(AccessRules.Decide(off with { Approval = Grant(off, "first", "second") }).IsPermit);

        var batch = Scene.View("counter").Rules(policy => policy with { Scenes = [new("many", SceneTrigger.Many), new("more", SceneTrigger.Many)] }) with { Batch = true };
        Assert.Equal(["approval:more"], Needs(batch with { Approval = Grant(batch, "many") }));
        Assert.True(AccessRules.Decide(batch with { Approval = Grant(batch, "many", "more") }).IsPermit);
    }

    [Fact]
    public void Broken_glass_does_not_stand_for_the_second_person_of_somebody_who_is_looked_into()
    {
        var asked = Asked().Rules(policy => policy with { Watched = new HashSet<PersonId> { Scene.Agent } });
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked) }).IsPermit);
        var glass = AccessRules.Decide(asked with { Approval = Grant(asked, "break_glass") with { Emergency = true } });
        Assert.NotEqual(Shown.Clear, glass.Shows(Scene.Booking.Id, Third.Item));
        Assert.Contains(Reasons.WatchVault, glass.Reasons);
    }

    [Fact]
    public void A_number_that_stands_in_another_record_is_guarded_there_too_and_a_first_one_is_not()
    {
        var scene = new SceneRule("contact_change", SceneTrigger.Change) { Items = Image.Items };
        var asked = Asked(scene) with { Act = Act.Correct, Clear = new HashSet<ItemKey>(), Items = [Third with { Record = null }] };
        Assert.True(AccessRules.Decide(asked).IsPermit);
        asked = asked with { Items = [Third with { Record = null, Elsewhere = true }] };
        Assert.Equal(["approval:contact_change"], Needs(asked));
        Assert.True(AccessRules.Decide(asked with { Approval = Grant(asked, "contact_change") }).IsPermit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_person_imports_only_a_file_whose_digest_was_approved_while_the_scene_is_on_and_a_system_as_registered(bool enabled)
    {
        var importer = Asked().Actor(actor => actor with
        {
            Grants = [.. actor.Grants.Select(grant => grant with { Rule = grant.Rule with { Acts = new HashSet<Act> { Act.Import } } })],
        }) with { Act = Act.Import, Customer = null, Items = [], Clear = new HashSet<ItemKey>() };
        Assert.True(AccessRules.Decide(importer).IsPermit);
        var guarded = importer.Rules(policy => policy with { Scenes = [new SceneRule("import", SceneTrigger.Import, enabled)] });
        Assert.Equal([enabled ? Reasons.ImportByPerson : Reasons.SceneOff], AccessRules.Decide(guarded).Reasons);
        Assert.False(AccessRules.Decide(guarded with { Approval = Grant(guarded, "import") }).IsPermit);
        Assert.Equal(enabled, AccessRules.Decide(guarded with { FileApproved = true }).IsPermit);
        Assert.True(AccessRules.Decide(guarded.Actor(actor => actor with
        {
            Client = new ClientFacts(ClientId.New(), new HashSet<Act> { Act.Import }, new HashSet<PurposeKey> { Scene.Fulfil }, null, null, true, true),
        })).IsPermit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_document_that_a_person_typed_takes_an_approval_while_the_scene_is_on_and_a_system_is_not_asked(bool enabled)
    {
        var taking = Asked().Actor(actor => actor with
        {
            Grants = [.. actor.Grants.Select(grant => grant with { Rule = grant.Rule with { Acts = new HashSet<Act> { Act.Add } } })],
        }) with { Act = Act.Add, Customer = null, Items = [], Clear = new HashSet<ItemKey>() };
        var guarded = taking.Rules(policy => policy with { Scenes = [new SceneRule("no_reader", SceneTrigger.Typed, enabled)] });
        Assert.True(AccessRules.Decide(guarded).IsPermit);
        var typed = guarded with { DocumentTyped = true };
        Assert.Equal([enabled ? Reasons.DocumentTyped : Reasons.SceneOff], AccessRules.Decide(typed).Reasons);
        Assert.False(AccessRules.Decide(typed with { FileApproved = true }).IsPermit);
        Assert.Equal(enabled, AccessRules.Decide(typed with { TypingApproved = true }).IsPermit);
        Assert.True(AccessRules.Decide(typed.Actor(actor => actor with
        {
            Client = new ClientFacts(ClientId.New(), new HashSet<Act> { Act.Add }, new HashSet<PurposeKey> { Scene.Fulfil }, null, null, true, true),
        })).IsPermit);
    }
}
