using System.Numerics;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>
/// Estimates how far a recording is from concert pitch: finds the peaks of its spectra, and votes with the stronger half
/// (J. O. Smith, "Spectral Audio Signal Processing", quadratic interpolation of spectral peaks). Interpolates in double, so that
/// votes fall as the exact formula says.
/// </summary>
internal sealed unsafe class TuningCpu
{
    private const float LeastShare = 0.1f;

    // Position in the octave's edges of the first edge above each 1/1024 of an octave's span of mantissas.
    private const int Buckets = 1024;

    private readonly double[] _edges;
    private readonly int[] _firstEdge = new int[Buckets];
    private readonly int[] _votes = new int[TuningTables.Count];
    private float[] _strengths = [];
    private float[] _ranked = [];
    private byte[] _bins = [];
    private int _count;

    /// <summary>Makes the table of edges for so many pitches an octave.</summary>
    public TuningCpu(int binsPerOctave)
    {
        _edges = TuningTables.OctaveEdges(binsPerOctave);
        for (int bucket = 0, edge = 0; bucket < Buckets; bucket++)
        {
            while (edge + 1 < _edges.Length && _edges[edge + 1] <= 1 + ((double)bucket / Buckets))
            {
                edge++;
            }

            _firstEdge[bucket] = edge;
        }
    }

    /// <summary>Forgets all peaks, and makes room for the most that so many frames can have: no two neighbouring bins are both peaks.</summary>
    public void Reset(int frames)
    {
        _count = 0;
        int most = checked(Lanes.Tiles(frames) * Lanes.Count * ((TuningTables.EndBin - TuningTables.FirstBin + 1) / 2));
        if (_strengths.Length < most)
        {
            // Few of these are ever touched; not cleared, the rest costs no memory.
            _strengths = GC.AllocateUninitializedArray<float>(most);
            _ranked = GC.AllocateUninitializedArray<float>(most);
            _bins = GC.AllocateUninitializedArray<byte>(most);
        }
    }

    /// <summary>Adds the peaks of a tile's frames.</summary>
    /// <param name="spectrum">Tile. (1025, lanes)</param>
    /// <param name="largest">Largest value of each frame.</param>
    public void AddPeaks(float* spectrum, Vector<float> largest)
    {
        int width = Lanes.Count;
        Vector<float> least = largest * LeastShare;
        Vector<float> below = Vector.Load(spectrum + ((TuningTables.FirstBin - 1) * width));
        Vector<float> here = Vector.Load(spectrum + (TuningTables.FirstBin * width));
        for (int k = TuningTables.FirstBin; k < TuningTables.EndBin; k++)
        {
            Vector<float> above = Vector.Load(spectrum + ((k + 1) * width));
            Vector<int> peak = Vector.GreaterThan(here, Vector.MaxNative(below, least)) & Vector.GreaterThanOrEqual(here, above);
            if (peak != Vector<int>.Zero)
            {
                for (int lane = 0; lane < width; lane++)
                {
                    if (peak[lane] != 0)
                    {
                        Add(k, below[lane], here[lane], above[lane]);
                    }
                }
            }

            (below, here) = (here, above);
        }
    }

    /// <summary>The tuning's index: the fullest bin of the residuals of the peaks that are at least as strong as the median one.</summary>
    public int Estimate()
    {
        if (_count == 0)
        {
            return TuningTables.None;
        }

        float median = Median();
        Array.Clear(_votes);
        for (int i = 0; i < _count; i++)
        {
            if (_strengths[i] >= median)
            {
                _votes[_bins[i]]++;
            }
        }

        return Array.IndexOf(_votes, _votes.Max());
    }

    /// <summary>The histogram bin of a frequency's distance from the nearest pitch. Public to tests.</summary>
    internal int BinOf(double frequency)
    {
        double ratio = frequency / TuningTables.Reference;
        long bits = BitConverter.DoubleToInt64Bits(ratio);
        double mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        int edge = _firstEdge[(int)((bits >> 42) & (Buckets - 1))];
        while (edge + 1 < _edges.Length && _edges[edge + 1] <= mantissa)
        {
            edge++;
        }

        return (edge + (TuningTables.Count / 2)) % TuningTables.Count;
    }

    private void Add(int bin, double below, double here, double above)
    {
        double curvature = above + below - (2 * here), slope = (above - below) / 2;
        double offset = Math.Abs(slope) >= Math.Abs(curvature) ? 0 : -slope / curvature;
        _strengths[_count] = (float)(here + (slope * offset / 2));
        _bins[_count] = (byte)BinOf(StftTables.Frequency(bin + offset));
        _count++;
    }

    private float Median()
    {
        Span<float> values = _ranked.AsSpan(0, _count);
        _strengths.AsSpan(0, _count).CopyTo(values);
        int middle = _count / 2;
        float upper = Selection.Nth(values, middle);
        if (_count % 2 != 0)
        {
            return upper;
        }

        float lower = values[0];
        foreach (float value in values[..middle])
        {
            lower = Math.Max(lower, value);
        }

        return (float)(((double)lower + upper) / 2);
    }
}
