using System.Buffers;
using GpuSer.IO;

namespace GpuSer.Console.Output;

/// <summary>
/// Writes each recording's image into its folder as <c>image.npy</c>, and as <c>image.png</c> where the options of a picture are given, on the thread that
/// made it.
/// </summary>
internal sealed class ImageFiles(string[] folders, FileResults results, FeatureOptions? drawn = null) : IImageSink
{
    // Only as many hold memory at once as there are threads.
    private readonly (float[]? Values, int Frames)[] _images = new (float[]?, int)[folders.Length];

    public Span<float> Begin(int file, int frames)
    {
        float[] values = ArrayPool<float>.Shared.Rent(frames * FeatureExtractor.Rows);
        _images[file] = (values, frames);
        return values.AsSpan(0, frames * FeatureExtractor.Rows);
    }

    public void Completed(int file)
    {
        (float[]? values, int frames) = _images[file];
        AtomicFile.CreateFolder(folders[file]);
        ReadOnlySpan<float> image = values.AsSpan(0, frames * FeatureExtractor.Rows);
        NpyFile.Write(Path.Combine(folders[file], "image.npy"), image, frames, FeatureExtractor.Rows);
        if (drawn is not null)
        {
            FeatureWriter.Draw(folders[file], image, drawn);
        }

        GiveBack(file);
        results.Done(file);
    }

    public void Failed(int file, GpuSerException error)
    {
        GiveBack(file);
        results.Failed(file, error);
    }

    private void GiveBack(int file)
    {
        if (_images[file].Values is { } values)
        {
            _images[file] = default;
            ArrayPool<float>.Shared.Return(values);
        }
    }
}
