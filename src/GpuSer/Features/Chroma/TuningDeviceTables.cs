using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Chroma;

/// <summary>The table of the search for peaks in device memory: one serves every plan of a context.</summary>
internal sealed class TuningDeviceTables : IDisposable
{
    /// <summary>Edges in an octave, one a hundredth of a step of 36: every third is an edge for steps of 12.</summary>
    public const int OctaveEdges = 36 * TuningTables.Count;

    /// <summary>Makes and uploads the table.</summary>
    public TuningDeviceTables(CudaContext context)
    {
        Edges = new DeviceBuffer<float>(context, MakeEdges());
    }

    /// <summary>Edges number <see cref="FirstEdge"/> and following, counted from A0, in bins of the spectrum, as far as peaks go.</summary>
    public DeviceBuffer<float> Edges { get; }

    /// <summary>Number of the first edge: under all peaks.</summary>
    public static int FirstEdge { get; } = (int)Math.Floor(OctaveEdges * Math.Log2((TuningTables.FirstBin - 1) / A0));

    /// <summary><c>3600 log2(A0)</c>, A0 in bins.</summary>
    public static float LogA0 { get; } = (float)(OctaveEdges * Math.Log2(A0));

    private static double A0 => TuningTables.Reference / StftTables.Frequency(1);

    /// <inheritdoc/>
    public void Dispose() => Edges.Dispose();

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
}
