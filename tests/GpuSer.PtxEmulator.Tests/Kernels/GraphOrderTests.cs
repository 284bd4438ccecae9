using GpuSer.Features.Image;
using GpuSer.Features.Stft;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>A graph says all that its kernels wait for: each of them may run as early as its edges allow, and the image keeps its bits.</summary>
public sealed class GraphOrderTests
{
    private const int Batch = 1;
    private const int Samples = 700;

    [Theory]
    [InlineData(StftMethod.Fused, FilterBankMethod.Sparse)]
    [InlineData(StftMethod.CuFft, FilterBankMethod.CuBlas)]
    public void Every_kernel_may_run_as_early_as_its_edges_allow(StftMethod stft, FilterBankMethod filterBank)
    {
        FeatureOptions options = new() { Stft = stft, FilterBank = filterBank };
        (float[] image, long nodes) = Run(options, null);
        Assert.True(nodes >= 10, $"only {nodes} nodes");

        for (int early = 0; early < nodes; early++)
            Assert.Equal(image, Run(options, early).Image);
    }

    [Theory]
    [InlineData(false, null, false)] // the order of adding hides what is missing
    [InlineData(false, 1, true)]
    [InlineData(true, 1, false)]
    public unsafe void A_forgotten_edge_is_found(bool edge, int? early, bool found)
    {
        using EmulatedDevice device = new(new EmulatorOptions { EarlyGraphNode = early });
        EmulatedCudaDriver driver = device.Driver;
        ulong a = device.Upload(new uint[32]), b = device.Allocate(128), c = device.Allocate(128);
        nint increment = device.Load(Ptx.Kernel("ld.global.u32 %r6, [%rd4]; add.u32 %r6, %r6, %r1; st.global.u32 [%rd5], %r6;"), "k");
        nint graph = driver.GraphCreate(), first = 0;
        EmulatedDevice.With([a, b, 3], p => first = driver.GraphAddKernel(graph, [], increment, 1, 32, 0, (void**)p));
        EmulatedDevice.With([b, c, 4], p => driver.GraphAddKernel(graph, edge ? [first] : [], increment, 1, 32, 0, (void**)p));
        nint executable = driver.GraphInstantiate(graph);

        if (found)
        {
            Assert.Equal(PtxFault.UnwrittenDevice, Assert.Throws<PtxFaultException>(() => driver.GraphLaunch(executable, 0)).Fault);
        }
        else
        {
            driver.GraphLaunch(executable, 0);
            Assert.All(device.Download<uint>(c, 32), value => Assert.Equal(7u, value));
        }
    }

    private static (float[] Image, long Nodes) Run(FeatureOptions options, int? early)
    {
        using KernelDevice device = new(new EmulatorOptions { EarlyGraphNode = early });
        using CudaFeatureExtractor extractor = new(device.Context, options);
        using GuardedMemory signals = ImageRunTests.Chirps(device, Batch, Samples);
        using GuardedMemory image = new(device.Context, Batch * StftTables.Frames(Samples) * ImageLayout.Rows);
        device.Driver.ResetCounters();

        extractor.Run(signals.Address, Samples, Batch, Samples, image.Address, device.Stream);
        device.Stream.Synchronize();

        return (image.Values.ToArray(), device.Driver.DriverCounters.GraphNodes);
    }
}
