using System.Security.Cryptography;
using System.Text;
using Strongroom.Spine.Identity;

namespace Strongroom.Tests.Spine.Identity;

/// <summary>A look-up in a file of hashes, and the words of the context.</summary>
public sealed class BreachedPasswordsTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), "sr-breached-" + RandomNumberGenerator.GetHexString(12, lowercase: true));

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData(1, "\n", true)]
    [InlineData(2, "\r\n", true)]
    [InlineData(3, "\n", false)]
    [InlineData(1_000, "\r\n", false)]
    [InlineData(5_000, "\n", true)]
    public void Every_listed_password_is_found_and_no_other(int count, string end, bool endsLastLine)
    {
        var listed = Enumerable.Range(0, count).Select(i => $"correct horse {i}").ToList();
        var lines = listed.Select((password, i) => $"{Hash(password)}:{(i * 7919) + 1}").Order(StringComparer.Ordinal);
        File.WriteAllText(path, string.Join(end, lines) + (endsLastLine ? end : ""));
        using var breached = new BreachedPasswords(path);
        Assert.All(listed, password => Assert.True(breached.Contains(password), password));
        Assert.All(Enumerable.Range(0, 300), i => Assert.False(breached.Contains($"battery staple {i}")));
    }

    [Fact]
    public void Without_a_list_nothing_is_found_and_anything_else_than_a_list_is_refused()
    {
        using (var none = new BreachedPasswords(null))
        {
            Assert.False(none.Contains("password"));
        }

        foreach (var text in new[] { "", "password\n", $"{Hash("z")}9:1\n", string.Join('\n', new[] { Hash("a"), Hash("b") }.OrderDescending(StringComparer.Ordinal)), new string('g', 40) + ":1\n" })
        {
            File.WriteAllText(path, text);
            Assert.Throws<FormatException>(() => new BreachedPasswords(path));
        }

        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => new BreachedPasswords(path));
    }

    [Fact]
    public void Names_of_person_and_company_carry_no_password()
    {
        string[] context = ["李晓明", "Ada Moorland", "云程航空 Yuncheng Air"];
        foreach (var built in new[] { "moorland-moorland1", "Moorl4nd!2026!!", "YunchengAir20261", "yuncheng-moorland", "云程航空李晓明2026年", "adamoorland12345" })
        {
            Assert.Equal(PasswordFault.Common, PasswordRules.Check(built, "ada.m", context));
        }

        Assert.Equal(PasswordFault.None, PasswordRules.Check("moorland kettles drift north", "ada.m", context));
        Assert.Equal(PasswordFault.None, PasswordRules.Check("yuncheng-moorland", "ada.m"));
    }

#pragma warning disable CA5350
    private static string Hash(string password) => Convert.ToHexString(CryptographicOperations.HashData(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
}
