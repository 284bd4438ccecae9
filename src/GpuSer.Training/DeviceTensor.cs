using GpuSer.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Where kernels find a torch tensor's elements: a CUDA tensor's are where torch put them, a CPU tensor's are registered with the driver while
/// this object lives. The tensor's memory must outlive it.
/// </summary>
internal sealed class DeviceTensor : IDisposable
{
    private readonly RegisteredHostMemory? _registered;

    /// <summary>Finds the elements.</summary>
    /// <param name="context">The context whose kernels will address them; a CUDA tensor must be of its device.</param>
    /// <param name="tensor">A tensor, dense in C order.</param>
    public DeviceTensor(CudaContext context, Tensor tensor)
    {
        nint address = TensorMemory.Address(tensor);
        Address = (ulong)address;
        if (tensor.device.type == DeviceType.CPU)
        {
            _registered = new RegisteredHostMemory(context, address, checked((nuint)(tensor.numel() * tensor.element_size())));
            Address = _registered.Address;
        }
    }

    /// <summary>Device address of the first element.</summary>
    public ulong Address { get; }

    public void Dispose() => _registered?.Dispose();
}
