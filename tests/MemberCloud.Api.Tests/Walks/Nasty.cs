namespace MemberCloud.Api.Tests.Walks;

/// <summary>What nobody should send, and somebody will.</summary>
public static class Nasty
{
    /// <summary>JSON of the wrong type, out of every range, or empty.</summary>
    public static readonly string[] Scalars =
    [
        "null",
        "true",
        "false",
        "0",
        "-1",
        "1.5",
        "-0",
        "1e308",
        "1e400",
        "-9223372036854775808",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999999999",
        "0.1e-400",
        "\"\"",
        "\" \"",
        "\"null\"",
        "\"0\"",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "{\"\":null}",
        "[{}]",
        "\"1969-12-31T23:59:59Z\"",
        "\"9999-12-31T23:59:59.9999999Z\"",
        "\"2026-02-30T00:00:00Z\"",
        "\"0001-01-01T00:00:00+14:00\"",
        "\"mem_7zzzzzzzzzzzzzzzzzzzzzzzzz\"",
        "\"PT9999999999999999H\"",
        "\"P-1D\"",
    ];

    /// <summary>As they stand between the quotes of JSON.</summary>
    public static readonly string[] Texts =
    [
        "\\u0000",
        "a\\u0000b",
        "\\ud800",
        "\\udc00x",
        "\\ud83d\\ude00",
        "😀👨‍👩‍👧‍👦",
        "\\u202eabc\\u202c",
        "e\\u0301\\u0301\\u0301",
        "\\ufeff",
        "\\uffff",
        "\\u0007",
        "\\n",
        "\\t\\t",
        "ﷺ",
        "'; DROP TABLE members; --",
        "%00",
        "../../etc/passwd",
        "${jndi:ldap://x}",
        "<script>alert(1)</script>",
        "=1+1",
        "İıſK",
        "\\u200b",
        "{{7*7}}",
        "NaN",
        "𝕬",
        "ก็็็็็็็็",
    ];

    /// <summary>As they stand in a path or a query.</summary>
    public static readonly string[] Escaped =
    [
        "%00",
        "%FF",
        "%C0%80",
        "%ED%A0%80",
        "%2e%2e",
        "%2F",
        "%252F",
        "%F0%9F%98%80",
        "null",
        "-1",
        "%20",
        "%0d%0aX:1",
        "mem_7zzzzzzzzzzzzzzzzzzzzzzzzz",
        "a%07b",
        "%E2%80%AE",
        "*",
        "'",
        "%7B%7D",
        "1e400",
        "9223372036854775808",
        "%",
        "%zz",
    ];

    public static readonly string[] MediaTypes =
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        "image/png",
        "application/vnd.api+json",
        "*/*",
    ];

    public static readonly string[] Headers =
    [
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "Accept",
        "Accept-Language",
        "X-Tenant",
        "Accept-Encoding",
        "traceparent",
        "X-Forwarded-For",
        "Range",
        "Prefer",
        "X-HTTP-Method-Override",
        "Cookie",
    ];
}
