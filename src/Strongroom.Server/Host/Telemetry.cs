using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Strongroom.Server.Host;

/// <summary>
/// Sends metrics and traces to an OTLP receiver (HTTP, protobuf), held to the allow list of <see cref="TelemetryRules"/>. Off unless
/// <c>--otlp</c> or OTEL_EXPORTER_OTLP_ENDPOINT names one. A receiver that is away costs nothing but its data.
/// </summary>
internal sealed class Telemetry(ServeOptions options) : IHostedService, IDisposable
{
    private readonly AllowList allowed = new();
    private MeterProvider? meters;
    private TracerProvider? tracers;

    /// <summary>The receiver's address; null for none.</summary>
    /// <exception cref="SetupException">Not an address, or one that would carry telemetry over a network in clear.</exception>
    public static Uri? Address(string? given)
    {
        if (string.IsNullOrEmpty(given))
        {
            return null;
        }

        return Uri.TryCreate(given, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            ? address
            : throw new SetupException("--otlp 需要 https 地址;本机接收可用 http。", "--otlp takes an https address, or http on loopback.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var version = typeof(Telemetry).Assembly.GetName().Version?.ToString(3);
        var resource = ResourceBuilder.CreateEmpty().AddService("strongroom", serviceVersion: version, serviceInstanceId: options.Node);
        meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("Strongroom*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddView(_ => new MetricStreamConfiguration { TagKeys = [.. TelemetryRules.Names] })
            .AddOtlpExporter((otlp, reader) =>
            {
                Set(otlp, "v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 15_000;
            })
            .Build();
        tracers = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(RequestTrace.Source, Ground.Trace.Name, "Strongroom.Data")
            .AddProcessor(allowed)
            .AddOtlpExporter(otlp => Set(otlp, "v1/traces"))
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>Sends what is left; a receiver that does not answer holds the end up for five seconds at most.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        const int Patience = 5_000;
        meters?.Shutdown(Patience);
        tracers?.Shutdown(Patience);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        meters?.Dispose();
        tracers?.Dispose();
        allowed.Dispose();
    }

    private void Set(OtlpExporterOptions otlp, string path)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri(options.Otlp!.ToString().TrimEnd('/') + "/" + path);
    }

    /// <summary>The last hand on every span: whatever the list does not allow is taken off, events and states of others included.</summary>
    internal sealed class AllowList : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            foreach (var (name, value) in data.TagObjects.ToList())
            {
                if (!TelemetryRules.MayLeave(name, value))
                {
                    data.SetTag(name, null);
                }
            }

            data.TraceStateString = null;
            if (!TelemetryRules.IsPlain(data.DisplayName) || data.Events.Any() || data.Links.Any() || data.StatusDescription is not null)
            {
                // Free text has no place here; a span that has some is not sent at all.
                data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        }
    }
}
