using GpuSer.IO;

namespace GpuSer.Console.Output;

/// <summary>Computes a signal's image, or every stage, and writes each array under its golden name.</summary>
internal sealed class FeatureWriter(FeatureDevice device, bool stages)
{
    /// <summary>Writes <c>image.npy</c>, and with stages <c>stft_abs.npy</c> and the rest, into an existing folder.</summary>
    public void Write(float[] samples, string folder)
    {
        foreach (FeatureStage stage in device.ComputeStages(samples))
        {
            if (stages || stage.Name == "image")
            {
                NpyFile.Write(Path.Combine(folder, stage.Name + ".npy"), stage.Data, stage.Shape);
            }
        }
    }
}
