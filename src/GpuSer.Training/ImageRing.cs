using GpuSer.Cuda;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Two tensors that take turns, so that a batch may be made while the one before is still in use. They grow and never shrink. One thread may
/// begin a turn while another uses what the turn before gave.
/// </summary>
internal sealed class ImageRing : IDisposable
{
    private readonly CudaContext? _context;
    private readonly Device _device;
    private readonly Slot?[] _ring = new Slot?[2];
    private int _begun, _taken;

    /// <summary>Makes a ring without tensors yet.</summary>
    /// <param name="context">Whose kernels write the images; null where the host does.</param>
    public ImageRing(CudaContext? context)
    {
        _context = context;
        _device = TorchDevice.For(context);
    }

    /// <summary>Device address of the images that are being made.</summary>
    public ulong BegunAddress => _ring[_begun]!.Address;

    /// <summary>Device address of the images that were taken last.</summary>
    public ulong TakenAddress => _ring[_taken]!.Address;

    /// <summary>Makes room for a batch of images in the next tensor.</summary>
    /// <returns>Whether torch gave new memory for it, which its work queued before may still use.</returns>
    public bool Begin(int batch, int frames)
    {
        int turn = _begun ^ 1;
        long count = (long)batch * frames * FeatureExtractor.Rows;
        bool grows = _ring[turn] is not { } former || former.Count < count;
        if (grows)
        {
            _ring[turn]?.Dispose();
            _ring[turn] = null;
            _ring[turn] = new Slot(_context, _device, count);
        }

        Slot slot = _ring[turn]!;
        (slot.Batch, slot.Frames) = (batch, frames);
        _begun = turn;
        return grows;
    }

    /// <summary>The images begun last, of the host's memory. [batch, frames, 230]</summary>
    public unsafe Span<float> BegunImages
    {
        get
        {
            Slot slot = _ring[_begun]!;
            return new Span<float>((void*)slot.Address, checked(slot.Batch * slot.Frames * FeatureExtractor.Rows));
        }
    }

    /// <summary>A view of the images begun last, valid until the second <see cref="Begin"/> after theirs.</summary>
    /// <returns>[shape = (batch, frames, 230)]</returns>
    public Tensor Take()
    {
        _taken = _begun;
        return _ring[_taken]!.View();
    }

    /// <summary>Frees the tensors; views of them stay valid for torch, and are no kernel's any more.</summary>
    public void Dispose()
    {
        _ring[0]?.Dispose();
        _ring[1]?.Dispose();
        Array.Clear(_ring);
    }

    private sealed class Slot : IDisposable
    {
        private readonly Tensor _buffer;
        private readonly DeviceTensor? _memory;

        public Slot(CudaContext? context, Device device, long count)
        {
            Count = count;
            _buffer = empty(count, device: device).DetachFromDisposeScope();
            _memory = context is null ? null : new DeviceTensor(context, _buffer);
            Address = _memory?.Address ?? (ulong)TensorMemory.Address(_buffer);
        }

        public long Count { get; }

        public ulong Address { get; }

        public int Batch { get; set; }

        public int Frames { get; set; }

        public Tensor View()
        {
            using Tensor images = _buffer.narrow(0, 0, (long)Batch * Frames * FeatureExtractor.Rows);
            return images.view(Batch, Frames, FeatureExtractor.Rows);
        }

        // Unregistered first: once torch has the memory back it may give it to anyone.
        public void Dispose()
        {
            _memory?.Dispose();
            _buffer.Dispose();
        }
    }
}
