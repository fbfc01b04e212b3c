using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;

namespace Strongroom.Use.Asking;

/// <summary>Opens values after their entry is durable. The keys are leased only for the call.</summary>
internal sealed class ItemOpener(IKeyring keyring, StoreAlarms alarms)
{
    /// <summary>The clear texts, in the order of the items; null where a value does not open, and then the alarm is logged.</summary>
    /// <remarks>After a merge the values of one customer lie under several customers' keys.</remarks>
    public async Task<IReadOnlyList<string?>> OpenAsync(IReadOnlyList<HeldItem> items, CancellationToken ct)
    {
        if (items.Count == 0)
        {
            return [];
        }

        using var span = Trace.Start("open", count: items.Count);
        var owners = items.Select(item => new KeyOwner(item.Record.Owner.Value)).Distinct().ToList();
        var open = await keyring.OpenManyAsync(owners, ct);
        var texts = new string?[items.Count];
        try
        {
            for (var i = 0; i < items.Count; i++)
            {
                texts[i] = Open(open, items[i]);
            }
        }
        finally
        {
            foreach (var keys in open.Values)
            {
                keys.Dispose();
            }
        }

        for (var i = 0; i < items.Count; i++)
        {
            if (texts[i] is null)
            {
                await alarms.ItemAsync(items[i].Record.Owner, items[i].Record.Id, items[i].Value.Key, ct);
            }
        }

        return texts;
    }

    private static string? Open(IReadOnlyDictionary<KeyOwner, CustomerKeys> open, HeldItem item)
    {
        if (!open.TryGetValue(new KeyOwner(item.Record.Owner.Value), out var keys)
            || !keys.TryOpen(item.Record.ScopeOf(item.Value), item.Value.Sealed, out var plain))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(plain);
        CryptographicOperations.ZeroMemory(plain);
        return text;
    }
}
