using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Strongroom.Ground;
using Strongroom.Spine.Access;

namespace Strongroom.Tests.Spine.Access;

public sealed partial class ReasonsTests
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static TheoryData<string> Codes => [.. Reasons.All.Select(reason => reason.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_has_two_natural_sentences_without_values(string code)
    {
        var reason = Reasons.Find(code)!;
        Assert.Matches("^[a-z]+(\\.[a-z_-]+)$", code);
        Assert.Matches("[\u4e00-\u9fff]", reason.Zh);
        Assert.EndsWith("。", reason.Zh, StringComparison.Ordinal);
        Assert.EndsWith(".", reason.En, StringComparison.Ordinal);
        Assert.DoesNotMatch("[\u4e00-\u9fff]", reason.En);
        Assert.InRange(reason.Zh.Length, 5, 60);
        Assert.InRange(reason.En.Length, 10, 140);
        Assert.DoesNotMatch("[{}0-9]", reason.Zh + reason.En);
        Assert.DoesNotContain("权限不足", reason.Zh, StringComparison.Ordinal);
        Assert.DoesNotContain("access denied", reason.En, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(reason.Status, 400, 503);
        if (reason.Fix is { } fix)
        {
            Assert.NotEmpty(fix.Zh);
            Assert.NotEmpty(fix.En);
        }
    }

    [Fact]
    public void The_field_words_are_those_of_the_domain_page()
    {
        var page = new (string Code, string Zh, string En)[]
        {
            ("purpose.missing", "请先选择这次查看的用途。", "Choose what you need this for."),
            ("purpose.no_basis", "客户没有同意这项用途,换一个用途或先征得同意。", "The customer has not agreed to this use. Choose another, or ask first."),
            ("consent.withdrawn", "客户已撤回同意,这项信息不能再这样用了。", "The customer withdrew consent; it can no longer be used this way."),
            ("consent.separate", "这是敏感信息,还需要客户单独同意。", "This is sensitive: it needs its own consent."),
            ("notice.stale", "告知书已更新,请向客户出示新版后再提交。", "The notice has changed. Show the new one, then submit."),
            ("form.extra_item", "这项信息不在本表单用途之内,请去掉。", "This form's purpose does not need that item. Remove it."),
            ("caller.unverified", "还没核实来电人身份,先完成核身。", "Verify the caller first."),
            ("level.masked", "按您的岗位,这里只显示部分内容。确需原文可申请金库授权。", "Your post sees this partly hidden. Need it in full? Request a vault approval."),
            ("factor.needed", "请再验证一次是您本人。", "Please confirm it is you."),
            ("training.lapsed", "您的保护培训已过期,学完考过即刻恢复。", "Your training has lapsed. Pass the course and access returns at once."),
            ("nda.lapsed", "保密协议已到期,签署后即可继续。", "Your confidentiality agreement has ended. Sign it to go on."),
            ("zone.refused", "当前网络不能查看敏感信息,请改用公司网络。", "Not from this network. Use the company network."),
            ("hours.off", "现在不是您的当班时间。换班了请主管更新排班。", "You are off shift. Swapped? Ask your lead to update the roster."),
            ("vault.needed", "这一步需要两个人。请选一位当班同事授权。", "This takes two. Choose a colleague on duty."),
            ("vault.nobody", "现在没有可授权的人在班,已通知值班主管。", "Nobody on duty can approve. The duty lead has been told."),
            ("grant.changed", "申请内容改过,原授权作废,请重新申请。", "The request changed, so its approval is void. Ask again."),
            ("approver.conflict", "您不能审批自己或上级的申请。", "You cannot approve your own or your manager's request."),
            ("volume.stop", "今天查看的客户数已到上限,继续需要授权。", "You have reached today's limit. Going on needs approval."),
            ("record.archived", "记录已归档,只在法律要求时才能调阅。", "Archived: opened only where the law requires it."),
            ("log.down", "审计日志暂时写不进去,为安全起见先停止查看。不是您的问题。", "The log cannot be written, so viewing has stopped. It is not your fault."),
        };
        Assert.All(page, row => Assert.Equal((row.Zh, row.En), (Reasons.Find(row.Code)?.Zh, Reasons.Find(row.Code)?.En)));
    }

    [Fact]
    public void Every_code_written_in_the_program_is_registered()
    {
        var unknown = ProgramSources()
            .SelectMany(file => CodeInText().Matches(File.ReadAllText(file)).Select(match => (File: Path.GetFileName(file), Code: match.Groups[1].Value)))
            .Where(use => Reasons.Find(use.Code) is null)
            .Distinct();
        Assert.Empty(unknown);
    }

    [Fact]
    public void The_scan_catches_a_planted_unknown_code() =>
        Assert.Equal("planted.code", CodeInText().Match("return new Step.Refused(\"planted.code\");").Groups[1].Value);

    [Fact]
    public void Reasons_and_problems_have_the_published_shape()
    {
        Assert.Equal(
            """{"code":"caller.unverified","zh":"\u8FD8\u6CA1\u6838\u5B9E\u6765\u7535\u4EBA\u8EAB\u4EFD,\u5148\u5B8C\u6210\u6838\u8EAB\u3002","en":"Verify the caller first.","fix":{"zh":"\u5F00\u59CB\u6838\u8EAB","en":"Verify the caller"}}""",
            JsonSerializer.Serialize(Reasons.CallerUnverified, Web));
        Assert.DoesNotContain("fix", JsonSerializer.Serialize(Reasons.ConsentWithdrawn, Web), StringComparison.Ordinal);

        var problem = Problem.Of([Reasons.FieldInvalid.At("items.id_no"), Reasons.NoticeStale.At("notice")]).ToDetails();
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(problem, Web));
        Assert.Equal("/problems/field.bad", json.RootElement.GetProperty("type").GetString());
        Assert.Equal(422, json.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("items.id_no", json.RootElement.GetProperty("errors")[0].GetProperty("at").GetString());
        Assert.Equal(Reasons.NoticeStale.Zh, json.RootElement.GetProperty("errors")[1].GetProperty("zh").GetString());
        Assert.Equal("/problems/notice.stale", Problem.Of([Reasons.NoticeStale.At("notice")]).Type);
    }

    /// <summary>Codes handed over as text instead of a field of the registry.</summary>
    [GeneratedRegex("""(?:Refused|FieldError|Reasons\.Find|Problem)\((?:[^()"]|"[^".]*")*"([a-z_]+\.[a-z_-]+)"[^(]""")]
    private static partial Regex CodeInText();

    private static IEnumerable<string> ProgramSources([CallerFilePath] string here = "") =>
        Directory.EnumerateFiles(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../../src")), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))

            // The import runs beside its user: its faults carry both texts themselves and are never a server's reason.
            .Where(file => !file.Contains("/Collect/Import/", StringComparison.Ordinal));
}
