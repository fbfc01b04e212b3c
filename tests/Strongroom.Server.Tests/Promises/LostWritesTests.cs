using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Strongroom.Server.Tests.Harness;
using Strongroom.Tests;

namespace Strongroom.Server.Tests.Promises;

/// <summary>
/// A power cut: everything that was not forced to disk is gone. The server runs with a shim that keeps, beside the real files, what a disk
/// would hold (lostwrites.c); after kill -9 the installation goes on from that. Data, keyring, holders, root key and anchor all lie on it.
/// Needs a C compiler, so it belongs to <c>./build.sh soak</c>.
/// </summary>
[Trait("Suite", "soak")]
public sealed class LostWritesTests
{
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("STRONGROOM_ROUNDS"), out var rounds) ? rounds : 25;

    /// <summary>Nothing of what was written since the last fsync survives.</summary>
    [Fact]
    public Task Nothing_acknowledged_is_lost_when_every_write_that_was_not_synced_is_dropped() => PowerCutsAsync(Rounds, (_, _) => { });

    /// <summary>A disk writes in any order: of what was not synced yet, some 4 KiB pages survive and others do not.</summary>
    [Fact]
    public Task Nothing_acknowledged_is_lost_when_some_pages_that_were_not_synced_survive() => PowerCutsAsync(Rounds, KeepSomePages);

    /// <summary>The same test with a disk that lies about its syncs must lose something, or the two above would prove nothing.</summary>
    [Fact]
    public async Task A_disk_that_ignores_syncs_loses_what_was_acknowledged_and_the_test_sees_it()
    {
        await using var run = await Run.BeginAsync();
        run.Ignore = true;
        await run.LoadAndCutAsync(40);
        run.PowerCut((_, _) => { });
        await run.StartAsync();
        var missing = await run.MissingAsync();
        Assert.True(missing.Count > 0, "what was never synced is still there: the shim does not drop it");
    }

    private static async Task PowerCutsAsync(int rounds, Action<string, string> survive)
    {
        await using var run = await Run.BeginAsync();
        for (var round = 0; round < rounds; round++)
        {
            await run.LoadAndCutAsync(8 + (round * 5 % 23));
            run.PowerCut(survive);
            await run.StartAsync();
            Assert.Empty(await run.MissingAsync());
        }

        await run.VerifiedAsync();
    }

    private static void KeepSomePages(string live, string disk)
    {
        const int page = 4096;
        foreach (var file in Directory.EnumerateFiles(disk, "*", SearchOption.AllDirectories).Where(f => !f.Contains("/.content/", StringComparison.Ordinal)))
        {
            var torn = live + file[disk.Length..];
            if (!File.Exists(torn) || new FileInfo(torn).Length == 0 || file.EndsWith("-shm", StringComparison.Ordinal))
            {
                continue;
            }

            var (durable, written) = (File.ReadAllBytes(file), File.ReadAllBytes(torn));
            var mixed = new byte[Math.Max(durable.Length, written.Length)];
            durable.CopyTo(mixed, 0);
            for (var at = 0; at < written.Length; at += page)
            {
                if (RandomNumberGenerator.GetInt32(2) == 0)
                {
                    written.AsSpan(at, Math.Min(page, written.Length - at)).CopyTo(mixed.AsSpan(at));
                }
            }

            File.Delete(file);   // other names of the same content keep theirs
            File.WriteAllBytes(file, mixed);
            File.SetUnixFileMode(file, File.GetUnixFileMode(torn));
        }
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<int, string> acknowledged = new();
        private readonly ConcurrentDictionary<string, string> viewed = new();
        private readonly string disk;
        private readonly string shim;
        private Place place = null!;
        private ServerProcess server = null!;
        private Staff staff = null!;
        private Business business = null!;
        private int next;

        private Run(string disk, string shim) => (this.disk, this.shim) = (disk, shim);

        /// <summary>From here on syncs say yes and do nothing.</summary>
        public bool Ignore { get; set; }

        public static async Task<Run> BeginAsync()
        {
            var folder = Directory.CreateTempSubdirectory("sr-disk-").FullName;
            var run = new Run(Path.Combine(folder, "disk"), await CompileAsync(folder));
            run.place = await Place.NewAsync();
            run.place.Set("LD_PRELOAD", run.shim);
            run.place.Set("LOSTWRITES_ROOT", run.place.Root);
            run.place.Set("LOSTWRITES_DISK", run.disk);
            await run.place.InstallAsync("airline");

            // What init made is acknowledged too: the installation goes on from what it forced to disk.
            run.PowerCut((_, _) => { });
            run.server = await run.place.ServeAsync();
            run.staff = await Staff.HireAsync(run.place, run.server, "data-owner", "dpo", "auditor", "back-office");
            run.business = await Business.OpenAsync(run.staff);
            await run.business.AuthoriseAsync();
            return run;
        }

        /// <summary>Collects and views until enough is acknowledged, then kill -9 in the midst of it.</summary>
        public async Task LoadAndCutAsync(int more)
        {
            if (Ignore)
            {
                await server.KillAsync();
                await server.DisposeAsync();
                place.Set("LOSTWRITES_IGNORE", "1");
                server = await place.ServeAsync();
            }

            var wanted = acknowledged.Count + more;
            var client = server.Client(business.Token);
            var load = Enumerable.Range(0, 6).Select(_ => LoadAsync(client)).ToArray();
            while (acknowledged.Count < wanted && !load.All(l => l.IsCompleted))
            {
                await Task.Delay(2);
            }

            await server.KillAsync();
            await Task.WhenAll(load);
            Assert.True(acknowledged.Count >= wanted, $"only {acknowledged.Count} of {wanted}: {server.Said}");
            await server.DisposeAsync();
        }

        /// <summary>Puts what the disk holds in place of what the operating system believed it had written.</summary>
        public void PowerCut(Action<string, string> survive)
        {
            survive(place.Root, disk);
            var contents = Path.Combine(disk, ".content");
            if (Directory.Exists(contents))
            {
                Directory.Delete(contents, recursive: true);
            }

            Directory.Delete(place.Root, recursive: true);
            Copy(disk, place.Root);
            Directory.CreateDirectory(place.Temporary);

            // What lies there now is durable; the shim knows contents by inode, so the second tree begins anew from the first.
            Directory.Delete(disk, recursive: true);
            Copy(place.Root, disk);
        }

        public async Task StartAsync() => server = await place.ServeAsync();

        /// <summary>Acknowledged customers that are not found, and acknowledged entries that are not there.</summary>
        public async Task<IReadOnlyList<string>> MissingAsync()
        {
            var missing = new ConcurrentBag<string>();
            var client = server.Client(business.Token);
            await Parallel.ForEachAsync(acknowledged.Where(a => a.Key > next - 80), async (one, _) =>
            {
                var answer = await client.PostAsync("/v1/customers/find", new { item = "mobile", value = business.BookingOf(one.Key)["items"]!["mobile"]!.GetValue<string>(), purpose = "fulfil" });
                if (!answer.Text.Contains(one.Value, StringComparison.Ordinal))
                {
                    missing.Add($"customer {one.Value}: {answer.Text}");
                }
            });
            var auditor = staff.Auditor.At(server);
            foreach (var entry in viewed.Keys.TakeLast(40))
            {
                var answer = await auditor.GetAsync($"/v1/audit/entries/{entry}");
                if ((int)answer.Status != 200)
                {
                    missing.Add($"entry {entry}: {(int)answer.Status} {answer.Text}");
                }
            }

            return [.. missing];
        }

        public async Task VerifiedAsync()
        {
            Assert.Equal(0, await server.StopAsync());
            foreach (var where in new[] { place.Data, place.Anchor })
            {
                var verified = await place.RunAsync("verify", where, "--key", place.LogKey);
                Assert.True(verified.Code == 0, verified.All);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await place.DisposeAsync();
            Directory.Delete(Path.GetDirectoryName(disk)!, recursive: true);
        }

        private async Task LoadAsync(Caller client)
        {
            while (true)
            {
                var number = Interlocked.Increment(ref next);
                try
                {
                    var customer = (await Business.CollectAsync(client, business.BookingOf(number))).Good()["customer"]!.GetValue<string>();
                    acknowledged[number] = customer;
                    var view = await client.PostAsync($"/v1/customers/{customer}/view", new { purpose = "fulfil", items = new[] { "name" } });
                    viewed[view.Good()["entry"]!.GetValue<string>()] = customer;
                }
                catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
                {
                    return;
                }
            }
        }

        private static async Task<string> CompileAsync(string folder)
        {
            var (source, library) = (Path.Combine(Repository.Root, "tests/Strongroom.Server.Tests/Promises/lostwrites.c"), Path.Combine(folder, "lostwrites.so"));
            using var compiler = Process.Start(new ProcessStartInfo("cc", ["-O2", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"]) { RedirectStandardError = true })!;
            var said = await compiler.StandardError.ReadToEndAsync();
            await compiler.WaitForExitAsync();
            Assert.True(compiler.ExitCode == 0, said);
            return library;
        }

        private static void Copy(string from, string to)
        {
            Directory.CreateDirectory(to, File.GetUnixFileMode(from));
            foreach (var folder in Directory.EnumerateDirectories(from))
            {
                Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
            }

            foreach (var file in Directory.EnumerateFiles(from).Where(Disk.IsReadable))
            {
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
            }
        }
    }
}
