using GpuSer.Cuda;

namespace GpuSer.Features.Image;

/// <summary>CutMix on the device, in place: each image of a batch gets a box out of its partner (Yun et al. 2019).</summary>
internal sealed class CutMixCuda : IDisposable
{
    // kernels/image/cutmix.cu: rows and frames of a block's place in the box, threads.
    private const int RowsPerBlock = 32;
    private const int FramesPerBlock = 8;
    private const int Block = 256;

    private readonly CudaModule _module;
    private readonly CudaKernel _kernel;
    private readonly DeviceBuffer<int> _order;

    /// <summary>Loads the kernel and makes room for the partners.</summary>
    /// <param name="context">The context; it must outlive this object.</param>
    /// <param name="mostImages">Images of the largest batch.</param>
    public CutMixCuda(CudaContext context, int mostImages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostImages, 1);
        _order = new DeviceBuffer<int>(context, mostImages);
        _module = CudaModule.FromResource(context, "cutmix");
        _kernel = _module.GetKernel("gpuser_cutmix_f32");
    }

    /// <summary>Queues the replacement of the boxes on a stream.</summary>
    /// <param name="images">Device address of the images. [shape=(batch, frames, 230)]</param>
    /// <param name="frames">Frames of an image.</param>
    /// <param name="partner">Image i gets its box from image <c>partner[i]</c>; a permutation. [length=batch]</param>
    /// <param name="firstFrame">First frame of the box.</param>
    /// <param name="endFrame">The frame after its last; where it is not greater, nothing changes.</param>
    /// <param name="firstRow">First row of the box.</param>
    /// <param name="endRow">The row after its last; where it is not greater, nothing changes.</param>
    /// <param name="stream">The stream.</param>
    /// <exception cref="ArgumentException">The partners are no permutation, are too many, or the box is not inside the image.</exception>
    public void Run(ulong images, int frames, ReadOnlySpan<int> partner, int firstFrame, int endFrame, int firstRow, int endRow, CudaStream stream)
    {
        int[] order = CyclesOf(partner);
        if (order.Length > _order.Count)
            throw new ArgumentException($"{order.Length} images, there is room for {_order.Count}", nameof(partner));
        if (firstFrame < 0 || endFrame > frames || firstRow < 0 || endRow > ImageLayout.Rows)
            throw new ArgumentException($"the box of frames {firstFrame} to {endFrame} and rows {firstRow} to {endRow} is not inside {frames} frames of {ImageLayout.Rows} rows");
        if (order.Length == 0 || endFrame <= firstFrame || endRow <= firstRow)
            return;

        _order.CopyFrom(order, stream);
        new KernelLaunch(
            _kernel,
            new Dim3((endRow - firstRow + RowsPerBlock - 1) / RowsPerBlock, (endFrame - firstFrame + FramesPerBlock - 1) / FramesPerBlock),
            Block,
            0,
            images,
            order.Length,
            frames,
            ImageLayout.Rows,
            _order.Address,
            firstFrame,
            endFrame,
            firstRow,
            endRow).Run(stream);
    }

    /// <summary>Unloads the kernel; the streams it ran on must have finished.</summary>
    public void Dispose()
    {
        _order.Dispose();
        _module.Dispose();
    }

    // The images cycle by cycle, each followed by its partner; the last of a cycle is complemented.
    private static int[] CyclesOf(ReadOnlySpan<int> partner)
    {
        bool[] seen = new bool[partner.Length];
        List<int> order = new(partner.Length);
        for (int start = 0; start < partner.Length; start++)
        {
            for (int i = start; !seen[i]; i = partner[i])
            {
                if ((uint)partner[i] >= (uint)partner.Length)
                    throw new ArgumentException($"image {i} has partner {partner[i]} in a batch of {partner.Length}", nameof(partner));
                seen[i] = true;
                order.Add(i);
                if (seen[partner[i]])
                {
                    if (partner[i] != start)
                        throw new ArgumentException($"image {partner[i]} is the partner of more than one image", nameof(partner));
                    order[^1] = ~i;
                }
            }
        }

        return [.. order];
    }
}
