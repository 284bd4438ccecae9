using GpuSer.IO;
using GpuSer.Training.Reports;

namespace GpuSer.Console.Output;

/// <summary>Computes a signal's image, or every stage, and writes each array under its golden name.</summary>
/// <param name="device">What computes.</param>
/// <param name="stages">Whether to write every stage.</param>
/// <param name="drawn">The options whose image is to be drawn, too; null for no picture.</param>
internal sealed class FeatureWriter(FeatureDevice device, bool stages, FeatureOptions? drawn = null)
{
    /// <summary>Writes <c>image.npy</c>, with stages <c>stft_abs.npy</c> and the rest, and <c>image.png</c> where it is to be drawn, into an existing folder.</summary>
    public void Write(float[] samples, string folder)
    {
        foreach (FeatureStage stage in device.ComputeStages(samples))
        {
            if (stages || stage.Name == "image")
            {
                NpyFile.Write(Path.Combine(folder, stage.Name + ".npy"), stage.Data, stage.Shape);
            }

            if (stage.Name == "image" && drawn is not null)
            {
                Draw(folder, stage.Data, drawn);
            }
        }
    }
    /// <summary>Writes <c>image.png</c>, with its feature blocks labelled.</summary>
    public static void Draw(string folder, ReadOnlySpan<float> image, FeatureOptions options)
    {
        byte[] picture = FeaturePicture.Labelled(image, options);
        AtomicFile.Write(Path.Combine(folder, "image.png"), stream => stream.Write(picture));
    }
}
