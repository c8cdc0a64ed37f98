using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MemberCloud.Insights;

/// <summary>By what outstanding points are valued.</summary>
/// <param name="PointValue">
/// Stand-alone price of one point in ten-thousandths of a minor unit, that is: what 10,000 points are worth in minor units. 0 to 10^12; 10,000 (one point is worth one
/// minor unit, as 100 points = ¥1.00) unless given.
/// </param>
/// <param name="RedemptionBp">Your own estimate of what part of the outstanding points will be redeemed, in basis points, 0 to 10,000; estimated from the brand's history unless given.</param>
public readonly record struct LiabilityRequest(
    [property: FromQuery(Name = "point_value")] [Range(0, Money.Max)] long? PointValue,
    [property: FromQuery(Name = "redemption_bp")] [Range(0, LiabilityRules.Whole)] int? RedemptionBp
);

/// <summary>What the points that members hold are worth (IFRS 15), as of now.</summary>
/// <param name="AsOf">By the brand's clock.</param>
/// <param name="Currency">ISO 4217 code of the money in it.</param>
/// <param name="PointValue">Price of one point in ten-thousandths of a minor unit, as it was asked with.</param>
/// <param name="Data">One line for each kind of points that can be spent.</param>
public sealed record LiabilityShape(DateTime AsOf, string Currency, long PointValue, IReadOnlyList<LiabilityLine> Data);

/// <summary>What is outstanding of one kind of points.</summary>
/// <param name="Points">The kind of points.</param>
/// <param name="Outstanding">pending + available + held.</param>
/// <param name="Pending">Earned, not settled.</param>
/// <param name="Available">Can be spent.</param>
/// <param name="Held">Kept by holds. They belong to no lot meanwhile, so the splits below are those of pending + available.</param>
/// <param name="Debt">Taken back beyond what was there. Not set off: one member's debt pays no other's points.</param>
/// <param name="ByAge">Pending and available points by how long ago they were earned.</param>
/// <param name="ByExpiry">Pending and available points by the month, on the brand's calendar, in which they can last be spent. Later than five years: the month after those.</param>
/// <param name="NeverExpiring">Points that do not end.</param>
/// <param name="ExpiryNotKnown">Pending points whose end is counted from settling.</param>
/// <param name="RedemptionBp">What part of the outstanding points is expected to be redeemed, in basis points.</param>
/// <param name="RedemptionBasis">
/// Where that comes from. history: redeemed / (redeemed + expired) of the months of earning of which at most 1 % is left. no_history: there is no such month, so all are expected to
/// be redeemed. given: as it was asked with.
/// </param>
/// <param name="ExpectedRedeemed">Outstanding points expected to be redeemed.</param>
/// <param name="ExpectedBreakage">The rest of the outstanding points.</param>
/// <param name="Liability">In minor units: the points expected to be redeemed at the price of one. The stand-alone price by which a sale's price is allocated, before that allocation.</param>
public sealed record LiabilityLine(
    string Points,
    long Outstanding,
    long Pending,
    long Available,
    long Held,
    long Debt,
    IReadOnlyList<AgeLine> ByAge,
    IReadOnlyList<ExpiryLine> ByExpiry,
    long NeverExpiring,
    long ExpiryNotKnown,
    int RedemptionBp,
    RedemptionBasis RedemptionBasis,
    long ExpectedRedeemed,
    long ExpectedBreakage,
    long Liability
);

/// <summary>Points by age.</summary>
/// <param name="FromMonths">Earned at least so many calendar months ago.</param>
/// <param name="ToMonths">Earned less than so many months ago; null = no limit.</param>
/// <param name="Points">What is left of them.</param>
public sealed record AgeLine(int FromMonths, int? ToMonths, long Points);

/// <summary>Points by month of expiry.</summary>
/// <param name="Month">yyyy-MM, on the brand's calendar.</param>
/// <param name="Points">What ends with it, if nobody spends it.</param>
public sealed record ExpiryLine(string Month, long Points);
