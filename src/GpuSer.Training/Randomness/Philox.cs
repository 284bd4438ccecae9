namespace GpuSer.Training.Randomness;

/// <summary>
/// The counter-based generator Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a sequence is
/// named by a seed, a stream and an index, and its whole state is how many values were drawn. The same four numbers give the
/// same draw on any machine, so nothing needs to be kept to go on from the middle of a run.
/// </summary>
public sealed class Philox
{
    private readonly uint _key0, _key1, _stream;
    private readonly uint[] _block = new uint[4];
    private readonly uint _index;
    private ulong _position;

    /// <summary>Starts the sequence at its first value.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">What the values are for; sequences of different streams are independent.</param>
    /// <param name="index">Which sequence of the stream, for example the number of the epoch or of the step.</param>
    public Philox(ulong seed, RandomStream stream, uint index = 0)
    {
        _key0 = (uint)seed;
        _key1 = (uint)(seed >> 32);
        _stream = (uint)stream;
        _index = index;
    }

    /// <summary>How many 32-bit values were drawn; setting it moves the sequence there.</summary>
    public ulong Position
    {
        get => _position;
        set
        {
            _position = value;
            if (value % 4 != 0)
            {
                Fill();
            }
        }
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        int lane = (int)(_position % 4);
        if (lane == 0)
        {
            Fill();
        }

        _position++;
        return _block[lane];
    }

    /// <summary>The ten rounds on one counter.</summary>
    /// <param name="counter">Four words, replaced by four random words.</param>
    /// <param name="key0">Low word of the key.</param>
    /// <param name="key1">High word of the key.</param>
    public static void Rounds(Span<uint> counter, uint key0, uint key1)
    {
        (uint c0, uint c1, uint c2, uint c3) = (counter[0], counter[1], counter[2], counter[3]);
        for (int round = 0; round < 10; round++)
        {
            ulong left = 0xD2511F53UL * c0;
            ulong right = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(right >> 32) ^ c1 ^ key0, (uint)right, (uint)(left >> 32) ^ c3 ^ key1, (uint)left);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        (counter[0], counter[1], counter[2], counter[3]) = (c0, c1, c2, c3);
    }

    private void Fill()
    {
        ulong block = _position / 4;
        (_block[0], _block[1], _block[2], _block[3]) = ((uint)block, (uint)(block >> 32), _index, _stream);
        Rounds(_block, _key0, _key1);
    }
}
