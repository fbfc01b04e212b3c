using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Outbox;
using Strongroom.Spine.Policies;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Identity;

namespace Strongroom.Tests.Spine.Outbox;

public abstract class OutboxSuite(TestStore store) : StoreSuite(store)
{
    private readonly ManualTime time = new();
    private readonly IdentityKeys keys = new();
    private readonly FactLog log = new();
    private readonly Slot slot = new();
    private ServiceProvider services = null!;
    private PersonId person;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Strongroom.Spine.Outbox.Outbox Box => services.GetRequiredService<Strongroom.Spine.Outbox.Outbox>();

    private OutboxWorker Worker => services.GetRequiredService<OutboxWorker>();

    private Contacts Contacts => services.GetRequiredService<Contacts>();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        services = IdentityNode.Register(new ServiceCollection(), Db, keys, log, time)
            .AddSingleton<IOutboxChannel>(slot)
            .AddLogging()
            .AddOutbox(smtp: null, webhook: null)
            .BuildServiceProvider();
        var begun = await services.GetRequiredService<Bootstrap>().BeginAsync("某某航空", [("admin.one", "管理员甲"), ("admin.two", "管理员乙")], "en", Ct);
        person = Assert.IsType<Outcome<FirstOrganisation>.Done>(begun).Value.Administrators[0].Person;
        Assert.IsType<Outcome<bool>.Done>(await Contacts.SetAsync(Admin, person, "First.Admin@Example.cn", Ct));
    }

    public override async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Actor Admin => new() { Kind = ActorKind.Person, Person = person };

    private Task TellAsync(bool commit = true) => Db.WriteAsync(async tx =>
    {
        await Box.AddAsync(tx, new Notice(NoticeTemplates.PasswordChanged, person, [NoticeValue.Instant("at", time.NowMs())]));
        if (!commit)
        {
            throw new InvalidOperationException("the act failed");
        }
    }, Ct);

    private async Task<OutboxRow> RowAsync() => Assert.Single(await Db.ReadAsync(tx => OutboxStore.NewestAsync(tx, null, 10), Ct));

    [Fact]
    public async Task A_notice_leaves_once_in_the_persons_language_to_the_sealed_address()
    {
        await TellAsync();
        Assert.Equal(1, await Worker.DrainAsync(slot, Ct));
        Assert.Equal(0, await Worker.DrainAsync(slot, Ct));

        var (letter, address) = Assert.Single(slot.Sent);
        Assert.Equal("first.admin@example.cn", address);
        Assert.Equal("Strongroom: your password was changed", letter.Subject);
        Assert.DoesNotContain("{", letter.Text, StringComparison.Ordinal);
        Assert.Equal(("delivered", 1L), ((await RowAsync()).State, (await RowAsync()).Attempts));
        Assert.Single(log.Facts, fact => fact.Act == OutboxWorker.Delivered);
    }

    [Fact]
    public async Task An_act_that_fails_tells_nobody()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => TellAsync(commit: false));
        Assert.Equal(0, await Worker.DrainAsync(slot, Ct));
        Assert.Empty(slot.Sent);
    }

    [Fact]
    public async Task A_server_that_is_down_is_tried_again_later_and_given_up_with_an_entry()
    {
        slot.Failure = "smtp.unreachable";
        await TellAsync();
        for (var attempt = 1; attempt <= OutboxRules.MostAttempts; attempt++)
        {
            Assert.Equal(1, await Worker.DrainAsync(slot, Ct));
            Assert.Equal(0, await Worker.DrainAsync(slot, Ct));
            time.Advance(TimeSpan.FromHours(8));
        }

        var row = await RowAsync();
        Assert.Equal(("undeliverable", "smtp.unreachable"), (row.State, row.Failure));
        var entry = Assert.Single(log.Facts, fact => fact.Act == OutboxWorker.Undeliverable);
        Assert.Equal(["smtp.unreachable"], entry.Reasons);
        Assert.Empty(slot.Sent);
    }

    [Fact]
    public async Task The_same_letter_keeps_its_id_over_attempts()
    {
        slot.Failure = "webhook.503";
        await TellAsync();
        await Worker.DrainAsync(slot, Ct);
        slot.Failure = null;
        time.Advance(TimeSpan.FromMinutes(1));
        await Worker.DrainAsync(slot, Ct);
        Assert.Equal(2, slot.Tried.Count);
        Assert.Single(slot.Tried.Distinct());
    }

    [Fact]
    public async Task An_altered_row_is_never_sent()
    {
        await TellAsync();
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE outbox SET person = @other", new { other = PersonId.New().Bytes }), Ct);
        await Worker.DrainAsync(slot, Ct);
        Assert.Empty(slot.Tried);
        Assert.Equal(["row.altered"], Assert.Single(log.Facts, fact => fact.Act == OutboxWorker.Undeliverable).Reasons);
    }

    [Fact]
    public async Task Without_an_address_it_is_undeliverable_at_once()
    {
        Assert.IsType<Outcome<bool>.Done>(await Contacts.SetAsync(Admin, person, null, Ct));
        await Worker.DrainAsync(slot, Ct);
        slot.Sent.Clear();
        await TellAsync();
        await Worker.DrainAsync(slot, Ct);
        Assert.Empty(slot.Sent);
        Assert.Equal(["contact.missing"], Assert.Single(log.Facts, fact => fact.Act == OutboxWorker.Undeliverable).Reasons);
    }

    [Fact]
    public async Task A_changed_address_is_told_to_the_former_one()
    {
        Assert.IsType<Outcome<bool>.Done>(await Contacts.SetAsync(Admin, person, "thief@example.com", Ct));
        await Worker.DrainAsync(slot, Ct);
        var (letter, address) = Assert.Single(slot.Sent);
        Assert.Equal(("contact-changed", "first.admin@example.cn"), (letter.Template, address));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("a@b@example.cn")]
    [InlineData("x@example.cn\r\nBcc: y@example.cn")]
    public async Task What_is_no_address_is_refused_without_repeating_it(string email)
    {
        var refused = Assert.IsType<Outcome<bool>.Refused>(await Contacts.SetAsync(Admin, person, email, Ct));
        Assert.DoesNotContain(email, System.Text.Json.JsonSerializer.Serialize(refused.Problem), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_address_and_no_text_stands_in_the_database()
    {
        await TellAsync();
        var rows = await Db.ReadAsync(tx => tx.QueryAsync<string>("SELECT content FROM control_row WHERE kind = 'contact' UNION ALL SELECT content FROM outbox"), Ct);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, content => Assert.DoesNotContain("example", content, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Two_nodes_send_it_once()
    {
        slot.Gate = new TaskCompletionSource();
        await TellAsync();
        var first = Worker.DrainAsync(slot, Ct);
        await slot.Entered.Task.WaitAsync(TimeSpan.FromSeconds(60), Ct);

        var other = new OutboxWorker(
            await OpenAsync(Options), Box, [slot], Contacts, services.GetRequiredService<Members>(), log, time, NullLogger<OutboxWorker>.Instance);
        Assert.Equal(0, await other.DrainAsync(slot, Ct));
        slot.Gate.SetResult();
        Assert.Equal(1, await first);
        Assert.Single(slot.Sent);
    }

    /// <summary>A channel whose other side the test plays.</summary>
    private sealed class Slot : IOutboxChannel
    {
        public List<(Letter Letter, string? Address)> Sent { get; } = [];

        public List<OutboxId> Tried { get; } = [];

        public string? Failure { get; set; }

        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "slot";

        public bool NeedsAddress => true;

        public async Task SendAsync(Letter letter, string? address, CancellationToken ct)
        {
            Entered.TrySetResult();
            if (Gate is { } gate)
            {
                await gate.Task.WaitAsync(ct);
            }

            Tried.Add(letter.Id);
            if (Failure is { } failure)
            {
                throw new DeliveryException(failure);
            }

            Sent.Add((letter, address));
        }
    }
}

public sealed class OutboxOnSqlite() : OutboxSuite(TestStore.Sqlite());

public sealed class OutboxOnPostgres(PostgresServer server) : OutboxSuite(TestStore.Postgres(server));
