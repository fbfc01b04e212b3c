using Strongroom.Spine.Identity;

namespace Strongroom.Tests.Spine.Identity;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("short")]
    [InlineData("elevenchars")]
    [InlineData("密码密码密码密码密码密")]
    public void Eleven_characters_are_too_few(string text) => Assert.Equal(PasswordFault.TooShort, PasswordRules.Check(text, "wang"));

    [Theory]
    [InlineData("passwordpassword")]
    [InlineData("P@ssw0rd2026!!")]
    [InlineData("Welcome@2026!!")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("qwertyuiop123")]
    [InlineData("123456789012345")]
    [InlineData("aaaaaaaaaaaaaaa")]
    [InlineData("woaini1314520!")]
    [InlineData("Admin#Admin#2026")]
    [InlineData("13812345678910")]
    public void Common_patterns_are_refused(string text) => Assert.Equal(PasswordFault.Common, PasswordRules.Check(text, "wang"));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("x9$k2!m4@q7z")]
    [InlineData("春眠不觉晓处处闻啼鸟夜来风雨声")]
    [InlineData("kettle-orbit-thirteen")]
    public void Long_uncommon_ones_pass(string text) => Assert.Equal(PasswordFault.None, PasswordRules.Check(text, "wang"));

    [Fact]
    public void The_account_name_is_no_password()
    {
        Assert.Equal(PasswordFault.HoldsAccount, PasswordRules.Check("ZhaoXiaoming!77", "zhaoxiaoming"));
        Assert.Equal(PasswordFault.HoldsAccount, PasswordRules.Check("li.lei.li.lei.", "li.lei@example.cn"));
        Assert.Equal(PasswordFault.None, PasswordRules.Check("zhaoxiaoming eats seven green plums", "zhaoxiaoming"));
    }

    [Fact]
    public void Too_long_and_broken_unicode_are_refused_not_cut()
    {
        Assert.Equal(PasswordFault.TooLong, PasswordRules.Check(new string('x', 70) + string.Concat(Enumerable.Range(0, 70)), "wang"));
        Assert.Equal(PasswordFault.TooLong, PasswordRules.Check("kettle-orbit-thirteen\ud800", "wang"));
        Assert.Equal(PasswordFault.TooLong, PasswordRules.Check(null, "wang"));
    }

    [Fact]
    public void The_same_password_typed_full_width_is_the_same() =>
        Assert.Equal(PasswordRules.Normalise("kettle-orbit"), PasswordRules.Normalise("kettle-orbit"));

    [Fact]
    public void Start_passwords_satisfy_the_rules_and_differ()
    {
        var made = Enumerable.Range(0, 500).Select(_ => Secrets.NewStartPassword()).ToList();
        Assert.All(made, text => Assert.Equal(PasswordFault.None, PasswordRules.Check(text, "wang")));
        Assert.Equal(500, made.Distinct().Count());
    }

    [Theory]
    [InlineData("Wang.Fang", "wang.fang")]
    [InlineData("  WANG.fang ", "wang.fang")]
    [InlineData("WANG.FANG", "wang.fang")]
    [InlineData("王芳", "王芳")]
    [InlineData("wang fang", null)]
    [InlineData("w", null)]
    [InlineData("<script>", null)]
    [InlineData("", null)]
    [InlineData("a\ud800b", null)]
    public void Account_names_fold(string text, string? folded) => Assert.Equal(folded, AccountNames.Fold(text));
}
