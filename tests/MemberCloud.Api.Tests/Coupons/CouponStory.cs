using System.Globalization;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>One random template, two members, and what happens to their coupons: each step says what must come of it before it is done.</summary>
internal sealed partial class CouponStory
{
    private static int counter;

    private readonly Brand brand;
    private readonly Random chance;
    private readonly LocalTime local;
    private readonly List<string> done = [];
    private readonly List<string> orders = [];
    private readonly List<string> batches = [];
    private readonly string code = $"HISTORY-{Interlocked.Increment(ref counter)}";
    private readonly (long? All, long? Day, long? Week, long? Month) limits;
    private readonly bool hasAudience;
    private string template = "";
    private string[] members = [];
    private long? stock;
    private bool isPaused;
    private bool isMerged;
    private bool isErased;
    private DateTime now;
    private List<Coupon> rows = [];

    private CouponStory(Brand brand, Random chance)
    {
        (this.brand, this.chance) = (brand, chance);
        local = LocalTime.Of(brand.Made.Text("time_zone"));
        limits = (Maybe(5), Maybe(2), Maybe(3), Maybe(4));
        stock = Maybe(9);
        hasAudience = chance.Next(4) == 0;
    }

    public override string ToString() => $"limits {limits}, stock {stock}, {string.Join("; ", done)}";

    public static async Task<CouponStory> BeginAsync(Brand brand, Random chance)
    {
        var story = new CouponStory(brand, chance);
        await story.BeginAsync();
        return story;
    }

    private async Task BeginAsync()
    {
        object validity =
            chance.Next(2) == 0 ? new { days_after_claim = chance.Next(1, 20) } : new { until = "2027-06-01T00:00:00Z" };
        var fields = new Dictionary<string, object?>
        {
            ["stock"] = stock,
            ["code"] = code,
            ["validity"] = validity,
            ["limits"] = new
            {
                per_member = limits.All,
                per_member_per_day = limits.Day,
                per_member_per_week = limits.Week,
                per_member_per_month = limits.Month,
            },
            ["audience"] = hasAudience ? new { tags = new[] { "vip" } } : null,
            ["return_policy"] = Pick("on_full_refund", "never"),
        };
        if (chance.Next(3) == 0)
            (fields["kind"], fields["amount_off"]) = ("free_shipping", null);
        template = await brand.Template(fields);
        members =
        [
            await brand.Member($"{code}-a", new { tags = new[] { "vip" } }),
            await brand.Member($"{code}-b", new { tags = new[] { "tea" } }),
        ];
        await LookAsync();
    }

    /// <summary>Null = it went as it must.</summary>
    public async Task<string?> StepAsync()
    {
        var before = rows.ToDictionary(c => c.Id, c => c.State);
        var fault = await DoAsync();
        await LookAsync();
        return fault ?? rows.Select(c => Moved(before, c)).FirstOrDefault(f => f is not null);
    }

    /// <summary>domain.md, section 7; a step may be two of those moves where time passed in it, or a report came late.</summary>
    private static string? Moved(Dictionary<Guid, CouponState> before, Coupon coupon)
    {
        var from = before.TryGetValue(coupon.Id, out var state) ? state : CouponState.Issued;
        CouponState[] may = from switch
        {
            CouponState.Issued => [CouponState.Locked, CouponState.Redeemed, CouponState.Expired, CouponState.Void],
            CouponState.Locked => [CouponState.Issued, CouponState.Redeemed, CouponState.Expired, CouponState.Void],
            CouponState.Redeemed => [CouponState.Issued, CouponState.Expired],
            CouponState.Expired => [CouponState.Redeemed],
            CouponState.Void => [],
        };
        return coupon.State == from || may.Contains(coupon.State) ? null : $"{coupon.Id} moved from {from} to {coupon.State}";
    }

    private async Task LookAsync()
    {
        now = (DateTime)(await brand.Get("/v1/test-clock")).Must(200).At("now")!;
        Ids.TryRead(IdPrefix.Template, template, out var id);
        rows = [.. (await brand.CouponRows()).Where(c => c.TemplateId == id)];
    }

    private async Task<string?> DoAsync()
    {
        var member = members[chance.Next(2)];
        return chance.Next(20) switch
        {
            0 or 1 or 2 or 3 => await GiveAsync(member, brand.Claim(template, member)),
            4 => await GiveAsync(member, brand.Redeem(code, member)),
            5 => await GiveAsync(member, IssueAsync([member])),
            6 or 7 => await BatchAsync(),
            8 when batches.Count > 0 => await UndoAsync(),
            9 or 10 when rows.Count > 0 => await VoidAsync(),
            11 or 12 when rows.Count > 0 => await OrderAsync(member),
            13 or 14 when orders.Count > 0 => Told(await EndOrderAsync()),
            15 when rows.Count > 0 => await LockAsync(),
            16 => await MergeAsync(),
            17 => await ChangeAsync(),
            18 when chance.Next(4) == 0 => await EraseAsync(),
            _ => Told(await brand.MoveTo(At(now.AddMinutes(chance.Next(1, 60 * 24 * 4))))),
        };
    }

    /// <summary>What stands against one more for a member, by the coupons that are there; null = nothing.</summary>
    private string? Against(string member)
    {
        var holder = isMerged ? members[0] : member;
        Ids.TryRead(IdPrefix.Member, holder, out var id);
        var (today, live) = (local.DateOf(now), rows.Where(c => c.State != CouponState.Void).ToList());
        var mine = live.Where(c => c.MemberId == id).Select(c => local.DateOf(c.IssuedAt)).ToList();
        return isPaused ? "paused"
            : isErased && member == members[1] ? "erased_member"
            : hasAudience && holder != members[0] ? "audience"
            : mine.Count >= limits.All ? "member_limit"
            : mine.Count(d => d == today) >= limits.Day ? "day_limit"
            : mine.Count(d => Monday(d) == Monday(today)) >= limits.Week ? "week_limit"
            : mine.Count(d => (d.Year, d.Month) == (today.Year, today.Month)) >= limits.Month ? "month_limit"
            : live.Count >= stock ? "used_up"
            : null;
    }

    private async Task<string?> GiveAsync(string member, Task<Answer> asked)
    {
        var (answer, expected) = (await asked, Against(member));
        var said = answer.Status == 201 ? null : answer.Code;
        return Told(answer) ?? (said == expected ? null : $"{expected ?? "a coupon"} expected, {said ?? "a coupon"} came");
    }

    private Task<Answer> IssueAsync(string[] ids) =>
        brand.Post($"/v1/coupon-templates/{template}/issue", new { member_ids = ids, reason = "a story" });

    /// <summary>Both members, by rising id; the second may find the stock used up by the first.</summary>
    private async Task<string?> BatchAsync()
    {
        if (isMerged)
            return null;
        var left = Math.Max(0, (stock ?? long.MaxValue) - rows.Count(c => c.State != CouponState.Void));
        var may = members.Count(m => Against(m) is null or "used_up");
        var answer = await IssueAsync(members);
        if (isPaused)
            return Told(answer) ?? (answer.Code == "paused" ? null : $"paused expected, {answer.Raw} came");
        var batch = answer.Must(202).Text("batch_id");
        batches.Add(batch);
        (await brand.Post("/v1/jobs/coupons.issue/run")).Must(200);
        var issued = (await brand.Get($"/v1/batches/{batch}")).Must(200).Number("issued");
        var expected = Math.Min(may, left);
        return Told(answer) ?? (issued == expected ? null : $"{expected} expected of a batch, {issued} came");
    }

    private async Task<string?> UndoAsync()
    {
        var batch = Any(batches);
        var answer = await brand.Post($"/v1/batches/{batch}/undo", new { reason = "a story" });
        (await brand.Post("/v1/jobs/coupons.issue/run")).Must(200);
        if (answer.Status != 202)
            return Told(answer);
        await LookAsync();
        Ids.TryRead(IdPrefix.Batch, batch, out var id);
        var left = rows.Count(c => c.BatchId == id && c.StateAt(now) == CouponState.Issued && c.RedeemedAt is null);
        // What came back from an order after the batch was undone stays with its member.
        return Told(answer) ?? (left == 0 || answer.Text("state") == "undone" ? null : $"{left} of an undone batch are left");
    }

    private async Task<string?> VoidAsync()
    {
        var coupon = Any(rows);
        var expected = coupon.StateAt(now) switch
        {
            CouponState.Redeemed => "already_redeemed",
            CouponState.Expired => "expired",
            CouponState.Locked => "locked_by_other_order",
            CouponState.Issued or CouponState.Void => null,
        };
        var answer = await brand.Post($"/v1/coupons/{Ids.Show(IdPrefix.Coupon, coupon.Id)}/void", new { reason = "a story" });
        var said = answer.Status == 200 ? null : answer.Code;
        return Told(answer) ?? (said == expected ? null : $"{expected ?? "void"} expected, {said ?? "void"} came");
    }

    private string? Told(Answer answer)
    {
        done.Add($"{answer.Request} {answer.Status}");
        return answer.Status >= 500 ? answer.Raw : null;
    }

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static string At(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private long? Maybe(int most) => chance.Next(3) == 0 ? null : chance.Next(1, most + 1);

    private T Any<T>(List<T> some) => some[chance.Next(some.Count)];

    private string Pick(params string[] words) => words[chance.Next(words.Length)];
}
