namespace MemberCloud.Points;

/// <summary>Rows as they stood after the entry with a number, out of rows as they stand now. Pure.</summary>
public static class PastRules
{
    /// <summary>A lot that holds <paramref name="remaining"/> after entry <paramref name="last"/>, as it was known at that instant.</summary>
    public static PointsLot Lot(PointsLot now, long remaining, long last, DateTime at)
    {
        // Rows from before the number was kept have only the instant.
        var opened = now.OpenedSeq is { } seq ? seq <= last : now.AvailableAt <= at;
        var settles = now.ScheduledAt > at ? null : now.SettlesAt;
        var ends = opened || ExpiryPolicy.Parse(now.Expiry).Kind == ExpiryKind.Fixed ? now.ExpiresAt : null;
        var isEmpty = remaining == 0;
        return new()
        {
            TenantId = now.TenantId,
            MemberId = now.MemberId,
            Id = now.Id,
            Currency = now.Currency,
            Seq = now.Seq,
            State = isEmpty ? LotState.Closed : StateOf(opened),
            Amount = now.Amount,
            Remaining = remaining,
            SourceType = now.SourceType,
            SourceId = now.SourceId,
            Refundable = now.Refundable,
            EarnedAt = now.EarnedAt,
            SettlesAt = settles,
            AvailableAt = opened ? now.AvailableAt : null,
            ExpiresAt = ends,
            Expiry = now.Expiry,
            DueAt = opened ? ends : settles,
        };
    }

    /// <summary>The account after an entry.</summary>
    public static PointsAccount Account(PointsEntry last, DateTime activeAt) =>
        new()
        {
            TenantId = last.TenantId,
            MemberId = last.MemberId,
            Currency = last.Currency,
            Seq = last.Seq,
            Available = last.AvailableAfter,
            Pending = last.PendingAfter,
            Held = last.HeldAfter,
            Debt = last.DebtAfter,
            Hash = last.Hash,
            ActiveAt = activeAt,
        };

    /// <summary>A hold that had no outcome yet.</summary>
    public static PointsHold Hold(PointsHold now) =>
        new()
        {
            TenantId = now.TenantId,
            Id = now.Id,
            MemberId = now.MemberId,
            Currency = now.Currency,
            Seq = now.Seq,
            State = HoldState.Held,
            Amount = now.Amount,
            Taken = now.Taken,
            ReferenceType = now.ReferenceType,
            ReferenceId = now.ReferenceId,
            CreatedAt = now.CreatedAt,
            ExpiresAt = now.ExpiresAt,
        };

    private static LotState StateOf(bool opened) => opened ? LotState.Available : LotState.Pending;
}
