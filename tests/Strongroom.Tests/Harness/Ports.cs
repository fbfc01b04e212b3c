using System.Net;
using System.Net.Sockets;

namespace Strongroom.Tests.Harness;

internal static class Ports
{
    /// <summary>A loopback port that nobody uses at this moment.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
