using System.Diagnostics;
using GpuSer.Features.Image;

namespace GpuSer;

/// <content>Batches of signals, spread over the threads.</content>
public sealed partial class FeatureExtractor
{
    private readonly Action<int, int> _paddedPart;
    private readonly Action<int, int> _raggedPart;
    private PaddedBatch _padded;
    private RaggedBatch _ragged;
    private long[] _starts = [];

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

        using Activity? activity = StartBatch(batch);
        lock (_batchTurn)
        {
            fixed (float* signals = padded, destination = images)
            {
                _padded = new PaddedBatch(signals, samples, destination, ct);
                Prepare(batch, samples);
                _team.Run(batch, _paddedPart);
            }
        }

        Telemetry.Made(batch);
    }

    /// <summary>Makes the images of signals of any lengths, each on its own and unpadded, spread over the threads.</summary>
    /// <param name="signals">Signals of 22,050 Hz, finite. [each: n, at least 1]</param>
    /// <param name="images">
    /// Where to write, the images one after the other; every element is written. [length = the sum of Frames(n) * 230]
    /// </param>
    /// <param name="ct">Ends the work early; what has been written stays.</param>
    /// <exception cref="ArgumentException">A signal is empty, or the images' length is another.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public unsafe void ComputeImages(IReadOnlyList<ReadOnlyMemory<float>> signals, Span<float> images, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(signals);
        using Activity? activity = StartBatch(signals.Count);
        lock (_batchTurn)
        {
            int longest = PlaceImages(signals, images.Length);
            fixed (float* destination = images)
            {
                _ragged = new RaggedBatch(signals, destination, ct);
                Prepare(signals.Count, longest);
                try
                {
                    _team.Run(signals.Count, _raggedPart);
                }
                finally
                {
                    // The caller's signals are not kept alive.
                    _ragged = default;
                }
            }
        }

        Telemetry.Made(signals.Count);
    }

    private static Activity? StartBatch(int count)
    {
        Activity? activity = Telemetry.Activities.StartActivity("gpuser.images");
        activity?.SetTag("count", count);
        return activity;
    }

    // Memory first: whichever thread then takes whichever part, none allocates.
    private void Prepare(int parts, int longest)
    {
        for (int i = 0; i < Math.Min(Threads, parts); i++)
        {
            (_pipelines[i] ??= new ImagePipeline(_layout)).Reserve(longest);
        }
    }

    private int PlaceImages(IReadOnlyList<ReadOnlyMemory<float>> signals, int length)
    {
        if (_starts.Length < signals.Count)
        {
            _starts = new long[signals.Count];
        }

        long start = 0;
        int longest = 0;
        for (int i = 0; i < signals.Count; i++)
        {
            int samples = signals[i].Length;
            if (samples == 0)
            {
                throw new ArgumentException($"signal {i} has no samples", nameof(signals));
            }

            _starts[i] = start;
            start += (long)Frames(samples) * Rows;
            longest = Math.Max(longest, samples);
        }

        return start == length
            ? longest
            : throw new ArgumentException($"the images of these {signals.Count} signals are {start} values, not {length}", nameof(signals));
    }

    private unsafe void RunPadded(int thread, int index)
    {
        PaddedBatch batch = _padded;
        batch.Cancellation.ThrowIfCancellationRequested();
        int length = Frames(batch.Samples) * Rows;
        ReadOnlySpan<float> signal = new(batch.Signals + ((long)index * batch.Samples), batch.Samples);
        Span<float> image = new(batch.Images + ((long)index * length), length);
        _pipelines[thread]!.Run(signal, image, null, batch.Cancellation);
    }

    private unsafe void RunRagged(int thread, int index)
    {
        RaggedBatch batch = _ragged;
        batch.Cancellation.ThrowIfCancellationRequested();
        ReadOnlySpan<float> signal = batch.Signals[index].Span;
        Span<float> image = new(batch.Images + _starts[index], Frames(signal.Length) * Rows);
        _pipelines[thread]!.Run(signal, image, null, batch.Cancellation);
    }

    private readonly unsafe struct PaddedBatch(float* signals, int samples, float* images, CancellationToken cancellation)
    {
        public float* Signals { get; } = signals;

        public int Samples { get; } = samples;

        public float* Images { get; } = images;

        public CancellationToken Cancellation { get; } = cancellation;
    }

    private readonly unsafe struct RaggedBatch(IReadOnlyList<ReadOnlyMemory<float>> signals, float* images, CancellationToken cancellation)
    {
        public IReadOnlyList<ReadOnlyMemory<float>> Signals { get; } = signals;

        public float* Images { get; } = images;

        public CancellationToken Cancellation { get; } = cancellation;
    }
}
