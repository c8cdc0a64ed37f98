using System.Collections.Concurrent;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Memberships;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>
/// What must be so of memberships, whatever happened: the gateway's own records, ours, the notices and what members said agree. Written from the domain's text alone.
/// </summary>
internal sealed class MembershipAudit(Brand brand)
{
    /// <summary>Since when a membership is not to be renewed.</summary>
    private readonly ConcurrentDictionary<Guid, DateTime> saidNo = new();

    private sealed record Books(
        List<Membership> Memberships,
        List<Invoice> Invoices,
        List<PaymentAttempt> Attempts,
        List<FakePayment> Gateway,
        List<RenewalNotice> Notices,
        List<PlanHolding> Holdings
    );

    public void SaysYes(string membership) => saidNo.TryRemove(IdOf(membership), out _);

    public void SaysNo(string membership, DateTime now) => saidNo[IdOf(membership)] = now;

    public async Task MustAgree(DateTime now, string when)
    {
        var books = await brand.Inside(async db => new Books(
            await All<Membership>(db),
            await All<Invoice>(db),
            await All<PaymentAttempt>(db),
            await All<FakePayment>(db),
            await All<RenewalNotice>(db),
            await All<PlanHolding>(db)
        ));
        List<string> wrong =
        [
            .. Gateway(books, now),
            .. Invoices(books),
            .. Refunds(books),
            .. Consents(books),
            .. Times(books, now),
            .. States(books, now),
        ];
        Assert.True(wrong.Count == 0, $"{when}:\n{string.Join('\n', wrong.Take(10))}");
    }

    private static Task<List<T>> All<T>(MemberCloudDb db)
        where T : class => db.Set<T>().AsNoTracking().ToListAsync();

    private static Guid IdOf(string shown) => Ids.TryRead(IdPrefix.Membership, shown, out var id) ? id : Guid.Empty;

    /// <summary>What the gateway took is known to us, a day later at the latest; what we say was taken was.</summary>
    private static IEnumerable<string> Gateway(Books books, DateTime now)
    {
        var taken = books.Gateway.Where(p => p.Taken).ToDictionary(p => p.Id);
        foreach (var attempt in books.Attempts)
        {
            var isTaken = taken.TryGetValue(attempt.Id, out var payment) && payment.At <= now;
            if (attempt.State == AttemptState.Succeeded && (!isTaken || payment!.Amount != attempt.Amount))
                yield return $"attempt {attempt.Id} is said to have succeeded and the gateway does not know it";
            if (isTaken && attempt.State != AttemptState.Succeeded && payment!.At < now.AddDays(-1))
                yield return $"attempt {attempt.Id} is {attempt.State} and the gateway has the money since {payment.At:O}";
        }
        foreach (var payment in taken.Values.Where(p => books.Attempts.TrueForAll(a => a.Id != p.Id)))
            yield return $"the gateway has a payment {payment.Id} of which we know nothing";
    }

    /// <summary>Each paid invoice was paid once, by exactly its total; numbers have no gaps.</summary>
    private static IEnumerable<string> Invoices(Books books)
    {
        var charges = books
            .Attempts.Where(a => a is { RefundOf: null, State: AttemptState.Succeeded })
            .ToLookup(a => a.InvoiceId);
        foreach (var invoice in books.Invoices.Where(i => i.Series == Invoice.Sales))
        {
            var (paid, sum) = (charges[invoice.Id].ToList(), charges[invoice.Id].Sum(a => a.Amount));
            if (invoice.State == InvoiceState.Paid && (sum != invoice.Total || paid.Count > 1))
                yield return $"{invoice.Printed} of {invoice.Total} was paid with {sum} in {paid.Count}";
            if (invoice.State != InvoiceState.Paid && paid.Exists(a => a.Refunded != a.Amount))
                yield return $"{invoice.Printed} is {invoice.State} and its money was kept";
        }
        foreach (var series in books.Invoices.GroupBy(i => i.Series))
            if (!series.Select(i => i.Number).Order().SequenceEqual(Enumerable.Range(1, series.Count()).Select(n => (long)n)))
                yield return $"numbers of {series.Key} have gaps";
    }

    /// <summary>What went back of a charge is in credit notes, and never more than was taken.</summary>
    private static IEnumerable<string> Refunds(Books books)
    {
        var refunds = books
            .Attempts.Where(a => a.RefundOf is not null && a.State != AttemptState.Failed)
            .ToLookup(a => a.RefundOf!.Value);
        var invoices = books.Invoices.ToDictionary(i => i.Id);
        foreach (var charge in books.Attempts.Where(a => a.RefundOf is null))
        {
            if (refunds[charge.Id].Sum(r => r.Amount) != charge.Refunded || charge.Refunded > charge.Amount)
                yield return $"of {charge.Id} went back {refunds[charge.Id].Sum(r => r.Amount)}, {charge.Refunded} is said";
        }
        foreach (var refund in refunds.SelectMany(r => r))
        {
            var credit = invoices[refund.InvoiceId];
            if (credit.Series != Invoice.Credits || credit.Total != refund.Amount)
                yield return $"refund {refund.Id} has no credit note of its amount";
            if ((refund.State == AttemptState.Succeeded) != (credit.State == InvoiceState.Paid))
                yield return $"{credit.Printed} is {credit.State}, its refund {refund.State}";
        }
    }

    /// <summary>No renewal is charged before it was proved five days long that the member was told of just that; none after a no.</summary>
    private IEnumerable<string> Consents(Books books)
    {
        var notices = books.Notices.Where(n => n.ProvedAt is not null).ToLookup(n => n.MembershipId);
        var invoices = books.Invoices.ToDictionary(i => i.Id);
        foreach (var charge in books.Attempts.Where(a => a.RefundOf is null && invoices[a.InvoiceId].Kind == InvoiceKind.Renewal))
        {
            // What the member bought in person, when past due, is no renewal that happens by itself.
            if (invoices[charge.InvoiceId].RequestId is not null)
                continue;
            if (
                !notices[charge.MembershipId]
                    .Any(n => n.Amount == charge.Amount && n.ProvedAt!.Value.AddDays(5) <= charge.StartedAt)
            )
                yield return $"{charge.MembershipId} was charged {charge.Amount} at {charge.StartedAt:O} without proof";
            if (saidNo.TryGetValue(charge.MembershipId, out var no) && charge.StartedAt > no)
                yield return $"{charge.MembershipId} was charged at {charge.StartedAt:O} and had said no at {no:O}";
        }
    }

    /// <summary>No time is paid for twice, and what is paid until is what was paid for.</summary>
    private static IEnumerable<string> Times(Books books, DateTime now)
    {
        foreach (var one in books.Memberships)
        {
            var paid = books
                .Invoices.Where(i => i.MembershipId == one.Id && i is { State: InvoiceState.Paid, Series: Invoice.Sales })
                .Where(i => i.CoversUntil > i.CoversFrom)
                .OrderBy(i => i.CoversFrom)
                .ToList();
            foreach (var (earlier, later) in paid.Zip(paid.Skip(1)))
                if (earlier.CoversUntil > later.CoversFrom)
                    yield return $"{earlier.Printed} and {later.Printed} of {one.Id} pay for the same time";
            if (
                one.State is MembershipState.Active
                && paid.Count > 0
                && paid[^1].CoversUntil != one.PaidUntil
                && one.PaidUntil > now
            )
                yield return $"{one.Id} is paid until {one.PaidUntil:O}, its invoices until {paid[^1].CoversUntil:O}";
        }
    }

    /// <summary>One live membership of the family; states and times agree; perks are on where they should be, and only there.</summary>
    private static IEnumerable<string> States(Books books, DateTime now)
    {
        var live = books.Memberships.Where(m => m.LiveFamily is not null).ToList();
        foreach (var many in live.GroupBy(m => m.MemberId).Where(g => g.Count() > 1))
            yield return $"{many.Key} has {many.Count()} memberships";
        foreach (var m in books.Memberships)
        {
            var isOver = m.State is MembershipState.Expired or MembershipState.ExpiredUnpaid or MembershipState.Revoked;
            if (isOver != (m.LiveFamily is null) || isOver != (m.EndedAt <= now))
                yield return $"{m.Id} is {m.State}, ended {m.EndedAt:O}";
            if (m.State is MembershipState.PastDue or MembershipState.Suspended && m.PaidUntil > now)
                yield return $"{m.Id} is {m.State} and paid until {m.PaidUntil:O}";
            if (m.State is MembershipState.Active or MembershipState.Trialing && m.PaidUntil <= now && m.OpenAttemptId is null)
                yield return $"{m.Id} is {m.State} and was paid until {m.PaidUntil:O}";
            var inForce = books.Holdings.Exists(h => h.MembershipId == m.Id && h.IsInForce(now));
            var mayBe = m.State is MembershipState.Active or MembershipState.Trialing or MembershipState.PastDue;
            var mustBe = m.State is MembershipState.Active or MembershipState.Trialing && m.PaidUntil > now;
            if ((inForce && !mayBe) || (mustBe && !inForce))
                yield return $"{m.Id} is {m.State}, its perks are {(inForce ? "on" : "off")}";
        }
    }
}
