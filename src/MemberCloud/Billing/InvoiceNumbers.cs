using MemberCloud.Data;

namespace MemberCloud.Billing;

/// <summary>
/// Numbers for the invoices of one transaction. A series' row is locked after everything else, or guarded by what was seen: of two that number at once one waits or begins anew,
/// and a number that was not committed was not taken.
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

    /// <summary>Adds to a batch what numbering takes, the last of its locks.</summary>
    public static Func<InvoiceNumbers> Ask(LoadBatch load, Guid tenant)
    {
        var found = load.Add(
            BySeries,
            [
                [Invoice.Credits],
                [Invoice.Sales],
            ]
        );
        return () => new(tenant, found);
    }

    public long Take(string name) => series.Change(name).Next++;

    public void Write(StoreBatch store) => series.Write(store, Change);
}
