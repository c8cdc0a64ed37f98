using MemberCloud.Shared;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Coupons;

/// <summary>Why a coupon is not given, or cannot be used: a closed list.</summary>
public enum Refusal
{
    /// <summary>It has not begun.</summary>
    NotStarted,

    /// <summary>The template is a draft.</summary>
    NotActive,

    /// <summary>The brand gives out none for now.</summary>
    Paused,

    /// <summary>The brand gives out none any more.</summary>
    Ended,

    /// <summary>The coupon's time is over.</summary>
    Expired,

    /// <summary>All are given out.</summary>
    UsedUp,

    /// <summary>The member has as many as one may have.</summary>
    MemberLimit,

    /// <summary>As many as one may have in a day.</summary>
    DayLimit,

    /// <summary>As many as one may have in a week.</summary>
    WeekLimit,

    /// <summary>As many as one may have in a month.</summary>
    MonthLimit,

    /// <summary>It is for other members.</summary>
    Audience,

    /// <summary>The cart comes to less than it asks for.</summary>
    BelowThreshold,

    /// <summary>Nothing in the cart is what it is for.</summary>
    OutOfScope,

    /// <summary>It does not go with another that is used.</summary>
    Excluded,

    /// <summary>Another one is better.</summary>
    Beaten,

    /// <summary>Another order has it in use.</summary>
    LockedByOtherOrder,

    /// <summary>An order used it.</summary>
    AlreadyRedeemed,

    /// <summary>It is another member's.</summary>
    NotOwner,

    /// <summary>The brand took it back.</summary>
    Void,

    /// <summary>There is no such code.</summary>
    CodeInvalid,

    /// <summary>The code is mistyped.</summary>
    CodeTypo,

    /// <summary>Too many wrong codes.</summary>
    TooManyTries,

    /// <summary>People look at it first.</summary>
    HeldForReview,

    /// <summary>Too few points for it.</summary>
    PointsInsufficient,

    /// <summary>The member was erased.</summary>
    ErasedMember,
}

/// <summary>A sentence for every refusal in every language, and its HTTP status.</summary>
public static class Refusals
{
    private sealed record Sentence(string En, string Zh, int Status = StatusCodes.Status409Conflict);

    private static readonly Dictionary<Refusal, Sentence> Table = new()
    {
        [Refusal.NotStarted] = new("This has not started yet.", "活动尚未开始。"),
        [Refusal.NotActive] = new("This coupon is not offered yet.", "该优惠券尚未启用。"),
        [Refusal.Paused] = new("This coupon is not given out for now.", "该优惠券已暂停发放。"),
        [Refusal.Ended] = new("This offer has ended.", "活动已结束。"),
        [Refusal.Expired] = new("This coupon has expired.", "该优惠券已过期。"),
        [Refusal.UsedUp] = new("All of these coupons are taken.", "优惠券已被领完。"),
        [Refusal.MemberLimit] = new(
            "You already have as many of these as one person may have.",
            "您领取该优惠券的数量已达上限。"
        ),
        [Refusal.DayLimit] = new(
            "You have taken as many of these as one person may have in a day.",
            "您今天领取该优惠券的数量已达上限。"
        ),
        [Refusal.WeekLimit] = new(
            "You have taken as many of these as one person may have in a week.",
            "您本周领取该优惠券的数量已达上限。"
        ),
        [Refusal.MonthLimit] = new(
            "You have taken as many of these as one person may have in a month.",
            "您本月领取该优惠券的数量已达上限。"
        ),
        [Refusal.Audience] = new("This coupon is for other members.", "您不在该优惠券的适用人群内。"),
        [Refusal.BelowThreshold] = new("The cart does not reach what this coupon asks for.", "未达到该优惠券的使用门槛。"),
        [Refusal.OutOfScope] = new("Nothing in the cart is what this coupon is for.", "购物车中没有适用该优惠券的商品。"),
        [Refusal.Excluded] = new("This coupon cannot be used together with another one.", "该优惠券不能与其他优惠券同时使用。"),
        [Refusal.Beaten] = new("Another coupon saves more.", "已有更优惠的优惠券。"),
        [Refusal.LockedByOtherOrder] = new("Another order is using this coupon.", "该优惠券正被其他订单占用。"),
        [Refusal.AlreadyRedeemed] = new("This coupon has been used.", "该优惠券已被使用。"),
        [Refusal.NotOwner] = new("This coupon belongs to another member.", "该优惠券不属于该会员。"),
        [Refusal.Void] = new("This coupon was withdrawn.", "该优惠券已作废。"),
        [Refusal.CodeInvalid] = new("This code is not valid.", "兑换码无效。"),
        [Refusal.CodeTypo] = new("This code is mistyped: look at it again.", "兑换码输入有误，请检查后重试。"),
        [Refusal.TooManyTries] = new(
            "Too many wrong codes: try again later.",
            "尝试次数过多，请稍后再试。",
            StatusCodes.Status429TooManyRequests
        ),
        [Refusal.HeldForReview] = new(
            "The request is being looked at; the coupon comes if it is approved.",
            "领取申请正在审核中，通过后将发放。"
        ),
        [Refusal.PointsInsufficient] = new("You do not have enough points.", "积分不足。"),
        [Refusal.ErasedMember] = new("The member was erased.", "该会员已注销。"),
    };

    private static Sentence Of(Refusal refusal) => Table[refusal];

    /// <param name="refusal">Which.</param>
    /// <param name="language">zh-CN, or English.</param>
    public static string Message(Refusal refusal, string language) =>
        language == Languages.Chinese ? Of(refusal).Zh : Of(refusal).En;

    public static Problem Problem(Refusal refusal, string language) =>
        new(Words<Refusal>.Of(refusal), Message(refusal, language), Of(refusal).Status);
}
