namespace Strongroom.Use;

/// <summary>What an installation may set about using information.</summary>
internal sealed record UseOptions
{
    /// <summary>The company's local time: distance from UTC in minutes. Days of volume limits begin at its midnight.</summary>
    public int OffsetMinutes { get; init; } = 480;

    /// <summary>A service session ends by itself after this many milliseconds.</summary>
    public long SessionMs { get; init; } = 60 * 60_000;

    /// <summary>A call that the telephone system announces waits for its agent this many milliseconds.</summary>
    public long CallMs { get; init; } = 3 * 60_000;

    /// <summary>After the telephone system hung up, the agent's note on the call is taken for this many milliseconds (domain.md §5: 60 s, and the way).</summary>
    public long WrapUpMs { get; init; } = 2 * 60_000;

    /// <summary>Comparisons in one service session; also for one customer in an hour outside service sessions (R118).</summary>
    public int Tries { get; init; } = 3;

    /// <summary>Comparisons for one customer in an hour over all service sessions, so that new sessions give no new guesses without end.</summary>
    public int TriesPerCustomerHour { get; init; } = 12;

    /// <summary>Calls and messages of one person in an hour (domain.md §3, 60/h of an agent).</summary>
    public int ContactsPerHour { get; init; } = 60;

    /// <summary>Calls and messages to one customer in a day, whoever makes them.</summary>
    public int ContactsPerCustomerDay { get; init; } = 10;

    /// <summary>A customer's code for a change of his number is good for this many milliseconds.</summary>
    public long CodeMs { get; init; } = 10 * 60_000;

    /// <summary>
    /// A value verifies a caller only when it was taken in at least this many milliseconds before the session was opened, so that nobody
    /// proves who he is with what was written down for him a moment ago; and a code goes only to such a number.
    /// </summary>
    public long SettledMs { get; init; } = 24 * 60 * 60_000;
}
