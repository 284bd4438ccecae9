using GpuSer.Cuda;
using GpuSer.Optim;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GpuSer.Training.Optimisation;

/// <summary>Adam over all parameters as one kernel on a device, in torch's stream; the twin of <see cref="FusedAdam"/>.</summary>
internal sealed class DeviceAdam : IOptimiser
{
    private readonly CudaContext _context;
    private readonly CudaStream _torch;
    private AdamOptions _options;
    private readonly bool _onHost;
    private readonly (string Name, Parameter Parameter, Tensor Mean, Tensor Square)[] _slots;
    private readonly List<IDisposable> _bound = [];
    private nint[] _gradients = [];
    private AdamCuda? _kernel;

    /// <summary>Allocates the moments, all zero.</summary>
    /// <param name="context">The device; it must outlive this object.</param>
    /// <param name="parameters">Names and parameters: contiguous, float32; all of the device, or all on the CPU where the driver reaches them there.</param>
    /// <param name="options">Adam's parameters.</param>
    public DeviceAdam(CudaContext context, IEnumerable<(string Name, Parameter Parameter)> parameters, AdamOptions options)
    {
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        (_context, _torch, _options) = (context, CudaStream.Default(context), options);
        _slots = [.. parameters.Select(pair => (pair.Name, pair.Parameter, Zeros(pair.Parameter), Zeros(pair.Parameter)))];
        _onHost = _slots.Any(slot => slot.Parameter.device.type == DeviceType.CPU);
    }

    public double LearningRate
    {
        get => _options.LearningRate;
        set => _options = _options with { LearningRate = value };
    }

    public long Steps { get; set; }

    public IReadOnlyList<(string Name, Tensor Tensor)> State() =>
        [.. _slots.SelectMany(slot => new[] { ("exp_avg." + slot.Name, slot.Mean), ("exp_avg_sq." + slot.Name, slot.Square) })];

    public void Step()
    {
        Bind();
        _kernel?.Run(++Steps, LearningRate, _torch);
        if (_onHost)
        {
            _torch.Synchronize();
        }
    }

    public void Dispose()
    {
        Unbind();
        foreach ((_, _, Tensor mean, Tensor square) in _slots)
        {
            mean.Dispose();
            square.Dispose();
        }
    }

    private static Tensor Zeros(Parameter parameter) => zeros(parameter.shape, device: parameter.device).DetachFromDisposeScope();

    // Gradients come with the first backward pass and stay where they are, because each later pass adds to them in place.
    private void Bind()
    {
        Tensor?[] gradients = [.. _slots.Select(slot => TensorMemory.Gradient(slot.Parameter)?.DetachFromDisposeScope())];
        nint[] addresses = [.. gradients.Select(gradient => gradient is null ? 0 : TensorMemory.Address(gradient))];
        if (addresses.AsSpan().SequenceEqual(_gradients))
        {
            foreach (Tensor? gradient in gradients)
            {
                gradient?.Dispose();
            }

            return;
        }

        Unbind();
        List<AdamSlot> slots = [];
        for (int i = 0; i < _slots.Length; i++)
        {
            if (gradients[i] is { } gradient)
            {
                (_, Parameter parameter, Tensor mean, Tensor square) = _slots[i];
                slots.Add(new AdamSlot(Reach(parameter), Reach(gradient), Reach(mean), Reach(square), parameter.numel()));
                _bound.Add(gradient);
            }
        }

        _gradients = addresses;
        _kernel = slots.Count == 0
            ? null
            : new AdamCuda(_context, slots, _options.Beta1, _options.Beta2, _options.Epsilon);
    }

    private ulong Reach(Tensor tensor)
    {
        DeviceTensor memory = new(_context, tensor);
        _bound.Add(memory);
        return memory.Address;
    }

    private void Unbind()
    {
        _torch.Synchronize();
        _kernel?.Dispose();
        _bound.ForEach(part => part.Dispose());
        _bound.Clear();
        (_kernel, _gradients) = (null, []);
    }
}
