using GpuSer.Cuda;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Two tensors that take turns, so that a batch may be made while the one before is still in use. They grow and never shrink.</summary>
internal sealed class ImageRing : IDisposable
{
    private readonly CudaContext? _context;
    private readonly Device _device;
    private readonly (Tensor Buffer, DeviceTensor? Memory)?[] _ring = new (Tensor, DeviceTensor?)?[2];
    private int _turn;

    /// <summary>Makes a ring without tensors yet.</summary>
    /// <param name="context">Whose kernels write the images; null where the host does.</param>
    public ImageRing(CudaContext? context)
    {
        _context = context;
        _device = TorchDevice.For(context);
    }

    /// <summary>Device address of the images that were given last.</summary>
    public ulong Address => _ring[_turn]!.Value.Memory!.Address;

    /// <summary>A view of the next tensor, of whatever it held; valid until the second call after this one.</summary>
    /// <returns>[shape = (batch, frames, 230)]</returns>
    public Tensor Next(int batch, int frames)
    {
        long count = (long)batch * frames * FeatureExtractor.Rows;
        _turn ^= 1;
        if (_ring[_turn] is not { } slot || slot.Buffer.numel() < count)
        {
            Free(_turn);
            Tensor buffer = empty(count, device: _device).DetachFromDisposeScope();
            slot = (buffer, _context is null ? null : new DeviceTensor(_context, buffer));
            _ring[_turn] = slot;
        }

        return slot.Buffer.narrow(0, 0, count).view(batch, frames, FeatureExtractor.Rows);
    }

    /// <summary>Frees the tensors; views of them stay valid for torch, and are no kernel's any more.</summary>
    public void Dispose()
    {
        Free(0);
        Free(1);
    }

    // Unregistered first: once torch has the memory back it may give it to anyone.
    private void Free(int turn)
    {
        _ring[turn]?.Memory?.Dispose();
        _ring[turn]?.Buffer.Dispose();
        _ring[turn] = null;
    }
}
