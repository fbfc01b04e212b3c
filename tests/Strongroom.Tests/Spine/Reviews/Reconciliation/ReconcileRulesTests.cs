using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;
using Strongroom.Spine.Reviews.Reconciliation;

namespace Strongroom.Tests.Spine.Reviews.Reconciliation;

public sealed class ReconcileRulesTests
{
    private const long Now = 1_780_000_000_000, Day = 86_400_000;
    private static readonly KnownPerson Here = new(PersonId.New(), true, true), Gone = new(PersonId.New(), false, true), Direct = new(PersonId.New(), true, false);

    [Fact]
    public void Accounts_are_orphan_left_shared_unapproved_or_unused_and_good_ones_are_none()
    {
        var found = ReconcileRules.OfAccounts(
        [
            Row("good", "a", Here), Row("orphan", "", null), Row("typo", "nobody", null), Row("left", "b", Gone), Row("direct", "c", Direct),
            Row("shared", "a", Here), Row("shared", "c", Direct), Row("old", "a", Here, used: Now - (91 * Day)), Row("off", "", null, active: false),
        ], Now);
        Assert.Equal(
            ["direct unapproved", "left left", "old unused", "orphan orphan", "shared shared", "shared unapproved", "typo orphan"],
            found.Select(one => $"{one.Account} {Kebab.Of(one.Kind)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Operations_need_a_known_account_a_ticket_that_covers_them_and_one_device_at_a_time()
    {
        var found = ReconcileRules.OfOperations(
        [
            Did("good", Now, true, true, "d1"), Did("ghost", Now, false, true, ""), Did("free", Now, true, false, ""), Did("free", Now, true, false, ""),
            Did("two", Now, true, true, "d1"), Did("two", Now + 60_000, true, true, "d2"), Did("moved", Now, true, true, "d1"), Did("moved", Now + (10 * 60_000), true, true, "d2"),
        ]);
        Assert.Equal(
            ["free operation-unapproved", "ghost operation-unknown", "two shared"], found.Select(one => $"{one.Account} {Kebab.Of(one.Kind)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Own_accounts_answer_for_their_request_and_their_posts()
    {
        var (asked, made) = (AccountRequestId.New(), PersonId.New());
        var request = new AccountRequestContent([], "zh", AccountKind.Employee, null, null, null, [], PersonId.New(), Now - Day)
        {
            State = AccountRequestState.Approved, Person = made, Decided = Now - Day,
        };
        Member<PersonContent> Person(PersonId id, AccountRequestId? from, long post, MemberState state = MemberState.Active) => new(id.Value, 1, new PersonContent
        {
            AccountMac = [], Names = [], Password = [], MustChangePassword = false, PasswordAt = Now, Locale = "zh", State = state, Request = from,
            Posts = [new HeldPost(PostKey.Of("counter"), UnitId.New(), post, null)],
        });
        var closed = PersonId.New();
        var found = ReconcileRules.OfOwn(
            [Person(made, asked, Now - Day), Person(PersonId.New(), null, Now), Person(closed, asked, 0, MemberState.Closed)],
            new Dictionary<AccountRequestId, AccountRequestContent> { [asked] = request }, new Dictionary<PersonId, long>(), Now);
        Assert.Equal([FindingKind.Unapproved, FindingKind.Left], found.Select(one => one.Kind));

        // The two accounts that began the installation are said to be that, and whoever only claims it beside a request is not.
        var begun = Person(PersonId.New(), null, Now);
        var none = new Dictionary<PersonId, long>();
        Assert.Equal(FindingKind.Bootstrap, Assert.Single(ReconcileRules.OfOwn([begun with { Content = begun.Content with { Bootstrap = true } }], new Dictionary<AccountRequestId, AccountRequestContent>(), none, Now)).Kind);
        Assert.Equal(FindingKind.Unapproved, Assert.Single(ReconcileRules.OfOwn(
            [begun with { Content = begun.Content with { Bootstrap = true, Request = AccountRequestId.New() } }], new Dictionary<AccountRequestId, AccountRequestContent>(), none, Now)).Kind);
        Assert.Equal(closed, Assert.Single(found[1].People));
        Assert.Equal(FindingKind.EarlyPost, Assert.Single(ReconcileRules.OfOwn(
            [Person(made, asked, Now - Day - 1)], new Dictionary<AccountRequestId, AccountRequestContent> { [asked] = request }, new Dictionary<PersonId, long>(), Now)).Kind);
    }

    [Fact]
    public void Files_tell_line_column_and_code_and_are_never_half_taken()
    {
        var bad = ExternalFileRules.Accounts("system,account,person,state,last_use\ncrm,13812345678,a,active,\nCRM!,b,c,active,2026-13-01\ncrm,x\ncrm,\"q,q\",a,on,2026-01-02\n", json: false);
        Assert.Empty(bad.Rows);
        Assert.Equal(
            ["line 3, column system reconcile.value", "line 3, column last_use reconcile.value", "line 4 reconcile.columns", "line 5, column state reconcile.value"],
            bad.Errors.Select(error => $"{error.At} {error.Code}"));
        Assert.Equal(["line 1 reconcile.header"], ExternalFileRules.Accounts("who,what\n", json: false).Errors.Select(error => $"{error.At} {error.Code}"));
        var good = Assert.Single(ExternalFileRules.Accounts("state,system,person,account,last_use\r\nactive,crm,a,\"say \"\"hi\"\", you\",2026-01-02\r\n", json: false).Rows);
        Assert.Equal((2, "say \"hi\", you", true, 1_767_312_000_000L), (good.Line, good.Account, good.Active, good.LastUse!.Value));
        var done = ExternalFileRules.Operations("""{"system":"crm","account":"a","act":"export","time":"2026-01-02T03:04:05+08:00","ticket":null}""" + "\n", json: true);
        Assert.Equal((1_767_294_245_000L, "", ""), (Assert.Single(done.Rows).Time, done.Rows[0].Ticket, done.Rows[0].Device));
        Assert.Equal("line 1 reconcile.json", string.Join(' ', ExternalFileRules.Operations("""{"system":"crm","secret":"x"}""", json: true).Errors.Select(error => $"{error.At} {error.Code}")));
    }

    [Fact]
    public void Whatever_comes_in_is_answered_and_no_value_goes_out() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<bool>(), (text, json) =>
        {
            var head = json ? "" : "system,account,person,state,last_use\n";
            var read = ExternalFileRules.Accounts(head + text.Get, json);
            return (read.Errors.Count == 0) == (read.Rows.Count > 0)
                && read.Errors.All(error => error.At.StartsWith("line ", StringComparison.Ordinal) || error.At == "file");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_finding_goes_only_ways_that_make_sense()
    {
        foreach (var state in Enum.GetValues<FindingState>())
        {
            Assert.Equal(state == FindingState.Mended ? FindingState.Reopened : null, ReconcileRules.Next(state, seen: true));
            Assert.Equal(state == FindingState.Mended ? null : FindingState.Mended, ReconcileRules.Next(state, seen: false));
        }
    }

    private static ResolvedAccount Row(string account, string owner, KnownPerson? person, bool active = true, long? used = null) =>
        new(new ExternalAccount(2, "crm", account, owner, active, used ?? (Now - Day), ""), person);

    private static ResolvedOperation Did(string account, long at, bool known, bool covered, string device) =>
        new(new ExternalOperation(2, "crm", account, "export", at, "t", device), known, null, covered);
}
