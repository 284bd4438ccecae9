using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Where a tensor's elements lie, so that features are written and parameters updated in place. The only file that knows how the versions
/// of TorchSharp differ.
/// </summary>
public static class TensorMemory
{
    /// <summary>Address of a tensor's first element.</summary>
    /// <exception cref="ArgumentException">The tensor is not dense in C order.</exception>
    public static nint Address(Tensor tensor)
    {
        if (!tensor.is_contiguous())
        {
            throw new ArgumentException("the tensor is not contiguous", nameof(tensor));
        }

#if TORCHSHARP_BEFORE_0_107
        nint address = THSTensor_data(tensor.Handle);
        GC.KeepAlive(tensor);
        return address;
#else
        return tensor.dtype switch
        {
            ScalarType.Float32 => tensor.storage<float>().data_ptr() + checked((nint)(tensor.storage_offset() * sizeof(float))),
            ScalarType.Int64 => tensor.storage<long>().data_ptr() + checked((nint)(tensor.storage_offset() * sizeof(long))),
            _ => throw new ArgumentException($"elements of type {tensor.dtype} are not used here", nameof(tensor)),
        };
#endif
    }

    /// <summary>The elements of a float32 tensor of the CPU, in C order. The tensor must outlive the span.</summary>
    /// <exception cref="ArgumentException">The tensor is not dense in C order, not of float32, or not on the CPU.</exception>
    public static Span<float> Floats(Tensor tensor) => Elements<float>(tensor, ScalarType.Float32);

    /// <summary>The elements of an int64 tensor of the CPU, in C order. The tensor must outlive the span.</summary>
    /// <exception cref="ArgumentException">The tensor is not dense in C order, not of int64, or not on the CPU.</exception>
    public static Span<long> Longs(Tensor tensor) => Elements<long>(tensor, ScalarType.Int64);

    /// <summary>A parameter's gradient; null before the first backward pass.</summary>
    public static Tensor? Gradient(Tensor parameter)
    {
#if TORCHSHARP_BEFORE_0_107
        return parameter.grad();
#else
        return parameter.grad;
#endif
    }

    /// <summary>
    /// Lets a gradient go, so that the next backward pass hands its own over instead of adding it to zeros: three passes over the memory less, and a
    /// large gradient is not in memory twice.
    /// </summary>
    /// <param name="parameter">Whose gradient it is.</param>
    /// <param name="gradient">What <see cref="Gradient"/> gave for it.</param>
    public static void ReleaseGradient(Tensor parameter, Tensor gradient)
    {
#if TORCHSHARP_BEFORE_0_107
        // Here a gradient cannot be taken away.
        gradient.zero_();
#else
        parameter.grad = null;
#endif
        gradient.Dispose();
    }

    private static unsafe Span<T> Elements<T>(Tensor tensor, ScalarType type)
        where T : unmanaged
    {
        if (tensor.dtype != type || tensor.device.type != DeviceType.CPU)
        {
            throw new ArgumentException($"the tensor is of {tensor.dtype} on {tensor.device}, not of {type} on the CPU", nameof(tensor));
        }

        return new Span<T>((void*)Address(tensor), checked((int)tensor.numel()));
    }

#if TORCHSHARP_BEFORE_0_107
    [System.Runtime.InteropServices.DllImport("LibTorchSharp")]
    private static extern nint THSTensor_data(nint handle);
#endif
}
