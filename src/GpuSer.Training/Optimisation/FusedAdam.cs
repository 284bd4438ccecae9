using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GpuSer.Training.Optimisation;

/// <summary>Adam in one pass over the memory of parameters, gradients and moments; the gradients are let go. CPU tensors of float32.</summary>
/// <remarks>
/// torch's own Adam makes some ten passes, one an operation. The result is the same but for rounding: each element is computed from the same
/// formula, independent of how the work is shared between threads, so a step is reproducible to the last bit.
/// </remarks>
internal sealed class FusedAdam : IOptimiser
{
    /// <summary>Elements of one piece of work: 1 MB of each array, so that pieces are many and the cost of handing one out is small.</summary>
    private const long PieceElements = 1 << 18;

    private AdamOptions _options;
    private readonly ParallelOptions _parallel;
    private readonly Slot[] _slots;
    private readonly Piece[] _pieces;

    /// <summary>Allocates the moments, all zero.</summary>
    /// <param name="parameters">Names and parameters: contiguous, float32, on the CPU.</param>
    /// <param name="options">Adam's parameters.</param>
    /// <param name="threads">How many threads share a step; 0 for one a core.</param>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    /// <exception cref="ArgumentException">A parameter is of another kind.</exception>
    public FusedAdam(IEnumerable<(string Name, Parameter Parameter)> parameters, AdamOptions options, int threads = 0)
    {
        new OptionErrors().Include(options.Errors()).Require(threads >= 0, $"the number of threads cannot be {threads}").ThrowIfAny();
        _options = options;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads };
        _slots = [.. parameters.Select(pair => new Slot(pair.Name, pair.Parameter))];
        _pieces = [.. _slots.SelectMany(PiecesOf)];
    }

    /// <inheritdoc/>
    public double LearningRate
    {
        get => _options.LearningRate;
        set => _options = _options with { LearningRate = value };
    }

    /// <inheritdoc/>
    public long Steps { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Tensor)> State() =>
        [.. _slots.SelectMany(slot => new[] { ("exp_avg." + slot.Name, slot.Mean), ("exp_avg_sq." + slot.Name, slot.Square) })];

    /// <inheritdoc/>
    public unsafe void Step()
    {
        foreach (Slot slot in _slots)
        {
            slot.FindGradient();
        }

        AdamKernel kernel = new(_options, ++Steps);
        Parallel.ForEach(_pieces, _parallel, piece =>
        {
            Slot slot = piece.Slot;
            if (slot.GradientAddress != null)
            {
                long start = piece.Start;
                kernel.Run(
                    slot.ParameterAddress + start, slot.GradientAddress + start, slot.MeanAddress + start, slot.SquareAddress + start, piece.Count);
            }
        });
        foreach (Slot slot in _slots)
        {
            slot.ReleaseGradient();
        }
    }

    /// <summary>Frees the moments.</summary>
    public void Dispose()
    {
        foreach (Slot slot in _slots)
        {
            slot.Mean.Dispose();
            slot.Square.Dispose();
        }
    }

    private static IEnumerable<Piece> PiecesOf(Slot slot)
    {
        for (long start = 0; start < slot.Count; start += PieceElements)
        {
            yield return new Piece(slot, start, Math.Min(PieceElements, slot.Count - start));
        }
    }

    private sealed record Piece(Slot Slot, long Start, long Count);

    /// <summary>A parameter with its moments, and where all of them lie.</summary>
    private sealed unsafe class Slot
    {
        private Tensor? _gradient;

        public Slot(string name, Parameter parameter)
        {
            (Name, Parameter, Count) = (name, parameter, parameter.numel());
            if (parameter.dtype != ScalarType.Float32 || parameter.device.type != DeviceType.CPU)
            {
                throw new ArgumentException($"{name} is of {parameter.dtype} on {parameter.device}; this optimiser takes float32 on the CPU", nameof(parameter));
            }

            Mean = zeros(parameter.shape).DetachFromDisposeScope();
            Square = zeros(parameter.shape).DetachFromDisposeScope();
            ParameterAddress = (float*)TensorMemory.Address(parameter);
            MeanAddress = (float*)TensorMemory.Address(Mean);
            SquareAddress = (float*)TensorMemory.Address(Square);
        }

        public string Name { get; }

        public long Count { get; }

        public Parameter Parameter { get; }

        public Tensor Mean { get; }

        public Tensor Square { get; }

        public float* ParameterAddress { get; }

        public float* MeanAddress { get; }

        public float* SquareAddress { get; }

        public float* GradientAddress { get; private set; }

        public void FindGradient()
        {
            _gradient = TensorMemory.Gradient(Parameter);
            GradientAddress = _gradient is null ? null : (float*)TensorMemory.Address(_gradient);
        }

        public void ReleaseGradient()
        {
            if (_gradient is not null)
            {
                TensorMemory.ReleaseGradient(Parameter, _gradient);
            }

            _gradient = null;
            GradientAddress = null;
        }
    }
}
