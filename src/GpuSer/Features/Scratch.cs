namespace GpuSer.Features;

/// <summary>
/// Floats that never move, aligned to a cache line, for vector loads through a pointer. Grows when asked for more, and keeps what it
/// has, so that a warm run allocates nothing. The memory is the collector's; it lives as long as this object.
/// </summary>
internal sealed unsafe class Scratch
{
    private const int AlignedBytes = 64;

    private float[] _array = [];
    private float* _pointer;

    /// <summary>Makes room for so many floats; what was there is lost when it grows.</summary>
    public float* Reserve(long length)
    {
        if (_pointer is null || length > Length)
        {
            int padded = checked((int)(length + (AlignedBytes / sizeof(float))));
            _array = GC.AllocateArray<float>(padded, pinned: true);
            fixed (float* start = _array)
            {
                _pointer = (float*)(((nint)start + AlignedBytes - 1) & -AlignedBytes);
            }

            Length = length;
        }

        return _pointer;
    }

    /// <summary>The first float.</summary>
    public float* Pointer => _pointer;

    /// <summary>Floats there is room for.</summary>
    public long Length { get; private set; }
}
