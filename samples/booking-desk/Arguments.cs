using System.Diagnostics.CodeAnalysis;

namespace BookingDesk;

/// <summary>What the clerk asked for. Personal values are never arguments: those stand in process lists and shell histories.</summary>
/// <param name="Item">Of <c>lookup</c>: the item known of the customer.</param>
/// <param name="Demo">Folder of a running <c>./build.sh demo</c>.</param>
internal sealed record Arguments(string Command, string Item, string Demo)
{
    public static bool TryRead(string[] args, [NotNullWhen(true)] out Arguments? read)
    {
        var demo = "demo-data";
        var words = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--demo" && i + 1 < args.Length)
            {
                demo = args[++i];
            }
            else
            {
                words.Add(args[i]);
            }
        }

        read = words switch
        {
            ["book"] => new Arguments("book", "", demo),
            ["checkin"] => new Arguments("checkin", "", demo),
            ["lookup", var item] => new Arguments("lookup", item, demo),
            _ => null,
        };
        return read is not null;
    }
}
