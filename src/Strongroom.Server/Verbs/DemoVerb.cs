using System.CommandLine;

namespace Strongroom.Server.Verbs;

internal static class DemoVerb
{
    public static Command Command(Terminal terminal) => new("demo", "");
}
