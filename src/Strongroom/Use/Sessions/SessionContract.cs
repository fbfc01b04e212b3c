using Strongroom.Ground;
using Strongroom.Use.Compare;

namespace Strongroom.Use.Sessions;

/// <summary>Begins a call or visit.</summary>
/// <param name="Reference">The telephone system's call number or the like; kept sealed.</param>
/// <param name="Customer">Who is served, when that is known already.</param>
internal sealed record SessionRequest(string Reference, PurposeKey Purpose, CustomerId? Customer = null, ChannelId? Channel = null);

internal sealed record SessionCustomerRequest(CustomerId Customer);

/// <param name="Note">What the call was about, at most 1,000 characters; refused when it holds an identity, card or phone number.</param>
internal sealed record SessionCloseRequest(string? Note = null);

/// <summary>What the caller says about himself.</summary>
internal sealed record VerifyRequest(IReadOnlyDictionary<ItemKey, Said?> Items);

/// <param name="Proved">What the caller proved so far: birth, document, booking, route. Two make him verified, one of them birth or document.</param>
/// <param name="Until">UTC milliseconds at which the session ends by itself.</param>
internal sealed record SessionAnswer(
    ServiceSessionId Id, CustomerId? Customer, PurposeKey Purpose, bool Verified, IReadOnlyList<CallerProof> Proved, long Opened, long Until, EntryId Entry);

/// <param name="Items">Match or no match for each item said.</param>
/// <param name="Tries">How many tries are left.</param>
internal sealed record VerifyAnswer(bool Verified, IReadOnlyDictionary<ItemKey, Match> Items, int Tries, SessionAnswer Session);
