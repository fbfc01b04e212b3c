using Strongroom.Server.Tests.Harness;

[assembly: AssemblyFixture(typeof(Shared))]

namespace Strongroom.Server.Tests.Harness;

/// <summary>One installation on SQLite with its server and staff, shared by all tests that leave it as usable as they found it. Started on first use.</summary>
public sealed class Shared : IAsyncLifetime
{
    private readonly Lazy<Task<World>> world = new(World.StartAsync);

    private readonly Lazy<Task<Business>> business;

    public Shared() => business = new(async () => await Business.OpenAsync((await world.Value).Staff));

    internal Task<World> WorldAsync() => world.Value;

    /// <summary>Its website booking, opened on first use.</summary>
    internal Task<Business> BusinessAsync() => business.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (world.IsValueCreated && world.Value.IsCompletedSuccessfully)
        {
            await (await world.Value).DisposeAsync();
        }
    }

    internal sealed record World(Place Place, ServerProcess Server, Staff Staff) : IAsyncDisposable
    {
        public static async Task<World> StartAsync()
        {
            var place = await Place.InitAsync();
            var server = await place.ServeAsync();
            return new World(place, server, await Staff.HireAsync(place, server));
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Place.DisposeAsync();
        }
    }
}
