using System.Text.Json.Serialization;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>Begins a call or visit. Sessions belong to signed-in people: send them with <see cref="Credential.Session"/>.</summary>
/// <param name="Reference">The telephone system's call number or the like; kept sealed.</param>
/// <param name="Customer">Who is served, when that is known already.</param>
public sealed record SessionRequest(PersonalValue Reference, string Purpose, CustomerId? Customer = null, ChannelId? Channel = null);

internal sealed record SessionCustomerRequest(CustomerId Customer);

/// <summary>What the caller says about himself.</summary>
/// <param name="Items">By item key.</param>
public sealed record VerifyRequest(IReadOnlyDictionary<string, Said> Items);

/// <summary>What a caller proved.</summary>
[JsonConverter(typeof(StrictestEnum<CallerProof>))]
public enum CallerProof
{
    [NotOnTheWire]
    Other,
    Birth,
    Document,
    Booking,
    Route,
}

/// <param name="Proved">What the caller proved so far. Two make him verified, one of them birth or document.</param>
/// <param name="Until">UTC milliseconds at which the session ends by itself.</param>
public sealed record SessionAnswer(
    ServiceSessionId Id, string Purpose, bool Verified, IReadOnlyList<CallerProof> Proved, long Opened, long Until, EntryId Entry, CustomerId? Customer = null);

/// <param name="Items">Match or no match for each item said.</param>
/// <param name="Tries">How many tries are left.</param>
public sealed record VerifyAnswer(bool Verified, IReadOnlyDictionary<string, Match> Items, int Tries, SessionAnswer Session);
