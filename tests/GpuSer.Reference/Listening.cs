using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GpuSer.Reference;

/// <summary>Hears all that is measured under the name GpuSer, from its making to its end.</summary>
public sealed class Listening : IDisposable
{
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _activities;
    private readonly ConcurrentQueue<(string Name, double Value, string Tag)> _values = new();
    private readonly ConcurrentQueue<Activity> _stopped = new();

    public Listening()
    {
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "GpuSer")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meter.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "GpuSer",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>Activities that have ended, in the order of their ends.</summary>
    public IReadOnlyList<Activity> Activities => [.. _stopped];

    /// <summary>Sum of an instrument's measurements.</summary>
    public double Sum(string name, string tag = "") => Of(name, tag).Sum();

    /// <summary>An instrument's measurements, those with a tag's value alone where one is given.</summary>
    public IReadOnlyList<double> Of(string name, string tag = "") =>
        [.. _values.Where(entry => entry.Name == name && (tag.Length == 0 || entry.Tag == tag)).Select(entry => entry.Value)];

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _values.Enqueue((instrument.Name, value, tags.Length == 0 ? "" : tags[0].Value?.ToString() ?? ""));
}
