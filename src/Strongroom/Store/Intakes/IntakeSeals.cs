using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;
using Strongroom.Store.Search;

namespace Strongroom.Store.Intakes;

/// <summary>One clear value on its way into the store.</summary>
/// <param name="Spec">As the catalogue says.</param>
/// <param name="Protected">Kept in the sensitive compartment whatever its level: a person under 14 (PIPL 28).</param>
internal sealed record ClearValue(ItemSpec Spec, string Value, bool Protected);

/// <summary>What the collecting side may do with keys: make a customer's, seal under them, and compare. It never gets to hold one (R28).</summary>
internal sealed class IntakeSeals(IKeyring keyring, ItemSealer sealer)
{
    // A breath after each commit lets notes gather, so that they cost a busy keyring four commits a second and no more.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(250);

    private readonly WorkLane<KeyOwner, bool> confirming = new(owners => ConfirmAsync(keyring, owners), lanes: 1, max: 4000);

    /// <summary>A new customer's keys, open and durable before this returns. Without data they are swept away later.</summary>
    public async Task<SealLease> CreateAsync(CancellationToken ct) => new(await keyring.MakeAsync(ct), sealer);

    /// <summary>
    /// Notes soon that the customer's data is durable. Nobody waits for it: the note only spares the sweep a look, and a lost one, or a
    /// keyring that cannot be written just now, leaves the question to the sweep.
    /// </summary>
    public void Confirm(CustomerId customer) => _ = confirming.RunAsync(new KeyOwner(customer.Value));

    /// <summary>Reads the epochs again, after the store refused a block of an epoch that is no longer open.</summary>
    public Task RefreshAsync(CancellationToken ct) => keyring.RefreshAsync(ct);

    /// <summary>Null when the customer has no keys (any more).</summary>
    public async Task<SealLease?> OpenAsync(CustomerId customer, CancellationToken ct) =>
        await keyring.OpenAsync(new KeyOwner(customer.Value), ct) is { } keys ? new SealLease(keys, sealer) : null;

    public IReadOnlyList<NewClaim> Claims(IEnumerable<ClearValue> values) => sealer.Claims(values.Select(value => (value.Spec, value.Value)));

    /// <inheritdoc cref="ItemSealer.Source"/>
    public NewSource Source(string system, string key) => sealer.Source(system, key);

    /// <summary>Look-ups for the candidate queue: every value that can be found by itself.</summary>
    public IReadOnlyList<SearchLookup> Hints(IEnumerable<ClearValue> values) =>
        [.. values.Select(value => sealer.Lookup(value.Spec, value.Value)).OfType<SearchLookup>()];

    /// <summary>Which of these values the customer has already, in any record, in the same normal form. Opens to compare; shows nothing.</summary>
    public async Task<IReadOnlySet<ItemKey>> SameAsync(CustomerSnapshot customer, IReadOnlyList<ClearValue> values, CancellationToken ct)
    {
        var same = new HashSet<ItemKey>();
        var open = await keyring.OpenManyAsync([.. customer.Owners.Select(owner => new KeyOwner(owner.Value))], ct);
        try
        {
            foreach (var value in values)
            {
                if (customer.Records.Any(record => Has(open, record, value)))
                {
                    same.Add(value.Spec.Key);
                }
            }
        }
        finally
        {
            foreach (var keys in open.Values)
            {
                keys.Dispose();
            }
        }

        return same;
    }

    private static async Task<IReadOnlyList<bool>> ConfirmAsync(IKeyring keyring, IReadOnlyList<KeyOwner> owners)
    {
        var done = true;
        try
        {
            await keyring.ConfirmAsync(owners);
        }
        catch (Exception e) when (e is KeysUnavailableException or StoreException or ObjectDisposedException)
        {
            done = false;
        }

        await Task.Delay(Breath);
        return [.. owners.Select(_ => done)];
    }

    private static bool Has(IReadOnlyDictionary<KeyOwner, CustomerKeys> open, RecordSnapshot record, ClearValue value) =>
        record.Items.Where(item => item.Key == value.Spec.Key).Any(item =>
            open.TryGetValue(new KeyOwner(record.Owner.Value), out var keys)
            && keys.TryOpen(record.ScopeOf(item), item.Sealed, out var plain)
            && IsSame(value.Spec.Kind, plain, value.Value));

    private static bool IsSame(ItemKind kind, byte[] plain, string value)
    {
        var stored = System.Text.Encoding.UTF8.GetString(plain);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(plain);
        return kind.TryNormalise(stored, out var a) && kind.TryNormalise(value, out var b) && string.Equals(a, b, StringComparison.Ordinal);
    }
}

/// <summary>One customer's keys for the length of one submission; it can seal and nothing else.</summary>
internal sealed class SealLease(CustomerKeys keys, ItemSealer sealer) : IDisposable
{
    public CustomerId Customer => new(keys.Customer.Id);

    /// <summary>How the log names the customer.</summary>
    public CustomerReference Reference => CustomerReference.From(keys.LogReference());

    public SealedItems Seal(
        RecordId record,
        IntakeId intake,
        long at,
        IReadOnlyList<ClearValue> values,
        IReadOnlyList<CombinedKey> combined,
        IReadOnlyDictionary<ItemKey, string> also)
    {
        var made = sealer.Seal(
            keys, record, intake, at,
            [.. values.Select(value => new ItemToSeal(value.Protected ? value.Spec with { Compartment = Compartment.Sensitive } : value.Spec, value.Value))],
            combined, also);

        // The value of a minor lies with the sensitive ones, but is looked for where the catalogue says.
        var usual = values.Where(value => value.Protected).ToDictionary(value => value.Spec.Key.Value, value => value.Spec.Compartment);
        return made with
        {
            Blocks = [.. made.Blocks.Select(block => usual.TryGetValue(block.Key.Value, out var compartment) ? block with { Compartment = compartment } : block)],
        };
    }

    public byte[] SealReference(ConsentId consent, string reference) => ItemSealer.SealReference(keys, consent, reference);

    /// <summary>Form number, recording reference and other evidence of the submission as a whole.</summary>
    public byte[] SealEvidence(IntakeId intake, string evidence) => ItemSealer.SealReference(keys, ConsentId.From(intake.Value), evidence);

    public void Dispose() => keys.Dispose();
}
