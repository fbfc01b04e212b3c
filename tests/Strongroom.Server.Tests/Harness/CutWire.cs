using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Strongroom.Server.Tests.Harness;

/// <summary>A wire to another server on this machine that can be cut: open connections break, new ones are refused, until it is mended.</summary>
internal sealed class CutWire : IAsyncDisposable
{
    private readonly int target;
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly ConcurrentBag<Task> running = [];
    private TcpListener? listener;

    public CutWire(int target)
    {
        this.target = target;
        Mend();
    }

    public int Port { get; private set; }

    public void Mend()
    {
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        running.Add(AcceptAsync(listener));
    }

    public void Cut()
    {
        listener?.Stop();
        listener = null;
        foreach (var client in open.Keys)
        {
            client.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await Task.WhenAll(running);
    }

    private async Task AcceptAsync(TcpListener from)
    {
        try
        {
            while (true)
            {
                running.Add(CarryAsync(await from.AcceptTcpClientAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        (open[near], open[far]) = (true, true);
        try
        {
            await far.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One end went; the other goes with it.
        }

        open.TryRemove(near, out _);
        open.TryRemove(far, out _);
        near.Close();
    }
}
