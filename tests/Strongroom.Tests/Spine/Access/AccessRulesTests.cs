using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Tests.Spine.Access;

public sealed class AccessRulesTests
{
    /// <summary>
    /// domain.md §3 row by row: each level wanted alone in clear. C clear · M masked without further ado · A waits for an approval
    /// · V waits for the caller · W withheld.
    /// </summary>
    [Theory]
    [InlineData("call-agent", false, "C M V W")]
    [InlineData("call-agent", true, "C C C W")]
    [InlineData("outsourced-agent", true, "C M A W")]
    [InlineData("counter", false, "C C C A")]
    [InlineData("back-office", false, "C C C A")]
    [InlineData("shift-lead", false, "C C C A")]
    [InlineData("complaints", false, "C C C A")]
    [InlineData("rights-desk", false, "C C C A")]
    [InlineData("marketing", false, "M M W W")]
    [InlineData("data-owner", false, "C M M W")]
    [InlineData("auditor", false, "M M M W")]
    [InlineData("dpo", false, "M M A A")]
    public void Every_post_sees_each_level_as_its_row_says(string post, bool verified, string row)
    {
        var question = post == "marketing" ? Scene.View(post).For(Scene.Market) : Scene.View(post);
        question = verified ? question.Verified() : question;
        Assert.Equal(row, string.Join(' ', Scene.OnePerLevel.Select(item => Letter(question.Clear(item)))));
    }

    [Theory]
    [InlineData("analyst")]
    [InlineData("admin-4a")]
    [InlineData("operations")]
    public void Posts_without_customers_reach_none(string post) => Assert.Equal(Verdict.Deny, Decide(Scene.View(post)).Overall);

    [Theory]
    [InlineData("call-agent", "M M M W")]
    [InlineData("counter", "M M M M")]
    [InlineData("auditor", "M M M W")]
    public void What_nobody_asked_in_clear_is_masked_and_needs_nothing(string post, string row)
    {
        var decision = Decide(Scene.View(post));
        Assert.True(decision.IsPermit);
        Assert.Equal(row, string.Join(' ', Scene.OnePerLevel.Select(item => decision.Shows(Scene.Booking.Id, item.Item).ToString()[0])));
        Assert.Empty(decision.Authorisations);
    }

    /// <summary>R42: an outside account works on few customers at once; a batch, an import and an unknown size take two.</summary>
    [Theory]
    [InlineData(Act.View, 5, true)]
    [InlineData(Act.View, 6, false)]
    [InlineData(Act.View, null, false)]
    [InlineData(Act.Import, 1, false)]
    public void An_outside_accounts_batch_takes_two(object act, int? customers, bool may)
    {
        var asked = Scene.View("back-office").Actor(actor => actor with
        {
            RowCeiling = 5, Grants = [.. actor.Grants.Select(grant => grant with { Rule = grant.Rule with { Acts = new HashSet<Act> { Act.View, Act.Import } } })],
        }) with { Act = (Act)act, Volume = customers is { } n ? new VolumeFacts(0, n, new Dictionary<int, int>()) : null };
        var decision = AccessRules.Decide(asked);
        Assert.Equal(may, decision.IsPermit);
        Assert.Equal(!may, decision.Reasons.Contains(Reasons.RowCeiling));
        Assert.True(AccessRules.Decide(asked with { Approval = asked.Approval() }).IsPermit);
    }

    [Fact]
    public void Reveal_opens_one_at_a_time_and_clear_ones_do_not_count()
    {
        var second = Scene.Item("passport", Level.Sensitive);
        var question = Scene.View("counter").Rules(policy => policy with
        {
            Authorisations = [.. policy.Authorisations, new(AuthorisationId.New(), PostKey.Of("counter"), null, Scene.Fulfil, new HashSet<ItemKey> { second.Item }, 0, long.MaxValue)],
        });
        Assert.All(question.Clear(Scene.Sensitive, second).Items, item =>
            Assert.Equal(Shown.Masked, Decide(question.Clear(Scene.Sensitive, second)).Shows(Scene.Booking.Id, item.Item)));
        Assert.Contains(Reasons.RevealOne, Decide(question.Clear(Scene.Sensitive, second)).Reasons);
        Assert.All(question.Clear(Scene.Low, Scene.Moderate, second).Items, item =>
            Assert.Equal(Shown.Clear, Decide(question.Clear(Scene.Low, Scene.Moderate, second)).Shows(Scene.Booking.Id, item.Item)));
    }

    [Fact]
    public void A_vault_item_opens_with_an_approval_for_exactly_it_and_the_approval_is_named_for_consumption()
    {
        var question = Scene.View("counter").Clear(Scene.Critical);
        var approval = question.Approval();
        var decision = Decide(question with { Approval = approval });
        Assert.Equal(Shown.Clear, decision.Shows(Scene.Booking.Id, Scene.Critical.Item));
        Assert.Equal(approval.Id, decision.Approval);
        var weaker = Decide((question with { Approval = approval }).Actor(a => a with { Strength = Strength.SecondFactor }));
        Assert.Contains(new Need(NeedKind.SecondFactor, "passkey"), weaker.Needs);
        Assert.Equal(Shown.Withheld, weaker.Shows(Scene.Booking.Id, Scene.Critical.Item));

        ApprovalFacts[] others =
        [
            approval with { Usable = false },
            approval with { Until = Scene.Now },
            approval with { Requester = PersonId.New() },
            approval with { Act = Act.Export },
            approval with { Purpose = Scene.Market },
            approval with { Customers = new HashSet<CustomerId> { CustomerId.New() } },
            approval with { Items = new HashSet<ItemKey> { Scene.Sensitive.Item } },
        ];
        Assert.All(others, other =>
        {
            var refused = Decide(question with { Approval = other });
            Assert.Equal(Verdict.Needs, refused.Overall);
            Assert.Contains(Reasons.ApprovalInvalid, refused.Reasons);
            Assert.Null(refused.Approval);
        });
    }

    [Fact]
    public void An_approval_is_not_spent_where_the_post_opens_the_item_anyway()
    {
        var question = Scene.View("counter").Clear(Scene.Moderate);
        Assert.Null(Decide(question with { Approval = question.Approval() }).Approval);
    }

    [Fact]
    public void Nothing_lifts_a_dash_and_nothing_shows_a_password()
    {
        var question = Scene.View("call-agent").Verified().Clear(Scene.Critical);
        Assert.Equal("W", Letter(question with { Approval = question.Approval() }));
        var password = Scene.Moderate with { NeverShown = true };
        var shown = Decide(Scene.View("counter").Clear(password));
        Assert.Equal(Shown.Withheld, shown.Shows(Scene.Booking.Id, password.Item));
        Assert.Contains(Reasons.ItemNeverShown, shown.Reasons);
        Assert.True(Decide((Scene.View("counter") with { Items = [password] }) with { Act = Act.Compare }).IsPermit);
    }

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void What_is_missing_is_told_and_nothing_shown(string what, object spoil, Verdict verdict, string code, bool notFound)
    {
        var good = Scene.View("counter").Clear(Scene.Sensitive);
        Assert.Equal("C", Letter(good));
        var decision = Decide(((Func<AccessQuestion, AccessQuestion>)spoil)(good));
        Assert.Equal((verdict, code, notFound), (decision.Overall, decision.ReasonCodes.FirstOrDefault() ?? what, decision.NotFound));
        Assert.Equal(Shown.Withheld, decision.Shows(Scene.Booking.Id, Scene.Sensitive.Item));
        if (verdict == Verdict.Needs)
        {
            Assert.NotEmpty(decision.Needs);
        }
    }

    public static TheoryData<string, object, Verdict, string, bool> Spoiled()
    {
        var rows = new TheoryData<string, object, Verdict, string, bool>();
        void Row(string what, Func<AccessQuestion, AccessQuestion> spoil, Reason reason, bool notFound = false, Verdict verdict = Verdict.Deny) =>
            rows.Add(what, spoil, verdict, reason.Code, notFound);
        void Needs(string what, Func<AccessQuestion, AccessQuestion> spoil, Reason reason) => Row(what, spoil, reason, verdict: Verdict.Needs);

        Row("policy", q => q with { Policy = null }, Reasons.PolicyMissing);
        Row("actor", q => q with { Actor = null }, Reasons.ActorInactive);
        Row("suspended", q => q.Actor(a => a with { Active = false }), Reasons.ActorInactive);
        Row("act", q => q with { Act = null }, Reasons.ActUnknown);
        Row("unknown act", q => q with { Act = (Act)99 }, Reasons.ActUnknown);
        Row("other act", q => q with { Act = Act.Export }, Reasons.ActUngranted);
        Row("no customer", q => q with { Customer = null }, Reasons.CustomerUnknown, notFound: true);
        Row("destroyed", q => q.Whom(c => c with { State = LifeState.Destroyed }), Reasons.CustomerUnknown, notFound: true);
        Row("unknown state", q => q.Whom(c => c with { State = (LifeState)9 }), Reasons.CustomerUnknown, notFound: true);
        Row("other unit", q => q.Whom(c => c with { Units = new HashSet<UnitId> { UnitId.New() } }), Reasons.ScopeOutside, notFound: true);
        Row("other entity", q => q.Actor(a => a with { Entities = new HashSet<EntityId> { Scene.Hotel } }), Reasons.EntityCrossing, notFound: true);
        Needs("no purpose", q => q with { Purpose = null }, Reasons.PurposeMissing);
        Row("unknown purpose", q => q with { PurposeKnown = null }, Reasons.PurposeUnknown);
        Row("another purpose's facts", q => q with { PurposeKnown = Scene.Purposes[Scene.Market] }, Reasons.PurposeUnknown);
        Row("archived", q => q.Whom(c => c with { State = LifeState.Archived }), Reasons.RecordArchived);
        Needs("no consent", q => q.For(Scene.Market).Whom(c => c with { Consents = new Dictionary<PurposeKey, ConsentFacts>() }), Reasons.PurposeNoBasis);
        Row("withdrawn", q => Consent(q, ConsentState.Withdrawn), Reasons.ConsentWithdrawn);
        Row("refused", q => Consent(q, ConsentState.Refused), Reasons.ConsentRefused);
        Needs("asked", q => Consent(q, ConsentState.Asked), Reasons.PurposeNoBasis);
        Needs("told only", q => Consent(q, ConsentState.Acknowledged), Reasons.PurposeNoBasis);
        Needs("superseded", q => Consent(q, ConsentState.Superseded), Reasons.ConsentSuperseded);
        Needs("expired", q => Consent(q, ConsentState.Expired), Reasons.ConsentExpired);
        Needs("over this very millisecond", q => Consent(q, ConsentState.Given, Scene.Now), Reasons.ConsentExpired);
        Needs("company rule", q => q with { PurposeKnown = q.PurposeKnown! with { AlsoConsent = true } }, Reasons.ConsentCompany);
        Needs("no basis at all", q => q with { PurposeKnown = q.PurposeKnown! with { Bases = [] } }, Reasons.PurposeNoBasis);
        Needs("no authorisation", q => q.Rules(p => p with { Authorisations = [] }), Reasons.AuthorisationMissing);
        Needs("authorisation over", q => q with { Now = long.MaxValue, Actor = q.Actor! with { StrengthAt = long.MaxValue } }, Reasons.AuthorisationMissing);
        Needs("no training", q => q.Rules(p => p with { Duties = [new("training", Level.Low, null)] }), Reasons.TrainingLapsed);
        Needs("training lapsed", q => q.Rules(p => p with { Duties = [new("training", Level.Low, null)] }).Actor(a => a with { Duties = new Dictionary<string, long> { ["training"] = Scene.Now } }), Reasons.TrainingLapsed);
        Needs("no agreement", q => q.Rules(p => p with { Duties = [new("nda", Level.Sensitive, null)] }), Reasons.NdaLapsed);
        Needs("password only", q => q.Actor(a => a with { Strength = Strength.Password }), Reasons.SecondFactor);
        Needs("proved long ago", q => q.Actor(a => a with { StrengthAt = Scene.Now - 700_000 }), Reasons.FactorNeeded);
        Needs("proved in the future", q => q.Actor(a => a with { StrengthAt = Scene.Now + 1 }), Reasons.FactorNeeded);
        Needs("volume unknown", q => q with { Volume = null }, Reasons.VolumeStop);
        Needs("too many at once", q => q with { Volume = q.Volume! with { Customers = 2_501 } }, Reasons.VolumeStop);
        Needs("looked into", q => q.Rules(p => p with { Watched = new HashSet<PersonId> { Scene.Agent } }), Reasons.WatchVault);
        Needs("too many today", q => (q with { Session = null }) with { Volume = q.Volume! with { RevealedToday = new Dictionary<int, int> { [2_500] = 2_500 } } }, Reasons.VolumeStop);
        return rows;
    }

    [Fact]
    public void A_verified_caller_in_ones_own_service_session_is_not_counted_against_the_day()
    {
        var unverified = Scene.View("counter").Clear(Scene.Moderate) with { Volume = new VolumeFacts(0, 1, new Dictionary<int, int> { [2_500] = 2_500 }) };
        var busy = unverified.Verified();
        Assert.Equal("C", Letter(busy));
        Assert.Equal("A", Letter(unverified));
        Assert.Equal("A", Letter(busy with { Session = busy.Session! with { Holder = PersonId.New() } }));
        Assert.Equal("A", Letter(busy with { Session = busy.Session! with { Until = Scene.Now } }));
    }

    [Fact]
    public void A_call_agent_reaches_only_the_customer_of_his_own_open_session()
    {
        var question = Scene.View("call-agent");
        Assert.True(Decide(question).IsPermit);
        Assert.True(Decide(question with { Session = question.Session! with { Customer = CustomerId.New() } }).NotFound);
        Assert.True(Decide(question with { Session = question.Session! with { Holder = PersonId.New() } }).NotFound);
        Assert.True(Decide(question with { Session = question.Session! with { Until = Scene.Now } }).NotFound);
        Assert.True(Decide(question with { Session = null }).NotFound);
    }

    [Fact]
    public void Scopes_hold()
    {
        Assert.True(Decide(Scene.View("complaints").Whom(c => c with { OpenCase = false })).NotFound);
        Assert.Equal([new Need(NeedKind.Ticket, "request")], Decide(Scene.View("rights-desk") with { HasTicket = false }).Needs);
        Assert.True(Decide(Scene.View("marketing")).NotFound);
        Assert.True(Decide(Scene.View("marketing").For(Scene.Market)).IsPermit);
    }

    [Fact]
    public void Archived_opens_to_a_legal_duty_and_the_items_that_name_it()
    {
        var question = Scene.View("counter").For(Scene.Authority).Whom(c => c with { State = LifeState.Archived });
        Assert.Equal("C", Letter(question.Clear(Scene.Moderate)));
        Assert.Equal("W", Letter(question.Clear(Scene.Moderate with { Purposes = new HashSet<PurposeKey> { Scene.Fulfil } })));
        Assert.Equal(Verdict.Deny, Decide(question with { Act = Act.Correct }).Overall);
        Assert.Equal(Verdict.Deny, Decide(question.For(Scene.Safety)).Overall);
        var archived = Scene.Moderate with { Record = Scene.Booking with { State = LifeState.Archived } };
        Assert.Equal("W", Letter(Scene.View("counter").Clear(archived)));
        Assert.Equal("C", Letter(Scene.View("counter").For(Scene.Authority).Clear(archived)));
    }

    [Fact]
    public void Restricted_is_seen_masked_unless_the_law_asks()
    {
        var question = Scene.View("counter").Whom(c => c with { State = LifeState.Restricted }).Clear(Scene.Moderate);
        Assert.Equal("M", Letter(question));
        Assert.Equal("C", Letter(question.For(Scene.Authority)));
        Assert.Equal("C", Letter(question.For(Scene.Safety)));
        Assert.Equal(Reasons.CustomerRestricted, Decide(question with { Act = Act.Contact }).Reasons[0]);
        Assert.True(Decide(question with { Act = Act.Correct }).IsPermit);
    }

    [Fact]
    public void Purpose_limitation_holds_for_what_is_shown_and_not_for_what_is_only_matched()
    {
        var other = Scene.Moderate with { Purposes = new HashSet<PurposeKey> { Scene.Market } };
        var question = Scene.View("counter").Clear(other);
        Assert.Equal("W", Letter(question));
        Assert.Equal(Verdict.Deny, Decide(question with { Act = Act.Contact }).Overall);
        Assert.True(Decide(question with { Act = Act.Compare }).IsPermit);

        var elsewhere = Scene.Moderate with { CollectedFor = new HashSet<PurposeKey> { Scene.Market } };
        Assert.Equal("W", Letter(Scene.View("counter").Clear(elsewhere)));
        Assert.Equal("C", Letter(Scene.View("counter").For(Scene.Authority).Clear(elsewhere)));
        var compatible = Scene.View("counter").Clear(elsewhere);
        Assert.Equal("C", Letter(compatible with { PurposeKnown = compatible.PurposeKnown! with { Compatible = new HashSet<PurposeKey> { Scene.Market } } }));
    }

    [Fact]
    public void A_sensitive_item_needs_separate_consent_or_at_least_a_record_that_the_customer_was_told()
    {
        var special = Scene.Moderate with { Mark = Mark.Sensitive };
        var question = Scene.View("counter").For(Scene.Market).Clear(special);
        Assert.Equal("C", Letter(question));
        var bundled = Consent(question, ConsentState.Given);
        Assert.Equal([new Need(NeedKind.Consent, "market")], Decide(bundled).Needs);
        Assert.Equal(Shown.Withheld, Decide(bundled with { Clear = new HashSet<ItemKey>() }).Shows(Scene.Booking.Id, special.Item));

        var contract = Scene.View("counter").Clear(special);
        Assert.Equal("C", Letter(contract));
        var untold = contract.Whom(c => c with { Consents = new Dictionary<PurposeKey, ConsentFacts>() });
        Assert.Equal(Reasons.ConsentAcknowledge, Decide(untold).Reasons[0]);
        Assert.Equal("C", Letter(untold.For(Scene.Safety)));
    }

    [Fact]
    public void Everything_about_a_child_is_sensitive_and_at_least_level_three()
    {
        var question = Scene.View("counter").Clear(Scene.Low).Whom(c => c with { Minor = true });
        Assert.Equal("C", Letter(question));
        Assert.Equal(Reasons.FactorNeeded, Decide(question.Actor(a => a with { StrengthAt = 0 })).Reasons[0]);
        Assert.Equal("M", Letter(Scene.View("data-owner").Clear(Scene.Low).Whom(c => c with { Minor = true })));
        Assert.Equal("W", Letter(Scene.View("marketing").For(Scene.Market).Clear(Scene.Low).Whom(c => c with { Minor = true })));
    }

    [Fact]
    public void An_act_may_ask_for_proof_of_its_own_age_and_strength()
    {
        var question = Scene.View("counter").Clear(Scene.Low);
        AccessQuestion Asking(Strength strength, long? age) => question.Rules(p => p with { ActProofs = [new(new HashSet<Act> { Act.View }, strength, age)] });
        Assert.Equal(Verdict.Permit, Decide(Asking(Strength.SecondFactor, 60_000).Actor(a => a with { StrengthAt = Scene.Now - 60_000, SecondFactorAt = 0 })).Overall);
        var old = Decide(Asking(Strength.SecondFactor, 60_000).Actor(a => a with { StrengthAt = Scene.Now - 60_001, SecondFactorAt = 0 }));
        Assert.Equal((Verdict.Needs, Reasons.FactorNeeded), (old.Overall, old.Reasons[0]));
        Assert.Equal(Reasons.PasskeyNeeded, Decide(Asking(Strength.Passkey, null).Actor(a => a with { Strength = Strength.SecondFactor })).Reasons[0]);
        Assert.Equal(Verdict.Permit, Decide(question.Rules(p => p with { ActProofs = [new(new HashSet<Act> { Act.Correct }, Strength.Passkey, 1)] })).Overall);
    }

    [Fact]
    public void Zones_and_hours_keep_it_masked()
    {
        var question = Scene.View("counter").Clear(Scene.Sensitive);
        var zoned = question.Rules(p => p with { Zones = [new(Level.Sensitive, new HashSet<string> { "branch" })] });
        Assert.Equal("M", Letter(zoned));
        Assert.Contains(Reasons.ZoneRefused, Decide(zoned).Reasons);
        Assert.Equal("C", Letter(zoned.Clear(Scene.Moderate)));
        Assert.Equal("C", Letter(zoned.Actor(a => a with { Zone = "branch" })));

        var at = Instants.At(Scene.Now);
        var minute = (at.Hour * 60) + at.Minute;
        AccessQuestion Shift(int from, int until) => question.Rules(p => p with { Hours = [new(PostKey.Of("counter"), new HashSet<DayOfWeek> { at.DayOfWeek }, from, until, 0)] });
        Assert.Equal("C", Letter(Shift(minute, minute + 1)));
        Assert.Equal("M", Letter(Shift(minute + 1, minute + 2)));
        Assert.Equal("C", Letter(Shift(minute, minute - 1)));
        Assert.Contains(Reasons.HoursOff, Decide(Shift(minute + 1, minute + 2)).Reasons);
    }

    [Fact]
    public void A_client_is_held_to_its_registration_and_to_mutual_tls()
    {
        var client = new ClientFacts(
            ClientId.New(), new HashSet<Act> { Act.View }, new HashSet<PurposeKey> { Scene.Fulfil },
            new HashSet<ItemKey> { Scene.Low.Item, Scene.Sensitive.Item }, Scene.Now + 1, QuotaLeft: true, MutualTls: true);
        AccessQuestion Ask(ClientFacts facts) => Scene.View("counter").Clear(Scene.Sensitive).Actor(a => a with { Client = facts, Strength = Strength.None });
        Assert.Equal("C", Letter(Ask(client)));
        Assert.Equal("M", Letter(Ask(client with { MutualTls = false })));
        Assert.Equal("C", Letter(Ask(client with { MutualTls = false }).Clear(Scene.Low)));
        Assert.Equal("C", Letter(Ask(client with { MutualTls = false }).Rules(p => p with { ClientMutualTlsFrom = null })));
        Assert.Equal("W", Letter(Ask(client).Clear(Scene.Moderate)));
        Assert.Equal(Reasons.ClientExpired, Decide(Ask(client with { Until = Scene.Now })).Reasons[0]);
        Assert.Equal(429, Decide(Ask(client with { QuotaLeft = false })).ToProblem().Status);
        Assert.Equal(Reasons.ClientScope, Decide(Ask(client with { Acts = new HashSet<Act>() })).Reasons[0]);
        Assert.Equal(Reasons.ClientScope, Decide(Ask(client with { Purposes = new HashSet<PurposeKey>() })).Reasons[0]);
    }

    [Fact]
    public void Searches_have_a_limit_an_hour_and_need_no_customer()
    {
        var question = (Scene.View("call-agent") with { Act = Act.Find, Customer = null, Session = null }) with { Items = [Scene.Moderate with { Record = null }] };
        Assert.True(Decide(question with { Volume = new VolumeFacts(59, 1, new Dictionary<int, int>()) }).IsPermit);
        Assert.Equal(Reasons.FindQuota, Decide(question with { Volume = new VolumeFacts(60, 1, new Dictionary<int, int>()) }).Reasons[0]);
        Assert.Equal(Reasons.FindQuota, Decide(question with { Volume = null }).Reasons[0]);
        Assert.Equal(Verdict.Deny, Decide(question with { Items = [Scene.Critical with { Record = null }] }).Overall);
    }

    [Fact]
    public void Administration_takes_a_passkey_and_two_person_acts_an_approval()
    {
        var admin = Scene.View("admin-4a") with { Act = Act.Administer, Customer = null, Purpose = null, PurposeKnown = null, Items = [] };
        Assert.True(Decide(admin).IsPermit);
        Assert.Equal([new Need(NeedKind.SecondFactor, "passkey")], Decide(admin.Actor(a => a with { Strength = Strength.SecondFactor })).Needs);
        Assert.Equal([new Need(NeedKind.StepUp, "passkey")], Decide(admin.Actor(a => a with { StrengthAt = Scene.Now - (31 * 60_000) })).Needs);

        // A row may ask for less, by name; a fresh code then does what an old passkey does not.
        var relaxed = admin.Rules(p => p with { Administer = new AdministerRule(Strength.SecondFactor, 60_000) });
        Assert.True(Decide(relaxed.Actor(a => a with { Strength = Strength.SecondFactor })).IsPermit);
        Assert.True(Decide(relaxed.Actor(a => a with { StrengthAt = Scene.Now - 90_000, SecondFactorAt = Scene.Now })).IsPermit);
        Assert.Equal([new Need(NeedKind.SecondFactor, "sign-in")], Decide(relaxed.Actor(a => a with { Strength = Strength.Password })).Needs);

        var export = Scene.View("counter").Clear(Scene.Moderate) with { Act = Act.Export };
        export = export.Actor(a => a with { Grants = [a.Grants[0] with { Rule = a.Grants[0].Rule with { Acts = new HashSet<Act> { Act.Export } } }] });
        Assert.Equal([new Need(NeedKind.Approval, "use.export")], Decide(export).Needs);
        Assert.True(Decide(export with { Approval = export.Approval() }).IsPermit);
    }

    [Fact]
    public void What_is_not_found_looks_the_same_outside_whatever_the_reason()
    {
        AccessQuestion[] hidden =
        [
            Scene.View("counter") with { Customer = null },
            Scene.View("counter").Whom(c => c with { State = LifeState.Destroyed }),
            Scene.View("counter").Whom(c => c with { Units = new HashSet<UnitId>() }),
            Scene.View("counter").Whom(c => c with { Entity = Scene.Hotel }) with { Items = [] },
        ];
        var answers = hidden.Select(question => System.Text.Json.JsonSerializer.Serialize(new { view = Decide(question).ToView(), problem = Decide(question).ToProblem() })).Distinct();
        Assert.Single(answers);
        Assert.Equal(4, hidden.Select(question => string.Join(',', Decide(question).ReasonCodes)).Distinct().Count() + 1);
    }

    [Fact]
    public void The_decision_cites_its_authorisation_and_has_the_published_shape()
    {
        var decision = Decide(Scene.View("counter").Clear(Scene.Moderate) with { Items = [Scene.Moderate, Scene.Critical] });
        Assert.Equal(PostKey.Of("counter"), Scene.Policy.Authorisations.Single(a => a.Id == decision.Authorisations.Single()).Post);
        Assert.Equal(
            """{"overall":"permit","needs":[],"reasons":[],"items":{"name":{"shown":"clear","reasons":[]},"id_image":{"shown":"masked","reasons":[]}}}""",
            System.Text.Json.JsonSerializer.Serialize(decision.ToView(), System.Text.Json.JsonSerializerOptions.Web));
        var needs = Decide(Scene.View("counter").Clear(Scene.Critical));
        Assert.Equal((403, "/problems/access.needs"), (needs.ToProblem().Status, needs.ToProblem().Type));
        Assert.Contains("\"needs\":[{\"what\":\"approval\",\"how\":\"use.view\"}]", System.Text.Json.JsonSerializer.Serialize(needs.ToView(), System.Text.Json.JsonSerializerOptions.Web), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m c - -")]
    [InlineData("c c - m")]
    [InlineData("c c c")]
    public void Rights_that_rise_with_the_level_are_not_made(string cells) => Assert.Throws<FormatException>(() => LevelRights.Of(cells));

    private static Decision Decide(AccessQuestion question) => AccessRules.Decide(question);

    private static AccessQuestion Consent(AccessQuestion question, ConsentState state, long? until = null) => question.For(Scene.Market)
        .Whom(c => c with { Consents = new Dictionary<PurposeKey, ConsentFacts> { [Scene.Market] = new(state, until) } });

    private static string Letter(AccessQuestion question)
    {
        var decision = Decide(question);
        var item = question.Items.Single();
        if (decision.Overall == Verdict.Needs)
        {
            return decision.Needs.Single().What == NeedKind.Caller ? "V" : "A";
        }

        return decision.IsPermit ? decision.Shows(item.Record?.Id, item.Item).ToString()[..1] : "D";
    }
}
