using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>The tables of tuning and chroma in device memory: one set serves every plan of a context.</summary>
internal sealed class ChromaDeviceTables : IDisposable
{
    /// <summary>Edges in an octave, one a hundredth of a step of 36: every third is an edge for steps of 12.</summary>
    public const int OctaveEdges = 36 * TuningTables.Count;

    // Bins that the kernel takes at once.
    private const int BlockBins = 64;
    private const int Blocks = (StftTables.Bins + BlockBins - 1) / BlockBins;

    /// <summary>Floats of one tuning's filters.</summary>
    public const int BankFloats = Blocks * ChromaTables.Classes * BlockBins;

    /// <summary>Makes and uploads the tables.</summary>
    public ChromaDeviceTables(CudaContext context)
    {
        Edges = new DeviceBuffer<float>(context, MakeEdges());
        Bank = new DeviceBuffer<float>(context, MakeBank());
    }

    /// <summary>Edges number <see cref="FirstEdge"/> and following, counted from A0, in bins of the spectrum, as far as peaks go.</summary>
    public DeviceBuffer<float> Edges { get; }

    /// <summary>Number of the first edge: under all peaks.</summary>
    public static int FirstEdge { get; } = (int)Math.Floor(OctaveEdges * Math.Log2((TuningTables.FirstBin - 1) / A0));

    /// <summary><c>3600 log2(A0)</c>, A0 in bins.</summary>
    public static float LogA0 { get; } = (float)(OctaveEdges * Math.Log2(A0));

    private static double A0 => TuningTables.Reference / StftTables.Frequency(1);

    /// <summary>The chroma filters of every tuning, in blocks of 64 bins. [100, 17, 12, 64]</summary>
    public DeviceBuffer<float> Bank { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Edges.Dispose();
        Bank.Dispose();
    }

    /// <summary>The smallest floats that are not below A0 * 2^(i / 3600), so that comparing with them is exact.</summary>
    private static float[] MakeEdges()
    {
        int end = (int)Math.Ceiling(OctaveEdges * Math.Log2(TuningTables.EndBin / A0)) + 1;
        float[] edges = new float[end - FirstEdge];
        for (int i = 0; i < edges.Length; i++)
        {
            double exact = A0 * Math.Pow(2, (double)(FirstEdge + i) / OctaveEdges);
            edges[i] = (float)exact;
            if (edges[i] < exact)
                edges[i] = MathF.BitIncrement(edges[i]);
        }

        return edges;
    }

    private static float[] MakeBank()
    {
        float[] bank = new float[TuningTables.Count * BankFloats];
        Parallel.For(0, TuningTables.Count, tuning =>
        {
            ReadOnlySpan<float> filters = ChromaTables.Bank(tuning);
            for (int c = 0; c < ChromaTables.Classes; c++)
            {
                for (int k = 0; k < StftTables.Bins; k++)
                {
                    int at = (((k / BlockBins * ChromaTables.Classes) + c) * BlockBins) + (k % BlockBins);
                    bank[(tuning * BankFloats) + at] = filters[(c * StftTables.Bins) + k];
                }
            }
        });
        return bank;
    }
}
