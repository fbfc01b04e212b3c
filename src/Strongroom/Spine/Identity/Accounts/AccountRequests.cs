using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Identity.Accounts;

[JsonConverter(typeof(KebabEnum<AccountRequestState>))]
internal enum AccountRequestState
{
    Requested,
    Approved,
    Refused,
}

/// <summary>A post asked for together with the account.</summary>
/// <param name="Until">UTC milliseconds, exclusive; null: until further notice.</param>
internal sealed record WantedPost(PostKey Post, UnitId Unit, long? Until = null);

/// <summary>Content of the control row <c>account-request</c>: who asked for whose account on what terms, and what became of it (R39).</summary>
/// <param name="Names">Sealed JSON of <see cref="PersonNames"/>.</param>
/// <param name="Requested">UTC milliseconds.</param>
internal sealed record AccountRequestContent(
    byte[] Names, string Locale, AccountKind Kind, string? Partner, long? Ends, int? RowCeiling, IReadOnlyList<WantedPost> Posts, PersonId Requester, long Requested)
{
    public const string RowKind = "account-request";

    public AccountRequestState State { get; init; }

    public PersonId? Decider { get; init; }

    public long? Decided { get; init; }

    /// <summary>The account that came of it.</summary>
    public PersonId? Person { get; init; }

    public AccountTerms Terms => new(Kind, Partner, Ends, RowCeiling);
}

/// <summary>
/// The only way to an account after the first two (R39): who needs somebody asks, an administrator who did not ask decides, and account and posts
/// are there at once or not at all. Guarded posts are no part of it: each takes two administrators, afterwards.
/// </summary>
internal sealed class AccountRequests(Database database, Members members, People people, IPostBooks books, ISecretSealer sealer, IAuditLog log, TimeProvider time)
{
    private const int MostPosts = 10;

    /// <summary>Somebody without anything, of whom only terms and posts are looked at.</summary>
    private static readonly PersonContent Nobody = new()
    {
        AccountMac = [], Names = [], Password = [], MustChangePassword = true, PasswordAt = 0, Locale = "zh", State = MemberState.Active, Posts = [],
    };

    public async Task<Outcome<Member<AccountRequestContent>>> AskAsync(Actor actor, PersonRequest person, IReadOnlyList<WantedPost> posts, CancellationToken ct)
    {
        var faults = people.Faults(person.Account, person.Name, person.Locale, person.Terms);
        if (posts.Count > MostPosts)
        {
            faults.Add(Reasons.FieldLong.At("posts"));
        }

        if (faults.Count > 0)
        {
            return Problem.Of(faults);
        }

        var id = AccountRequestId.New();
        var names = new PersonNames(AccountNames.Fold(person.Account)!, person.Name.Trim());
        var content = new AccountRequestContent(
            sealer.Seal(Label(id), JsonSerializer.SerializeToUtf8Bytes(names)), person.Locale ?? "zh", person.Kind, person.Partner?.Trim(), person.Ends, person.RowCeiling,
            posts, actor.Person, time.NowMs());
        return await members.ChangeAsync<Member<AccountRequestContent>>(async tx =>
        {
            if (await PostsFaultAsync(tx, content) is { } problem)
            {
                return problem;
            }

            await members.SaveAsync(tx, AccountRequestContent.RowKind, id.Value, 0, content, IdentityFacts.Of(IdentityFacts.AccountRequested, actor));
            return new Member<AccountRequestContent>(id.Value, 1, content);
        }, ct).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Member<AccountRequestContent>>> ListAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(IdentityFacts.AccountsListed, actor), guard: null, ct);
        return await database.ReadAsync(tx => members.ListAsync<AccountRequestContent>(tx, AccountRequestContent.RowKind), ct).ConfigureAwait(false);
    }

    /// <returns>The decided request and, when approved, the start password that is shown this once.</returns>
    public async Task<Outcome<(Member<AccountRequestContent> Request, string? StartPassword)>> DecideAsync(
        Actor actor, AccountRequestId id, ApprovalVerdict verdict, string? reason, CancellationToken ct)
    {
        if (verdict == ApprovalVerdict.Refuse && string.IsNullOrWhiteSpace(reason))
        {
            return Reasons.ApprovalReason;
        }

        // The start password is hashed before the transaction: it takes a tenth of a second, and others wait for the writer.
        var made = verdict == ApprovalVerdict.Refuse ? null : await NewAsync(id, ct).ConfigureAwait(false);
        return await members.ChangeAsync<(Member<AccountRequestContent>, string?)>(async tx =>
        {
            if (await members.LockAsync<AccountRequestContent>(tx, AccountRequestContent.RowKind, id.Value) is not { } row)
            {
                return Reasons.NotFound;
            }

            if (row.Content.State != AccountRequestState.Requested)
            {
                return Reasons.RequestDecided;
            }

            if (row.Content.Requester == actor.Person)
            {
                return Reasons.ApprovalSelf;
            }

            var decided = row.Content with { Decider = actor.Person, Decided = time.NowMs(), State = AccountRequestState.Refused };
            if (verdict == ApprovalVerdict.Refuse)
            {
                var refusal = IdentityFacts.Of(IdentityFacts.AccountRefused, actor) with { Details = new LogDetails { Reason = reason } };
                return (await SaveAsync(tx, row, decided, refusal), null);
            }

            return made is { } account ? await ApproveAsync(tx, actor, row, decided with { State = AccountRequestState.Approved }, account) : Reasons.RowChanged;
        }, ct).ConfigureAwait(false);
    }

    public PersonNames NamesOf(Member<AccountRequestContent> row) =>
        JsonSerializer.Deserialize<PersonNames>(sealer.Open(Label(AccountRequestId.From(row.Id)), row.Content.Names)) ?? throw new BrokenSealException("account-request");

    /// <summary>The account that would come of a waiting request; null when none waits under this id.</summary>
    private async Task<(PersonId Id, PersonContent Content, string StartPassword)?> NewAsync(AccountRequestId id, CancellationToken ct)
    {
        var waits = await database.ReadAsync(tx => members.LoadAsync<AccountRequestContent>(tx, AccountRequestContent.RowKind, id.Value), ct).ConfigureAwait(false);
        if (waits is not { Content.State: AccountRequestState.Requested })
        {
            return null;
        }

        var names = NamesOf(waits);
        return people.NewContent(names.Account, names.Display, waits.Content.Locale);
    }

    private async Task<Outcome<(Member<AccountRequestContent>, string?)>> ApproveAsync(
        Tx tx, Actor actor, Member<AccountRequestContent> row, AccountRequestContent decided, (PersonId Id, PersonContent Content, string StartPassword) made)
    {
        // Days may lie between asking and deciding: whoever asked must still be here, and everything still be in order.
        var now = time.NowMs();
        if ((await members.LoadAsync<PersonContent>(tx, Members.Person, decided.Requester.Value))?.Content.IsActive(now) != true)
        {
            return Problem.Of([Reasons.PersonUnknown.At("requester")]);
        }

        if (decided.Terms.Faults(now) is { Count: > 0 } faults)
        {
            return Problem.Of(faults);
        }

        var (id, plain, start) = made;
        if (await PostsFaultAsync(tx, decided) is { } problem)
        {
            return problem;
        }

        if (!await AccountClaimStore.ClaimAsync(tx, plain.AccountMac, id))
        {
            return Reasons.AccountTaken;
        }

        var content = decided.Terms.On(plain) with
        {
            Request = AccountRequestId.From(row.Id), Posts = [.. decided.Posts.Select(post => new HeldPost(post.Post, post.Unit, time.SureMs(), post.Until))],
        };
        await members.SaveAsync(tx, Members.Person, id.Value, 0, content, IdentityFacts.Of(IdentityFacts.PersonCreated, actor));
        return (await SaveAsync(tx, row, decided with { Person = id }, IdentityFacts.Of(content.Posts.Count > 0 ? IdentityFacts.PostGranted : IdentityFacts.AccountApproved, actor)), start);
    }

    /// <summary>A request carries no guarded post: those take two administrators, one by one.</summary>
    private async Task<Problem?> PostsFaultAsync(Tx tx, AccountRequestContent request)
    {
        var book = await books.ReadAsync(tx);
        var person = request.Terms.On(Nobody);
        for (var i = 0; i < request.Posts.Count; i++)
        {
            var wanted = new HeldPost(request.Posts[i].Post, request.Posts[i].Unit, time.SureMs(), request.Posts[i].Until);
            if (await people.MayHoldAsync(tx, person, wanted, book) is { } problem)
            {
                return problem.Errors.Count > 0 ? problem : problem with { Errors = [new FieldError($"posts[{i}]", problem.Code, problem.Zh, problem.En)] };
            }

            if (book.Posts[wanted.Post].TakesTwo)
            {
                return Problem.Of(Reasons.PostAdministers) with { Errors = [Reasons.PostAdministers.At($"posts[{i}]")] };
            }

            person = person with { Posts = [.. person.Posts, wanted] };
        }

        return null;
    }

    private async Task<Member<AccountRequestContent>> SaveAsync(Tx tx, Member<AccountRequestContent> row, AccountRequestContent content, LogFact fact)
    {
        await members.SaveAsync(tx, AccountRequestContent.RowKind, row.Id, row.Version, content, fact);
        return new Member<AccountRequestContent>(row.Id, row.Version + 1, content);
    }

    private static string Label(AccountRequestId id) => $"account-request/{id}";
}
