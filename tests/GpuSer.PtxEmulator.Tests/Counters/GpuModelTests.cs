using GpuSer.Cuda;
using GpuSer.PtxEmulator.Counters;

namespace GpuSer.PtxEmulator.Tests.Counters;

public class GpuModelTests
{
    private static readonly KernelCounters Nothing = new()
    {
        Kernel = "k",
        Grid = 264,
        Block = 128,
        DynamicSharedBytes = 0,
        StaticSharedBytes = 0,
        LocalBytes = 0,
        LiveRegisters = 8,
        Launches = 1,
    };

    [Fact]
    public void A_device_with_other_multiprocessors_has_a_model_of_its_own_and_says_so()
    {
        Assert.Equal(GpuModel.H100, GpuModel.For(Device(132, 227 << 10)));
        GpuModel other = GpuModel.For(Device(108, 163 << 10));
        Assert.Equal((108, 163 << 10), (other.Multiprocessors, other.MaxSharedBytesPerBlock));
        Assert.Contains("108 multiprocessors of 163 KiB", other.Name, StringComparison.Ordinal);

        static CudaDeviceInfo Device(int multiprocessors, int shared) => new("a GPU", 8, 0, multiprocessors, 1 << 30, 1024, shared, 1, 1);
    }

    [Fact]
    public void A_node_costs_its_launch() => Assert.Equal(1.5, GpuModel.H100.PredictMicroseconds(Nothing));

    [Fact]
    public void Memory_counts_by_bandwidth() =>
        Assert.Equal(1.5 + 10, GpuModel.H100.PredictMicroseconds(Nothing with { DeviceSectorsRead = 937_500 - 1000, DeviceSectorsWritten = 1000 }), 1e-9);

    [Fact]
    public void Instructions_count_by_class_on_the_fullest_multiprocessor()
    {
        // 264 blocks are 2 on each of 132; 1,700 clocks are a microsecond. 100 warp instructions a block at 32 lanes a clock: 200 clocks.
        InstructionMix loads = default(InstructionMix).Add(default(InstructionMix).Add(InstructionClass.LoadStore), 264 * 100);
        InstructionMix floats = default(InstructionMix).Add(default(InstructionMix).Add(InstructionClass.Float32), 264 * 100);
        Assert.Equal(1.5 + (200 / 1700.0), GpuModel.H100.PredictMicroseconds(Nothing with { Instructions = loads }), 1e-9);
        Assert.Equal(1.5 + (250 / 1700.0), GpuModel.H100.PredictMicroseconds(Nothing with { Instructions = loads.Add(floats) }), 1e-9);
        // One block more is a third round: each block has 264/265 of the instructions.
        Assert.Equal(1.5 + (300 / 1700.0 * 264 / 265), GpuModel.H100.PredictMicroseconds(Nothing with { Grid = 265, Instructions = loads }), 1e-9);
    }

    [Fact]
    public void Shared_wavefronts_count_one_a_clock() =>
        Assert.Equal(1.5 + 1, GpuModel.H100.PredictMicroseconds(Nothing with { SharedWavefronts = 264 * 850 }), 1e-9);

    [Fact]
    public void Several_launches_cost_as_many_nodes()
    {
        KernelCounters one = Nothing with { DeviceSectorsRead = 937_500 };
        Assert.Equal(3 * 11.5, GpuModel.H100.PredictMicroseconds(one.Add(one).Add(one)), 1e-9);
    }
}
