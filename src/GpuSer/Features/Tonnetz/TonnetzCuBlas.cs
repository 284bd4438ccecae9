using GpuSer.Cuda;
using GpuSer.Features.Chroma;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>
/// Constant-Q transform and tonnetz for batches of one shape as matrix products: all octaves' signals, their spectra by an STFT with a
/// rectangular window, the dense filters of each signal's tuning times these, and a kernel that folds the outputs.
/// </summary>
internal sealed class TonnetzCuBlas : ITonnetzPlan
{
    // kernels/tonnetz/fold.cu: threads of a block, frames of a block.
    private const int Block = 256;
    private const int FramesPerBlock = 4;

    private const int Octaves = ConstantQTables.Octaves;

    private readonly CudaBlas _blas;
    private readonly OctaveSignals _signals;
    private readonly KernelLaunch[] _halvings;
    private readonly StftPlan[] _spectra;
    private readonly TunedBankCuda _bank;
    private readonly DeviceBuffer<float> _outputs;
    private readonly GemmArguments[] _products = new GemmArguments[Octaves];
    private readonly KernelLaunch _fold;
    private readonly long _signalFrames;

    /// <summary>Allocates the scratch and makes the launches.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="stft">How the octaves' spectra are made.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="tunings">Device address of the signals' tunings. [shape=(batch)]</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 6 columns to write.</param>
    /// <param name="keepMagnitudes">Whether to keep the constant-Q transform too.</param>
    public TonnetzCuBlas(
        FeatureKernels kernels, StftMethod stft, int batch, int frames, ulong tunings, ulong rows, int rowPitch, int column, bool keepMagnitudes)
    {
        CudaContext context = kernels.Context;
        _signalFrames = (long)batch * frames;
        _blas = kernels.Tables(owner => new CudaBlas(owner));
        _signals = new OctaveSignals(kernels, batch, frames);
        _halvings = [.. Enumerable.Range(0, Octaves - 1).Select(HalvingOnly)];
        float[] rectangle = new float[ConstantQTables.FftLength];
        Array.Fill(rectangle, 1);
        _spectra = [.. Enumerable.Range(0, Octaves).Select(octave => StftPlan.Make(
            stft, kernels, batch, frames, ConstantQTables.FftLength, StftTables.HopLength >> octave, rectangle))];

        // After an octave's samples there are zeros as far as its memory goes: a sample count less than that need not be known.
        for (int octave = 1; octave < Octaves; octave++)
            _spectra[octave].SetSamples(_signals.FirstSample(octave), _signals.Pitch(octave), _signals.Written(octave));

        _bank = new TunedBankCuda(
            kernels, batch, tunings, kernels.Tables(owner => new DenseConstantQTables(owner)).Banks, DenseConstantQTables.BankFloats);
        _outputs = new DeviceBuffer<float>(context, Octaves * _signalFrames * DenseConstantQTables.Rows);
        Chroma = new DeviceBuffer<float>(context, _signalFrames * ChromaTables.Classes);
        Magnitudes = keepMagnitudes ? new DeviceBuffer<float>(context, _signalFrames * ConstantQTables.Rows) : null;
        for (int octave = 0; octave < Octaves; octave++)
            _products[octave] = Product(octave, batch, frames);
        _fold = new KernelLaunch(
            kernels.Get("fold", "gpuser_fold_f32"),
            new Dim3((frames + FramesPerBlock - 1) / FramesPerBlock, batch),
            Block,
            0,
            _outputs.Address,
            frames,
            Chroma.Address,
            Magnitudes?.Address ?? 0ul,
            kernels.Tables(owner => new TonnetzDeviceTables(owner)).Projection.Address,
            rows,
            rowPitch,
            column);
        Readers = [_halvings[0], _spectra[0].Launch];
    }

    public DeviceBuffer<float> Chroma { get; }

    public DeviceBuffer<float>? Magnitudes { get; }

    public IReadOnlyList<KernelLaunch> Readers { get; }

    public void SetSamples(ulong samples, int pitch, int count)
    {
        OctaveSignals.SetSamples(_halvings[0], samples, pitch, count);
        _spectra[0].SetSamples(samples, pitch, count);
    }

    public IEnumerable<FeatureKernel> Kernels(int count)
    {
        for (int octave = 0; octave < Octaves; octave++, count = (count + 1) / 2)
        {
            if (octave < _halvings.Length)
                yield return new(_halvings[octave], _signals.Bytes(octave, count));
            yield return new(_spectra[octave].Launch, _spectra[octave].FloorBytes(count));
        }

        yield return _bank.Kernel;
        yield return new(
            _fold,
            FeatureKernel.Sectors(1, (long)_outputs.Bytes)
                + FeatureKernel.Sectors(1, (long)Chroma.Bytes)
                + FeatureKernel.Sectors(_signalFrames, sizeof(float) * TonnetzTables.Dimensions));
    }

    public PlanNode AddTo(PlanSchedule schedule, PlanNode tuning)
    {
        PlanNode bank = schedule.Add(_bank.Launch, tuning);
        PlanNode[] products = new PlanNode[Octaves];
        PlanNode? halved = null;
        for (int octave = 0; octave < Octaves; octave++)
        {
            // The top octave's signal is there from the start.
            PlanNode[] signal = halved is { } node ? [node] : [];
            PlanNode spectrum = _spectra[octave].AddTo(schedule, signal);
            if (octave < _halvings.Length)
                halved = schedule.Add(_halvings[octave], signal);
            GemmArguments product = _products[octave];
            products[octave] = schedule.Add(stream => _blas.Multiply(product, stream), bank, spectrum);
        }

        return schedule.Add(_fold, products);
    }

    public void Discard(CudaStream stream)
    {
        _signals.Discard(stream);
        foreach (StftPlan spectra in _spectra)
            spectra.Discard(stream);
        _bank.Bank.Discard(stream);
        _outputs.Discard(stream);
        Chroma.Discard(stream);
        Magnitudes?.Discard(stream);
    }

    public void Dispose()
    {
        Magnitudes?.Dispose();
        Chroma.Dispose();
        _outputs.Dispose();
        _bank.Dispose();
        foreach (StftPlan spectra in _spectra)
            spectra.Dispose();
        _signals.Dispose();
    }

    // The octave kernel without blocks that transform, whose parameters nobody then reads.
    private KernelLaunch HalvingOnly(int octave) => _signals.Launch(octave, 0, 0ul, 0ul, 0ul, 0ul, 0, 0f, 0ul, 0ul, 0ul, 0ul, 0, 0);

    // Column by column, as cuBLAS counts, a row of ours is a column: (72, frames) = (384, 72)^T (384, frames).
    private GemmArguments Product(int octave, int batch, int frames)
    {
        int spectrumPitch = 2 * _spectra[octave].Pitch;
        return new GemmArguments(
            TransposeA: true,
            TransposeB: false,
            M: DenseConstantQTables.Rows,
            N: frames,
            K: DenseConstantQTables.Columns,
            Alpha: ConstantQTables.OctaveScale(octave),
            A: _bank.Bank.Address,
            LeadingA: DenseConstantQTables.Columns,
            StrideA: DenseConstantQTables.BankFloats,
            B: _spectra[octave].Spectrum.Address + (2 * DenseConstantQTables.FirstBin * sizeof(float)),
            LeadingB: spectrumPitch,
            StrideB: (long)frames * spectrumPitch,
            Beta: 0,
            C: _outputs.Address + ((ulong)(octave * _signalFrames) * DenseConstantQTables.Rows * sizeof(float)),
            LeadingC: DenseConstantQTables.Rows,
            StrideC: (long)frames * DenseConstantQTables.Rows,
            Batch: batch);
    }
}
