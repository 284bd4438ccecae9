using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Hpss;

/// <summary>Both masked spectra and both signals of the first signal of a batch, which the fused kernels never write out.</summary>
internal static class HpssStagesCuda
{
    // kernels/hpss/hpss_stages.cu: threads of a block.
    private const int Block = 256;

    /// <summary>Computes and reads back the stages, under the golden files' names.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="hpss">A separation that keeps its masks, after a run.</param>
    /// <param name="frames">Frames of the signal.</param>
    /// <param name="spectrum">Device address of the spectrum the run read.</param>
    /// <param name="spectrumPitch">Complex values from one frame to the next.</param>
    /// <param name="samples">Device address of the samples the run read.</param>
    /// <param name="count">Samples.</param>
    /// <param name="stream">The run's stream.</param>
    public static FeatureStage[] Read(
        FeatureKernels kernels, HpssCuda hpss, int frames, ulong spectrum, int spectrumPitch, ulong samples, int count, CudaStream stream)
    {
        CudaContext context = kernels.Context;
        long values = (long)frames * StftTables.Bins;
        using DeviceBuffer<float> harmonic = new(context, values), percussive = new(context, values);
        using DeviceBuffer<float> harmonicSignal = new(context, count), percussiveSignal = new(context, count);
        new KernelLaunch(
            kernels.Get("hpss_stages", "gpuser_hpss_masked_f32"), new Dim3(frames, 1), Block, 0,
            spectrum, spectrumPitch, hpss.Masks!.Address, harmonic.Address, percussive.Address).Run(stream);
        new KernelLaunch(
            kernels.Get("hpss_stages", "gpuser_hpss_signals_f32"), new Dim3((count + StftTables.HopLength - 1) / StftTables.HopLength, 1), Block, 0,
            samples, count, count, hpss.Pieces.Address, hpss.Tiling.Tiles, hpss.Tiling.TileFrames, frames, harmonicSignal.Address, percussiveSignal.Address).Run(stream);
        return
        [
            new("harmonic_abs", [StftTables.Bins, frames], Transposed(harmonic)),
            new("percussive_abs", [StftTables.Bins, frames], Transposed(percussive)),
            new("harmonic_y", [count], Copy(harmonicSignal)),
            new("percussive_y", [count], Copy(percussiveSignal)),
        ];

        float[] Copy(DeviceBuffer<float> buffer)
        {
            float[] copy = new float[buffer.Count];
            buffer.CopyTo(copy, stream);
            return copy;
        }

        float[] Transposed(DeviceBuffer<float> buffer)
        {
            float[] copy = Copy(buffer), result = new float[copy.Length];
            for (int t = 0; t < frames; t++)
            {
                for (int k = 0; k < StftTables.Bins; k++)
                    result[(k * frames) + t] = copy[(t * StftTables.Bins) + k];
            }

            return result;
        }
    }
}
