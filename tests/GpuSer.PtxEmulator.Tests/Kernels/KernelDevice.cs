using System.Text;
using GpuSer.Cuda;
using GpuSer.Features;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>An emulated device with a context, a stream and the shipped kernels.</summary>
internal sealed class KernelDevice : IDisposable
{
    public KernelDevice(bool detectRaces = false)
        : this(new EmulatorOptions { DetectRaces = detectRaces })
    {
    }

    public KernelDevice(EmulatorOptions options)
    {
        Driver = new EmulatedCudaDriver(options);
        Context = new CudaContext(Driver);
        Stream = new CudaStream(Context);
        Kernels = new FeatureKernels(Context);
    }

    public EmulatedCudaDriver Driver { get; }

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    public FeatureKernels Kernels { get; }

    /// <summary>Loads a copy of one of the PTX files with a part of its text replaced; the part must be there.</summary>
    public CudaModule LoadAltered(string file, Func<string, string> alter)
    {
        string text = Encoding.ASCII.GetString(CudaModule.ReadResource(file));
        string altered = alter(text);
        Assert.NotEqual(text, altered);
        return new CudaModule(Context, Encoding.ASCII.GetBytes(altered));
    }

    public void Dispose()
    {
        Kernels.Dispose();
        Stream.Dispose();
        Context.Dispose();
        Driver.Dispose();
    }
}
