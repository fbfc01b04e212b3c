namespace Strongroom.Ground;

/// <summary>What a level decides by itself.</summary>
public static class Levels
{
    /// <summary>Levels 3 and 4 live in the sensitive compartment, with keys, tables and database role of their own (R17).</summary>
    public static Keys.Compartment Compartment(this Level level) =>
        level >= Level.Sensitive ? Keys.Compartment.Sensitive : Keys.Compartment.General;
}
