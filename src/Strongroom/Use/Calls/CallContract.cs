using Strongroom.Ground;
using Strongroom.Use.Sessions;

namespace Strongroom.Use.Calls;

/// <summary>A call that the telephone system puts through to an agent.</summary>
/// <param name="Agent">Account name of the agent.</param>
/// <param name="Reference">The telephone system's number of the call, at most 128 characters; kept sealed.</param>
/// <param name="Purpose">What the caller chose; one of the client's own purposes.</param>
/// <param name="Number">The caller's number; left out when it is withheld. Kept sealed while the call lasts.</param>
/// <param name="Channel">One of the client's own channels.</param>
internal sealed record CallRequest(string Agent, string Reference, PurposeKey Purpose, string? Number = null, ChannelId? Channel = null);

/// <param name="Until">UTC milliseconds at which it no longer waits.</param>
/// <param name="Entry">The log entry.</param>
internal sealed record CallAnnounced(CallId Id, long Until, EntryId Entry);

/// <param name="Ended">UTC milliseconds at which it was over; whoever closes it again is told the same.</param>
internal sealed record CallClosed(CallId Id, long Ended);

/// <param name="Calls">The agent's own: what he serves first, then the newest.</param>
internal sealed record CallList(IReadOnlyList<CallView> Calls);

/// <param name="Number">The caller's number as the catalogue masks it; absent when withheld.</param>
/// <param name="Reference">Told while it waits.</param>
/// <param name="Since">UTC milliseconds at which it began to ring.</param>
/// <param name="Session">The service session that he opened for it.</param>
internal sealed record CallView(CallId Id, CallState State, PurposeKey Purpose, long Since, long Until, string? Reference, string? Number, ServiceSessionId? Session);

/// <summary>A call taken: from here on it is a service session like any other.</summary>
internal sealed record CallTaken(CallId Id, string Reference, string? Number, SessionAnswer Session);

/// <param name="Customers">At most five; none when the number is withheld or nobody has it.</param>
internal sealed record CallCandidates(IReadOnlyList<CallCandidate> Customers);

/// <param name="Name">Masked; absent when there is but one, or when the agent may not see it.</param>
internal sealed record CallCandidate(CustomerId Id, string? Name);
