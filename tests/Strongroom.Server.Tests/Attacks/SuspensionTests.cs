using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Audit;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests.Attacks;

/// <summary>Two nodes on one PostgreSQL: somebody is suspended at one in the very moment in which the other has decided to show him a value (R33).</summary>
public sealed class SuspensionTests(PostgresServer postgres)
{
    [Fact]
    public async Task SuspendBetweenDecisionAndCommit_OtherNode_NoClearText()
    {
        await using var place = await Place.OpenedAsync(postgres);
        var folder = place.CopyOfData("node-2");
        await using var one = await place.ServeAsync("--node", "node-1");
        var (staff, business) = await place.PeopleAtAsync(one);
        const string Name = "欧阳静好";
        var customer = (await Business.CollectAsync(one.Client(business.Token), business.BookingOf(1, Name))).Good()["customer"]!.GetValue<string>();
        await staff.AuthoriseAsync("shift-lead", null, "fulfil", "name");

        var gate = new Gate();
        await using var two = await InProcess.BuildAsync(place, folder: folder, node: "node-2", last: services => services.AddSingleton<IAuditLog>(s => new HeldLog(s.GetRequiredService<AuditLog>(), gate)));
        var lead = staff["shift-lead"].As(await two.StartAsync());
        Task<Answer> ViewAsync() => lead.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" }, clear = new[] { "name" } });
        var open = await ViewAsync();
        open.Good();
        Assert.Contains(Name, open.Text, StringComparison.Ordinal);

        gate.Close();
        var viewing = ViewAsync();
        await gate.Decided.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        (await staff.Admin.PostAsync($"/v1/people/{lead.Id}/suspend")).Good();
        gate.Open();

        var answer = await viewing;
        answer.Refused(401, "signin.needed");
        Assert.DoesNotContain(Name, answer.Text, StringComparison.Ordinal);
        var shown = await two.App.Services.GetRequiredService<Database>().ReadAsync(tx => tx.ScalarAsync<long>(
            "SELECT count(*) FROM log_entry WHERE act = 'view' AND decision = 'permit' AND actor = @Id", new { Id = Convert.FromHexString(lead.Id) }));
        Assert.Equal(1, shown);
    }

    /// <summary>Stands between the decision to permit a view and the commit of its entry.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool closed;

        public Task Decided => decided.Task;

        public void Close() => closed = true;

        public void Open() => opened.SetResult();

        public Task PassAsync(LogFact fact)
        {
            if (!closed || fact is not { Act.Value: "view", Decision: Verdict.Permit })
            {
                return Task.CompletedTask;
            }

            decided.TrySetResult();
            return opened.Task;
        }
    }

    private sealed class HeldLog(IAuditLog inner, Gate gate) : IAuditLog
    {
        public Task<IReadOnlyList<EntryId>> AppendAsync(Tx tx, IReadOnlyList<LogFact> facts, CancellationToken ct = default) => inner.AppendAsync(tx, facts, ct);

        public async Task<AppendOutcome> AppendAsync(LogFact fact, CommitGuard? guard = null, CancellationToken ct = default)
        {
            await gate.PassAsync(fact);
            return await inner.AppendAsync(fact, guard, ct);
        }

        public Task CountRefusalAsync(string prefix, string reason, CancellationToken ct = default) => inner.CountRefusalAsync(prefix, reason, ct);
    }
}
