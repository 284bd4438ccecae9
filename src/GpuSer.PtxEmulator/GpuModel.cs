using GpuSer.Cuda;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator;

/// <summary>A GPU's figures, from which a kernel's time is predicted. Predictions are to be labelled as such.</summary>
/// <param name="Name">Product name.</param>
/// <param name="Major">Compute capability, major.</param>
/// <param name="Minor">Compute capability, minor.</param>
/// <param name="Multiprocessors">Number of streaming multiprocessors.</param>
/// <param name="ClockGigahertz">Clock in GHz.</param>
/// <param name="MemoryTerabytesPerSecond">Device memory bandwidth in 10^12 bytes a second.</param>
/// <param name="MemoryBytes">Device memory in bytes.</param>
/// <param name="MaxSharedBytesPerBlock">Shared memory a block may opt in to, in bytes.</param>
/// <param name="NodeMicroseconds">Cost of a graph's node itself, in microseconds.</param>
public sealed record GpuModel(
    string Name,
    int Major,
    int Minor,
    int Multiprocessors,
    double ClockGigahertz,
    double MemoryTerabytesPerSecond,
    long MemoryBytes,
    int MaxSharedBytesPerBlock,
    double NodeMicroseconds)
{
    /// <summary>NVIDIA H100, SXM.</summary>
    public static GpuModel H100 { get; } = new("NVIDIA H100", 9, 0, 132, 1.7, 3.0, 80L << 30, 227 << 10, 1.5);

    /// <summary>
    /// The model for predicting what a device does: the H100's clock and bandwidth, with as many multiprocessors and as much shared memory
    /// as the device has, by which the kernels choose their grids.
    /// </summary>
    public static GpuModel For(CudaDeviceInfo device)
    {
        ArgumentNullException.ThrowIfNull(device);
        bool same = (device.Multiprocessors, device.MaxSharedBytesPerBlock) == (H100.Multiprocessors, H100.MaxSharedBytesPerBlock);
        return H100 with
        {
            Name = same ? H100.Name : $"{H100.Name} with {device.Multiprocessors} multiprocessors of {device.MaxSharedBytesPerBlock >> 10} KiB",
            Multiprocessors = device.Multiprocessors,
            MaxSharedBytesPerBlock = device.MaxSharedBytesPerBlock,
        };
    }

    /// <summary>Lanes a multiprocessor executes of a class of instructions each clock.</summary>
    public static int LanesPerClock(InstructionClass kind) => kind switch
    {
        InstructionClass.Float32 => 128,
        InstructionClass.LoadStore => 32,
        InstructionClass.Special => 16,
        _ => 64,
    };

    /// <summary>
    /// Predicted time of all launches of a kernel, in microseconds: for each, the node's cost plus the largest of device
    /// bytes over bandwidth; warp instructions over their rates, for the multiprocessor with the most blocks; and
    /// shared-memory wavefronts, one a clock.
    /// </summary>
    public double PredictMicroseconds(KernelCounters counters)
    {
        if (counters.Launches == 0)
            return 0;
        double memory = (double)counters.DeviceBytes / counters.Launches / (MemoryTerabytesPerSecond * 1e6);
        double clocks = 0;
        foreach (InstructionClass kind in Enum.GetValues<InstructionClass>())
            clocks += counters.Instructions[kind] * 32.0 / LanesPerClock(kind);
        long rounds = (counters.Blocks + Multiprocessors - 1) / Multiprocessors;
        double share = rounds / (double)counters.Blocks / counters.Launches / (ClockGigahertz * 1e3);
        double busiest = Math.Max(memory, Math.Max(clocks * share, counters.SharedWavefronts * share));
        return counters.Launches * (NodeMicroseconds + busiest);
    }
}
