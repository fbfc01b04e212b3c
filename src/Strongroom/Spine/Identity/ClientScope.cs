using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>What an API client may do at all (R43); purposes, items and the one decision narrow it further.</summary>
[JsonConverter(typeof(KebabEnum<ClientScope>))]
internal enum ClientScope
{
    Collect,
    Import,
    Find,
    View,
    Compare,
    Correct,
    Contact,
    Consent,
    Relations,
    Ledger,
    Explain,
    Approvals,
    Audit,
    Tickets,
    Training,
    Metrics,
    Rosters,
    Calls,

    /// <summary>A document reader: attests what it read, and sees nothing.</summary>
    Reader,
}
