using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Catalogue;

/// <summary>Content of the control row <c>post-duties</c>: what this company says of a post, in place of the pack's words (R9, R10).</summary>
internal sealed record PostDutiesContent(PostKey Post, string Zh, string En, PersonId By)
{
    public const string Kind = "post-duties";

    public static ControlKey KeyOf(PostKey post) => ControlKey.Named(Kind, post.Value);
}

/// <param name="DutiesZh">What whoever holds the post answers for in protecting customer information; empty: nobody has written it.</param>
/// <param name="Version">Of the duties: 0 as long as they are the pack's.</param>
/// <param name="Changed">UTC milliseconds; null while they are the pack's.</param>
internal sealed record PostView(PostKey Post, string Zh, string En, string DutiesZh, string DutiesEn, long Version, long? Changed);

/// <param name="Version">The version the caller saw; another one is 409 row.changed.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PostDutiesChange(long Version, string Zh, string En);

/// <summary>The posts with their duties (R9, R10): everybody reads them, the data protection officer words them, each version is in the log.</summary>
internal sealed class PostDuties(Database database, ControlStore rows, ICatalogues catalogues)
{
    public const string Written = "post-duties-changed";

    private const int Longest = 2_000;

    public static void Map(IEndpointRouteBuilder app)
    {
        var posts = app.MapGroup("/v1/posts");
        posts.MapGet("", (Actor actor, PostDuties self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("posts");
        posts.MapPut("/{post}/duties", (PostKey post, PostDutiesChange ask, Actor actor, PostDuties self, CancellationToken ct) => self.ChangeAsync(post, ask, actor, ct))
            .RequirePolicy(Doors.PostsManage).Records(Written).WithName("post-duties-change");
    }

    private async Task<Ok<PostView[]>> ListAsync(Actor actor, CancellationToken ct)
    {
        var posts = (await catalogues.AtAsync(actor.ConfigEpoch, ct)).Catalogue.Posts;
        var own = (await database.ReadAsync(tx => rows.ListAsync<PostDutiesContent>(tx, PostDutiesContent.Kind), ct)).Rows.ToDictionary(row => row.Content.Post);
        return TypedResults.Ok(posts.Select(post => View(post, own.GetValueOrDefault(post.Key))).ToArray());
    }

    private async Task<Results<Ok<PostView>, ProblemHttpResult>> ChangeAsync(PostKey post, PostDutiesChange ask, Actor actor, CancellationToken ct)
    {
        var faults = new List<FieldError>();
        foreach (var (text, at) in new[] { (ask.Zh, "zh"), (ask.En, "en") })
        {
            if (string.IsNullOrWhiteSpace(text) || text.Length > Longest)
            {
                faults.Add((string.IsNullOrWhiteSpace(text) ? Reasons.FieldMissing : Reasons.FieldLong).At(at));
            }
        }

        if (faults.Count > 0)
        {
            return Problem.Of(faults).ToResult();
        }

        if ((await catalogues.AtAsync(actor.ConfigEpoch, ct)).Catalogue.Post(post) is not { } known)
        {
            return Problem.Of(Reasons.NotFound).ToResult();
        }

        var content = new PostDutiesContent(post, ask.Zh.Trim(), ask.En.Trim(), actor.Person);
        var key = PostDutiesContent.KeyOf(post);
        return await database.WriteAsync(tx => rows.SaveAsync(tx, key, ask.Version, content, IdentityFacts.Of(Written, actor)), ct) is ControlSaved.Stale
            || await database.ReadAsync(tx => rows.LoadAsync<PostDutiesContent>(tx, key), ct) is not { } row
                ? Problem.Of(Reasons.RowChanged).ToResult()
                : TypedResults.Ok(View(known, row));
    }

    private static PostView View(PostDefinition post, ControlRow<PostDutiesContent>? own) => new(
        post.Key, post.Title.Zh, post.Title.En, own?.Content.Zh ?? post.Duties?.Zh ?? "", own?.Content.En ?? post.Duties?.En ?? "", own?.Version ?? 0, own?.Changed);
}
