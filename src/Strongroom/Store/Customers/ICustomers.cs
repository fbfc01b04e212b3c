using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Store.Customers;

/// <summary>
/// Customers, their records and sealed values (R4, R17, R19, R28). Reads are collected into one snapshot of the database for many
/// callers; writes take the caller's transaction, so they commit together with its log entry. Opens nothing.
/// </summary>
internal interface ICustomers
{
    /// <summary>The customer at one instant, or null when there is none or it is destroyed.</summary>
    Task<CustomerSnapshot?> ReadAsync(CustomerId id, ReadScope scope, CancellationToken ct = default);

    /// <summary>Several customers, each as <see cref="ReadAsync"/>; those that are not there are left out.</summary>
    Task<IReadOnlyDictionary<CustomerId, CustomerSnapshot>> ReadManyAsync(
        IReadOnlyCollection<CustomerId> ids, ReadScope scope, CancellationToken ct = default);

    /// <summary>The same, inside a transaction that goes on to write.</summary>
    Task<CustomerSnapshot?> ReadAsync(Tx tx, CustomerId id, ReadScope scope);

    /// <summary>Whether every row is still at its version; holds them until the transaction ends. For the commit of a read's log entry.</summary>
    Task<bool> StillAsync(Tx tx, IReadOnlyCollection<RowVersion> rows);

    /// <summary>Adds a customer whose keys are already in the keyring. Throws when the id is taken: the orphan sweep does that to a creator that was too slow.</summary>
    Task<WriteOutcome> AddCustomerAsync(Tx tx, NewCustomer customer);

    /// <summary>Adds a record with its values, search rows, identity claims and source.</summary>
    Task<WriteOutcome> AddRecordAsync(Tx tx, NewRecord record);

    /// <summary>Changes values of a record; each must be at the version the corrector saw.</summary>
    Task<WriteOutcome> CorrectItemsAsync(Tx tx, Correction correction);

    /// <summary>Moves the customer to another state when <see cref="LifeRules.MayMove"/> allows it. <c>Destroyed</c> is for Destroy alone, which deletes keys and rows too.</summary>
    Task<WriteOutcome> SetStateAsync(Tx tx, CustomerId id, long expectedVersion, LifeState to);

    /// <summary>Moves one record; the customer's version rises too, so decisions made meanwhile are made again.</summary>
    Task<WriteOutcome> SetStateAsync(Tx tx, CustomerId customer, RecordId record, long expectedVersion, LifeState to);

    /// <summary>Puts the customer on a controlled list or takes him off; <c>Stale</c> when he already is (not) on it.</summary>
    Task<WriteOutcome> SetListAsync(Tx tx, CustomerId id, CustomerListId list, bool on);

    /// <summary>Customers of the company whose authenticated rows name the list, in the order of their ids, after this one.</summary>
    Task<IReadOnlyList<CustomerId>> ListedAsync(Tx tx, CustomerListId list, EntityId entity, CustomerId? after, int most);

    /// <summary>Adds a relation; adding it again changes nothing. Both ends must be there.</summary>
    Task<WriteOutcome> RelateAsync(Tx tx, Relation relation, long at);

    /// <summary>Relations from and to a customer whose MAC is right.</summary>
    Task<IReadOnlyList<Relation>> RelationsAsync(Tx tx, CustomerId id);

    /// <summary>The record taken in earlier from this source, or null.</summary>
    Task<KnownSource?> FindSourceAsync(Tx tx, NewSource source);
}
