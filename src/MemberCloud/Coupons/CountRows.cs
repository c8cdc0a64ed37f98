using MemberCloud.Data;

namespace MemberCloud.Coupons;

/// <summary>How counts of members and templates are read, kept and written, by whatever changes them.</summary>
internal static class CountRows
{
    public static readonly Lookup<CouponCount> ByKey = new("member_id = {0} AND template_id = {1}", [typeof(Guid), typeof(Guid)])
    {
        Locks = true,
    };
    public static readonly Lookup<CouponCount> ByMember = new("member_id = {0}", [typeof(Guid)], "template_id") { Locks = true };
    public static readonly Update<CouponCount> Change = new([
        nameof(CouponCount.Total),
        nameof(CouponCount.Day),
        nameof(CouponCount.Week),
        nameof(CouponCount.Month),
        nameof(CouponCount.InDay),
        nameof(CouponCount.InWeek),
        nameof(CouponCount.InMonth),
    ]);

    /// <summary>Adds to a batch the counts of members and templates, in the order of their keys.</summary>
    public static List<CouponCount> Ask(LoadBatch load, IEnumerable<(Guid Member, Guid Template)> keys) =>
        load.Add(ByKey, [.. keys.Distinct().Order().Select(k => new object[] { k.Member, k.Template })]);

    public static KeyedRows<(Guid Member, Guid Template), CouponCount> Rows(Guid tenant, IEnumerable<CouponCount> found) =>
        new(
            found,
            c => (c.MemberId, c.TemplateId),
            k =>
                new()
                {
                    TenantId = tenant,
                    MemberId = k.Member,
                    TemplateId = k.Template,
                }
        );
}
