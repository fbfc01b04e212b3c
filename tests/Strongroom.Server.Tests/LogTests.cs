using System.Text;
using System.Text.Json.Nodes;
using Strongroom.Server.Tests.Harness;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Server.Tests;

/// <summary>The log as an auditor and a monitor see it from outside, checked with code of the tests' own.</summary>
public sealed class LogTests(Shared shared)
{
    [Fact]
    public async Task Entries_page_newest_first_without_gaps_or_doubles()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var seen = new List<string>();
        var (after, last) = ("", long.MaxValue);
        for (var page = 0; page < 4; page++)
        {
            var answer = (await staff.Auditor.GetAsync($"/v1/audit/entries?size=7&until={Staff.Now - 1000}{after}")).Good();
            foreach (var entry in answer["entries"]!.AsArray())
            {
                seen.Add(entry!["id"]!.GetValue<string>());
                var at = entry["at"]!.GetValue<long>();
                Assert.True(at <= last);
                last = at;
            }

            Assert.NotNull(answer["next"]);
            after = "&after=" + answer["next"]!.GetValue<string>();
        }

        Assert.Equal(28, seen.Distinct().Count());
    }

    [Fact]
    public async Task The_auditors_own_reading_is_an_entry()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var auditor = await staff.HireAsync("watched-auditor", "auditor");
        async Task<int> CountAsync() => (await staff.Dpo.GetAsync($"/v1/audit/entries?act=log-read&actorKind=person&actorId={auditor.Id}&size=100")).Good()["entries"]!.AsArray().Count;

        var before = await CountAsync();
        (await auditor.GetAsync("/v1/audit/entries?size=1")).Good();
        Assert.Equal(before + 1, await CountAsync());
        Assert.Equal(404, (int)(await auditor.GetAsync($"/v1/audit/entries/{new string('0', 32)}")).Status);
        Assert.Equal(before + 2, await CountAsync());
    }

    [Fact]
    public async Task Every_refusal_at_the_door_of_somebody_known_is_an_entry_with_its_reason()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var person = await staff.HireAsync("curious-person", "counter");
        (await person.GetAsync("/v1/people")).Refused(403, "act.ungranted");
        var entry = Assert.Single((await staff.Auditor.GetAsync($"/v1/audit/entries?act=door-refused&actorKind=person&actorId={person.Id}")).Good()["entries"]!.AsArray())!;
        Assert.Equal("deny", entry["decision"]!.GetValue<string>());
        Assert.Equal(["act.ungranted", "policy.people.manage"], entry["reasons"]!.AsArray().Select(r => r!.GetValue<string>()));
    }

    [Fact]
    public async Task An_entry_is_provable_under_a_checkpoint_signed_with_the_pinned_key()
    {
        var (place, _, staff) = await shared.WorldAsync();
        Assert.True(VerifierKey.TryParse(place.LogKey, out var key, out var why), why);
        (await staff.Admin.PostAsync("/v1/units", new { entity = staff.Entity, name = "Proof unit" })).Good();
        var entry = (await staff.Auditor.GetAsync("/v1/audit/entries?act=unit-created&size=1")).Good()["entries"]![0]!;

        var proof = await ProofAsync(staff.Auditor, entry["id"]!.GetValue<string>());
        Assert.True(Checkpoint.TryOpen(Encoding.UTF8.GetBytes(proof["checkpoint"]!.GetValue<string>()), key, out var checkpoint, out why), why);
        Assert.Equal((proof["size"]!.GetValue<long>(), proof["root"]!.GetValue<string>()), (checkpoint.Size, Convert.ToBase64String(checkpoint.Root.ToArray())));

        var body = Convert.FromBase64String(entry["body"]!.GetValue<string>());
        var (index, size) = (proof["index"]!.GetValue<long>(), proof["size"]!.GetValue<long>());
        var (path, root) = (Hashes(proof["proof"]!), checkpoint.Root.ToArray());
        Assert.True(Merkle.Included(index, size, Merkle.Leaf(body), path, root));

        // And nothing but exactly this.
        body[^2] ^= 1;
        Assert.False(Merkle.Included(index, size, Merkle.Leaf(body), path, root));
        body[^2] ^= 1;
        Assert.False(Merkle.Included(index ^ 1, size, Merkle.Leaf(body), path, root));
        var note = Encoding.UTF8.GetBytes(proof["checkpoint"]!.GetValue<string>());
        note[^5] ^= 1;
        Assert.False(Checkpoint.TryOpen(note, key, out _, out _));
    }

    [Fact]
    public async Task Later_checkpoints_contain_earlier_ones_and_tiles_rebuild_the_root()
    {
        var (place, _, staff) = await shared.WorldAsync();
        Assert.True(VerifierKey.TryParse(place.LogKey, out var key, out var why), why);
        var older = await CheckpointAsync(staff.Auditor, key, 0);
        var newer = await CheckpointAsync(staff.Auditor, key, older.Size);
        var answer = (await staff.Auditor.GetAsync($"/v1/audit/consistency?first={older.Size}&second={newer.Size}")).Good();
        var proof = Hashes(answer["proof"]!);
        Assert.True(Merkle.Consistent(older.Size, newer.Size, older.Root.ToArray(), newer.Root.ToArray(), proof));
        Assert.False(Merkle.Consistent(older.Size, newer.Size, newer.Root.ToArray(), newer.Root.ToArray(), proof));
        Assert.Equal(404, (int)(await staff.Auditor.GetAsync($"/v1/audit/consistency?first=1&second={newer.Size + 1_000_000}")).Status);

        var leaves = new List<byte[]>();
        for (var n = 0L; n * 256 < newer.Size; n++)
        {
            var width = (int)Math.Min(256, newer.Size - (n * 256));
            var tile = await staff.Auditor.GetAsync($"/tlog/tile/0/{n:000}" + (width == 256 ? "" : $".p/{width}"));
            tile.Good();
            Assert.Equal(width * 32, tile.Bytes.Length);
            leaves.AddRange(tile.Bytes.Chunk(32));
        }

        Assert.Equal(newer.Root.ToArray(), Merkle.Root(leaves.ToArray()));
    }

    [Fact]
    public async Task Verify_passes_over_the_running_server_with_an_auditors_token_only()
    {
        var (place, server, staff) = await shared.WorldAsync();
        var (ca, file) = (Path.Combine(place.Root, "ca.pem"), Path.Combine(place.Root, "token"));
        await File.WriteAllTextAsync(ca, server.CertificatePem, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(file, (await staff.ClientAsync(["audit"])).Token, TestContext.Current.CancellationToken);
        var url = server.Url.ToString();

        var sound = await place.RunAsync("verify", url, "--key", place.LogKey, "--token-file", file, "--ca", ca);
        Assert.True(sound.Code == 0, sound.All);
        Assert.Matches("Verified: [0-9,]+ entries", sound.Out);

        await File.WriteAllTextAsync(file, (await staff.ClientAsync(["collect"])).Token, TestContext.Current.CancellationToken);
        Assert.NotEqual(0, (await place.RunAsync("verify", url, "--key", place.LogKey, "--token-file", file, "--ca", ca)).Code);
        Assert.NotEqual(0, (await place.RunAsync("verify", url, "--key", place.LogKey, "--ca", ca)).Code);
        File.Delete(ca);
        File.Delete(file);
    }

    [Fact]
    public async Task Entries_are_taken_away_together_with_proofs_under_one_checkpoint()
    {
        var (place, _, staff) = await shared.WorldAsync();
        Assert.True(VerifierKey.TryParse(place.LogKey, out var key, out var why), why);
        (await staff.Admin.PostAsync("/v1/units", new { entity = staff.Entity, name = "Evidence unit" })).Good();
        var one = (await staff.Auditor.GetAsync("/v1/audit/entries?act=unit-created&size=1")).Good()["entries"]![0]!;
        await ProofAsync(staff.Auditor, one["id"]!.GetValue<string>());

        var evidence = (await staff.Auditor.PostAsync("/v1/audit/evidence", new { ids = new[] { one["id"]!.GetValue<string>() }, indices = new[] { 0, 3, 1 } })).Good();
        Assert.Equal(place.LogKey, evidence["key"]!.GetValue<string>());
        Assert.True(Checkpoint.TryOpen(Encoding.UTF8.GetBytes(evidence["checkpoint"]!.GetValue<string>()), key, out var checkpoint, out why), why);
        var entries = evidence["entries"]!.AsArray();
        Assert.Equal(one["body"]!.GetValue<string>(), entries[0]!["entry"]!["body"]!.GetValue<string>());
        Assert.Equal([0, 3, 1], entries.Skip(1).Select(entry => entry!["entry"]!["index"]!.GetValue<long>()));
        foreach (var entry in entries)
        {
            var leaf = Merkle.Leaf(Convert.FromBase64String(entry!["entry"]!["body"]!.GetValue<string>()));
            Assert.True(Merkle.Included(entry["entry"]!["index"]!.GetValue<long>(), checkpoint.Size, leaf, Hashes(entry["proof"]!), checkpoint.Root.ToArray()));
        }

        (await staff.Auditor.PostAsync("/v1/audit/evidence", new { indices = new[] { 1L << 40 } })).Refused(404, "not.found");
        Assert.Equal(422, (int)(await staff.Auditor.PostAsync("/v1/audit/evidence", new { indices = Enumerable.Range(0, 201) })).Status);
    }

    [Fact]
    public async Task The_checkpoint_history_pages_downwards_and_each_is_signed()
    {
        var (place, _, staff) = await shared.WorldAsync();
        Assert.True(VerifierKey.TryParse(place.LogKey, out var key, out var why), why);
        var newest = await CheckpointAsync(staff.Auditor, key, 0);
        var page = (await staff.Auditor.GetAsync($"/v1/audit/checkpoints?below={newest.Size + 1}")).Good()["checkpoints"]!.AsArray();
        Assert.Equal(newest.Size, page[0]!["size"]!.GetValue<long>());
        Assert.All(page, kept =>
        {
            Assert.True(Checkpoint.TryOpen(Encoding.UTF8.GetBytes(kept!["note"]!.GetValue<string>()), key, out var opened, out why), why);
            Assert.Equal((kept["size"]!.GetValue<long>(), kept["root"]!.GetValue<string>()), (opened.Size, Convert.ToBase64String(opened.Root.ToArray())));
        });
        var sizes = page.Select(kept => kept!["size"]!.GetValue<long>()).ToList();
        Assert.Equal(sizes.OrderDescending(), sizes);
    }

    [Fact]
    public async Task A_search_by_reason_finds_exactly_the_entries_that_give_it()
    {
        var (_, _, staff) = await shared.WorldAsync();
        var person = await staff.HireAsync("reasoned-person", "counter");
        (await person.GetAsync("/v1/people")).Refused(403, "act.ungranted");
        (await person.GetAsync("/v1/clients")).Refused(403, "act.ungranted");
        var found = (await staff.Auditor.GetAsync($"/v1/audit/entries?reason=policy.people.manage&actorKind=person&actorId={person.Id}")).Good()["entries"]!.AsArray();
        Assert.Contains("policy.people.manage", Assert.Single(found)!["reasons"]!.AsArray().Select(r => r!.GetValue<string>()));
    }

    internal static async Task<JsonNode> ProofAsync(Caller auditor, string entry)
    {
        for (var tries = 0; ; tries++)
        {
            var answer = await auditor.GetAsync($"/v1/audit/entries/{entry}/proof");
            if (answer.Code != "log.pending" || tries == 60)
            {
                return answer.Good();
            }

            Assert.Equal(409, (int)answer.Status);
            await Task.Delay(250);
        }
    }

    /// <summary>A published checkpoint larger than the given size; asking for it is itself an entry, so one comes.</summary>
    private static async Task<Checkpoint> CheckpointAsync(Caller auditor, VerifierKey key, long largerThan)
    {
        for (var tries = 0; tries < 60; tries++)
        {
            var answer = await auditor.GetAsync("/tlog/checkpoint");
            answer.Good();
            Assert.True(Checkpoint.TryOpen(answer.Bytes, key, out var checkpoint, out var why), why);
            if (checkpoint.Size > largerThan)
            {
                return checkpoint;
            }

            await Task.Delay(250);
        }

        throw new TimeoutException("no new checkpoint within 15 s");
    }

    private static byte[][] Hashes(JsonNode list) => [.. list.AsArray().Select(h => Convert.FromBase64String(h!.GetValue<string>()))];
}
