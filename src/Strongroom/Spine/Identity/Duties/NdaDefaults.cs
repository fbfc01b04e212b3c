using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Duties;

/// <summary>The agreement an installation begins with (domain.md §8); the data protection officer publishes the company's own over it.</summary>
internal static class NdaDefaults
{
    public const int TermDays = 365;

    public static readonly Bilingual Text = new(
        """
        员工保密协议
        一、范围:本人因岗位接触的全部客户个人信息,无论以何种形式、在何种系统中取得。
        二、在岗义务:只为本次办理的用途查看和使用;不向无关人员透露;不拍摄、截取或抄录屏幕内容;不转存到本系统以外。
        三、离岗义务:离岗或离职时归还全部资料;保密义务在离职后继续两年,法律另有更长规定的从其规定。
        四、责任:违反本协议的,按公司制度处理;造成损失的依法赔偿;构成犯罪的依法追究刑事责任。
        五、本人已阅读并理解以上内容,自愿签署。
        """,
        """
        Confidentiality agreement for staff
        1. Scope: all personal information of customers that I meet through my post, in whatever form and system.
        2. While I hold the post I look at and use it only for the purpose at hand; I tell nobody who has no need of it; I take no photographs,
           screenshots or notes of what the screen shows; I keep no copy outside this system.
        3. When I leave the post or the company I return all material. The duty lasts two years beyond my employment, or longer where the law says so.
        4. Breach is dealt with under the company's rules; loss is made good as the law provides; a crime is prosecuted.
        5. I have read and understood this and sign it of my own will.
        """);
}
