using System.Text;
using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Tests.Driver;

public sealed class SharedMemoryLimitTests
{
    [Fact]
    public void A_launch_with_less_shared_memory_does_not_take_it_from_one_with_more()
    {
        using EmulatedCudaDriver driver = new();
        using CudaContext context = new(driver);
        using CudaModule module = new(
            context, Encoding.ASCII.GetBytes(".version 6.4 .target sm_70 .address_size 64 .visible .entry k(.param .u32 a) { .shared .b8 s[64]; ret; }"));
        CudaStream stream = CudaStream.Default(context);
        int most = context.Device.MaxSharedBytesPerBlock - 64;
        KernelLaunch larger = new(module.GetKernel("k"), 1, 32, most, 0), smaller = new(module.GetKernel("k"), 1, 32, 60_000, 0);

        smaller.Run(stream);
        larger.Run(stream);
    }
}
