using GpuSer.Features;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;

namespace GpuSer;

/// <summary>
/// Makes the feature images of signals on the CPU. One extractor may be used from several threads; batches take turns, and each
/// spreads its signals over all of the extractor's threads. Results do not depend on the number of threads. A run allocates nothing
/// once signals of its length have been seen.
/// </summary>
public sealed class FeatureExtractor : IDisposable
{
    /// <summary>Rows of an image: MFCC 13, mel 128, chroma 12, contrast 7, tonnetz 6, harmonic-percussive mel 64.</summary>
    public const int Rows = ImageLayout.Rows;

    private readonly ImageLayout _layout;
    private readonly Stack<ImagePipeline> _idle = new();
    private readonly WorkerTeam _team;
    private readonly Lock _batchTurn = new();
    private Batch _batch;

    /// <summary>Makes an extractor.</summary>
    /// <param name="options">What to compute; null for the paper's image.</param>
    /// <param name="threads">Threads of a batch; 0 for one a core.</param>
    /// <exception cref="GpuSerException">An option is wrong.</exception>
    public FeatureExtractor(FeatureOptions? options = null, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Options = options ?? FeatureOptions.Default;
        Options.Validate();
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        _layout = new ImageLayout(Options);
        _team = new WorkerTeam(Threads, RunPart);
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
        Run(samples, image, null, default);
    }

    /// <summary>Makes the images of a padded batch, spread over the threads.</summary>
    /// <param name="padded">Signals of 22,050 Hz, finite. [shape=(batch, samples)]</param>
    /// <param name="batch">Signals.</param>
    /// <param name="samples">Samples of each.</param>
    /// <param name="images">Where to write; every element is written. [shape=(batch, Frames(samples), 230)]</param>
    /// <param name="ct">Ends the work early; what has been written stays.</param>
    /// <exception cref="ArgumentException">A length does not match its shape.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public unsafe void ComputeImages(ReadOnlySpan<float> padded, int batch, int samples, Span<float> images, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        CheckImage(samples, batch, images.Length);
        if (padded.Length != (long)batch * samples)
        {
            throw new ArgumentException($"{batch} signals of {samples} samples are not {padded.Length} samples", nameof(padded));
        }

        lock (_batchTurn)
        {
            fixed (float* signals = padded, destination = images)
            {
                _batch = new Batch(signals, samples, destination, ct);
                _team.Run(batch);
            }
        }
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

        return [.. Enum.GetValues<TimedStage>().Select(stage => new StageTime(stage.ToString(), clock[stage]))];
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

    private unsafe void RunPart(int index)
    {
        Batch batch = _batch;
        batch.Cancellation.ThrowIfCancellationRequested();
        int length = Frames(batch.Samples) * Rows;
        ReadOnlySpan<float> signal = new(batch.Signals + ((long)index * batch.Samples), batch.Samples);
        Run(signal, new Span<float>(batch.Images + ((long)index * length), length), null, batch.Cancellation);
    }

    private readonly unsafe struct Batch(float* signals, int samples, float* images, CancellationToken cancellation)
    {
        public float* Signals { get; } = signals;

        public int Samples { get; } = samples;

        public float* Images { get; } = images;

        public CancellationToken Cancellation { get; } = cancellation;
    }
}
