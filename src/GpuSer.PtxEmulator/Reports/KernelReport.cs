using GpuSer.Cuda;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Reports;

/// <summary>What one kernel does for a batch of some shape: counted, but for the time, which is predicted.</summary>
internal sealed record KernelFigures
{
    /// <summary>Entry point.</summary>
    public required string Name { get; init; }

    /// <summary>Grid, in blocks, such as <c>65x16</c>.</summary>
    public required string Grid { get; init; }

    /// <summary>Block, in threads.</summary>
    public required string Block { get; init; }

    /// <summary>Shared memory, declared and asked for, in bytes a block.</summary>
    public required int SharedBytes { get; init; }

    /// <summary>Local memory in bytes a thread.</summary>
    public required int LocalBytes { get; init; }

    /// <summary>Estimate of the registers a thread needs.</summary>
    public required int LiveRegisters { get; init; }

    /// <summary>Distinct 32-byte sectors read, plus those written, in bytes.</summary>
    public required long DramBytes { get; init; }

    /// <summary>Inputs once and outputs once, in bytes of whole sectors.</summary>
    public required long FloorBytes { get; init; }

    /// <summary>Sectors that loads and stores needed over those they touched, uniform loads apart.</summary>
    public required double UsefulSectorShare { get; init; }

    /// <summary>Bank conflicts over shared-memory accesses.</summary>
    public required double BankConflictShare { get; init; }

    /// <summary>Conditional branches whose lanes went several ways, over all.</summary>
    public required double DivergentBranchShare { get; init; }

    /// <summary>Warp instructions.</summary>
    public required long Instructions { get; init; }

    /// <summary>Warp instructions by class.</summary>
    public required IReadOnlyDictionary<string, long> InstructionMix { get; init; }

    /// <summary>Predicted time on the report's GPU in microseconds.</summary>
    public required double PredictedMicroseconds { get; init; }
}

/// <summary>Sums over the kernels of a report.</summary>
/// <param name="DramBytes">Device bytes.</param>
/// <param name="FloorBytes">Their floor.</param>
/// <param name="UsefulSectorShare">Useful sectors over touched ones.</param>
/// <param name="BankConflictShare">Bank conflicts over shared-memory accesses.</param>
/// <param name="Instructions">Warp instructions.</param>
/// <param name="PredictedMicroseconds">Predicted time in microseconds, one kernel after the other.</param>
internal sealed record KernelTotals(
    long DramBytes, long FloorBytes, double UsefulSectorShare, double BankConflictShare, long Instructions, double PredictedMicroseconds);

/// <summary>The kernels from padded samples to image, executed once on the emulator for a batch of some shape and counted.</summary>
/// <param name="Shape">Signals and samples, such as <c>16x66150</c>.</param>
/// <param name="Gpu">The GPU whose time is predicted.</param>
/// <param name="Kernels">The kernels in the order in which they run.</param>
/// <param name="Total">Their sums.</param>
internal sealed record KernelReport(string Shape, string Gpu, IReadOnlyList<KernelFigures> Kernels, KernelTotals Total)
{
    /// <summary>Runs the kernels on noise of a fixed seed and counts.</summary>
    /// <param name="batch">Signals, at least 1.</param>
    /// <param name="samples">Samples of each, at least 1.</param>
    /// <param name="options">How to execute; null for the emulator's defaults.</param>
    public static KernelReport Measure(int batch, int samples, EmulatorOptions? options = null)
    {
        using EmulatedCudaDriver driver = new(options ?? new EmulatorOptions());
        using CudaContext context = new(driver);
        using NoiseBatch noise = new(context, batch, samples);
        using CudaStream stream = new(context);
        noise.Run(stream);
        stream.Synchronize();

        IReadOnlyList<KernelCounters> counters = driver.KernelCounters;
        KernelFigures[] figures = [.. noise.Kernels.Select(kernel => Figures(kernel, counters, driver.Gpu))];
        KernelTotals total = new(
            figures.Sum(kernel => kernel.DramBytes),
            figures.Sum(kernel => kernel.FloorBytes),
            Share(counters.Sum(c => c.LoadSectorsAsked + c.StoreSectorsAsked), counters.Sum(c => c.LoadSectorsTouched + c.StoreSectorsTouched), 1),
            Share(counters.Sum(c => c.BankConflicts), counters.Sum(c => c.SharedAccesses), 0),
            figures.Sum(kernel => kernel.Instructions),
            figures.Sum(kernel => kernel.PredictedMicroseconds));
        return new KernelReport($"{batch}x{samples}", driver.Gpu.Name, figures, total);
    }

    // A kernel launched several times with one shape shares a counter: each launch is its even part.
    private static KernelFigures Figures(FeatureKernel kernel, IReadOnlyList<KernelCounters> counters, GpuModel gpu)
    {
        KernelLaunch launch = kernel.Launch;
        KernelCounters c = counters.Single(counter => counter.Kernel == launch.Kernel.Name && counter.Grid == launch.Grid
            && counter.Block == launch.Block && counter.DynamicSharedBytes == launch.DynamicSharedBytes);
        return new KernelFigures
        {
            Name = c.Kernel,
            Grid = c.Grid.ToString(),
            Block = c.Block.ToString(),
            SharedBytes = c.StaticSharedBytes + c.DynamicSharedBytes,
            LocalBytes = c.LocalBytes,
            LiveRegisters = c.LiveRegisters,
            DramBytes = c.DeviceBytes / c.Launches,
            FloorBytes = kernel.FloorBytes,
            UsefulSectorShare = c.UsefulSectorShare,
            BankConflictShare = c.BankConflictShare,
            DivergentBranchShare = Share(c.DivergentBranches, c.Branches, 0),
            Instructions = c.Instructions.Total / c.Launches,
            InstructionMix = Enum.GetValues<InstructionClass>().ToDictionary(Name, kind => c.Instructions[kind] / c.Launches),
            PredictedMicroseconds = gpu.PredictMicroseconds(c) / c.Launches,
        };
    }

    private static string Name(InstructionClass kind) => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..];

    private static double Share(long part, long whole, double none) => whole == 0 ? none : (double)part / whole;
}
