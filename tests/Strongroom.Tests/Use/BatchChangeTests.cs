using System.Text;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Use.Asking;
using Strongroom.Use.Correct;
using Strongroom.Use.View;

namespace Strongroom.Tests.Use;

/// <summary>Changes of many customers by an approved file (R41, batch_change): exactly its bytes, line by line, each a correction of its own, and on again after a stop.</summary>
public abstract class BatchChangeSuite(TestStore store) : UseWorld(store)
{
    private static readonly SceneRow Scene = new(
        "batch_change", "批量修改", "Bulk change", new SceneTriggerRow(SceneTrigger.ChangeMany), [SceneMode.WorkOrder, SceneMode.Remote],
        [new ApprovalStepRow([new ApproverRow(PostKey.Of("data-owner"), Unit: ApproverUnit.Entity)])], new SceneValidityRow(3_600_000, 1));

    private static readonly PersonId Asker = PersonId.From(61);

    private HeldPost? both;

    private async Task<Caller> MeAsync()
    {
        var me = await CallerAsync("back-office", Asker);
        return both is null ? me : new Caller(me.Actor with { Posts = [.. me.Actor.Posts, both] }, me.AgainAsync);
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await PolicyAsync(PolicyContent.Of(PolicyKind.Scene, Scene.Scene, Scene));
    }

    [Fact]
    public async Task An_approved_file_changes_each_customer_with_an_entry_of_his_own_and_keeps_what_was()
    {
        var (one, two, three) = (await PersonAsync(), await PersonAsync("李四", "13700000001"), await PersonAsync("赵五", "13700000003"));
        var file = File(Line(one, "name", 1, "王小明明"), Line(two, "name", 1, "李四四"), Line(three, "name", 1, "赵五五"), $$"""{"customer":"{{CustomerId.New()}}","changes":[{"record":"{{one.Profile}}","item":"name","version":1,"value":"某人"}]}""");
        var asked = await AskAsync(file);
        Assert.Equal("approval.unready", await CodeAsync(asked.Id, file));
        await ApproveAsync(asked);

        var results = await RunAsync(asked.Id, file);
        Assert.Equal([ChangeStatus.Changed, ChangeStatus.Changed, ChangeStatus.Changed, ChangeStatus.Rejected], results.Select(result => result.Status));
        Assert.Equal("customer.unknown", Assert.Single(results[3].Errors!).Code);
        Assert.Equal(("王小明明", "李四四"), (await NameAsync(one), await NameAsync(two)));
        var entries = await LoggedAsync("correct");
        Assert.Equal(3, entries.Count(entry => entry.Header.Fact.Approvals.Contains(asked.Id) && entry.Header.Fact.Decision == Verdict.Permit));
        Assert.Equal(["changed-3", "known-0", "rejected-1"], Assert.Single(await LoggedAsync("batch-changed")).Header.Fact.Reasons);
        Assert.Single(await LoggedAsync("batch-change-begun"));
    }

    [Fact]
    public async Task What_was_not_approved_is_not_carried_out()
    {
        var one = await PersonAsync();
        var file = File(Line(one, "name", 1, "王小明明"));
        var asked = await AskAsync(file);
        await ApproveAsync(asked);

        // A row more, another value, another person, and the same for single corrections.
        Assert.Equal("grant.changed", await CodeAsync(asked.Id, File(Line(one, "name", 1, "王小明明"), Line(await PersonAsync("李四", "13700000002"), "name", 1, "李四四"))));
        Assert.Equal("grant.changed", await CodeAsync(asked.Id, File(Line(one, "name", 1, "别人"))));
        Assert.Equal("approval.void", await CodeAsync(asked.Id, file, await CallerAsync("back-office")));
        Assert.Equal("approval.void", await CodeAsync(ApprovalId.New(), file));
        Assert.Equal(Name, await NameAsync(one));

        // While the scene is off nothing is carried out, nor asked for; without it neither.
        await PolicyAsync(PolicyContent.Of(PolicyKind.Scene, Scene.Scene, Scene with { Enabled = false }));
        Assert.Equal("scene.off", await CodeAsync(asked.Id, file));
        Assert.Equal("scene.off", ((Outcome<Approval>.Refused)await Batch.RequestAsync(await MeAsync(), Wanted(file), Ct)).Problem.Code);
    }

    [Fact]
    public async Task A_file_that_stopped_goes_on_where_it_was_and_a_value_corrected_meanwhile_stays()
    {
        var people = new List<Person>();
        for (var i = 0; i < 4; i++)
        {
            people.Add(await PersonAsync($"客户{i}", $"1370000001{i}"));
        }

        var file = File([.. people.Select(person => Line(person, "name", 1, "新名"))]);
        var asked = await AskAsync(file);
        await ApproveAsync(asked);
        await Correct.CorrectAsync(people[3].Id, new CorrectRequest([new ItemChange(people[3].Profile, ItemKey.Of("name"), 1, "已更正")], Notify), null, await CallerAsync("back-office"), Ct);

        var told = new List<ChangeResult>();
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(asked.Id, file, told, stopAfter: 2));
        Assert.Empty(await LoggedAsync("batch-changed"));

        var results = await RunAsync(asked.Id, file);
        Assert.Equal([ChangeStatus.Known, ChangeStatus.Known, ChangeStatus.Changed, ChangeStatus.Rejected], results.Select(result => result.Status));
        Assert.Equal("row.changed", Assert.Single(results[3].Errors!).Code);
        Assert.Equal("已更正", await NameAsync(people[3]));
        Assert.Equal(3, (await LoggedAsync("correct")).Count(entry => entry.Header.Fact.Approvals.Contains(asked.Id) && entry.Header.Fact.Decision == Verdict.Permit));

        // Its end ends it, used or not.
        Clock.Now = asked.Content.Until + 1;
        Assert.Equal("approval.void", await CodeAsync(asked.Id, file));
    }

    [Fact]
    public async Task Taken_back_while_it_runs_it_stops_at_the_next_line()
    {
        var (one, two) = (await PersonAsync(), await PersonAsync("李四", "13700000001"));
        var file = File(Line(one, "name", 1, "王小明明"), Line(two, "name", 1, "李四四"));
        var asked = await AskAsync(file);
        await ApproveAsync(asked);
        var told = new List<ChangeResult>();
        await RunAsync(asked.Id, file, told, after: async () => Assert.IsType<Outcome<Approval>.Done>(await Approvals.RevokeAsync((await MeAsync()).Actor, asked.Id, "停", Ct)));
        Assert.Equal([ChangeStatus.Changed, ChangeStatus.Rejected], told.Select(result => result.Status));
        Assert.Equal("changes.revoked", Assert.Single(told[1].Errors!).Code);
        Assert.Equal("李四", await NameAsync(two));
        Assert.Equal("approval.void", await CodeAsync(asked.Id, file));
    }

    [Fact]
    public async Task Every_mistake_of_the_file_is_told_by_its_line_and_nothing_is_asked()
    {
        var one = await PersonAsync();
        var file = File("{}", Line(one, "name", 1, "甲"), Line(one, "name", 1, "乙"), Line(await PersonAsync("李四", "13700000001"), "mobile", 1, "12"), $$"""{"customer":"{{CustomerId.New()}}","changes":[null]}""");
        var refused = Assert.IsType<Outcome<Approval>.Refused>(await Batch.RequestAsync(await MeAsync(), Wanted(file), Ct)).Problem;
        Assert.Equal(["file[1]", "file[3].customer", "file[4].changes[0].value", "file[5].changes"], refused.Errors.Select(error => error.At));
        NoValueIn(refused);
        var unknown = File($$"""{"customer":"{{CustomerId.New()}}","changes":[{"record":"{{one.Profile}}","item":"name","version":1,"value":"某人"}]}""");
        Assert.Equal("customer.unknown", Assert.IsType<Outcome<Approval>.Refused>(await Batch.RequestAsync(await MeAsync(), Wanted(unknown), Ct)).Problem.Code);
    }

    [Fact]
    public async Task A_customer_of_another_company_is_not_there_for_the_approver_of_this_one()
    {
        var inn = UnitId.From(81);
        await Db.WriteAsync(tx => Control.SaveAsync(
            tx, new ControlKey(Members.Unit, inn.Value), 0, new UnitContent(Hotel, null, "前台", MemberState.Active), new LogFact { Act = FactName.Of("unit-created"), Actor = LogActor.System }));
        both = new HeldPost(PostKey.Of("back-office"), inn, 0, null);
        var (own, guest) = (await PersonAsync(), await PersonAsync("李四", "13700000001", entity: Hotel));
        await ConsentAsync(guest.Id, Fulfil, Strongroom.Store.Consent.ConsentEventKind.Give);
        var refused = Assert.IsType<Outcome<Approval>.Refused>(await Batch.RequestAsync(await MeAsync(), Wanted(File(Line(own, "name", 1, "甲"), Line(guest, "name", 1, "乙"))), Ct)).Problem;
        Assert.Equal("entity.crossing", refused.Code);
        var (two, three) = (await PersonAsync("赵五", "13700000003"), await PersonAsync("钱六", "13700000004"));
        var file = File(Line(own, "name", 1, "甲"), Line(two, "name", 1, "丙"), Line(three, "name", 1, "丁"), Line(guest, "name", 1, "乙"));
        var asked = await AskAsync(file);
        await ApproveAsync(asked);
        var results = await RunAsync(asked.Id, file);
        Assert.Equal([ChangeStatus.Changed, ChangeStatus.Changed, ChangeStatus.Changed, ChangeStatus.Rejected], results.Select(result => result.Status));
        Assert.Equal("customer.unknown", Assert.Single(results[3].Errors!).Code);
    }

    private static string Line(Person person, string item, int version, string value) =>
        JsonSerializer.Serialize(new { customer = person.Id, changes = new[] { new { record = person.Profile, item, version, value } } });

    private static string File(params string[] lines) => string.Join('\n', lines) + "\n";

    private ChangesAsk Wanted(string file) => new(Notify, file, Clock.Now + 600_000, "地址簿核对");

    private async Task<Approval> AskAsync(string file)
    {
        var outcome = await Batch.RequestAsync(await MeAsync(), Wanted(file), Ct);
        return outcome is Outcome<Approval>.Done done ? done.Value : throw new InvalidOperationException(((Outcome<Approval>.Refused)outcome).Problem.Code);
    }

    private async Task ApproveAsync(Approval asked)
    {
        var owner = (await CallerAsync("data-owner")).Actor with { SecondFactorAt = Clock.Now };
        Assert.IsType<Outcome<Approval>.Done>(await Approvals.DecideAsync(owner, asked.Id, asked.Content.Digest, ApprovalVerdict.Approve, null, Ct));
    }

    private async Task<string?> CodeAsync(ApprovalId approval, string file, Caller? caller = null)
    {
        var actor = (caller ?? await MeAsync()).Actor;
        return await Batch.LookAsync(actor, approval, Ct) switch
        {
            Outcome<ApprovalContent>.Refused refused => refused.Problem.Code,
            Outcome<ApprovalContent>.Done looked => (await Batch.BeginAsync(actor, approval, looked.Value, Encoding.UTF8.GetBytes(file), Ct))?.Code,
            _ => null,
        };
    }

    private async Task<List<ChangeResult>> RunAsync(ApprovalId approval, string file, List<ChangeResult>? told = null, int stopAfter = int.MaxValue, Func<Task>? after = null)
    {
        told ??= [];
        Assert.Null(await CodeAsync(approval, file));
        var content = Assert.IsType<Outcome<ApprovalContent>.Done>(await Batch.LookAsync((await MeAsync()).Actor, approval, Ct)).Value;
        await Batch.RunAsync(await MeAsync(), approval, content, Encoding.UTF8.GetBytes(file), async result =>
        {
            told.Add(result);
            await (after is not null && told.Count == 1 ? after() : Task.CompletedTask);
            if (told.Count == stopAfter)
            {
                throw new OperationCanceledException();
            }
        }, Ct);
        return told;
    }

    private async Task<string?> NameAsync(Person person) =>
        Item(await ShownAsync(person.Id, new ViewRequest(Notify, Items: Items("name"), Clear: Items("name")), await CallerAsync("back-office")), "name").Value;
}

public sealed class BatchChangeOnSqlite() : BatchChangeSuite(TestStore.Sqlite());

public sealed class BatchChangeOnPostgres(PostgresServer server) : BatchChangeSuite(TestStore.Postgres(server));
