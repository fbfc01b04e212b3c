using System.Collections.Frozen;
using Strongroom.Ground;

namespace Strongroom.Store.Customers;

/// <summary>The controlled lists in a customer's row. Pure.</summary>
internal static class CustomerLists
{
    private const int IdSize = 16;

    /// <summary>All lists that name one of these rows. A column that cannot be read names a list nobody knows: then nobody sees the customer.</summary>
    public static IReadOnlySet<CustomerListId> Of(IEnumerable<CustomerRow> rows)
    {
        HashSet<CustomerListId>? found = null;
        foreach (var packed in rows.Select(row => row.Lists).OfType<byte[]>())
        {
            found ??= [];
            if (packed.Length % IdSize != 0)
            {
                found.Add(default);
                continue;
            }

            for (var at = 0; at < packed.Length; at += IdSize)
            {
                found.Add(CustomerListId.From(packed[at..(at + IdSize)]));
            }
        }

        return found ?? (IReadOnlySet<CustomerListId>)FrozenSet<CustomerListId>.Empty;
    }

    /// <summary>Null for none, as rows from before the column have it.</summary>
    public static byte[]? Pack(IEnumerable<CustomerListId> lists)
    {
        var packed = lists.Order(Comparer<CustomerListId>.Create((a, b) => a.Value.CompareTo(b.Value))).SelectMany(list => list.Bytes).ToArray();
        return packed.Length == 0 ? null : packed;
    }
}
