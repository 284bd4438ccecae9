using GpuSer.Randomness;

namespace GpuSer.Training.Randomness;

/// <summary>
/// Sequences of the counter-based generator <see cref="Philox4x32"/>: each is
/// named by a seed, a stream and an index, and its whole state is how many values were drawn. The same four numbers give the
/// same draw on any machine, so nothing needs to be kept to go on from the middle of a run.
/// </summary>
internal sealed class Philox
{
    private readonly ulong _seed;
    private readonly uint _stream;
    private readonly uint[] _block = new uint[4];
    private readonly uint _index;
    private ulong _position;

    /// <summary>Starts the sequence at its first value.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">What the values are for; sequences of different streams are independent.</param>
    /// <param name="index">Which sequence of the stream, for example the number of the epoch or of the step.</param>
    public Philox(ulong seed, RandomStream stream, uint index = 0)
    {
        _seed = seed;
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

    private void Fill()
    {
        ulong block = _position / 4;
        (_block[0], _block[1], _block[2], _block[3]) = ((uint)block, (uint)(block >> 32), _index, _stream);
        Philox4x32.Rounds(_block, _seed);
    }
}
