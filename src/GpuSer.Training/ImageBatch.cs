using GpuSer.Cuda;
using GpuSer.Training.Augmentation;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Makes the images of a batch in the memory of a torch tensor: the feature code writes there, the network reads there, and nothing is copied
/// between. Two tensors take turns, so that a batch may be made while the one before is still in use.
/// </summary>
internal abstract class ImageBatch : IDisposable
{
    private const int Channels = 3;

    private protected ImageBatch()
    {
    }

    /// <summary>Chooses where images are made.</summary>
    /// <param name="device">A CUDA device or its emulator, which must outlive the result; null for the CPU.</param>
    /// <param name="features">What images hold.</param>
    /// <param name="threads">Threads on the CPU; 0 for one a core.</param>
    /// <param name="cache">Folder where the CPU keeps images of recordings made alone (<see cref="ImageCache"/>); null for none.</param>
    /// <exception cref="TrainingException">The device is a GPU, and this torch knows none.</exception>
    public static ImageBatch On(CudaContext? device, FeatureOptions features, int threads, string? cache = null) =>
        device is null ? new CpuImageBatch(features, threads, cache) : new DeviceImageBatch(device, features);

    /// <summary>Says which signals batches will be made of, so that they can be kept where images are made.</summary>
    /// <param name="signals">Voiced samples; batches may take parts of them.</param>
    public virtual void Keep(IReadOnlyList<float[]> signals)
    {
    }

    /// <summary>
    /// Augments the signals, pads them by reflection to their longest and computes their images, or begins to: on a device the work is queued. May
    /// run on another thread than the rest, while the batch taken before is in use.
    /// </summary>
    /// <param name="batch">The signals.</param>
    /// <param name="cancellation">Stops the work.</param>
    public abstract void Begin(SignalBatch batch, CancellationToken cancellation = default);

    /// <summary>The images of the batch that was begun last; torch's work on them comes after their making.</summary>
    /// <returns>A view of one of two tensors, valid until the second <see cref="Begin"/> after theirs. [shape = (signals, frames, 230)]</returns>
    public abstract Tensor Take();

    /// <summary>Makes the images of signals at once.</summary>
    /// <param name="signals">Voiced samples.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>As <see cref="Take"/>.</returns>
    public Tensor Fill(IReadOnlyList<ReadOnlyMemory<float>> signals, CancellationToken cancellation = default)
    {
        Begin(new SignalBatch(signals) { Whole = true }, cancellation);
        return Take();
    }

    /// <summary>Applies CutMix, where the images are, to those that were taken last.</summary>
    /// <param name="images">What <see cref="Take"/> gave.</param>
    /// <param name="mix">What to do.</param>
    public abstract void Mix(Tensor images, CutMix mix);

    /// <summary>The images as the network sees them: one buffer on three channels.</summary>
    /// <param name="images">[shape = (batch, frames, rows)]</param>
    /// <returns>A view. [shape = (batch, 3, frames, rows)]</returns>
    public static Tensor OnChannels(Tensor images)
    {
        long[] shape = images.shape;
        return images.unsqueeze(1).expand(shape[0], Channels, shape[1], shape[2]);
    }

    /// <summary>Frees the tensors; views of them stay valid.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private protected abstract void Free();
}
