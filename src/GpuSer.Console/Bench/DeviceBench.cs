using System.Diagnostics;
using GpuSer.Audio;
using GpuSer.Cuda;

namespace GpuSer.Console.Bench;

/// <summary>Measures a device's images: kernels, transfer and the whole way apart, and each kernel.</summary>
internal static class DeviceBench
{
    /// <summary>Signals of a batch.</summary>
    public const int Batch = 16;

    private const int PitchMultiple = 8;
    private const double StageShare = 0.3;

    /// <summary>Measures a batch of all signals, padded to their longest.</summary>
    /// <param name="name">The device, as <c>--device</c> spells it.</param>
    /// <param name="context">The device.</param>
    /// <param name="signals">What to measure with, at most <see cref="Batch"/>.</param>
    /// <param name="seconds">Time to measure for, roughly; at least one batch is made.</param>
    /// <param name="ct">Ends the measurement between two batches.</param>
    public static BenchReport Run(string name, CudaContext context, BenchSignals signals, double seconds, CancellationToken ct)
    {
        IReadOnlyList<ReadOnlyMemory<float>> batch = signals.Signals;
        int samples = BatchPadding.PaddedLength(batch.Max(signal => signal.Length));
        int pitch = (samples + PitchMultiple - 1) / PitchMultiple * PitchMultiple;
        float[] padded = new float[batch.Count * pitch];
        for (int i = 0; i < batch.Count; i++)
        {
            BatchPadding.ReflectPad(batch[i].Span, padded.AsSpan(i * pitch, samples));
        }

        float[] images = new float[batch.Count * FeatureExtractor.Frames(samples) * FeatureExtractor.Rows];
        using CudaFeatureExtractor extractor = new(context);
        using CudaStream stream = new(context);
        using DeviceBuffer<float> source = new(context, padded.Length), destination = new(context, images.Length);
        using Marks marks = new(context);
        void Make()
        {
            marks.Begin.Record(stream);
            source.CopyFrom(padded, stream);
            marks.Uploaded.Record(stream);
            extractor.Run(source.Address, pitch, batch.Count, samples, destination.Address, stream);
            marks.Made.Record(stream);
            destination.CopyTo(images, stream);
            marks.End.Record(stream);
            marks.End.Synchronize();
        }

        // The plan is made, and the driver compiles the kernels.
        Make();
        double kernels = 0, transfer = 0, fastest = double.PositiveInfinity, total = 0;
        int rounds = 0;
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        Stopwatch clock = Stopwatch.StartNew();
        do
        {
            ct.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            Make();
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            (total, fastest, rounds) = (total + milliseconds, Math.Min(fastest, milliseconds), rounds + 1);
            kernels += marks.Made.MillisecondsSince(marks.Uploaded);
            transfer += marks.Uploaded.MillisecondsSince(marks.Begin) + marks.End.MillisecondsSince(marks.Made);
        }
        while (clock.Elapsed.TotalSeconds < (1 - StageShare) * seconds);
        processor = Environment.CpuUsage.TotalTime - processor;

        int made = rounds * batch.Count;
        return new BenchReport
        {
            Device = name,
            Threads = 1,
            Data = signals.Folder,
            Utterances = batch.Count,
            SecondsPerUtterance = signals.SecondsPerUtterance,
            Images = made,
            MillisecondsPerUtterance = total / made,
            FastestMillisecondsPerUtterance = fastest / batch.Count,
            ProcessorMillisecondsPerUtterance = processor.TotalMilliseconds / made,
            TimesRealTime = made * signals.SecondsPerUtterance / (total / 1000),
            Stages = Kernels(extractor.Kernels(batch.Count, samples), batch.Count, StageShare * seconds, stream, marks, ct),
            PeakBytes = CpuBench.PeakBytes(),
            DeviceTimes = new DeviceFigures(
                batch.Count, (double)samples / FeatureOptions.SampleRate, kernels / made, transfer / made, total / made),
        };
    }

    // Each kernel again, on what the last run left in the plan's memory.
    private static StageFigures[] Kernels(
        IReadOnlyList<FeatureKernel> kernels, int batch, double seconds, CudaStream stream, Marks marks, CancellationToken ct)
    {
        double[] milliseconds = new double[kernels.Count];
        int rounds = 0;
        Stopwatch clock = Stopwatch.StartNew();
        do
        {
            for (int i = 0; i < kernels.Count; i++)
            {
                ct.ThrowIfCancellationRequested();
                marks.Begin.Record(stream);
                kernels[i].Launch.Run(stream);
                marks.End.Record(stream);
                marks.End.Synchronize();
                milliseconds[i] += marks.End.MillisecondsSince(marks.Begin);
            }

            rounds++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        double total = milliseconds.Sum();
        return [.. kernels.Select((kernel, i) => new StageFigures(
            kernel.Launch.Kernel.Name, milliseconds[i] / rounds / batch, milliseconds[i] / total))];
    }

    private sealed class Marks(CudaContext context) : IDisposable
    {
        public CudaEvent Begin { get; } = new(context, timing: true);

        public CudaEvent Uploaded { get; } = new(context, timing: true);

        public CudaEvent Made { get; } = new(context, timing: true);

        public CudaEvent End { get; } = new(context, timing: true);

        public void Dispose()
        {
            Begin.Dispose();
            Uploaded.Dispose();
            Made.Dispose();
            End.Dispose();
        }
    }
}
