using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Tests.Harness;
using Strongroom.Use;
using Strongroom.Use.Find;

namespace Strongroom.Tests.Use;

public abstract class FindSuite(TestStore store) : UseWorld(store)
{
    private async Task<Problem> RefusedAsync(FindRequest ask, string post = "back-office")
    {
        var (answer, problem) = await Find.FindAsync(ask, await CallerAsync(post), Ct);
        Assert.Null(answer);
        NoValueIn(problem!);
        return problem!;
    }

    private async Task<IReadOnlyList<CustomerId>> FoundAsync(FindRequest ask, string post = "back-office")
    {
        var (answer, problem) = await Find.FindAsync(ask, await CallerAsync(post), Ct);
        Assert.Null(problem);
        NoValueIn(answer!);
        return [.. answer!.Customers.Select(customer => customer.Id)];
    }

    [Fact]
    public async Task Any_spelling_of_the_value_finds_and_the_entry_says_nothing_of_it()
    {
        var person = await PersonAsync();
        Assert.Equal([person.Id], await FoundAsync(new FindRequest(ItemKey.Of("mobile"), "+86 138-0013-8000", Notify)));
        Assert.Empty(await FoundAsync(new FindRequest(ItemKey.Of("mobile"), "13900139000", Notify)));

        var entries = await LoggedAsync("find");
        Assert.Equal(2, entries.Count);
        Assert.All(entries, entry => Assert.Equal(("mobile", Verdict.Permit), (Assert.Single(entry.Header.Fact.Items).Value, entry.Header.Fact.Decision)));
        Assert.All(entries, entry => Assert.Null(entry.Header.Customer));
        Assert.All(entries, entry => Assert.DoesNotContain("138001", System.Text.Encoding.UTF8.GetString(entry.Body)));
        Assert.Equal(0, Keys.Opened);
    }

    [Fact]
    public async Task A_moved_search_block_names_nobody_and_raises_an_alarm()
    {
        var (a, b) = (await PersonAsync(), await PersonAsync(mobile: "13800138009", pnr: "BBBBBB"));
        await Db.WriteAsync(async tx =>
        {
            await using var role = await tx.AsRoleAsync(DbRole.General);
            await tx.ExecuteAsync("UPDATE search_general SET customer = @b WHERE customer = @a AND item = 'mobile'", new { a = a.Id.Bytes, b = b.Id.Bytes });
        }, Ct);

        Assert.Empty(await FoundAsync(new FindRequest(ItemKey.Of("mobile"), "13800138000", Notify)));
        var alarm = Assert.Single(await LoggedAsync(UseFacts.RowDamaged));
        Assert.Equal("row.search", Assert.Single(alarm.Header.Fact.Reasons));
    }

    [Fact]
    public async Task More_than_five_ask_for_one_more_detail()
    {
        for (var i = 0; i < 6; i++)
        {
            await PersonAsync(mobile: $"1380013800{i}", pnr: $"AAAAA{i}");
        }

        var problem = await RefusedAsync(new FindRequest(ItemKey.Of("name"), Name, Notify));
        Assert.Equal((422, "find.second_item"), (problem.Status, problem.Code));
        Assert.Equal([Verdict.Needs, Verdict.Permit], (await LoggedAsync("find")).Select(entry => entry.Header.Fact.Decision!.Value).OrderDescending());
        Assert.Single(await FoundAsync(new FindRequest(ItemKey.Of("name"), Name, Notify, [new FindAlso(ItemKey.Of("mobile"), "13800138003")])));
        Assert.Single(await FoundAsync(new FindRequest(ItemKey.Of("pnr"), "aaaaa4", Notify, [new FindAlso(ItemKey.Of("name"), Name)])));
        Assert.Empty(await FoundAsync(new FindRequest(ItemKey.Of("pnr"), "AAAAA4", Notify, [new FindAlso(ItemKey.Of("name"), "张三")])));
    }

    [Theory]
    [InlineData("pnr", Pnr, "item", "find.unsearchable")]
    [InlineData("birth", Birth, "item", "find.unsearchable")]
    [InlineData("contact_pref", "sms", "item", "find.unsearchable")]
    [InlineData("mobile", "12", "value", "mobile.shape")]
    [InlineData("mobile", " ", "value", "field.missing")]
    [InlineData("shoe_size", "44", "item", "item.unknown")]
    public async Task What_cannot_be_searched_is_told_as_that_and_never_as_nobody(string item, string value, string at, string code)
    {
        await PersonAsync();
        var problem = await RefusedAsync(new FindRequest(ItemKey.Of(item), value, Notify));
        Assert.Equal((422, at, code), (problem.Status, Assert.Single(problem.Errors).At, problem.Errors[0].Code));
    }

    [Fact]
    public async Task Searches_of_an_hour_end_also_in_parallel()
    {
        var caller = await CallerAsync("call-agent");
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Find.FindAsync(new FindRequest(ItemKey.Of("mobile"), Mobile, Notify), caller, Ct)));
        Assert.Equal(3, answers.Count(answer => answer.Answer is not null));
        var (_, problem) = await Find.FindAsync(new FindRequest(ItemKey.Of("mobile"), Mobile, Notify), caller, Ct);
        Assert.Equal((403, "volume.find"), (problem!.Status, Assert.Single(problem.Reasons).Code));

        Clock.Now += 3_600_000;
        Assert.NotNull((await Find.FindAsync(new FindRequest(ItemKey.Of("mobile"), Mobile, Notify), caller, Ct)).Answer);
    }

    [Fact]
    public async Task Another_companys_customer_is_not_found()
    {
        await PersonAsync(entity: Hotel);
        Assert.Empty(await FoundAsync(new FindRequest(ItemKey.Of("mobile"), Mobile, Notify)));
    }

    [Fact]
    public async Task Whoever_may_not_search_is_refused_and_recorded()
    {
        var problem = await RefusedAsync(new FindRequest(ItemKey.Of("mobile"), Mobile, Notify), "auditor");
        Assert.Equal((403, "act.ungranted"), (problem.Status, Assert.Single(problem.Reasons).Code));
        Assert.Equal(Verdict.Deny, Assert.Single(await LoggedAsync("find")).Header.Fact.Decision);
    }
}

public sealed class FindOnSqlite() : FindSuite(TestStore.Sqlite());

public sealed class FindOnPostgres(PostgresServer server) : FindSuite(TestStore.Postgres(server));
