using GpuSer.Cuda;
using GpuSer.Features;

namespace GpuSer.Audio;

/// <summary>The loaded kernels that prepare signals on a device: voiced samples, padding, augmentation.</summary>
internal sealed class SignalKernels : IDisposable
{
    private readonly FeatureKernels _kernels;

    /// <summary>Loads them.</summary>
    /// <param name="context">The context; it must outlive this.</param>
    /// <exception cref="CudaException">The driver refuses a kernel.</exception>
    public SignalKernels(CudaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _kernels = new FeatureKernels(context);
        Sinc = new DeviceBuffer<float>(context, SincTable.Values);
    }

    /// <summary>Where they run.</summary>
    public CudaContext Context => _kernels.Context;

    internal DeviceBuffer<float> Sinc { get; }

    internal CudaKernel Voiced => _kernels.Get("voiced", "gpuser_voiced_f32");

    internal CudaKernel Compact => _kernels.Get("compact", "gpuser_compact_f32");

    internal CudaKernel Pad => _kernels.Get("pad", "gpuser_pad_f32");

    internal CudaKernel Augment => _kernels.Get("augment", "gpuser_augment_f32");

    /// <summary>Unloads them; the streams they ran on must have finished.</summary>
    public void Dispose()
    {
        Sinc.Dispose();
        _kernels.Dispose();
    }
}
