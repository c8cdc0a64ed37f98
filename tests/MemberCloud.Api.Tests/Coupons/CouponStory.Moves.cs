using System.Globalization;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>What happens to coupons once they are there, and to those who have them.</summary>
internal sealed partial class CouponStory
{
    /// <summary>An order of now, or one that is reported late.</summary>
    private async Task<string?> OrderAsync(string member)
    {
        var (coupon, no) = (Any(rows), $"{code}-{orders.Count}");
        var at = chance.Next(3) == 0 ? now.AddDays(-chance.Next(1, 5)) : now;
        var answer = await brand.Post(
            "/v1/orders",
            new
            {
                order_no = no,
                member_id = member,
                occurred_at = At(at),
                paid_at = At(at),
                currency = "CNY",
                lines = new[]
                {
                    new
                    {
                        id = "1",
                        sku = "tea",
                        quantity = 2,
                        net = 9500,
                    },
                },
                coupons = new[] { new { id = Ids.Show(IdPrefix.Coupon, coupon.Id), amount = 500 } },
            }
        );
        if (answer.Status == 201)
            orders.Add(no);
        Ids.TryRead(IdPrefix.Member, isMerged ? members[0] : member, out var holder);
        var mayBe = !(isErased && member == members[1]) && CouponRules.Redeemable(coupon, holder, at, now) is null;
        return Told(answer) ?? ((answer.Status == 201) == mayBe ? null : $"{(mayBe ? 201 : 409)} expected, {answer.Raw} came");
    }

    private Task<Answer> EndOrderAsync() =>
        chance.Next(3) switch
        {
            0 => brand.Post($"/v1/orders/{Any(orders)}/cancel", "{}"),
            1 => brand.Post($"/v1/orders/{Any(orders)}/refunds", new { refund_no = $"{code}-{done.Count}", full = true }),
            _ => brand.Post(
                $"/v1/orders/{Any(orders)}/refunds",
                new { refund_no = $"{code}-{done.Count}", lines = new[] { new { id = "1", quantity = 1 } } }
            ),
        };

    private async Task<string?> LockAsync()
    {
        var (coupon, until) = (Any(rows), now.AddMinutes(chance.Next(1, 3000)));
        var isFree = CouponRules.Usable(coupon, coupon.MemberId, null, now) is null;
        var locked = await brand.OnCoupon(
            Ids.Show(IdPrefix.Coupon, coupon.Id),
            Guid.Empty,
            (work, c) =>
            {
                if (chance.Next(3) == 0)
                    work.PostDue(c, now);
                else
                    work.Lock(c, Ids.New(), until);
            }
        );
        done.Add($"lock {locked}");
        return locked == isFree ? null : $"locked: {locked}";
    }

    private async Task<string?> MergeAsync()
    {
        if (hasAudience || isErased)
            return null;
        var answer = isMerged
            ? await brand.Post($"/v1/members/{members[0]}/unmerge", "{}")
            : await brand.Post($"/v1/members/{members[0]}/merge", new { from_member_id = members[1] });
        isMerged ^= answer.Status == 200;
        return Told(answer);
    }

    private async Task<string?> ChangeAsync()
    {
        if (chance.Next(2) == 0)
        {
            isPaused = !isPaused;
            return Told((await brand.Post($"/v1/coupon-templates/{template}/{(isPaused ? "pause" : "activate")}")).Must(200));
        }
        stock = Maybe(12);
        var body = $$"""{ "stock": {{stock?.ToString(CultureInfo.InvariantCulture) ?? "null"}} }""";
        return Told((await brand.Patch($"/v1/coupon-templates/{template}", body)).Must(200));
    }

    private async Task<string?> EraseAsync()
    {
        if (isMerged || isErased)
            return null;
        var answer = await brand.Delete($"/v1/members/{members[1]}");
        isErased = answer.Status == 204;
        return Told(answer);
    }
}
