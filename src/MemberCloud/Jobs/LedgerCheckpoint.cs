using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Jobs;

/// <summary>What <c>ledger.checkpoint</c> says: one digest over the last seals of all accounts, which pins the whole ledger as it stood.</summary>
/// <param name="AuditLines">How many lines the audit log had then.</param>
/// <param name="AuditSeal">The seal of its last line: a log cut off behind our back no longer has it.</param>
public sealed record CheckpointEvent(int Accounts, string Digest, long AuditLines, string AuditSeal);

/// <summary>Writes what pins the ledger and the audit log down where neither can reach it: to the outbox and to the host's log.</summary>
public sealed partial class LedgerCheckpoint(
    Transactions transactions,
    TenantScope scope,
    AuditLog audit,
    ILogger<LedgerCheckpoint> log
)
{
    /// <summary>Once every account was read; then the audit log is read. What is wrong with it.</summary>
    public async Task<List<string>> WriteAsync(int accounts, byte[] seals, CancellationToken ct)
    {
        var digest = Convert.ToHexStringLower(seals);
        var (lines, seal) = await audit.HeadAsync(ct);
        var auditSeal = Convert.ToHexStringLower(seal);
        LogCheckpoint(scope.Tenant.Slug, accounts, digest, lines, auditSeal);
        await transactions.RunAsync(
            async () =>
            {
                transactions.Db.Add(
                    OutboxEvent.Of(
                        scope.Id,
                        "ledger.checkpoint",
                        scope.Id,
                        new CheckpointEvent(accounts, digest, lines, auditSeal),
                        scope.Now
                    )
                );
                await transactions.Db.SaveChangesAsync(ct);
            },
            ct
        );
        return await audit.VerifyAsync(ct);
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Ledger checkpoint of {Brand}: {Accounts} accounts, {Digest}; {Lines} lines of audit log, {Seal}"
    )]
    private partial void LogCheckpoint(string brand, int accounts, string digest, long lines, string seal);
}
