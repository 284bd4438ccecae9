using GpuSer.Cuda;

namespace GpuSer.Features.Image;

/// <summary>The kernel that normalises rows and writes the image, for batches of one shape.</summary>
internal sealed class ImageCuda : IDisposable
{
    // kernels/image/image.cu: threads of a block, columns of a block.
    private const int Block = 256;
    private const int ColumnsPerBlock = 32;

    private const int ImageArgument = 4;

    private static readonly FeatureBlock[] Blocks = Enum.GetValues<FeatureBlock>();

    private readonly DeviceBuffer<int> _targets;
    private readonly long _signalFrames;

    /// <summary>Makes the table and the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="layout">Where each block begins in the image.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, RowColumns.Pitch)]</param>
    public ImageCuda(FeatureKernels kernels, ImageLayout layout, int batch, int frames, ulong rows)
    {
        _signalFrames = (long)batch * frames;
        int[] targets = new int[RowColumns.Pitch];
        Array.Fill(targets, -1);
        foreach (FeatureBlock block in Blocks)
        {
            for (int row = 0; row < ImageLayout.RowsOf(block); row++)
                targets[RowColumns.Of(block) + row] = layout[block] + row;
        }

        _targets = new DeviceBuffer<int>(kernels.Context, targets);
        Launch = new KernelLaunch(
            kernels.Get("image", "gpuser_image_f32"),
            new Dim3((RowColumns.Pitch + ColumnsPerBlock - 1) / ColumnsPerBlock, batch),
            Block,
            0,
            rows,
            RowColumns.Pitch,
            frames,
            _targets.Address,
            0ul,
            ImageLayout.Rows);
    }

    /// <summary>The launch; <see cref="SetImage"/> comes first.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>The least bytes the kernel must touch.</summary>
    public long FloorBytes
    {
        get
        {
            long values = Blocks.Sum(block => (long)ImageLayout.RowsOf(block));
            return Blocks.Sum(block => FeatureKernel.Sectors(_signalFrames, sizeof(float) * ImageLayout.RowsOf(block)))
                + FeatureKernel.Sectors(1, (long)_targets.Bytes)
                + FeatureKernel.Sectors(1, _signalFrames * values * sizeof(float));
        }
    }

    /// <summary>Says where the image goes.</summary>
    /// <param name="image">Device address. [shape=(batch, frames, 230)]</param>
    public void SetImage(ulong image) => Launch.Set(ImageArgument, image);

    public void Dispose() => _targets.Dispose();
}
