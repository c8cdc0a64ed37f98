using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MemberCloud.Benchmarks;

/// <summary>
/// One keep-alive HTTP/1.1 connection that costs next to nothing: client, server and database share the machine, and what a
/// client costs makes every server look alike. It sends bytes made beforehand and knows just enough of an answer to see its end.
/// </summary>
public sealed class Connection : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] buffer = new byte[64 * 1024];
    private int filled;

    /// <summary>The last answer as it came, head and body.</summary>
    public string Answer => Encoding.UTF8.GetString(buffer, 0, filled);

    public static async Task<Connection> OpenAsync(int port)
    {
        var connection = new Connection();
        await connection.socket.ConnectAsync(IPAddress.Loopback, port);
        return connection;
    }

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    public static byte[] Request(string method, string path, string? bearer, string? key, string body)
    {
        var credential = bearer is null ? "" : $"Authorization: Bearer {bearer}\r\n";
        var idempotency = key is null ? "" : $"Idempotency-Key: {key}\r\n";
        var type = body.Length > 0 ? "Content-Type: application/json\r\n" : "";
        return Encoding.UTF8.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{credential}{idempotency}{type}"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"
        );
    }

    /// <summary>Sends a request, waits for the whole answer; its status.</summary>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        for (var sent = 0; sent < request.Length; )
            sent += await socket.SendAsync(request[sent..]);
        filled = 0;
        while (!IsWhole(buffer.AsSpan(0, filled)))
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 2);
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled));
            filled += read > 0 ? read : throw new SocketException((int)SocketError.ConnectionReset);
        }
        return Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _) ? status : 0;
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        var length = answer[..head].IndexOf("Content-Length: "u8);
        if (length < 0)
            return answer.EndsWith("\r\n0\r\n\r\n"u8);
        return Utf8Parser.TryParse(answer[(length + 16)..], out int body, out _) && answer.Length >= head + 4 + body;
    }

    public void Dispose() => socket.Dispose();
}
