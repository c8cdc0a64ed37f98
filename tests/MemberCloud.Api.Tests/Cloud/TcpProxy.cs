using System.Net;
using System.Net.Sockets;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>Stands between the host and its database: can cut every connection, refuse new ones, and let them through again.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly int target;
    private readonly Lock guard = new();
    private readonly HashSet<Socket> open = [];
    private Socket? listener;

    public TcpProxy(int target)
    {
        this.target = target;
        Listen(0);
    }

    public int Port { get; private set; }

    /// <summary>The database goes away: what is open breaks, what is tried is refused.</summary>
    public void Cut()
    {
        lock (guard)
        {
            listener?.Dispose();
            listener = null;
            foreach (var socket in open)
                socket.Dispose();
            open.Clear();
        }
    }

    public void Restore() => Listen(Port);

    private void Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen(512);
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        lock (guard)
            listener = socket;
        _ = AcceptAsync(socket);
    }

    private async Task AcceptAsync(Socket from)
    {
        try
        {
            while (true)
                _ = JoinAsync(await from.AcceptAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            from.Dispose();
        }
    }

    private async Task JoinAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        bool kept;
        lock (guard)
            kept = listener is not null && open.Add(client) && open.Add(server);
        try
        {
            if (kept)
            {
                await server.ConnectAsync(IPAddress.Loopback, target);
                await Task.WhenAny(PumpAsync(client, server), PumpAsync(server, client));
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            client.Dispose();
        }
        finally
        {
            client.Dispose();
            server.Dispose();
            lock (guard)
            {
                open.Remove(client);
                open.Remove(server);
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
                await to.SendAsync(buffer.AsMemory(0, read));
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            to.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        return ValueTask.CompletedTask;
    }
}
