using GpuSer.IO;

namespace GpuSer.Console.Output;

/// <summary>Computes a signal's image, or every stage, and writes each array under its golden name.</summary>
internal sealed class FeatureWriter
{
    private readonly FeatureDevice _device;
    private readonly bool _stages;

    /// <summary>Checks that the device makes what is asked for.</summary>
    /// <exception cref="GpuSerException">It does not.</exception>
    public FeatureWriter(FeatureDevice device, bool stages)
    {
        if (!stages && !device.MakesImages)
        {
            throw new GpuSerException("this device makes stages so far, no whole images: add --stages, or use --device cpu");
        }

        (_device, _stages) = (device, stages);
    }

    /// <summary>Writes <c>image.npy</c>, and with stages <c>stft_abs.npy</c> and the rest, into an existing folder.</summary>
    public void Write(float[] samples, string folder)
    {
        foreach (FeatureStage stage in _device.ComputeStages(samples))
        {
            if (_stages || stage.Name == "image")
            {
                NpyFile.Write(Path.Combine(folder, stage.Name + ".npy"), stage.Data, stage.Shape);
            }
        }
    }
}
