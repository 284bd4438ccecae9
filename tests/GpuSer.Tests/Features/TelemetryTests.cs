using System.Collections.Concurrent;
using System.Diagnostics;
using GpuSer.IO;
using GpuSer.Reference;
using Microsoft.Extensions.Logging;

namespace GpuSer.Tests.Features;

/// <summary>What listeners hear, to the last file. The meter is the process's: nothing else runs beside.</summary>
[Collection(nameof(Alone))]
public sealed class TelemetryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_batch_of_files_is_counted_traced_and_logged(int threads)
    {
        string[] paths = [.. Enumerable.Range(0, 6).Select(i => Path.Combine(_folder, $"{i}.npy"))];
        foreach ((string path, int i) in paths.Select((path, i) => (path, i)))
        {
            NpyFile.Write(path, Signals.Voice(4000 + (500 * i), i), 4000 + (500 * i));
        }

        NpyFile.Write(paths[1], new float[5000], 5000); // silent: decoded, and of no use
        File.Delete(paths[4]);
        ImageCache cache = new(Path.Combine(_folder, "cache"), FeatureOptions.Default);
        ListLogger logger = new();
        using FeatureExtractor extractor = new(threads: threads, cache: cache, logger: logger);
        using Listening heard = new();

        extractor.ComputeFiles(paths, new Nowhere());
        Assert.Equal((5, 2, 4), (heard.Sum("gpuser.files.read"), heard.Sum("gpuser.files.bad"), heard.Sum("gpuser.utterances", "cpu")));
        Assert.Equal((4000 + 5000 + 5000 + 5500 + 6500) / 22050.0, heard.Sum("gpuser.audio"), 1e-9);
        Assert.Equal((0, 4), (heard.Sum("gpuser.cache.hits"), heard.Sum("gpuser.cache.misses")));
        Activity images = Assert.Single(heard.Activities, activity => activity.OperationName == "gpuser.images");
        Activity[] reads = [.. heard.Activities.Where(activity => activity.OperationName == "gpuser.audio.read")];
        Assert.Equal(paths, reads.Select(read => read.GetTagItem("file")).Order());
        Assert.All(reads, read => Assert.Equal(images.SpanId, read.ParentSpanId));

        extractor.ComputeFiles(paths, new Nowhere());
        Assert.Equal((4, 4, 8), (heard.Sum("gpuser.cache.hits"), heard.Sum("gpuser.cache.misses"), heard.Sum("gpuser.utterances")));
        Assert.Equal(4, logger.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.StartsWith("Skipped " + _folder, StringComparison.Ordinal)));
        Assert.Equal(["0", "4"], logger.Lines.Where(line => line.Level == LogLevel.Information).Select(line => line.Text.Split("; ")[1].Split(' ')[0]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_callers_own_activity_goes_on_where_nobody_listens_to_these(int threads)
    {
        string[] paths = [.. Enumerable.Range(0, 4).Select(i => Path.Combine(_folder, $"{i}.npy"))];
        Array.ForEach(paths, path => NpyFile.Write(path, Signals.Voice(4000), 4000));
        using FeatureExtractor extractor = new(threads: threads);
        using Activity own = new Activity("the caller's").Start();
        Nowhere sink = new();
        extractor.ComputeFiles(paths, sink);
        Assert.Same(own, Activity.Current);
        Assert.Equal(paths.Length, sink.Parents.Count);
        Assert.All(sink.Parents, parent => Assert.Same(own, parent));
    }

    [Fact]
    public void Images_of_signals_are_counted_and_measured_stages_are_told()
    {
        float[] signal = Signals.Voice(6000), image = new float[FeatureExtractor.Frames(6000) * FeatureExtractor.Rows];
        using FeatureExtractor extractor = new(threads: 2);
        using Listening heard = new();
        extractor.ComputeImage(signal, image);
        extractor.ComputeImages([.. signal, .. signal], 2, 6000, new float[2 * image.Length]);
        extractor.ComputeImages([signal, signal, signal], new float[3 * image.Length]);
        Assert.Equal(6, heard.Sum("gpuser.utterances", "cpu"));
        Assert.Equal([2, 3], heard.Activities.Select(activity => (int)activity.GetTagItem("count")!));
        Assert.Empty(heard.Of("gpuser.stage.duration"));

        IReadOnlyList<StageTime> times = extractor.MeasureImage(signal, image);
        Assert.Equal(times.Select(time => time.Time.TotalSeconds), heard.Of("gpuser.stage.duration"));
        Assert.Equal(7, heard.Sum("gpuser.utterances"));
    }

    private sealed class Nowhere : IImageSink
    {
        public ConcurrentBag<Activity?> Parents { get; } = [];

        public Span<float> Begin(int file, int frames) => new float[frames * FeatureExtractor.Rows];

        public void Completed(int file) => Parents.Add(Activity.Current);

        public void Failed(int file, GpuSerException error)
        {
        }
    }
}
