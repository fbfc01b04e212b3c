using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;

namespace Strongroom.Store.Search;

/// <summary>Collects waiting look-ups into one query per compartment, reach and limit.</summary>
internal sealed class CustomerSearch : ICustomerSearch
{
    public const int MostCustomers = 1000;

    private static readonly string[] EverydayStates = StatesFor(Reach.Everyday);

    private static readonly string[] DutyStates = StatesFor(Reach.LegalDuty);

    private readonly ReadLane<Question, FindHits> lane;

    public CustomerSearch(Database database) =>
        lane = new ReadLane<Question, FindHits>(questions => database.ReadAsync(tx => LoadAsync(tx, questions)));

    public async Task<FindHits> FindAsync(SearchLookup lookup, Reach reach, int limit, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostCustomers);
        var blocks = string.Concat(lookup.Blocks.Select(block => Convert.ToHexStringLower(block.Value)));
        return await lane.GetAsync(new Question(lookup.Key, lookup.Compartment, reach, limit, blocks), ct) ?? FindHits.None;
    }

    private static async Task<IReadOnlyDictionary<Question, FindHits>> LoadAsync(Tx tx, IReadOnlyList<Question> questions)
    {
        var answers = new Dictionary<Question, FindHits>(questions.Count);
        foreach (var alike in questions.GroupBy(question => (question.Compartment, question.Reach, question.Limit)))
        {
            var blocks = alike.SelectMany(question => question.BlockList).DistinctBy(Convert.ToHexStringLower).ToList();
            var states = alike.Key.Reach == Reach.LegalDuty ? DutyStates : EverydayStates;
            var rows = await SearchStore.FindAsync(tx, alike.Key.Compartment, alike.Select(question => question.Key.Value).Distinct(StringComparer.Ordinal), blocks, states, alike.Key.Limit + 1L);
            var byBlock = rows.ToLookup(row => (row.Item, Convert.ToHexStringLower(row.Block)));
            foreach (var question in alike)
            {
                answers[question] = Answer(question, byBlock);
            }
        }

        return answers;
    }

    private static FindHits Answer(Question question, ILookup<(string, string), HitRow> rows)
    {
        var hits = question.BlockList
            .SelectMany(block => rows[(question.Key.Value, Convert.ToHexStringLower(block))])
            .GroupBy(row => CustomerId.From(row.Customer))
            .OrderBy(group => group.Key.Value)
            .Select(group => new FindHit(group.Key, group.Select(row => RecordId.From(row.Record)).Distinct().ToList()))
            .ToList();
        return hits.Count > question.Limit ? new FindHits(hits[..question.Limit], More: true) : new FindHits(hits, More: false);
    }

    private static string[] StatesFor(Reach reach) =>
        Enum.GetValues<LifeState>().Where(state => LifeRules.MayFind(state, reach)).Select(Kebab.Of).ToArray();

    /// <param name="Blocks">Hex of all blocks one after the other, so that equal questions are equal.</param>
    private readonly record struct Question(SearchKeyName Key, Compartment Compartment, Reach Reach, int Limit, string Blocks)
    {
        public IEnumerable<byte[]> BlockList => Blocks.Chunk(32).Select(hex => Convert.FromHexString(hex));
    }
}
