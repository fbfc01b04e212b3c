using Microsoft.Extensions.DependencyInjection;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Identity.Accounts;

namespace Strongroom.Tests.Spine.Identity;

/// <summary>How accounts come to be in tests: asked for by one, approved by another, as everywhere (R39).</summary>
internal static class Hiring
{
    /// <returns>The new person, without posts, and the start password; or why the request or its approval was refused.</returns>
    public static async Task<Outcome<(Member<PersonContent> Person, string StartPassword)>> HireAsync(
        IServiceProvider services, Actor asks, string account, string name, string? locale = null, AccountTerms? terms = null)
    {
        var (desk, on) = (services.GetRequiredService<AccountRequests>(), terms ?? AccountTerms.Employee);
        var asked = await desk.AskAsync(asks, new PersonRequest(account, name, locale, on.Kind, on.Partner, on.Ends, on.RowCeiling), [], default);
        if (asked is not Outcome<Member<AccountRequestContent>>.Done { Value: var request })
        {
            return ((Outcome<Member<AccountRequestContent>>.Refused)asked).Problem;
        }

        var another = new Actor { Kind = ActorKind.Person, Person = PersonId.New() };
        var decided = await desk.DecideAsync(another, AccountRequestId.From(request.Id), ApprovalVerdict.Approve, null, default);
        if (decided is not Outcome<(Member<AccountRequestContent> Request, string? StartPassword)>.Done { Value: var (made, start) })
        {
            return ((Outcome<(Member<AccountRequestContent> Request, string? StartPassword)>.Refused)decided).Problem;
        }

        var members = services.GetRequiredService<Members>();
        var person = await services.GetRequiredService<Database>().ReadAsync(tx => members.LoadAsync<PersonContent>(tx, Members.Person, made.Content.Person!.Value.Value));
        return (person!, start!);
    }
}
