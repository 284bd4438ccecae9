// Features of a signal, written into memory of your own.
//
//   FeaturesToSpan [RECORDING]      without a recording: a tone A (440 Hz), and after a second a tone C (523 Hz)
using System.Globalization;
using System.Runtime.InteropServices;
using GpuSer;
using GpuSer.Audio;
using GpuSer.Features;
using GpuSer.Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// A signal is mono float samples at 22,050 Hz. Of a recording keep what is not silence, as in training.
float[] samples = args.Length == 0
    ? [.. Tones.Samples(440, 1), .. Tones.Samples(523.25, 1)]
    : VoicedSamples.SelectOrThrow(args[0], AudioFile.ReadMono(args[0]));

// One extractor serves a whole program, from any number of threads: what it needs it allocates once.
using FeatureExtractor extractor = new();

// The image is (frames, 230), a frame every 512 samples. Where it lies is up to you: an array, a tensor, or memory of no collector's, as here.
int frames = FeatureExtractor.Frames(samples.Length), rows = FeatureExtractor.Rows;
unsafe
{
    float* memory = (float*)NativeMemory.Alloc((nuint)(frames * rows), sizeof(float));
    try
    {
        Span<float> image = new(memory, frames * rows);
        extractor.ComputeImage(samples, image);

        long before = GC.GetAllocatedBytesForCurrentThread();
        extractor.ComputeImage(samples, image);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Console.WriteLine($"{frames} frames of {rows} rows; a second image of that length allocated {allocated} bytes");

        // Six features share the rows; each row is scaled to a largest magnitude of 1. Row 0 of chroma is pitch class C, row 9 is A.
        ImageBlock chroma = ImageBlock.Of(extractor.Options).Single(block => block.Block == FeatureBlock.Chroma);
        foreach ((string name, int pitch) in new[] { ("A", 9), ("C", 0) })
        {
            int row = chroma.FirstRow + pitch;
            Console.WriteLine($"chroma {name}: {Mean(image, row, 0, frames / 2):f2} in the first half, {Mean(image, row, frames / 2, frames):f2} in the second");
        }
    }
    finally
    {
        NativeMemory.Free(memory);
    }
}

static float Mean(ReadOnlySpan<float> image, int row, int from, int to)
{
    float sum = 0;
    for (int frame = from; frame < to; frame++)
    {
        sum += image[(frame * FeatureExtractor.Rows) + row];
    }

    return sum / (to - from);
}
