using GpuSer.Cuda;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>All ranges kernels may touch, found by address. Changed only between launches.</summary>
internal sealed class MemoryMap : IDisposable
{
    /// <summary>Freed memory of at most this many bytes keeps its addresses, so that late uses of it are seen.</summary>
    private const ulong QuarantineBytes = 64 << 20;

    private readonly Queue<DeviceRange> _quarantine = new();
    private ulong _quarantined;
    private DeviceRange[] _ranges = [];

    /// <summary>Bytes of device memory allocated and not freed.</summary>
    public ulong DeviceBytes { get; private set; }

    public IEnumerable<DeviceRange> Ranges => _ranges.Where(r => !r.IsFreed);

    /// <summary>Adds a range.</summary>
    /// <exception cref="CudaException">It overlaps another, which only registered host memory can.</exception>
    public void Add(DeviceRange range)
    {
        int at = IndexAt(range.Start) + 1;
        DeviceRange? overlapped = at > 0 && _ranges[at - 1].Contains(range.Start, 1) ? _ranges[at - 1]
            : at < _ranges.Length && range.Contains(_ranges[at].Start, 1) ? _ranges[at]
            : null;
        if (overlapped is not null)
            throw new CudaException("cuMemHostRegister", "CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", overlapped.ToString());
        _ranges = [.. _ranges[..at], range, .. _ranges[at..]];
        if (range.Kind == RangeKind.Device)
            DeviceBytes += range.Bytes;
    }

    /// <summary>Ends a range's life. Owned memory is kept in quarantine for a while; foreign memory is only forgotten.</summary>
    public void Remove(DeviceRange range)
    {
        if (range.Kind != RangeKind.Device)
        {
            Forget(range);
            return;
        }

        DeviceBytes -= range.Bytes;
        range.Free();
        _quarantine.Enqueue(range);
        _quarantined += range.Bytes;
        while (_quarantined > QuarantineBytes && _quarantine.TryDequeue(out DeviceRange? oldest))
        {
            _quarantined -= oldest.Bytes;
            Forget(oldest);
        }
    }

    /// <summary>The range an address lies in, freed ones included, or null.</summary>
    public DeviceRange? Find(ulong address)
    {
        int at = IndexAt(address);
        return at >= 0 && address - _ranges[at].Start < _ranges[at].Bytes ? _ranges[at] : null;
    }

    /// <summary>The live range that begins at an address.</summary>
    /// <exception cref="CudaException">There is none of that kind.</exception>
    public DeviceRange FindStart(string call, ulong address, RangeKind kind)
    {
        if (Find(address) is { IsFreed: false } range && range.Start == address && range.Kind == kind)
            return range;
        throw new CudaException(call, "CUDA_ERROR_INVALID_VALUE", Describe(address));
    }

    /// <summary>The live range that holds all of some bytes.</summary>
    /// <exception cref="CudaException">There is none.</exception>
    public DeviceRange FindAll(string call, ulong address, ulong bytes)
    {
        if (Find(address) is not { IsFreed: false } range)
            throw new CudaException(call, "CUDA_ERROR_INVALID_VALUE", Describe(address));
        if (!range.Contains(address, bytes))
        {
            throw new CudaException(call, "CUDA_ERROR_INVALID_VALUE",
                $"{bytes} bytes at offset {address - range.Start} do not fit into {range}");
        }

        return range;
    }

    /// <summary>What is known of an address, for an error.</summary>
    public string Describe(ulong address)
    {
        DeviceRange? range = Find(address);
        if (range is not null)
            return $"0x{address:x} is at offset {address - range.Start} of {(range.IsFreed ? "freed " : "")}{range}";
        int at = IndexAt(address);
        if (at >= 0)
            return $"0x{address:x} is no device address; it is {address - _ranges[at].Start - _ranges[at].Bytes} bytes behind {_ranges[at]}";
        return $"0x{address:x} is no device address; host memory must be registered before kernels touch it";
    }

    public void Dispose()
    {
        foreach (DeviceRange range in _ranges)
            range.Dispose();
        _ranges = [];
    }

    private void Forget(DeviceRange range)
    {
        _ranges = [.. _ranges.Where(r => r != range)];
        range.Dispose();
    }

    /// <summary>Index of the last range that begins at or before an address, or -1.</summary>
    private int IndexAt(ulong address)
    {
        int low = 0;
        int high = _ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Start <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
