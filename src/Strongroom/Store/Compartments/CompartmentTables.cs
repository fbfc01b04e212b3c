using Strongroom.Data;
using Strongroom.Keys;

namespace Strongroom.Store.Compartments;

/// <summary>The tables and database role of a compartment (R17). Names are constants, never input.</summary>
internal static class CompartmentTables
{
    public static IReadOnlyList<Compartment> All { get; } = [Compartment.General, Compartment.Sensitive];

    public static string Items(Compartment compartment) => Pick(compartment, "general_item", "sensitive_item");

    public static string OldItems(Compartment compartment) => Pick(compartment, "general_item_old", "sensitive_item_old");

    public static string Search(Compartment compartment) => Pick(compartment, "search_general", "search_sensitive");

    public static string Chunks(Compartment compartment) => Pick(compartment, "general_chunk", "sensitive_chunk");

    public static DbRole Role(Compartment compartment) => Pick(compartment, DbRole.General, DbRole.Sensitive);

    private static T Pick<T>(Compartment compartment, T general, T sensitive) => compartment switch
    {
        Compartment.General => general,
        Compartment.Sensitive => sensitive,
        _ => throw new ArgumentOutOfRangeException(nameof(compartment)),
    };
}
