using GpuSer.Cuda;
using GpuSer.Features.Mel;

namespace GpuSer.Features.Mfcc;

/// <summary>The kernel of decibels and cepstral coefficients for batches of one shape: its table and its launch.</summary>
internal sealed class MfccCuda : IDisposable
{
    /// <summary>Columns that the kernel writes: the coefficients, filled up with zeros.</summary>
    public const int Columns = 16;

    // kernels/mfcc/mfcc.cu: threads of a block, frames of a block.
    private const int Block = 64;
    private const int FramesPerBlock = 8;

    private readonly long _signalFrames;
    private readonly long _maximaBytes;
    private readonly DeviceBuffer<float> _dct;

    /// <summary>Makes the table and the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="rows">Device address of the rows, mel powers in them. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next, a multiple of 4.</param>
    /// <param name="melColumn">First column of the mel powers, a multiple of 4.</param>
    /// <param name="column">First of the 16 columns to write, a multiple of 4.</param>
    /// <param name="mel">The largest powers.</param>
    /// <param name="keepDecibels">Whether to keep the mel spectrum in decibels too.</param>
    public MfccCuda(FeatureKernels kernels, int batch, int frames, ulong rows, int rowPitch, int melColumn, int column, IMelPlan mel, bool keepDecibels)
    {
        CudaContext context = kernels.Context;
        _signalFrames = (long)batch * frames;
        _maximaBytes = (long)mel.Maxima.Bytes;
        _dct = new DeviceBuffer<float>(context, Table());
        Decibels = keepDecibels ? new DeviceBuffer<float>(context, _signalFrames * MelTables.Bands) : null;
        Launch = new KernelLaunch(
            kernels.Get("mfcc", "gpuser_mfcc_f32"),
            new Dim3((frames + FramesPerBlock - 1) / FramesPerBlock, batch),
            Block,
            FramesPerBlock * (MelTables.Bands + 4) * sizeof(float),
            rows,
            rowPitch,
            frames,
            melColumn,
            MelTables.Bands,
            column,
            mel.Maxima.Address,
            mel.Groups,
            _dct.Address,
            Decibels?.Address ?? 0ul);
    }

    /// <summary>The mel spectrum in decibels, where it is kept. [shape=(batch, frames, 128)]</summary>
    public DeviceBuffer<float>? Decibels { get; }

    /// <summary>The launch.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>The least bytes the kernel must touch.</summary>
    public long FloorBytes =>
        FeatureKernel.Sectors(_signalFrames, sizeof(float) * MelTables.Bands)
        + FeatureKernel.Sectors(1, (long)_dct.Bytes)
        + FeatureKernel.Sectors(1, _maximaBytes)
        + FeatureKernel.Sectors(_signalFrames, sizeof(float) * MfccTables.Coefficients)
        + (Decibels is null ? 0 : (long)Decibels.Bytes);

    public void Dispose()
    {
        Decibels?.Dispose();
        _dct.Dispose();
    }

    private static float[] Table()
    {
        float[] table = new float[MelTables.Bands * Columns];
        for (int m = 0; m < MelTables.Bands; m++)
        {
            for (int c = 0; c < MfccTables.Coefficients; c++)
                table[(m * Columns) + c] = MfccTables.Dct[(c * MelTables.Bands) + m];
        }

        return table;
    }
}
