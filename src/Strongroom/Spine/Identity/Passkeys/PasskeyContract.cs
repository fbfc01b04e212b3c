using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Spine.Identity.Factors;

namespace Strongroom.Spine.Identity.Passkeys;

/// <param name="Options">For <c>PublicKeyCredential.parseCreationOptionsFromJSON</c> or <c>parseRequestOptionsFromJSON</c>.</param>
/// <param name="Ticket">Comes back with the answer, unchanged, from the same session or browser.</param>
internal sealed record PasskeyOptionsView(JsonElement Options, string Ticket, long Expires);

/// <param name="Credential">What <c>navigator.credentials.create()</c> gave, as <c>toJSON()</c>.</param>
/// <param name="Name">What its owner calls it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PasskeyEnrolment(string Ticket, JsonElement Credential, string Name);

/// <param name="Credential">What <c>navigator.credentials.get()</c> gave, as <c>toJSON()</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PasskeyAnswer(string Ticket, JsonElement Credential);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PasskeyRename(string Name);

/// <param name="RecoveryCodes">With the first factor only; shown this once.</param>
internal sealed record PasskeyEnrolled(SessionView Session, PasskeyView Passkey, IReadOnlyList<string> RecoveryCodes);

/// <summary>One's own passkey.</summary>
/// <param name="Synced">It may live on several devices of its owner.</param>
/// <param name="Flagged">UTC milliseconds: its counter went back then, perhaps a copy; it opens nothing any more.</param>
internal sealed record PasskeyView(PasskeyId Id, string Name, bool Synced, long Created, long? LastUsed, long? Flagged);
