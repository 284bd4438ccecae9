using GpuSer.Cuda;
using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Hpss;
using GpuSer.Features.Mel;
using GpuSer.Features.Mfcc;
using GpuSer.Features.Stft;
using GpuSer.Features.Tonnetz;

namespace GpuSer.Features.Image;

/// <summary>
/// Everything that batches of one shape need on the device: tables, scratch, and the schedule of kernels from padded samples to image, which
/// is one graph unless cuFFT or cuBLAS take part. Only the nodes that read samples and the last see the caller's memory, and only those the
/// sample count, so batches of other lengths but as many frames share a plan. A run allocates nothing.
/// </summary>
internal sealed class FeaturePlan : IDisposable
{
    private readonly FeatureKernels _kernels;
    private readonly StftPlan _stft;
    private readonly IMelPlan _mel;
    private readonly MfccCuda _mfcc;
    private readonly ContrastCuda _contrast;
    private readonly HpssCuda _hpss;
    private readonly TuningCuda _tuning;
    private readonly IChromaPlan _chroma;
    private readonly ITonnetzPlan _tonnetz;
    private readonly ImageCuda _image;
    private readonly DeviceBuffer<float> _rows;
    private readonly PlanSchedule _schedule;

    /// <summary>Allocates all memory and builds the schedule.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="options">Where each block begins in the image, and which way spectra and filter banks go.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="keepStages">Whether to keep what no later kernel needs, for <see cref="ReadStages"/>.</param>
    public FeaturePlan(FeatureKernels kernels, FeatureOptions options, int batch, int frames, bool keepStages)
    {
        (Batch, Frames, KeepsStages, _kernels) = (batch, frames, keepStages, kernels);
        CudaContext context = kernels.Context;
        _rows = new DeviceBuffer<float>(context, (long)batch * frames * RowColumns.Pitch);
        _stft = StftPlan.Make(options.Stft, kernels, batch, frames);
        int melColumn = RowColumns.Of(FeatureBlock.Mel), chromaColumn = RowColumns.Of(FeatureBlock.Chroma);
        int tonnetzColumn = RowColumns.Of(FeatureBlock.Tonnetz);
        _contrast = new ContrastCuda(kernels, batch, frames, _rows.Address, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Contrast));
        _tuning = new TuningCuda(kernels, batch, frames);
        if (options.FilterBank == FilterBankMethod.CuBlas)
        {
            PowersCuda powers = new(kernels, batch, frames, _stft, _contrast, _tuning);
            _mel = new MelCuBlas(kernels, batch, frames, powers, _rows.Address, RowColumns.Pitch, melColumn);
            _chroma = new ChromaCuBlas(kernels, batch, frames, powers, _tuning.ChromaTunings, _rows.Address, RowColumns.Pitch, chromaColumn);
            _tonnetz = new TonnetzCuBlas(
                kernels, options.Stft, batch, frames, _tuning.ConstantQTunings, _rows.Address, RowColumns.Pitch, tonnetzColumn, keepStages);
        }
        else
        {
            _mel = new MelCuda(kernels, MelTables.Bank, batch, frames, _stft, _rows.Address, RowColumns.Pitch, melColumn, _contrast, _tuning);
            _chroma = new ChromaCuda(kernels, batch, frames, _stft, _tuning.ChromaTunings, _rows.Address, RowColumns.Pitch, chromaColumn);
            _tonnetz = new TonnetzCuda(kernels, batch, frames, _tuning.ConstantQTunings, _rows.Address, RowColumns.Pitch, tonnetzColumn, keepStages);
        }

        _mfcc = new MfccCuda(
            kernels, batch, frames, _rows.Address, RowColumns.Pitch, melColumn, RowColumns.Of(FeatureBlock.Mfcc), _mel, keepStages);
        _hpss = new HpssCuda(
            kernels, batch, frames, _stft.Spectrum.Address, _stft.Pitch, _rows.Address, RowColumns.Pitch, RowColumns.Of(FeatureBlock.HarmonicPercussive), keepStages);
        _image = new ImageCuda(kernels, new ImageLayout(options), batch, frames, _rows.Address);

        _schedule = new PlanSchedule(context);
        PlanNode spectrum = _stft.AddTo(_schedule);
        MelNodes mel = _mel.AddTo(_schedule, spectrum);
        PlanNode mfcc = _schedule.Add(_mfcc.Launch, mel.Mel);
        PlanNode contrast = _schedule.Add(_contrast.Launch, mel.Peaks);
        PlanNode hpss = _schedule.Add(_hpss.MelLaunch, _schedule.Add(_hpss.SeparationLaunch, spectrum));
        PlanNode tuning = _schedule.Add(_tuning.Launch, mel.Peaks);
        PlanNode chroma = _chroma.AddTo(_schedule, tuning);
        PlanNode tonnetz = _tonnetz.AddTo(_schedule, tuning);
        _schedule.Add(_image.Launch, mfcc, contrast, hpss, chroma, tonnetz);
        _schedule.Instantiate();
    }

    /// <summary>Signals of a batch.</summary>
    public int Batch { get; }

    /// <summary>Frames of a signal.</summary>
    public int Frames { get; }

    /// <summary>Whether the stages that only a reader wants are kept.</summary>
    public bool KeepsStages { get; }

    /// <summary>The kernels by feature, with their floors for signals of this many samples; what cuFFT and cuBLAS launch is not ours to list.</summary>
    public FeatureKernel[] Kernels(int samples) =>
    [
        new(_stft.Launch, _stft.FloorBytes(samples)),
        .. _mel.Kernels,
        new(_mfcc.Launch, _mfcc.FloorBytes),
        new(_contrast.Launch, _contrast.FloorBytes),
        new(_hpss.SeparationLaunch, _hpss.SeparationFloorBytes(samples)),
        new(_hpss.MelLaunch, _hpss.MelFloorBytes(samples)),
        new(_tuning.Launch, _tuning.FloorBytes),
        .. _chroma.Kernels,
        .. _tonnetz.Kernels(samples),
        new(_image.Launch, _image.FloorBytes),
    ];

    /// <summary>Queues the schedule on a stream.</summary>
    /// <param name="samples">Device address of the padded signals. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal; they make <see cref="Frames"/> frames.</param>
    /// <param name="image">Device address of the image. [shape=(batch, frames, 230)]</param>
    /// <param name="stream">The stream.</param>
    public void Run(ulong samples, int pitch, int count, ulong image, CudaStream stream)
    {
        _stft.SetSamples(samples, pitch, count);
        _schedule.Update(_stft.Launch);
        _hpss.SetSamples(samples, pitch, count);
        _schedule.Update(_hpss.MelLaunch);
        _tonnetz.SetSamples(samples, pitch, count);
        for (int i = 0; i < _tonnetz.Readers.Count; i++)
            _schedule.Update(_tonnetz.Readers[i]);
        _image.SetImage(image);
        _schedule.Update(_image.Launch);
        _stft.Discard(stream);
        _rows.Discard(stream);
        _mel.Discard(stream);
        _mfcc.Decibels?.Discard(stream);
        _contrast.Means.Discard(stream);
        _hpss.Discard(stream);
        _tuning.Discard(stream);
        _chroma.Discard(stream);
        _tonnetz.Discard(stream);
        _schedule.Run(stream);
    }

    /// <summary>Reads back every stage of the first signal, under the golden files' names.</summary>
    /// <param name="samples">Device address of the signal that the run read.</param>
    /// <param name="count">Its samples.</param>
    /// <param name="stream">The run's stream.</param>
    public FeatureStages ReadStages(ulong samples, int count, CudaStream stream)
    {
        float[] spectrum = new float[2 * StftTables.Bins];
        float[] magnitude = new float[StftTables.Bins * Frames];
        for (int t = 0; t < Frames; t++)
        {
            _stft.Spectrum.CopyTo(spectrum, stream, 2L * t * _stft.Pitch);
            for (int k = 0; k < StftTables.Bins; k++)
                magnitude[(k * Frames) + t] = float.Hypot(spectrum[2 * k], spectrum[(2 * k) + 1]);
        }

        (float chromaTuning, float constantQTuning) = _tuning.Read(stream);
        return new FeatureStages(
        [
            new("stft_abs", [StftTables.Bins, Frames], magnitude),
            Stage("mel_power", _rows, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Mel), MelTables.Bands, stream),
            Stage("mel_db", _mfcc.Decibels!, MelTables.Bands, 0, MelTables.Bands, stream),
            Stage("mfcc", _rows, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Mfcc), MfccTables.Coefficients, stream),
            new("tuning_stft", [1], [chromaTuning]),
            Stage("chroma_stft", _rows, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Chroma), ChromaTables.Classes, stream),
            Stage("contrast", _rows, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Contrast), ContrastTables.Count, stream),
            new("tuning_y", [1], [constantQTuning]),
            Stage("cqt_abs", _tonnetz.Magnitudes!, ConstantQTables.Rows, 0, ConstantQTables.Rows, stream),
            Stage("chroma_cqt", _tonnetz.Chroma, ChromaTables.Classes, 0, ChromaTables.Classes, stream),
            Stage("tonnetz", _rows, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Tonnetz), TonnetzTables.Dimensions, stream),
            .. HpssStagesCuda.Read(_kernels, _hpss, Frames, _stft.Spectrum.Address, _stft.Pitch, samples, count, stream),
            Stage("hp_mel", _rows, RowColumns.Pitch, RowColumns.Of(FeatureBlock.HarmonicPercussive), MelTables.HpssBands, stream),
        ]);
    }

    public void Dispose()
    {
        _schedule.Dispose();
        _image.Dispose();
        _hpss.Dispose();
        _mfcc.Dispose();
        _tonnetz.Dispose();
        _chroma.Dispose();
        _mel.Dispose();
        _tuning.Dispose();
        _contrast.Dispose();
        _stft.Dispose();
        _rows.Dispose();
    }

    // Columns of (frames, pitch) as (rows, frames); what lies between them may be unwritten.
    private FeatureStage Stage(string name, DeviceBuffer<float> values, int pitch, int first, int count, CudaStream stream)
    {
        float[] frame = new float[count];
        float[] data = new float[count * Frames];
        for (int t = 0; t < Frames; t++)
        {
            values.CopyTo(frame, stream, ((long)t * pitch) + first);
            for (int row = 0; row < count; row++)
                data[(row * Frames) + t] = frame[row];
        }

        return new(name, [count, Frames], data);
    }
}
