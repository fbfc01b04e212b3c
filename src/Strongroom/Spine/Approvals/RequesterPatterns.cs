using System.Globalization;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Approvals;

/// <summary>What somebody did lately, for whoever is to decide his request.</summary>
internal interface IRequesterPatterns
{
    Task<RequesterPattern> OfAsync(Actor actor, long now, CancellationToken ct);
}

/// <summary>The requester's last thirty days out of the log; at most so many entries are read that a request stays quick.</summary>
internal sealed class RequesterPatterns(IAuditReader reader) : IRequesterPatterns
{
    public const long SpanMs = 30L * 24 * 60 * 60 * 1000;

    private const int PageSize = 500, MostPages = 4;

    public async Task<RequesterPattern> OfAsync(Actor actor, long now, CancellationToken ct)
    {
        var entries = new List<LogHeader>();
        LogCursor? after = null;
        for (var page = 0; page < MostPages; page++)
        {
            var read = await reader.EntriesAsync(new LogQuery { Actor = actor.AsLogActor(), From = now - SpanMs, After = after, Size = PageSize }, ct);
            entries.AddRange(read.Entries.Select(entry => entry.Header));
            after = read.Next;
            if (after is null)
            {
                break;
            }
        }

        return PatternRules.Of(entries, more: after is not null);
    }
}

/// <summary>Counts a person's entries, and says what about a request does not fit them. Pure.</summary>
internal static class PatternRules
{
    private const string ClearPrefix = "clear.";

    /// <summary>Fewer acts than these are no habit that something could be unusual against.</summary>
    private const int Habit = 20;

    private const int MostNamed = 40;

    public static RequesterPattern Of(IReadOnlyList<LogHeader> entries, bool more)
    {
        var facts = entries.Select(entry => entry.Fact).ToList();
        var clear = facts.Select(fact => fact.Reasons.Where(code => code.StartsWith(ClearPrefix, StringComparison.Ordinal)).ToList()).ToList();
        return new RequesterPattern(
            facts.Count,
            facts.Count(fact => fact.Act.Value == "view"),
            clear.Count(codes => codes.Count > 0),
            facts.Count(fact => fact.Act.Value == "find"),
            facts.Count(fact => fact.Decision == Verdict.Deny),
            entries.Select(entry => entry.Customer?.ToString()).OfType<string>().Distinct(StringComparer.Ordinal).Count(),
            entries.Select(entry => entry.At / 86_400_000).Distinct().Count(),
            facts.Count(fact => fact.Act.Value == ApprovalLog.Requested),
            facts.Count(fact => fact.Act.Value == ApprovalLog.RequestRefused),
            more)
        {
            Purposes = [.. facts.Select(fact => fact.Purpose).OfType<PurposeKey>().Distinct().Order().Take(MostNamed)],
            ClearItems = [.. clear.SelectMany(codes => codes).Distinct(StringComparer.Ordinal)
                .Select(code => Name.TryParse<ItemKey>(code[ClearPrefix.Length..], out var item) ? item : (ItemKey?)null).OfType<ItemKey>().Order().Take(MostNamed)],
            Hours = [.. entries.Select(entry => Instants.At(entry.At).Hour).Distinct().Order()],
        };
    }

    /// <summary>What the approver should look at twice, the weightiest first; each in both languages and without a value.</summary>
    /// <param name="customers">Customers of the request.</param>
    public static IReadOnlyList<UnusualThing> Unusual(RequesterPattern pattern, ApprovalScope scope, int customers, IReadOnlyCollection<ItemKey> items, long now)
    {
        var things = new List<UnusualThing>();
        void Say(bool unusual, string code, string zh, string en)
        {
            if (unusual)
            {
                things.Add(new UnusualThing(code, zh, en));
            }
        }

        var perDay = pattern.Days == 0 ? 0 : (double)pattern.Customers / pattern.Days;
        var hour = Instants.At(now).Hour;
        var fresh = items.Where(item => !pattern.ClearItems.Contains(item)).ToList();
        Say(customers > 1 && customers > 3 * Math.Max(1, perDay), "many-customers",
            $"一次涉及 {customers} 位客户,平时每天约 {perDay.ToString("0.#", CultureInfo.InvariantCulture)} 位。",
            $"{customers} customers at once; usually about {perDay.ToString("0.#", CultureInfo.InvariantCulture)} a day.");
        Say(pattern.Acts < Habit, "little-history", "近三十天几乎没有使用记录。", "Hardly any use in the last thirty days.");
        Say(pattern.Acts >= Habit && scope.Purpose is { } purpose && !pattern.Purposes.Contains(purpose), "new-purpose",
            "近三十天从未用过这一用途。", "This purpose was not used in the last thirty days.");
        Say(pattern.Acts >= Habit && fresh.Count > 0, "new-items",
            $"其中 {fresh.Count} 项信息近三十天从未看过原文。", fresh.Count == 1 ? "One of the items was never opened in the last thirty days." : $"{fresh.Count} of the items were never opened in the last thirty days.");
        Say(pattern.Acts >= Habit && !pattern.Hours.Any(known => Math.Min(Math.Abs(known - hour), 24 - Math.Abs(known - hour)) <= 1), "unusual-hour",
            "不在其平时使用的时段。", "Outside the hours in which this person usually works.");
        Say(pattern.Acts >= Habit && pattern.Denied * 5 > pattern.Acts, "many-denials",
            $"近三十天被拒 {pattern.Denied} 次。", $"{pattern.Denied} refusals in the last thirty days.");
        Say(pattern.Refused > 0, "refused-before",
            $"近三十天有 {pattern.Refused} 份申请未被受理。", $"{pattern.Refused} requests were not accepted in the last thirty days.");
        return things;
    }
}
