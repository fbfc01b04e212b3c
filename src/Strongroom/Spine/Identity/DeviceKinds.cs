using System.Text.Json.Serialization;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>What a session was begun on, as far as the browser says. It tells lines of a list apart and decides nothing.</summary>
[JsonConverter(typeof(KebabEnum<DeviceKind>))]
internal enum DeviceKind
{
    Desktop,
    Phone,
    Tablet,

    /// <summary>No browser that we know.</summary>
    Other,
}

/// <summary>From which zone and on what a session was begun; what is not known is null.</summary>
internal sealed record SessionFrom(string? Zone, DeviceKind? Device);

/// <summary>Reads the kind of a device out of a browser's own description. Pure and total; nothing else of it is kept.</summary>
internal static class DeviceKinds
{
    public static DeviceKind Of(string? userAgent)
    {
        bool Says(string word) => userAgent?.Contains(word, StringComparison.OrdinalIgnoreCase) == true;
        return Says("iPad") || Says("Tablet") || (Says("Android") && !Says("Mobile")) ? DeviceKind.Tablet
            : Says("iPhone") || Says("Mobile") || Says("HarmonyOS") ? DeviceKind.Phone
            : Says("Windows NT") || Says("Macintosh") || Says("X11") || Says("CrOS") ? DeviceKind.Desktop
            : DeviceKind.Other;
    }
}
