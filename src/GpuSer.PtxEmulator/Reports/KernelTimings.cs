using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Reports;

/// <summary>One kernel's time on a device, beside what the emulator counts and predicts for it.</summary>
/// <param name="Name">Entry point.</param>
/// <param name="Grid">Grid, in blocks.</param>
/// <param name="Block">Block, in threads.</param>
/// <param name="MeasuredMicroseconds">Measured time in microseconds, launched over and over alone: its data may be in the cache.</param>
/// <param name="PredictedMicroseconds">Predicted time in microseconds.</param>
/// <param name="DramBytes">Distinct sectors read, plus those written, in bytes, as the emulator counts them.</param>
internal sealed record KernelTime(string Name, string Grid, string Block, double MeasuredMicroseconds, double PredictedMicroseconds, long DramBytes)
{
    /// <summary>Measured over predicted time.</summary>
    public double Ratio => MeasuredMicroseconds / PredictedMicroseconds;

    /// <summary>Bytes over measured time, in bytes a second.</summary>
    public double BytesPerSecond => DramBytes / (MeasuredMicroseconds * 1e-6);
}

/// <summary>The kernels from padded samples to image, timed on a device for a batch of some shape.</summary>
/// <param name="Shape">Signals and samples, such as <c>16x66150</c>.</param>
/// <param name="Device">The device that was measured.</param>
/// <param name="Driver">Its driver's version.</param>
/// <param name="Date">When, in universal time.</param>
/// <param name="Gpu">The GPU whose time is predicted.</param>
/// <param name="Kernels">The kernels in the order in which they run.</param>
/// <param name="Sum">Their sums.</param>
/// <param name="Graph">The whole graph, replayed; several of its kernels may run at once. Predicted as the sum.</param>
internal sealed record KernelTimings(
    string Shape, string Device, string Driver, DateTimeOffset Date, string Gpu, IReadOnlyList<KernelTime> Kernels, KernelTime Sum, KernelTime Graph)
{
    private const int WarmUps = 3;

    /// <summary>Predicts on the emulator, then measures by events: medians over rounds of so many launches, one behind the other.</summary>
    /// <param name="context">The device.</param>
    /// <param name="batch">Signals, at least 1.</param>
    /// <param name="samples">Samples of each, at least 1.</param>
    /// <param name="rounds">Rounds, an odd number.</param>
    /// <param name="launches">Launches in a round.</param>
    /// <exception cref="CudaException">The device failed.</exception>
    public static KernelTimings Measure(CudaContext context, int batch, int samples, int rounds = 21, int launches = 20)
    {
        ArgumentNullException.ThrowIfNull(context);
        KernelReport report = KernelReport.Measure(batch, samples, new EmulatorOptions { Gpu = GpuModel.For(context.Device) });
        using NoiseBatch noise = new(context, batch, samples);
        using CudaStream stream = new(context);
        EventClock watch = new(context, stream, rounds, launches);

        // Launched alone, a kernel reads what this run of all left behind.
        noise.Run(stream);
        List<KernelTime> times = [];
        foreach ((FeatureKernel kernel, KernelFigures figures) in noise.Kernels.Zip(report.Kernels))
        {
            KernelLaunch launch = kernel.Launch;
            if ((launch.Kernel.Name, launch.Grid.ToString()) != (figures.Name, figures.Grid))
                throw new InvalidOperationException($"{launch.Kernel.Name} {launch.Grid} was predicted as {figures.Name} {figures.Grid}");
            times.Add(new KernelTime(
                figures.Name, figures.Grid, figures.Block, watch.Median(launch), figures.PredictedMicroseconds, figures.DramBytes));
        }

        KernelTime sum = new(
            "sum", "", "", times.Sum(time => time.MeasuredMicroseconds), report.Total.PredictedMicroseconds, report.Total.DramBytes);
        KernelTime graph = sum with { Name = "graph", MeasuredMicroseconds = watch.Median(() => Repeat(launches, () => noise.Run(stream))) };
        return new KernelTimings(report.Shape, context.Device.Name, context.Driver.Version, DateTimeOffset.UtcNow, report.Gpu, times, sum, graph);
    }

    private static void Repeat(int count, Action action)
    {
        for (int i = 0; i < count; i++)
            action();
    }

    // Microseconds of one launch.
    private sealed class EventClock(CudaContext context, CudaStream stream, int rounds, int launches)
    {
        // As nodes of a graph, one behind the other: nothing of the host's time is between them.
        public double Median(KernelLaunch launch)
        {
            using CudaGraph graph = new(context);
            CudaGraphNode last = graph.Add(launch);
            for (int i = 1; i < launches; i++)
                last = graph.Add(launch, last);
            using CudaGraphExec executable = graph.Instantiate();
            return Median(() => executable.Launch(stream));
        }

        public double Median(Action round)
        {
            using CudaEvent start = new(context, timing: true), end = new(context, timing: true);
            Repeat(WarmUps, round);
            double[] times = new double[rounds];
            foreach (ref double time in times.AsSpan())
            {
                // A round ahead keeps the device busy until this one is queued whole.
                round();
                start.Record(stream);
                round();
                end.Record(stream);
                end.Synchronize();
                time = end.MillisecondsSince(start) * 1e3 / launches;
            }

            Array.Sort(times);
            return times[rounds / 2];
        }
    }
}
