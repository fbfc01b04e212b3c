namespace Strongroom.Data;

/// <summary>The database engines the product runs on.</summary>
public enum Engine { Sqlite, Postgres }

/// <summary>The compartments' database roles (PostgreSQL). Their names derive from the database: <c>&lt;database&gt;_general</c> and so on.</summary>
public enum DbRole { General, Sensitive }
