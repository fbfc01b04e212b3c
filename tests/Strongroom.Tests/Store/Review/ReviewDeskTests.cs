using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;
using Strongroom.Store.Review;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Policies;

namespace Strongroom.Tests.Store.Review;

public abstract class ReviewDeskSuite(TestStore store) : StoreWorld(store)
{
    private const string Phone = "13900000001";

    private static readonly EntityId Hotel = EntityId.From(8);

    private static readonly UnitId OurDesk = UnitId.From(1), TheirDesk = UnitId.From(2);

    private readonly MemoryLog log = new();

    private ReviewDesk desk = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var control = new ControlStore(new ControlRows(Keys), log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), Clock);
        await Db.WriteAsync(async tx =>
        {
            foreach (var (unit, entity) in new[] { (OurDesk, Airline), (TheirDesk, Hotel) })
            {
                await control.SaveAsync(
                    tx, ControlKey.Of(Members.Unit, unit), 0, new UnitContent(entity, null, "柜台", MemberState.Active),
                    new LogFact { Act = FactName.Of("unit-added"), Actor = LogActor.System });
            }
        });
        log.Facts.Clear();
        desk = new ReviewDesk(Db, Matching, new Intakes(Macs), new OrganisationBooks(Db, new Members(Db, control)), log, [new ConfigEpochGuards()], Clock);
    }

    private Task<Actor> ActorAsync(UnitId unit) => ActorAsync(("back-office", unit));

    private async Task<Actor> ActorAsync(params (string Post, UnitId Unit)[] posts) => new()
    {
        Kind = ActorKind.Person,
        Person = Reviewer,
        Posts = [.. posts.Select(held => new HeldPost(PostKey.Of(held.Post), held.Unit, 0, null))],
        ConfigEpoch = await Db.ReadAsync(ConfigEpoch.ReadAsync),
    };

    /// <summary>Two customers of an entity with one phone, and their candidate.</summary>
    private async Task<Candidate> CandidateAsync(EntityId entity)
    {
        var (first, second) = (await CustomerAsync(entity), await CustomerAsync(entity));
        await AddAsync(first, Phone);
        await AddAsync(second, Phone);
        await Db.WriteAsync(tx => Matching.SuggestAsync(tx, entity, second, [Lookup("mobile", Compartment.General, Phone)], T0));
        return (await Db.ReadAsync(tx => Matching.OpenAsync(tx, 100))).Single(one => one.A == first || one.B == first);
    }

    private static string CodeOf<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Refused>(outcome).Problem.Code;

    [Fact]
    public async Task Each_sees_the_candidates_of_his_own_company_and_the_log_tells_of_it()
    {
        var (ours, theirs) = (await CandidateAsync(Airline), await CandidateAsync(Hotel));

        var mine = Assert.IsType<Outcome<CandidateList>.Done>(await desk.ListAsync(await ActorAsync(OurDesk), Ct)).Value;

        Assert.Equal([new CandidateView(ours.Id, ours.A, ours.B, SearchKeyName.Of("mobile"), T0)], mine.Candidates);
        Assert.Equal("candidates-read", Assert.Single(log.Facts).Act.Value);
        Assert.Equal(theirs.Id, Assert.Single(Assert.IsType<Outcome<CandidateList>.Done>(await desk.ListAsync(await ActorAsync(TheirDesk), Ct)).Value.Candidates).Id);
        Assert.Empty(Assert.IsType<Outcome<CandidateList>.Done>(await desk.ListAsync(await ActorAsync(UnitId.From(3)), Ct)).Value.Candidates);
    }

    [Fact]
    public async Task A_reviewer_here_and_something_else_there_reviews_here_alone()
    {
        var (ours, theirs) = (await CandidateAsync(Airline), await CandidateAsync(Hotel));
        var split = await ActorAsync(("back-office", OurDesk), ("auditor", TheirDesk));

        Assert.Equal(ours.Id, Assert.Single(Assert.IsType<Outcome<CandidateList>.Done>(await desk.ListAsync(split, Ct)).Value.Candidates).Id);
        Assert.Equal("not.found", CodeOf(await desk.RejectAsync(split, theirs.Id, Ct)));
    }

    [Fact]
    public async Task Who_took_one_of_them_in_does_not_merge_them()
    {
        var (candidate, actor) = (await CandidateAsync(Airline), await ActorAsync(OurDesk));
        await Db.WriteAsync(tx => new Intakes(Macs).AddAsync(tx, new IntakeRecord(
            IntakeId.New(), candidate.B, ReceiptId.New(), FormKey.Of("desk"), 1, ChannelId.New(), NoticeKey.Of("privacy"), 1, [PurposeKey.Of("fulfil")], actor.AsLogActor(), T0, null)));

        Assert.Equal("merge.own", CodeOf(await desk.AcceptAsync(actor, candidate.Id, candidate.A, Ct)));
        Assert.Null((await Customers.ReadAsync(candidate.B, ReadScope.Outline))!.MergedInto);
        Assert.IsType<Outcome<MergeMade>.Done>(await desk.AcceptAsync(actor with { Person = PersonId.New() }, candidate.Id, candidate.A, Ct));
    }

    [Fact]
    public async Task Accepting_merges_undoing_restores_and_both_customers_ledgers_tell()
    {
        var candidate = await CandidateAsync(Airline);
        var actor = await ActorAsync(OurDesk);

        Assert.Equal("customer.unknown", CodeOf(await desk.AcceptAsync(actor, candidate.Id, CustomerId.New(), Ct)));
        log.Facts.Clear();
        var merge = Assert.IsType<Outcome<MergeMade>.Done>(await desk.AcceptAsync(actor, candidate.Id, candidate.A, Ct)).Value.Merge;

        Assert.Equal(candidate.A, (await Customers.ReadAsync(candidate.B, ReadScope.Outline))!.MergedInto);
        Assert.All(log.Facts, fact => Assert.Equal(("candidate-accepted", Verdict.Permit, merge.Value), (fact.Act.Value, fact.Decision, fact.Rows.Single().Id)));
        Assert.Equal([candidate.A, candidate.B], log.Facts.Select(fact => fact.Customer!.Value));
        Assert.Equal("not.found", CodeOf(await desk.AcceptAsync(actor, candidate.Id, candidate.A, Ct)));

        log.Facts.Clear();
        Assert.IsType<Outcome<MergeId>.Done>(await desk.UndoAsync(actor, merge, Ct));
        Assert.Null((await Customers.ReadAsync(candidate.B, ReadScope.Outline))!.MergedInto);
        Assert.Equal(["merge-undone", "merge-undone"], log.Facts.Select(fact => fact.Act.Value));
        Assert.Equal("not.found", CodeOf(await desk.UndoAsync(actor, merge, Ct)));
        Assert.Equal((Verdict.Deny, "not.found"), (log.Facts[^1].Decision, log.Facts[^1].Reasons.Single()));
    }

    [Fact]
    public async Task What_is_another_companys_is_as_little_there_as_what_never_was()
    {
        var theirs = await CandidateAsync(Hotel);
        var (us, them) = (await ActorAsync(OurDesk), await ActorAsync(TheirDesk));

        var never = Assert.IsType<Outcome<MergeMade>.Refused>(await desk.AcceptAsync(us, CandidateId.New(), theirs.A, Ct)).Problem;
        Assert.Equal(never, Assert.IsType<Outcome<MergeMade>.Refused>(await desk.AcceptAsync(us, theirs.Id, theirs.A, Ct)).Problem);
        Assert.Equal(never, Assert.IsType<Outcome<CandidateId>.Refused>(await desk.RejectAsync(us, theirs.Id, Ct)).Problem);
        var merge = Assert.IsType<Outcome<MergeMade>.Done>(await desk.AcceptAsync(them, theirs.Id, theirs.A, Ct)).Value.Merge;
        Assert.Equal(never, Assert.IsType<Outcome<MergeId>.Refused>(await desk.UndoAsync(us, merge, Ct)).Problem);
        Assert.Equal(theirs.A, (await Customers.ReadAsync(theirs.B, ReadScope.Outline))!.MergedInto);
        Assert.Equal("not.found", CodeOf(await desk.RejectAsync(us with { Kind = ActorKind.Client }, theirs.Id, Ct)));
    }

    [Fact]
    public async Task Rejecting_closes_and_a_caller_whose_rights_moved_changes_nothing()
    {
        var candidate = await CandidateAsync(Airline);
        var actor = await ActorAsync(OurDesk);

        Assert.Equal("row.changed", CodeOf(await desk.RejectAsync(actor with { ConfigEpoch = actor.ConfigEpoch - 1 }, candidate.Id, Ct)));
        Assert.Single(await Db.ReadAsync(tx => Matching.OpenAsync(tx, 10)));
        Assert.IsType<Outcome<CandidateId>.Done>(await desk.RejectAsync(actor, candidate.Id, Ct));
        Assert.Empty(await Db.ReadAsync(tx => Matching.OpenAsync(tx, 10)));
        Assert.Null((await Customers.ReadAsync(candidate.A, ReadScope.Outline))!.MergedInto);
    }
}

public sealed class ReviewDeskOnSqlite() : ReviewDeskSuite(TestStore.Sqlite());

public sealed class ReviewDeskOnPostgres(PostgresServer server) : ReviewDeskSuite(TestStore.Postgres(server));
