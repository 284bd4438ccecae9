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
/// Everything that batches of one shape need on the device: tables, scratch, and the graph of kernels from padded samples to image.
/// Only the nodes that read samples and the last see the caller's memory, and only those the sample count, so batches of other lengths
/// but as many frames share a plan. A run allocates nothing.
/// </summary>
internal sealed class FeaturePlan : IDisposable
{
    private readonly FeatureKernels _kernels;
    private readonly StftCuda _stft;
    private readonly MelCuda _mel;
    private readonly MfccCuda _mfcc;
    private readonly ContrastCuda _contrast;
    private readonly HpssCuda _hpss;
    private readonly ChromaCuda _chroma;
    private readonly TonnetzCuda _tonnetz;
    private readonly ImageCuda _image;
    private readonly DeviceBuffer<float> _rows;
    private readonly CudaGraph _graph;
    private readonly CudaGraphExec _executable;
    private readonly CudaGraphNode _first;
    private readonly CudaGraphNode _hpssMel;
    private readonly CudaGraphNode _topOctave;
    private readonly CudaGraphNode _last;

    /// <summary>Allocates all memory and builds the graph.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="layout">Where each block begins in the image.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="keepStages">Whether to keep what no later kernel needs, for <see cref="ReadStages"/>.</param>
    public FeaturePlan(FeatureKernels kernels, ImageLayout layout, int batch, int frames, bool keepStages)
    {
        (Batch, Frames, KeepsStages, _kernels) = (batch, frames, keepStages, kernels);
        CudaContext context = kernels.Context;
        _rows = new DeviceBuffer<float>(context, (long)batch * frames * RowColumns.Pitch);
        _stft = new StftCuda(kernels, batch, frames);
        int melColumn = RowColumns.Of(FeatureBlock.Mel);
        _contrast = new ContrastCuda(kernels, batch, frames, _rows.Address, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Contrast));
        _chroma = new ChromaCuda(
            kernels, batch, frames, _stft.Spectrum.Address, _stft.Pitch, _rows.Address, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Chroma));
        _mel = new MelCuda(
            kernels, MelTables.Bank, batch, frames, _stft.Spectrum.Address, _stft.Pitch, _rows.Address, RowColumns.Pitch, melColumn, _contrast, _chroma);
        _mfcc = new MfccCuda(
            kernels, batch, frames, _rows.Address, RowColumns.Pitch, melColumn, RowColumns.Of(FeatureBlock.Mfcc), _mel, keepStages);
        _hpss = new HpssCuda(
            kernels, batch, frames, _stft.Spectrum.Address, _stft.Pitch, _rows.Address, RowColumns.Pitch, RowColumns.Of(FeatureBlock.HarmonicPercussive), keepStages);
        _tonnetz = new TonnetzCuda(
            kernels, batch, frames, _chroma.ConstantQTunings, _rows.Address, RowColumns.Pitch, RowColumns.Of(FeatureBlock.Tonnetz), keepStages);
        _image = new ImageCuda(kernels, layout, batch, frames, _rows.Address);

        _graph = new CudaGraph(context);
        _first = _graph.Add(_stft.Launch);
        CudaGraphNode mel = _graph.Add(_mel.Launch, _first);
        CudaGraphNode mfcc = _graph.Add(_mfcc.Launch, mel);
        CudaGraphNode contrast = _graph.Add(_contrast.Launch, mel);
        _hpssMel = _graph.Add(_hpss.MelLaunch, _graph.Add(_hpss.SeparationLaunch, _first));
        CudaGraphNode tuning = _graph.Add(_chroma.Tuning, mel);
        CudaGraphNode chroma = _graph.Add(_chroma.Chroma, tuning);
        CudaGraphNode octave = _topOctave = _graph.Add(_tonnetz.Launches[0], tuning);
        foreach (KernelLaunch launch in _tonnetz.Launches.Skip(1))
            octave = _graph.Add(launch, octave);
        _last = _graph.Add(_image.Launch, mfcc, contrast, _hpssMel, chroma, octave);
        _executable = _graph.Instantiate();
    }

    /// <summary>Signals of a batch.</summary>
    public int Batch { get; }

    /// <summary>Frames of a signal.</summary>
    public int Frames { get; }

    /// <summary>Whether the stages that only a reader wants are kept.</summary>
    public bool KeepsStages { get; }

    /// <summary>The kernels in the order in which they run, with their floors for signals of this many samples.</summary>
    public FeatureKernel[] Kernels(int samples) =>
    [
        new(_stft.Launch, _stft.FloorBytes(samples)),
        new(_mel.Launch, _mel.FloorBytes),
        new(_mfcc.Launch, _mfcc.FloorBytes),
        new(_contrast.Launch, _contrast.FloorBytes),
        new(_hpss.SeparationLaunch, _hpss.SeparationFloorBytes(samples)),
        new(_hpss.MelLaunch, _hpss.MelFloorBytes(samples)),
        .. _chroma.Kernels,
        .. _tonnetz.Kernels(samples),
        new(_image.Launch, _image.FloorBytes),
    ];

    /// <summary>Queues the graph on a stream.</summary>
    /// <param name="samples">Device address of the padded signals. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal; they make <see cref="Frames"/> frames.</param>
    /// <param name="image">Device address of the image. [shape=(batch, frames, 230)]</param>
    /// <param name="stream">The stream.</param>
    public void Run(ulong samples, int pitch, int count, ulong image, CudaStream stream)
    {
        _stft.SetSamples(samples, pitch, count);
        _executable.Update(_first, _stft.Launch);
        _hpss.SetSamples(samples, pitch, count);
        _executable.Update(_hpssMel, _hpss.MelLaunch);
        _tonnetz.SetSamples(samples, pitch, count);
        _executable.Update(_topOctave, _tonnetz.Launches[0]);
        _image.SetImage(image);
        _executable.Update(_last, _image.Launch);
        _stft.Spectrum.Discard(stream);
        _rows.Discard(stream);
        _mel.Maxima.Discard(stream);
        _mfcc.Decibels?.Discard(stream);
        _contrast.Means.Discard(stream);
        _hpss.Discard(stream);
        _chroma.Discard(stream);
        _tonnetz.Discard(stream);
        _executable.Launch(stream);
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

        (float chromaTuning, float constantQTuning) = _chroma.ReadTunings(stream);
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
        _executable.Dispose();
        _graph.Dispose();
        _image.Dispose();
        _hpss.Dispose();
        _contrast.Dispose();
        _tonnetz.Dispose();
        _chroma.Dispose();
        _mfcc.Dispose();
        _mel.Dispose();
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
