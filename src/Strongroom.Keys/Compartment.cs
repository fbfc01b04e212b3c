namespace Strongroom.Keys;

/// <summary>Where an item lives: general (levels 1–2) or sensitive (levels 3–4). Separate tables, keys and database roles (R17).</summary>
public enum Compartment : byte
{
    General = 1,
    Sensitive = 2,
}
