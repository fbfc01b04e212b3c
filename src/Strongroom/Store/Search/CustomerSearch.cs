using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Search;

/// <summary>Collects waiting look-ups into one query per compartment, reach and limit.</summary>
internal sealed class CustomerSearch : ICustomerSearch
{
    public const int MostCustomers = 1000;

    private static readonly string[] EverydayStates = StatesFor(Reach.Everyday);

    private static readonly string[] DutyStates = StatesFor(Reach.LegalDuty);

    private readonly ReadLane<Question, FindHits> lane;

    private readonly RowMacs macs;

    public CustomerSearch(Database database, RowMacs macs)
    {
        this.macs = macs;
        lane = new ReadLane<Question, FindHits>(async questions => (await database.AskAsync(batch => Ask(batch, questions)))());
    }

    public async Task<FindHits> FindAsync(SearchLookup lookup, Reach reach, int limit, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostCustomers);
        var blocks = string.Concat(lookup.Blocks.Select(block => Convert.ToHexStringLower(block.Value)));
        return await lane.GetAsync(new Question(lookup.Key, lookup.Compartment, reach, limit, blocks), ct) ?? FindHits.None;
    }

    private Func<IReadOnlyDictionary<Question, FindHits>> Ask(Batch batch, IReadOnlyList<Question> questions)
    {
        var asked = new List<(IGrouping<object, Question> Alike, Rows<HitRow> Rows)>();
        foreach (var alike in questions.GroupBy(object (question) => (question.Compartment, question.Reach, question.Limit)))
        {
            var one = alike.First();
            var blocks = alike.SelectMany(question => question.BlockList).DistinctBy(Convert.ToHexStringLower).ToList();
            var states = one.Reach == Reach.LegalDuty ? DutyStates : EverydayStates;
            var items = alike.Select(question => question.Key.Value).Distinct(StringComparer.Ordinal);
            asked.Add((alike, SearchStore.AskFind(batch, one.Compartment, items, blocks, states, one.Limit + 1L)));
        }

        return () =>
        {
            var answers = new Dictionary<Question, FindHits>(questions.Count);
            foreach (var (alike, rows) in asked)
            {
                var byBlock = rows.All.ToLookup(row => (row.Item, Convert.ToHexStringLower(row.Block)));
                foreach (var question in alike)
                {
                    answers[question] = Answer(question, byBlock);
                }
            }

            return answers;
        };
    }

    /// <summary>A row that was moved names nobody. It still counts for "more", since it may have displaced somebody.</summary>
    private FindHits Answer(Question question, ILookup<(string, string), HitRow> rows)
    {
        var table = CompartmentTables.Search(question.Compartment);
        var found = question.BlockList.SelectMany(block => rows[(question.Key.Value, Convert.ToHexStringLower(block))])
            .ToLookup(row => macs.IsRight(new PlacedBlock(table, row.Item, row.Block, row.Epoch, row.Own, row.Record), row.Mac));
        var hits = found[true]
            .GroupBy(row => CustomerId.From(row.Customer))
            .OrderBy(group => group.Key.Value)
            .Select(group => new FindHit(group.Key, group.Select(row => RecordId.From(row.Record)).Distinct().ToList()))
            .ToList();
        var faults = found[false].Select(row => new FaultFound(Fault.Search, CustomerId.From(row.Own), RecordId.From(row.Record))).ToList();
        var more = hits.Count + faults.Select(fault => fault.Customer).Distinct().Count() > question.Limit;
        return new FindHits(hits.Count > question.Limit ? hits[..question.Limit] : hits, more) { Faults = faults.Count == 0 ? FindHits.None.Faults : faults };
    }

    private static string[] StatesFor(Reach reach) =>
        Enum.GetValues<LifeState>().Where(state => LifeRules.MayFind(state, reach)).Select(Kebab.Of).ToArray();

    /// <param name="Blocks">Hex of all blocks one after the other, so that equal questions are equal.</param>
    private readonly record struct Question(SearchKeyName Key, Compartment Compartment, Reach Reach, int Limit, string Blocks)
    {
        public IEnumerable<byte[]> BlockList => Blocks.Chunk(32).Select(hex => Convert.FromHexString(hex));
    }
}
