using MemberCloud.Data;

namespace MemberCloud.Billing;

/// <summary>
/// Numbers for the invoices of one transaction, all of them at once. Asked for when everything else is written: a series' row is the last lock, and nobody waits for it longer than
/// for these invoices and the commit. Of two that number at once one waits or begins anew, and a number that was not committed was not taken.
/// </summary>
public sealed class InvoiceNumbers
{
    private static readonly Lookup<InvoiceSeries> BySeries = new("series = {0}", [typeof(string)]) { Locks = true };
    private static readonly Update<InvoiceSeries> Change = new(
        [nameof(InvoiceSeries.Next)],
        new(nameof(InvoiceSeries.Next), s => s.LoadedNext, s => s.Series)
    );

    private readonly KeyedRows<string, InvoiceSeries> series;

    private InvoiceNumbers(Guid tenant, List<InvoiceSeries> found)
    {
        found.ForEach(s => s.LoadedNext = s.Next);
        series = new(
            found,
            s => s.Series,
            name =>
                new()
                {
                    TenantId = tenant,
                    Series = name,
                    Next = 1,
                }
        );
    }

    /// <summary>Stores new invoices with the next numbers, in the order given.</summary>
    public static async Task StoreAsync(IDoorSession session, Guid tenant, IReadOnlyList<Invoice> issued, CancellationToken ct)
    {
        if (issued.Count == 0)
            return;
        var load = new LoadBatch();
        var names = issued.Select(i => i.Series).Distinct().Order(StringComparer.Ordinal);
        var found = load.Add(BySeries, [.. names.Select(name => new object[] { name })]);
        await session.LoadAsync(load, ct);

        var numbers = new InvoiceNumbers(tenant, found);
        foreach (var invoice in issued)
            invoice.Number = numbers.series.Change(invoice.Series).Next++;
        var store = new StoreBatch();
        store.Insert<Invoice>(issued);
        numbers.series.Write(store, Change);
        await session.StoreAsync(store, ct);
    }
}
