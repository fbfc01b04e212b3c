using System.CommandLine;

namespace Strongroom.Server.Verbs;

internal static class ImportVerb
{
    public static Command Command(Terminal terminal) => new("import", "");
}
