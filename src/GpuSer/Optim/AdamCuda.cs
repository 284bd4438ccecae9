using GpuSer.Cuda;

namespace GpuSer.Optim;

/// <summary>Device addresses of one parameter and what belongs to it, as many float32 values each.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Gradient">Its gradient.</param>
/// <param name="Mean">Running mean of the gradient.</param>
/// <param name="Square">Running mean of its square.</param>
/// <param name="Count">Values of each.</param>
internal readonly record struct AdamSlot(ulong Parameter, ulong Gradient, ulong Mean, ulong Square, long Count);

/// <summary>
/// Adam (Kingma and Ba 2015) over all parameters of a network as one kernel, which reads and writes each value once and clears the
/// gradients.
/// </summary>
internal sealed class AdamCuda : IDisposable
{
    /// <summary>Values that one block updates, so that blocks are many and alike.</summary>
    internal const long PieceElements = 1 << 15;

    private const int Block = 256;
    private const int WordsPerPiece = 5;
    private const int FirstFactor = 1;

    private readonly CudaModule _module;
    private readonly DeviceBuffer<ulong> _pieces;
    private readonly KernelLaunch _launch;
    private readonly double _beta1;
    private readonly double _beta2;

    /// <summary>Loads the kernel and uploads where everything is; the memory stays the caller's.</summary>
    /// <param name="context">The context; it must outlive this object.</param>
    /// <param name="slots">The parameters that have gradients; they do not overlap.</param>
    /// <param name="beta1">Decay of the gradients' mean, in [0, 1).</param>
    /// <param name="beta2">Decay of the squared gradients' mean, in [0, 1).</param>
    /// <param name="epsilon">Added to the root of the squared gradients' mean, positive.</param>
    /// <exception cref="ArgumentException">There are no parameters, or one is empty.</exception>
    public AdamCuda(CudaContext context, IReadOnlyList<AdamSlot> slots, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(epsilon);
        if (beta1 is not (>= 0 and < 1) || beta2 is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(beta1), $"the decays must be at least 0 and less than 1, not {beta1} and {beta2}");
        (_beta1, _beta2) = (beta1, beta2);
        ulong[] pieces = PiecesOf(slots);
        _module = CudaModule.FromResource(context, "adam");
        _pieces = new DeviceBuffer<ulong>(context, pieces);
        _launch = new KernelLaunch(
            _module.GetKernel("gpuser_adam_f32"), pieces.Length / WordsPerPiece, Block, 0,
            _pieces.Address, (float)beta1, (float)beta2, (float)(1 - beta1), (float)(1 - beta2), 0f, 0f, (float)epsilon);
    }

    /// <summary>Queues one step on a stream.</summary>
    /// <param name="step">Number of the step, from 1.</param>
    /// <param name="learningRate">Step size, positive.</param>
    /// <param name="stream">The stream.</param>
    public void Run(long step, double learningRate, CudaStream stream)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        _launch.Set(FirstFactor + 4, (float)(learningRate / (1 - Math.Pow(_beta1, step))));
        _launch.Set(FirstFactor + 5, (float)(1 / Math.Sqrt(1 - Math.Pow(_beta2, step))));
        _launch.Run(stream);
    }

    /// <summary>Unloads the kernel; the streams it ran on must have finished.</summary>
    public void Dispose()
    {
        _pieces.Dispose();
        _module.Dispose();
    }

    private static ulong[] PiecesOf(IReadOnlyList<AdamSlot> slots)
    {
        List<ulong> pieces = [];
        for (int i = 0; i < slots.Count; i++)
        {
            AdamSlot slot = slots[i];
            if (slot.Count < 1)
                throw new ArgumentException($"parameter {i} has {slot.Count} values", nameof(slots));
            for (long start = 0; start < slot.Count; start += PieceElements)
            {
                ulong bytes = (ulong)start * sizeof(float);
                pieces.AddRange(
                    slot.Parameter + bytes, slot.Gradient + bytes, slot.Mean + bytes, slot.Square + bytes,
                    (ulong)Math.Min(PieceElements, slot.Count - start));
            }
        }

        return pieces.Count > 0 ? [.. pieces] : throw new ArgumentException("there are no parameters", nameof(slots));
    }
}
