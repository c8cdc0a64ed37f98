using System.Diagnostics;
using MemberCloud.Shared;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MemberCloud.Host;

/// <summary>What operators of the service see: structured logs with trace ids, traces, metrics. None of it holds a member's data.</summary>
public static class Observability
{
    private const string Exporter = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private static readonly string[] Sources = [Telemetry.Name, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql"];
    private static readonly string[] Meters =
    [
        Telemetry.Name,
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "System.Net.Http",
        "System.Runtime",
        "Npgsql",
    ];

    // What these say below a warning names paths, queries and statements.
    private static readonly string[] Talkative =
    [
        "Microsoft.AspNetCore",
        "Microsoft.EntityFrameworkCore",
        "Microsoft.Extensions.Diagnostics.HealthChecks",
        "Npgsql",
        "Quartz",
        "System.Net.Http",
    ];

    // One for the process: without somebody who listens, ASP.NET Core gives requests no trace id.
    private static readonly ActivityListener TraceIds = new()
    {
        ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    static Observability() => ActivitySource.AddActivityListener(TraceIds);

    public static void AddObservability(this WebApplicationBuilder builder)
    {
        // The framework's own tags hold the raw path; FrontDoor names the route instead.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", true);
        builder.Services.AddSingleton<DistributedContextPropagator>(new TraceIdsOnly());
        AddLogs(builder.Logging, builder.Environment.IsDevelopment());
        if (!string.IsNullOrEmpty(builder.Configuration[Exporter]))
            builder.Services.AddHostedService<Export>();
    }

    /// <summary>JSON lines for machines, readable lines in Development; each with the trace id that a problem's <c>trace_id</c> names.</summary>
    private static void AddLogs(ILoggingBuilder logs, bool readable)
    {
        logs.ClearProviders();
        // Not the parent id: an old-style one is the caller's free text.
        logs.Configure(options =>
            options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId
        );
        if (readable)
            logs.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
            });
        else
            logs.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        foreach (var category in Talkative)
            logs.AddFilter(category, LogLevel.Warning);
        // A lost race is tried again, and what fails in the end is logged by Failures: in between it is no error.
        logs.AddFilter("Microsoft.EntityFrameworkCore.Database", LogLevel.Critical);
        logs.AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.Critical);
        // Not even its scope, which puts the request's path on every line.
        logs.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    /// <summary>Takes trace ids from callers, and not their baggage: that is free text, and would be passed on to whomever we call.</summary>
    private sealed class TraceIdsOnly : DistributedContextPropagator
    {
        private readonly DistributedContextPropagator w3c = CreateW3CPropagator();

        public override IReadOnlyCollection<string> Fields => w3c.Fields;

        public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) =>
            w3c.Inject(activity, carrier, setter);

        public override void ExtractTraceIdAndState(
            object? carrier,
            PropagatorGetterCallback? getter,
            out string? traceId,
            out string? traceState
        ) => w3c.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);

        public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
            object? carrier,
            PropagatorGetterCallback? getter
        ) => null;
    }

    /// <summary>Sends traces and metrics by OTLP, to where the OTEL_* variables say.</summary>
    private sealed class Export : IHostedService, IDisposable
    {
        private static readonly Action<ResourceBuilder> Who = resource => resource.AddService("membercloud");

        private readonly TracerProvider? tracer = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(Who)
            .AddSource(Sources)
            .AddOtlpExporter()
            .Build();
        private readonly MeterProvider? meter = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Who)
            .AddMeter(Meters)
            .AddOtlpExporter()
            .Build();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        /// <summary>After the host's last request: what is not sent yet goes out.</summary>
        public void Dispose()
        {
            tracer?.Dispose();
            meter?.Dispose();
        }
    }
}
