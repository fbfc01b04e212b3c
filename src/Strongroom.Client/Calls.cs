namespace Strongroom.Client;

/// <summary>A call that the telephone system puts through to an agent. Needs the scope <c>calls</c>.</summary>
/// <param name="Agent">Account name of the agent.</param>
/// <param name="Reference">The telephone system's number of the call, at most 128 characters; kept sealed.</param>
/// <param name="Purpose">What the caller chose: key of one of the client's own purposes.</param>
/// <param name="Number">The caller's number; null when it is withheld. Kept sealed while the call lasts.</param>
/// <param name="Channel">One of the client's own channels.</param>
public sealed record CallRequest(string Agent, PersonalValue Reference, string Purpose, PersonalValue? Number = null, ChannelId? Channel = null);

/// <param name="Until">UTC milliseconds at which it no longer waits for the agent.</param>
public sealed record CallAnnounced(CallId Id, long Until, EntryId Entry);

/// <param name="Ended">UTC milliseconds at which it was over; whoever closes it again is told the same.</param>
public sealed record CallClosed(CallId Id, long Ended);
