using Microsoft.AspNetCore.Http;

namespace MemberCloud.Shared;

/// <summary>The body of a request in memory, up to the host's limit: read from its sender once, however many ask.</summary>
public static class Bodies
{
    public static async Task<MemoryStream> ReadAsync(HttpContext http)
    {
        if (http.Request.Body is MemoryStream read)
            return read;
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        body.Position = 0;
        http.Request.Body = body;
        return body;
    }
}
