using Strongroom.Server.Host;
using Xunit;

namespace Strongroom.Server.Tests;

public sealed class ConnectionTextTests
{
    [Fact]
    public void A_connection_comes_from_a_file_of_its_owners_alone_or_is_the_string_itself()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(file, "Host=db;Database=strongroom\n");
        try
        {
            foreach (var open in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.GroupWrite })
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | open);
                Assert.Contains("chmod 600", Assert.Throws<SetupException>(() => ConnectionText.Of("--database", file)).Message, StringComparison.Ordinal);
            }

            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Assert.Equal("Host=db;Database=strongroom", ConnectionText.Of("--keyring", file));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal("Host=db;Database=other", ConnectionText.Of("--database", "Host=db;Database=other"));
        Assert.Contains("--keyring", Assert.Throws<SetupException>(() => ConnectionText.Of("--keyring", file)).Message, StringComparison.Ordinal);
        Assert.Throws<SetupException>(() => ConnectionText.InFile("--database", "Host=db;Database=other"));
    }
}
