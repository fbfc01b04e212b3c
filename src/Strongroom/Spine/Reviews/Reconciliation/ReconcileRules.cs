using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;

namespace Strongroom.Spine.Reviews.Reconciliation;

/// <summary>What is wrong with an account or an operation (field-practice, 4A).</summary>
[JsonConverter(typeof(KebabEnum<FindingKind>))]
internal enum FindingKind
{
    /// <summary>孤立: nobody here is its owner.</summary>
    Orphan,

    /// <summary>Its owner left.</summary>
    Left,

    /// <summary>Several people, or several devices at once, use one account.</summary>
    Shared,

    /// <summary>No account request stands behind it.</summary>
    Unapproved,

    /// <summary>One of the two accounts that began this installation: nobody could have approved them (R39).</summary>
    Bootstrap,

    /// <summary>Not used for 90 days.</summary>
    Unused,

    /// <summary>Held a post before anybody had approved it.</summary>
    EarlyPost,

    /// <summary>Something was done without an application, or with one that does not cover it.</summary>
    OperationUnapproved,

    /// <summary>Something was done by an account its system does not report.</summary>
    OperationUnknown,
}

[JsonConverter(typeof(KebabEnum<FindingState>))]
internal enum FindingState
{
    Open,

    /// <summary>Somebody else than whom it concerns has said why it is as it should be.</summary>
    Explained,

    /// <summary>Not seen any more.</summary>
    Mended,

    /// <summary>Mended once, and seen again.</summary>
    Reopened,
}

/// <summary>Somebody here whom a row names.</summary>
/// <param name="Requested">An approved account request stands behind the account, here or there.</param>
internal sealed record KnownPerson(PersonId Id, bool IsHere, bool Requested);

/// <summary>A row with whom it names; null: nobody of that name.</summary>
internal sealed record ResolvedAccount(ExternalAccount Row, KnownPerson? Person);

/// <summary>A row with whose account it was and whether its ticket covers it.</summary>
internal sealed record ResolvedOperation(ExternalOperation Row, bool Known, PersonId? Person, bool Covered);

/// <summary>One thing found.</summary>
/// <param name="What">Tells it apart from others of its kind and account: an act and its time; empty for the account itself.</param>
/// <param name="People">Whom it concerns.</param>
internal sealed record Found(FindingKind Kind, string System, string Account, string What, IReadOnlyList<PersonId> People);

/// <summary>Compares what connected systems report with the directory here. Pure.</summary>
internal static class ReconcileRules
{
    public const string Own = "strongroom";

    private const long DayMs = 86_400_000, AtOnceMs = 5 * 60_000, UnusedMs = 90 * DayMs;

    public static IReadOnlyList<Found> OfAccounts(IReadOnlyList<ResolvedAccount> rows, long now)
    {
        var found = new List<Found>();
        foreach (var account in rows.Where(row => row.Row.Active).GroupBy(row => (row.Row.System, row.Row.Account)))
        {
            var people = account.Select(row => row.Person).OfType<KnownPerson>().DistinctBy(person => person.Id).ToList();
            void Say(bool holds, FindingKind kind)
            {
                if (holds)
                {
                    found.Add(new Found(kind, account.Key.System, account.Key.Account, "", [.. people.Select(person => person.Id)]));
                }
            }

            var owners = account.Select(row => row.Row.Person).Distinct(StringComparer.OrdinalIgnoreCase).Count();
            Say(people.Count == 0, FindingKind.Orphan);
            Say(people.Exists(person => !person.IsHere), FindingKind.Left);
            Say(owners > 1, FindingKind.Shared);
            Say(people.Exists(person => person.IsHere && !person.Requested), FindingKind.Unapproved);
            Say(account.All(row => row.Row.LastUse is null || now - row.Row.LastUse >= UnusedMs), FindingKind.Unused);
        }

        return found;
    }

    public static IReadOnlyList<Found> OfOperations(IReadOnlyList<ResolvedOperation> rows)
    {
        var found = new List<Found>();
        foreach (var one in rows)
        {
            IReadOnlyList<PersonId> people = one.Person is { } person ? [person] : [];
            var what = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{one.Row.Act}@{one.Row.Time}");
            if (!one.Known)
            {
                found.Add(new Found(FindingKind.OperationUnknown, one.Row.System, one.Row.Account, "", people));
            }

            if (!one.Covered)
            {
                found.Add(new Found(FindingKind.OperationUnapproved, one.Row.System, one.Row.Account, what, people));
            }
        }

        foreach (var account in rows.Where(one => one.Row.Device.Length > 0).GroupBy(one => (one.Row.System, one.Row.Account)))
        {
            var inOrder = account.OrderBy(one => one.Row.Time).ToList();
            if (inOrder.Zip(inOrder.Skip(1)).Any(pair => pair.First.Row.Device != pair.Second.Row.Device && pair.Second.Row.Time - pair.First.Row.Time < AtOnceMs))
            {
                found.Add(new Found(FindingKind.Shared, account.Key.System, account.Key.Account, "at-once", [.. account.Select(one => one.Person).OfType<PersonId>().Distinct()]));
            }
        }

        return [.. found.DistinctBy(one => (one.Kind, one.System, one.Account, one.What))];
    }

    /// <summary>Strongroom's own accounts: from before there were requests, without one, of somebody who left but holds a post, with posts from before the approval.</summary>
    public static IReadOnlyList<Found> OfOwn(
        IReadOnlyList<Member<PersonContent>> people, IReadOnlyDictionary<AccountRequestId, AccountRequestContent> requests, IReadOnlyDictionary<PersonId, long> used, long now)
    {
        var found = new List<Found>();
        foreach (var person in people)
        {
            var (id, content) = (PersonId.From(person.Id), person.Content);
            var request = content.Request is { } asked ? requests.GetValueOrDefault(asked) : null;
            void Say(bool holds, FindingKind kind)
            {
                if (holds)
                {
                    found.Add(new Found(kind, Own, id.ToString(), "", [id]));
                }
            }

            var active = content.State == MemberState.Active;
            Say(!content.IsActive(now) && content.State != MemberState.Suspended && content.Posts.Any(held => held.InForce(now)), FindingKind.Left);
            Say(active && content is { Bootstrap: true, Request: null }, FindingKind.Bootstrap);
            Say(active && !(content is { Bootstrap: true, Request: null }) && (request is null || request.State != AccountRequestState.Approved || request.Person != id), FindingKind.Unapproved);
            Say(active && request?.Decided is { } decided && content.Posts.Any(held => held.From < decided), FindingKind.EarlyPost);
            Say(active && now - Math.Max(used.GetValueOrDefault(id), Math.Max(content.PasswordAt, content.Since)) >= UnusedMs, FindingKind.Unused);
        }

        return found;
    }

    /// <summary>What a finding becomes when it is seen (or not) in a full report. Null: nothing changes.</summary>
    public static FindingState? Next(FindingState now, bool seen) => (now, seen) switch
    {
        (FindingState.Mended, true) => FindingState.Reopened,
        (FindingState.Open or FindingState.Reopened or FindingState.Explained, false) => FindingState.Mended,
        _ => null,
    };
}
