using Strongroom.Ground;
using Strongroom.Keys;

namespace Strongroom.Store.Compartments;

/// <summary>Which compartment a level belongs to.</summary>
public static class LevelCompartment
{
    /// <summary>Levels 3 and 4 live in the sensitive compartment, with keys, tables and database role of their own (R17).</summary>
    public static Compartment Compartment(this Level level) =>
        level >= Level.Sensitive ? Keys.Compartment.Sensitive : Keys.Compartment.General;
}
