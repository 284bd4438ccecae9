using System.Diagnostics;

namespace GpuSer.Console.Bench;

/// <summary>Measures the CPU's images: of signals in memory, of files, and each stage on one thread.</summary>
internal sealed class CpuBench : IDisposable
{
    // Shares of the time asked for: warming up until code reaches its last form, signals, and half of the rest for files and stages each.
    private const double WarmUpShare = 0.2;
    private const double SignalShare = 0.5;
    private const double OtherShare = 0.15;

    private readonly FeatureExtractor _extractor;
    private readonly BenchSignals _signals;
    private readonly double _seconds;
    private readonly CancellationToken _ct;
    private readonly float[] _images;

    /// <summary>Takes the utterances.</summary>
    /// <param name="signals">What to measure with.</param>
    /// <param name="threads">Threads that share the utterances; 0 for one a core.</param>
    /// <param name="seconds">Time to measure for, roughly; each part makes whole passes over the utterances, at least one, and the stages at least one utterance.</param>
    /// <param name="ct">Ends the measurement.</param>
    public CpuBench(BenchSignals signals, int threads, double seconds, CancellationToken ct)
    {
        (_signals, _seconds, _ct) = (signals, seconds, ct);
        _extractor = new FeatureExtractor(threads: threads);
        _images = new float[signals.Signals.Sum(Length)];
    }

    /// <summary>Measures.</summary>
    public BenchReport Run()
    {
        double[] warm = Measure(WarmUpShare);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        double[] passes = Measure(SignalShare);
        processor = Environment.CpuUsage.TotalTime - processor;
        long allocated = AllocatedByAWarmPass();
        double? filesPerSecond = _signals.Paths.Count == 0 ? null : FilesPerSecond();
        IReadOnlyList<StageFigures> stages = Stages();

        int utterances = _signals.Signals.Count;
        long images = (long)passes.Length * utterances;
        double seconds = passes.Sum();
        return new BenchReport
        {
            Device = "cpu",
            Threads = _extractor.Threads,
            Data = _signals.Folder,
            Utterances = utterances,
            SecondsPerUtterance = _signals.SecondsPerUtterance,
            Images = images,
            MillisecondsPerUtterance = 1000 * seconds / images,
            FastestMillisecondsPerUtterance = 1000 * passes.Concat(warm).Min() / utterances,
            ProcessorMillisecondsPerUtterance = processor.TotalMilliseconds / images,
            TimesRealTime = images * _signals.SecondsPerUtterance / seconds,
            AllocatedBytes = allocated,
            FilesPerSecond = filesPerSecond,
            Stages = stages,
            PeakBytes = PeakBytes(),
        };
    }

    public void Dispose() => _extractor.Dispose();

    /// <summary>Most memory that this process has held.</summary>
    public static long PeakBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static int Length(ReadOnlyMemory<float> signal) => FeatureExtractor.Frames(signal.Length) * FeatureExtractor.Rows;

    // Seconds of each pass. Passes are whole: recordings differ, and the fastest pass is to be of the same ones as the mean.
    private double[] Measure(double share)
    {
        // Room first: the measured passes are to allocate nothing.
        List<double> passes = new(4096);
        Stopwatch clock = Stopwatch.StartNew();
        do
        {
            long start = Stopwatch.GetTimestamp();
            _extractor.ComputeImages(_signals.Signals, _images, _ct);
            passes.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (clock.Elapsed.TotalSeconds < share * _seconds);
        return [.. passes];
    }

    // The filters of a tuning are made when it is first met: only a pass that was made before is warm.
    private long AllocatedByAWarmPass()
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        _extractor.ComputeImages(_signals.Signals, _images, _ct);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private double FilesPerSecond()
    {
        using Discard sink = new(_signals.Signals.Max(Length));
        long files = 0;
        Stopwatch clock = Stopwatch.StartNew();
        do
        {
            _extractor.ComputeFiles(_signals.Paths, sink, ct: _ct);
            files += _signals.Paths.Count;
        }
        while (clock.Elapsed.TotalSeconds < OtherShare * _seconds);
        return files / clock.Elapsed.TotalSeconds;
    }

    private List<StageFigures> Stages()
    {
        Dictionary<string, List<double>> times = [];
        int count = 0;
        Stopwatch clock = Stopwatch.StartNew();
        do
        {
            _ct.ThrowIfCancellationRequested();
            ReadOnlyMemory<float> signal = _signals.Signals[count++ % _signals.Signals.Count];
            foreach (StageTime stage in _extractor.MeasureImage(signal.Span, _images.AsSpan(0, Length(signal))))
            {
                (times.TryGetValue(stage.Name, out List<double>? list) ? list : times[stage.Name] = []).Add(stage.Time.TotalMilliseconds);
            }
        }
        while (clock.Elapsed.TotalSeconds < OtherShare * _seconds);

        // Medians: where the thread lost its core in the middle of a stage, that is not the stage's time.
        double total = times.Values.Sum(Median);
        return [.. times.Select(stage => new StageFigures(stage.Key, Median(stage.Value), Median(stage.Value) / total))];
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    // Images of files are written and forgotten; each thread has memory of its own.
    private sealed class Discard(int length) : IImageSink, IDisposable
    {
        private readonly ThreadLocal<float[]> _image = new(() => new float[length]);

        public Span<float> Begin(int file, int frames) => _image.Value.AsSpan(0, frames * FeatureExtractor.Rows);

        public void Completed(int file)
        {
        }

        // It was usable when the benchmark began.
        public void Failed(int file, GpuSerException error) => throw error;

        public void Dispose() => _image.Dispose();
    }
}
