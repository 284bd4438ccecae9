using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Hpss;
using GpuSer.Features.Mel;
using GpuSer.Features.Stft;

namespace GpuSer.PtxEmulator.Tests.Kernels;

/// <summary>STFT, mel spectrum, contrast and separation of a batch by their kernels, with the rows between guards.</summary>
internal sealed class SeparationRun : IDisposable
{
    public const int RowPitch = 200, HpssColumn = 128, ContrastColumn = 192;

    public SeparationRun(KernelDevice device, GuardedMemory signals, int batch, int samples, HpssTiling? tiling = null)
    {
        Frames = StftTables.Frames(samples);
        Rows = new GuardedMemory(device.Context, batch * Frames * RowPitch);
        Stft = new StftCuda(device.Kernels, batch, Frames);
        Hpss = new HpssCuda(device.Kernels, batch, Frames, Stft.Spectrum.Address, Stft.Pitch, Rows.Address, RowPitch, HpssColumn, keepMasks: true, tiling);
        Contrast = new ContrastCuda(device.Kernels, batch, Frames, Rows.Address, RowPitch, ContrastColumn);
        Tuning = new TuningCuda(device.Kernels, batch, Frames);
        Mel = new MelCuda(device.Kernels, MelTables.Bank, batch, Frames, Stft, Rows.Address, RowPitch, 0, Contrast, Tuning);
        Stft.SetSamples(signals.Address, samples, samples);
        Hpss.SetSamples(signals.Address, samples, samples);
        Stft.Launch.Run(device.Stream);
        Mel.Launch.Run(device.Stream);
        Contrast.Launch.Run(device.Stream);
        Hpss.SeparationLaunch.Run(device.Stream);
        Hpss.MelLaunch.Run(device.Stream);
        Stages = new FeatureStages(
            HpssStagesCuda.Read(device.Kernels, Hpss, Frames, Stft.Spectrum.Address, Stft.Pitch, signals.Address, samples, device.Stream));
        signals.AssertGuards();
        Rows.AssertGuards();
    }

    public int Frames { get; }

    public StftCuda Stft { get; }

    public HpssCuda Hpss { get; }

    public MelCuda Mel { get; }

    public ContrastCuda Contrast { get; }

    /// <summary>Takes the peaks that the mel kernel finds; its own kernel does not run.</summary>
    public TuningCuda Tuning { get; }

    public GuardedMemory Rows { get; }

    /// <summary>The first signal's spectra and signals, apart.</summary>
    public FeatureStages Stages { get; }

    /// <summary>Columns of one signal's rows, as (rows, frames).</summary>
    public float[] Columns(int first, int count, int signal)
    {
        float[] result = new float[count * Frames];
        for (int t = 0; t < Frames; t++)
        {
            for (int row = 0; row < count; row++)
                result[(row * Frames) + t] = Rows.Values[(((signal * Frames) + t) * RowPitch) + first + row];
        }

        return result;
    }

    public void Dispose()
    {
        Mel.Dispose();
        Tuning.Dispose();
        Contrast.Dispose();
        Hpss.Dispose();
        Stft.Dispose();
        Rows.Dispose();
    }
}
