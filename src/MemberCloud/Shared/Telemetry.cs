using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MemberCloud.Shared;

/// <summary>What the product tells of its own work, as traces and metrics of one name. Tags are kinds and names of ours, never a member's data.</summary>
public static class Telemetry
{
    public const string Name = "MemberCloud";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> LedgerEntries = Meter.CreateCounter<long>(
        "membercloud.ledger.entries",
        "{entry}",
        "Lines handed to the points ledger, by kind; a writer that lost a race hands them over again."
    );
    private static readonly Counter<long> JobSubjects = Meter.CreateCounter<long>(
        "membercloud.job.subjects",
        "{subject}",
        "What jobs looked at, changed and could not do, by job and outcome."
    );
    private static readonly Histogram<double> JobDuration = Meter.CreateHistogram<double>(
        "membercloud.job.duration",
        "s",
        "How long a job's turn on one brand took."
    );

    /// <summary>Lines of one kind went to the ledger.</summary>
    public static void Posted(string kind, int entries)
    {
        if (LedgerEntries.Enabled)
            LedgerEntries.Add(entries, new KeyValuePair<string, object?>("kind", kind));
    }

    /// <summary>A job had its turn on a brand.</summary>
    public static void Ran(string job, int looked, int changed, int failed, TimeSpan took)
    {
        var name = new KeyValuePair<string, object?>("job", job);
        JobSubjects.Add(looked, name, new("outcome", "looked"));
        JobSubjects.Add(changed, name, new("outcome", "changed"));
        JobSubjects.Add(failed, name, new("outcome", "failed"));
        JobDuration.Record(took.TotalSeconds, name);
    }
}
