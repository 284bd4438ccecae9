using System.Numerics;
using System.Runtime.CompilerServices;

namespace GpuSer.PtxEmulator.Memory;

/// <summary>The distinct 32-byte sectors of one warp's access, with the bytes wanted in each.</summary>
internal sealed class SectorSet
{
    private const int Places = 128;

    private readonly ulong[] _sectors = new ulong[Places];
    private readonly uint[] _bytes = new uint[Places];
    private readonly int[] _used = new int[Places];
    private ulong _last = ulong.MaxValue;
    private int _lastPlace;

    /// <summary>Number of distinct sectors.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the bytes of one lane; they never cross a sector, since accesses are aligned and at most 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong address, ulong bytes)
    {
        ulong sector = address / DeviceRange.SectorBytes;
        uint mask = ((1u << (int)bytes) - 1) << (int)(address % DeviceRange.SectorBytes);
        int place = sector == _last ? _lastPlace : Locate(sector);
        _bytes[place] |= mask;
    }

    /// <summary>Number of distinct bytes wanted; forgets everything.</summary>
    public int TakeBytes()
    {
        int bytes = 0;
        for (int i = 0; i < Count; i++)
        {
            bytes += BitOperations.PopCount(_bytes[_used[i]]);
            _bytes[_used[i]] = 0;
        }

        Count = 0;
        _last = ulong.MaxValue;
        return bytes;
    }

    private int Locate(ulong sector)
    {
        int place = (int)((sector * 0x9E3779B97F4A7C15ul) >> 57);
        while (_bytes[place] != 0 && _sectors[place] != sector)
            place = (place + 1) % Places;
        if (_bytes[place] == 0)
        {
            _sectors[place] = sector;
            _used[Count++] = place;
        }

        _last = sector;
        _lastPlace = place;
        return place;
    }
}
