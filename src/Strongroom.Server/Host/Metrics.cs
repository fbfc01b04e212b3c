using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Strongroom.Server.Host;

/// <summary>
/// Prometheus text of every instrument of the meters named <c>Strongroom*</c> and of Kestrel's connection and request meters. Tags are
/// routes, codes and counts; any other tag is dropped, so that nothing of a person can come out here.
/// </summary>
internal sealed class Metrics : IDisposable
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private readonly Lock rendering = new();
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<(string Name, string Tags), Series> series = new();

    public Metrics()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name.StartsWith("Strongroom", StringComparison.Ordinal)
                || instrument.Name is "http.server.request.duration" or "http.server.active_requests" or "kestrel.active_connections")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
    }

    public string Render()
    {
        lock (rendering)
        {
            return Text();
        }
    }

    private string Text()
    {
        // What is not observed this time is not known this time: an old gauge must not stand as if it were news.
        foreach (var (key, _) in series.Where(one => one.Value.IsObserved))
        {
            series.TryRemove(key, out _);
        }

        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var family in series.GroupBy(s => s.Key.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(family.First().Value.Kind).Append('\n');
            foreach (var ((name, tags), value) in family.OrderBy(s => s.Key.Tags, StringComparer.Ordinal))
            {
                value.Write(text, name, tags);
            }
        }

        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        var kind = instrument switch
        {
            Histogram<double> or Histogram<long> or Histogram<int> => "histogram",
            UpDownCounter<long> or UpDownCounter<int> or ObservableGauge<long> or ObservableGauge<double> or ObservableGauge<int> or ObservableUpDownCounter<long> => "gauge",
            _ => "counter",
        };
        var observed = instrument.IsObservable;
        var labels = Labels(tags);
        series.GetOrAdd((name, labels), _ => new Series(kind)).Add(value, observed);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>();
        foreach (var tag in tags)
        {
            if (TelemetryRules.MayLeave(tag.Key, tag.Value))
            {
                var value = Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
                labels.Add($"{tag.Key.Replace('.', '_')}=\"{value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"");
            }
        }

        labels.Sort(StringComparer.Ordinal);
        return string.Join(',', labels);
    }

    private sealed class Series(string kind)
    {
        private readonly Lock gate = new();
        private readonly long[] buckets = new long[Bounds.Length];
        private double sum;
        private long count;

        public string Kind => kind;

        public bool IsObserved { get; private set; }

        public void Add(double value, bool absolute)
        {
            lock (gate)
            {
                IsObserved = absolute;
                sum = absolute ? value : sum + value;
                count++;
                if (kind == "histogram")
                {
                    for (var i = 0; i < Bounds.Length; i++)
                    {
                        buckets[i] += value <= Bounds[i] ? 1 : 0;
                    }
                }
            }
        }

        public void Write(StringBuilder text, string name, string tags)
        {
            lock (gate)
            {
                if (kind != "histogram")
                {
                    Line(text, name, tags, sum);
                    return;
                }

                var separator = tags.Length == 0 ? "" : ",";
                for (var i = 0; i < Bounds.Length; i++)
                {
                    Line(text, name + "_bucket", $"{tags}{separator}le=\"{Bounds[i].ToString(CultureInfo.InvariantCulture)}\"", buckets[i]);
                }

                Line(text, name + "_bucket", $"{tags}{separator}le=\"+Inf\"", count);
                Line(text, name + "_sum", tags, sum);
                Line(text, name + "_count", tags, count);
            }
        }

        private static void Line(StringBuilder text, string name, string tags, double value)
        {
            text.Append(name);
            if (tags.Length > 0)
            {
                text.Append('{').Append(tags).Append('}');
            }

            text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }
}
