using MemberCloud.Points;

namespace MemberCloud.Rules.Tests.Points;

public sealed class PointsEntryTests
{
    private static readonly Guid Some = Guid.Parse("018f3c2e-1234-7000-8000-0123456789ab");

    /// <summary>One changed thing each: every one must break the seal.</summary>
    public static TheoryData<string> Changes { get; } =
    [
        "tenant",
        "member",
        "currency",
        "seq",
        "id",
        "kind",
        "available",
        "pending",
        "held",
        "debt",
        "available after",
        "pending after",
        "held after",
        "debt after",
        "type",
        "reference",
        "no reason",
        "reason",
        "rule",
        "version",
        "occurred",
        "recorded",
        "moved",
    ];

    [Fact]
    public void The_same_line_after_the_same_line_has_the_same_seal() => Assert.Equal(Seal(Entry()), Seal(Entry()));

    [Theory]
    [MemberData(nameof(Changes))]
    public void Any_change_breaks_the_seal(string changed) => Assert.NotEqual(Seal(Entry()), Seal(Entry(changed)));

    [Fact]
    public void Another_line_before_breaks_the_seal() =>
        Assert.NotEqual(Entry().Seal(World.Key, [1, 2, 3]), Entry().Seal(World.Key, [1, 2, 4]));

    [Fact]
    public void Another_key_makes_another_seal() => Assert.NotEqual(Entry().Seal(World.Key, []), Entry().Seal(new byte[32], []));

    [Fact]
    public void The_longest_line_there_can_be_is_sealed()
    {
        var entry = new PointsEntry
        {
            Currency = new string('a', Currencies.CodeLength),
            ReferenceType = new string('券', PointsEntry.ReferenceTypeLength),
            ReferenceId = new string('券', PointsEntry.ReferenceIdLength),
            Reason = new string('券', PointsEntry.ReasonLength),
        };
        Assert.Equal(32, entry.Seal(World.Key, new byte[32]).Length);
    }

    private static byte[] Seal(PointsEntry entry) => entry.Seal(World.Key, new byte[32]);

    private static PointsEntry Entry(string changed = "")
    {
        long Number(string name, long value) => changed == name ? value + 1 : value;
        Guid Id(string name) => changed == name ? Guid.Empty : Some;
        var time = World.Utc(2026, 1, 1);
        return new()
        {
            TenantId = Id("tenant"),
            MemberId = Id("member"),
            Currency = changed == "currency" ? "beans" : "points",
            Seq = Number("seq", 7),
            Id = Id("id"),
            Kind = changed == "kind" ? EntryKind.Spend : EntryKind.Earn,
            DeltaAvailable = Number("available", 1),
            DeltaPending = Number("pending", 2),
            DeltaHeld = Number("held", 3),
            DeltaDebt = Number("debt", 4),
            AvailableAfter = Number("available after", 5),
            PendingAfter = Number("pending after", 6),
            HeldAfter = Number("held after", 7),
            DebtAfter = Number("debt after", 8),
            // "moved": the same characters, cut elsewhere.
            ReferenceType = changed switch
            {
                "type" => "review",
                "moved" => "order1",
                _ => "order",
            },
            ReferenceId = changed switch
            {
                "reference" => "124",
                "moved" => "23",
                _ => "123",
            },
            Reason = changed switch
            {
                "no reason" => null,
                "reason" => "",
                _ => "refund",
            },
            RuleId = Id("rule"),
            RuleVersion = (int)Number("version", 2),
            OccurredAt = time.AddTicks(Number("occurred", 0)),
            RecordedAt = time.AddTicks(Number("recorded", 0)),
        };
    }
}
