using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GpuSer;

/// <summary>
/// What GpuSer measures of itself, under the name <c>GpuSer</c>, for whoever listens (<see cref="MeterListener"/>, <see cref="ActivityListener"/>,
/// OpenTelemetry, dotnet-counters). Where nobody does it costs a comparison, and allocates nothing.
/// </summary>
internal static class Telemetry
{
    /// <summary>Name of the meter and of the source of activities.</summary>
    public const string Name = "GpuSer";

    private static readonly Meter Meter = new(Name, typeof(Telemetry).Assembly.GetName().Version!.ToString());

    public static ActivitySource Activities { get; } = new(Name, typeof(Telemetry).Assembly.GetName().Version!.ToString());

    public static Counter<long> FilesRead { get; } = Meter.CreateCounter<long>("gpuser.files.read", "{file}", "Recordings that were decoded.");

    public static Counter<long> FilesBad { get; } = Meter.CreateCounter<long>("gpuser.files.bad", "{file}", "Recordings that a batch left out.");

    public static Counter<double> Audio { get; } = Meter.CreateCounter<double>("gpuser.audio", "s", "Length of what was decoded.");

    public static Counter<long> Utterances { get; } = Meter.CreateCounter<long>(
        "gpuser.utterances", "{utterance}", "Images that were asked for and made, or found in the cache; by device.");

    public static Counter<long> CacheHits { get; } = Meter.CreateCounter<long>("gpuser.cache.hits", "{image}", "Images found in a cache.");

    public static Counter<long> CacheMisses { get; } = Meter.CreateCounter<long>("gpuser.cache.misses", "{image}", "Images not in a cache, or damaged there.");

    public static Counter<long> Steps { get; } = Meter.CreateCounter<long>("gpuser.training.steps", "{step}", "Training steps that were made.");

    public static Histogram<double> StepTime { get; } = Meter.CreateHistogram<double>(
        "gpuser.training.step.duration", "s", "Time of a training step; by part: features, forward, backward, optimiser.");

    public static Histogram<double> StageTime { get; } = Meter.CreateHistogram<double>(
        "gpuser.stage.duration", "s", "Time of a stage of an image, where it is measured; by stage.");

    /// <summary>Counts images.</summary>
    public static void Made(int count, string device = "cpu") => Utterances.Add(count, new KeyValuePair<string, object?>("device", device));
}
