using GpuSer.Audio;
using GpuSer.Features;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GpuSer;

/// <summary>
/// Makes the feature images of signals on the CPU. One extractor may be used from several threads; batches take turns, and each
/// spreads its signals over all of the extractor's threads. Results do not depend on the number of threads. A run allocates nothing
/// once signals of its length have been seen.
/// </summary>
public sealed partial class FeatureExtractor : IDisposable
{
    /// <summary>Rows of an image: MFCC 13, mel 128, chroma 12, contrast 7, tonnetz 6, harmonic-percussive mel 64.</summary>
    public const int Rows = ImageLayout.Rows;

    private readonly ImageLayout _layout;
    private readonly Stack<ImagePipeline> _idle = new();
    private readonly WorkerTeam _team;
    private readonly Lock _batchTurn = new();
    private readonly ImageCache? _cache;
    private readonly ILogger _logger;

    // One a thread of the team, made when a batch needs it.
    private readonly ImagePipeline?[] _pipelines;
    private readonly DecodeBuffer?[] _decoders;

    /// <summary>Makes an extractor.</summary>
    /// <param name="options">What to compute; null for the paper's image.</param>
    /// <param name="threads">Threads of a batch; 0 for one a core.</param>
    /// <param name="cache">
    /// Where images of signals and files are looked for before they are made, and kept; null for nowhere. Padded batches are left out: such an image
    /// depends on the whole batch, and is hardly ever asked for again.
    /// </param>
    /// <param name="logger">Told of files that are skipped, and what a batch of files came to; null for nobody.</param>
    /// <exception cref="GpuSerException">An option is wrong.</exception>
    public FeatureExtractor(FeatureOptions? options = null, int threads = 0, ImageCache? cache = null, ILogger? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Options = options ?? FeatureOptions.Default;
        Options.Validate();
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        _cache = cache;
        _logger = logger ?? NullLogger.Instance;
        _layout = new ImageLayout(Options);
        _team = new WorkerTeam(Threads);
        _pipelines = new ImagePipeline?[Threads];
        _decoders = new DecodeBuffer?[Threads];
        (_paddedPart, _raggedPart, _filePart) = (RunPadded, RunRagged, RunFile);
    }

    /// <summary>What is computed.</summary>
    public FeatureOptions Options { get; }

    /// <summary>Threads that share a batch.</summary>
    public int Threads { get; }

    /// <summary>Frames of a signal's image: <c>1 + samples / 512</c>.</summary>
    public static int Frames(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return StftTables.Frames(samples);
    }

    /// <summary>Makes one image, on the calling thread.</summary>
    /// <param name="samples">Signal of 22,050 Hz, finite. [n, at least 1]</param>
    /// <param name="image">Where to write; every element is written. [shape=(Frames(n), 230)]</param>
    /// <exception cref="ArgumentException">The image's length is not that of its shape, or there are no samples.</exception>
    public void ComputeImage(ReadOnlySpan<float> samples, Span<float> image)
    {
        CheckImage(samples.Length, 1, image.Length);
        if (_cache?.TryRead(samples, image) != true)
        {
            Run(samples, image, null, default);
            _cache?.Write(samples, image);
        }

        Telemetry.Made(1);
    }

    /// <summary>Makes one image with every intermediate result, on the calling thread.</summary>
    /// <param name="samples">Signal of 22,050 Hz, finite. [n, at least 1]</param>
    public FeatureStages ComputeStages(ReadOnlySpan<float> samples)
    {
        StageRecorder recorder = new(samples.Length);
        Run(samples, new float[Frames(samples.Length) * Rows], recorder, default);
        return recorder.ToStages();
    }

    /// <summary>Makes one image on the calling thread, and tells how long each stage took, in the order of the work.</summary>
    /// <param name="samples">Signal of 22,050 Hz, finite. [n, at least 1]</param>
    /// <param name="image">Where to write. [shape=(Frames(n), 230)]</param>
    public IReadOnlyList<StageTime> MeasureImage(ReadOnlySpan<float> samples, Span<float> image)
    {
        CheckImage(samples.Length, 1, image.Length);
        StageClock clock = new();
        ImagePipeline pipeline = Rent();
        try
        {
            pipeline.RunTimed(samples, image, clock);
        }
        finally
        {
            Return(pipeline);
        }

        StageTime[] times = [.. Enum.GetValues<TimedStage>().Select(stage => new StageTime(stage.ToString(), clock[stage]))];
        foreach (StageTime time in times)
        {
            Telemetry.StageTime.Record(time.Time.TotalSeconds, new KeyValuePair<string, object?>("stage", time.Name));
        }

        Telemetry.Made(1);
        return times;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private static void CheckImage(int samples, int batch, int length)
    {
        if ((long)batch * Frames(samples) * Rows != length)
        {
            throw new ArgumentException($"{batch} images of {samples} samples are not {length} values", nameof(length));
        }
    }

    private void Run(ReadOnlySpan<float> samples, Span<float> image, StageRecorder? recorder, CancellationToken ct)
    {
        ImagePipeline pipeline = Rent();
        try
        {
            pipeline.Run(samples, image, recorder, ct);
        }
        finally
        {
            Return(pipeline);
        }
    }

    private ImagePipeline Rent()
    {
        lock (_idle)
        {
            if (_idle.TryPop(out ImagePipeline? pipeline))
            {
                return pipeline;
            }
        }

        return new ImagePipeline(_layout);
    }

    private void Return(ImagePipeline pipeline)
    {
        lock (_idle)
        {
            _idle.Push(pipeline);
        }
    }
}
