using System.Text.Json.Serialization;

namespace Strongroom.Spine.Identity.QrSignIn;

/// <summary>A sign-in that waits for the phone.</summary>
/// <param name="Ticket">For asking again; the same stands in the picture, behind the fragment of the address, which no server sees.</param>
/// <param name="Qr">SVG text.</param>
/// <param name="Number">To be typed on the phone: whoever holds the phone must see this screen.</param>
/// <param name="Expires">UTC milliseconds.</param>
internal sealed record QrStarted(string Ticket, string Qr, string Number, long Expires);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record QrTicket(string Ticket);

/// <param name="Number">The two digits that the other screen shows.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record QrApproval(string Ticket, string Number);

/// <summary>What the phone shows before its owner allows anything.</summary>
/// <param name="Origin">Address prefix of the browser that asks.</param>
/// <param name="Zone">Its network zone.</param>
/// <param name="SameZone">Across zones it is refused.</param>
internal sealed record QrSight(string Origin, string Zone, bool SameZone, long Expires);

/// <param name="State">waiting, or in with the session.</param>
internal sealed record QrAnswer(string State, SessionView? Session);
