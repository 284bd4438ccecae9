using System.Runtime.InteropServices;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>Whose memory a range is.</summary>
internal enum RangeKind
{
    /// <summary>Allocated on the device.</summary>
    Device,

    /// <summary>A module's variable.</summary>
    Variable,

    /// <summary>A module's constant: kernels may not write it.</summary>
    Constant,

    /// <summary>Page-locked host memory, allocated or registered: counts as written.</summary>
    Host,
}

/// <summary>
/// A range of addresses that kernels may touch, with a byte per byte that says whether it was written, and a byte per
/// 32-byte sector for what the running kernel read and wrote. Bytes rather than bits, since several workers set them.
/// </summary>
internal sealed unsafe class DeviceRange : IDisposable
{
    public const int SectorBytes = 32;

    private const int GuardBytes = 256;

    private readonly nuint _sectors;
    private readonly byte* _owned;
    private byte* _written;
    private byte* _readSectors;
    private byte* _writtenSectors;

    /// <summary>A range over foreign memory.</summary>
    public DeviceRange(RangeKind kind, ulong start, ulong bytes)
        : this(kind, start, bytes, null)
    {
    }

    private DeviceRange(RangeKind kind, ulong start, ulong bytes, byte* owned)
    {
        Kind = kind;
        Start = start;
        Bytes = bytes;
        _owned = owned;
        FirstSector = start / SectorBytes;
        _sectors = (nuint)(((start + bytes - 1) / SectorBytes) - FirstSector + 1);
        _readSectors = (byte*)NativeMemory.AllocZeroed(_sectors + 64);
        _writtenSectors = (byte*)NativeMemory.AllocZeroed(_sectors + 64);
        if (kind is RangeKind.Device)
            _written = (byte*)NativeMemory.AllocZeroed((nuint)bytes + 64);
    }

    public RangeKind Kind { get; }

    public ulong Start { get; }

    public ulong Bytes { get; }

    public ulong FirstSector { get; }

    /// <summary>Whether the range was given back; its addresses stay reserved for a while, so that late uses are seen.</summary>
    public bool IsFreed { get; private set; }

    /// <summary>A byte per byte, 1 where written; null where all counts as written.</summary>
    public byte* Written => _written;

    /// <summary>A byte per sector, 1 where the running kernel read it.</summary>
    public byte* ReadSectors => _readSectors;

    /// <summary>A byte per sector, 1 where the running kernel wrote it.</summary>
    public byte* WrittenSectors => _writtenSectors;

    /// <summary>Whether the running kernel touched the range.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Allocates memory aligned to 256 bytes, with nothing near it on either side.</summary>
    public static DeviceRange Allocate(RangeKind kind, nuint bytes)
    {
        var owned = (byte*)NativeMemory.AlignedAlloc(bytes + (2 * GuardBytes), 256);
        return new(kind, (ulong)owned + GuardBytes, bytes, owned);
    }

    public bool Contains(ulong address, ulong bytes) =>
        address >= Start && bytes <= Bytes && address - Start <= Bytes - bytes;

    public void MarkWritten(ulong address, ulong bytes) => Fill(address, bytes, 1);

    public void MarkUnwritten(ulong address, ulong bytes) => Fill(address, bytes, 0);

    /// <summary>Offset of the first byte nobody wrote, or null.</summary>
    public ulong? FirstUnwritten(ulong address, ulong bytes)
    {
        if (_written is null)
            return null;
        byte* at = _written + (address - Start);
        while (bytes > 0)
        {
            int part = (int)Math.Min(bytes, 1 << 30);
            int found = new ReadOnlySpan<byte>(at, part).IndexOfAnyExcept((byte)1);
            if (found >= 0)
                return (ulong)(at - _written) + (ulong)found;
            at += part;
            bytes -= (ulong)part;
        }

        return null;
    }

    /// <summary>Counts the sectors the kernel read, plus those it wrote, and forgets them.</summary>
    public (long Read, long Written) TakeSectors()
    {
        IsTouched = false;
        return (Take(_readSectors), Take(_writtenSectors));
    }

    /// <summary>Gives the memory back but keeps the addresses from being used again until disposed.</summary>
    public void Free()
    {
        IsFreed = true;
        FreeMaps();
    }

    public void Dispose()
    {
        FreeMaps();
        if (_owned is not null)
            NativeMemory.AlignedFree(_owned);
    }

    public override string ToString() => Kind switch
    {
        RangeKind.Host => $"host memory 0x{Start:x} of {Bytes} bytes",
        RangeKind.Device => $"device memory 0x{Start:x} of {Bytes} bytes",
        _ => $"module variable 0x{Start:x} of {Bytes} bytes",
    };

    private void FreeMaps()
    {
        NativeMemory.Free(_written);
        NativeMemory.Free(_readSectors);
        NativeMemory.Free(_writtenSectors);
        _written = _readSectors = _writtenSectors = null;
    }

    private void Fill(ulong address, ulong bytes, byte value)
    {
        if (_written is not null)
            NativeMemory.Fill(_written + (address - Start), (nuint)bytes, value);
    }

    private long Take(byte* map)
    {
        long count = 0;
        for (nuint at = 0; at < _sectors; at += 1 << 30)
        {
            var part = new Span<byte>(map + at, (int)Math.Min(_sectors - at, 1 << 30));
            count += System.MemoryExtensions.Count(part, (byte)1);
            part.Clear();
        }

        return count;
    }
}
