using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Spine.Identity;

public abstract partial class IdentitySuite
{
    [Fact]
    public async Task Everybodys_sessions_stand_in_one_list_and_one_that_is_ended_stops_on_every_node()
    {
        var (mine, _) = await node.EnterAsync("admin.one", first.Administrators[0].StartPassword, IdentityNode.Office with { Device = DeviceKind.Phone });
        time.Advance(TimeSpan.FromMinutes(1));
        var (theirs, _) = await node.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        time.Advance(TimeSpan.FromMinutes(1));
        var (again, _) = await other.EnterAsync("admin.two", first.Administrators[1].StartPassword);
        var actor = await node.ActorAsync(mine);

        var all = await ListAsync(actor, 200);
        Assert.Equal(["管理员乙", "管理员乙", "管理员甲"], all.Select(one => one.Name));
        Assert.Equal([false, false, true], all.Select(one => one.Current));
        Assert.Equal([null, null, DeviceKind.Phone], all.Select(one => one.Device));
        Assert.All(all, one => Assert.Equal(actor.Zone, one.Zone));

        // Page by page it is the same list, and nothing twice.
        Assert.Equal(all.Select(one => one.Id), (await ListAsync(actor, 1)).Select(one => one.Id));

        var ended = (await other.ActorAsync(theirs)).Session!.Value;
        Assert.Null(await node.Service<LiveSessions>().EndOneAsync(ended, actor, default));
        Assert.True((await other.ActorAsync(theirs)).IsAnonymous);
        Assert.False((await other.ActorAsync(again)).IsAnonymous);
        Assert.Equal(2, (await ListAsync(actor, 200)).Count);
        Assert.Equal(first.Administrators[1].Person, Assert.Single(await ListAsync(actor, 1, first.Administrators[1].Person)).Person);
        Assert.Empty(await ListAsync(actor, 200, PersonId.New()));
        Assert.Equal(Reasons.NotFound, await node.Service<LiveSessions>().EndOneAsync(ended, actor, default));

        // The entry says whose it was.
        var fact = Assert.Single(node.Log.Facts, fact => fact.Act.Value == IdentityFacts.SessionEnded);
        Assert.Equal(first.Administrators[1].Person.Value, Assert.Single(fact.Rows).Id);

        // An ender whose own session has ended meanwhile ends nobody's, neither one nor all of a person.
        var (late, _) = await node.EnterAsync("admin.one", first.Administrators[0].StartPassword);
        var stale = await node.ActorAsync(late);
        Assert.Null(await node.Service<LiveSessions>().EndOneAsync(stale.Session!.Value, actor, default));
        var left = (await other.ActorAsync(again)).Session!.Value;
        Assert.Equal(Reasons.RowChanged, await node.Service<LiveSessions>().EndOneAsync(left, stale, default));
        Assert.Equal(Reasons.RowChanged, await node.Service<PeopleEndpoints>().EndAllAsync(first.Administrators[1].Person, stale, default));
        Assert.False((await other.ActorAsync(again)).IsAnonymous);

        // What nobody uses is not in the list, though nobody ended it.
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.Empty(await ListAsync(actor, 200));
    }

    [Theory]
    [InlineData("zone = 'office'")]
    [InlineData("device = NULL")]
    [InlineData("zone = NULL, device = NULL")]
    public async Task A_session_whose_origin_was_edited_in_the_database_is_none(string edit)
    {
        var (secret, _) = await node.EnterAsync("admin.one", first.Administrators[0].StartPassword, IdentityNode.Office with { Device = DeviceKind.Phone });
        var actor = await node.ActorAsync(secret);
        await Db.WriteAsync(tx => tx.ExecuteAsync($"UPDATE session SET {edit}"));
        Assert.True((await other.ActorAsync(secret)).IsAnonymous);
        Assert.Empty(await ListAsync(actor, 200));
    }

    [Fact]
    public async Task A_session_from_before_its_origin_was_kept_goes_on()
    {
        var (secret, row) = await Db.WriteAsync(tx => node.Sessions.BeginAsync(tx, first.Administrators[0].Person, Strongroom.Spine.Identity.Factors.Proofs.None));
        Assert.Equal(row.Id, (await other.ActorAsync(secret)).Session);
        Assert.Equal((null, null), (row.From.Zone, row.From.Device));
    }

    private async Task<List<LiveSession>> ListAsync(Actor actor, int size, PersonId? person = null)
    {
        var all = new List<LiveSession>();
        for (var after = (SessionCursor?)SessionCursor.Start; after is { } from;)
        {
            var page = await node.Service<LiveSessions>().PageAsync(from, actor.Session, default, size, person);
            all.AddRange(page.Sessions);
            after = page.Next is null ? null : SessionCursor.TryParse(page.Next, out var next) ? next : throw new InvalidOperationException(page.Next);
        }

        return all;
    }
}
