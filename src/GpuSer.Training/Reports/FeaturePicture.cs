using GpuSer.Features;
using GpuSer.Training.Augmentation;

namespace GpuSer.Training.Reports;

/// <summary>
/// Draws feature images as PNG: time to the right, the image's first row at the bottom as in spectrograms; -1 is blue, 0 white, 1 red (ColorBrewer's RdBu).
/// </summary>
internal static class FeaturePicture
{
    private const int LabelScale = 2, Margin = 6, Gap = 3;
    private const int Levels = 251;
    private const byte White = 251, Ink = 252, Frame = 253;

    private static readonly (int Red, int Green, int Blue)[] Anchors =
        [(5, 48, 97), (67, 147, 195), (247, 247, 247), (214, 96, 77), (103, 0, 31)];

    private static readonly byte[] Palette = MakePalette();

    /// <summary>One pixel a value.</summary>
    /// <param name="image">[shape = (frames, 230)]</param>
    /// <param name="box">A part to put a frame round; null for none.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] Plain(ReadOnlySpan<float> image, ImageBox? box = null)
    {
        int rows = FeatureExtractor.Rows, frames = FramesOf(image);
        byte[] pixels = new byte[rows * frames];
        for (int y = 0; y < rows; y++)
        {
            for (int t = 0; t < frames; t++)
            {
                pixels[(y * frames) + t] = IsEdge(box, t, rows - 1 - y) ? Frame : Level(image[(t * rows) + rows - 1 - y]);
            }
        }

        return PngFile.Encode(frames, pixels, Palette);
    }

    /// <summary>Two pixels each way a value, with a gap between the feature blocks and their names and numbers of rows beside.</summary>
    /// <param name="image">[shape = (frames, 230)]</param>
    /// <param name="options">Where the blocks stand.</param>
    /// <returns>The file's bytes.</returns>
    public static byte[] Labelled(ReadOnlySpan<float> image, FeatureOptions options)
    {
        ImageBlock[] blocks = [.. ImageBlock.Of(options).Reverse()];
        string[] labels = [.. blocks.Select(block => $"{block.Name} ({block.Rows})")];
        int left = (2 * Margin) + labels.Max(BitmapFont.WidthOf), frames = FramesOf(image);
        int width = left + (LabelScale * frames) + Margin;
        int height = (2 * Margin) + (LabelScale * FeatureExtractor.Rows) + (Gap * (blocks.Length - 1));
        byte[] pixels = new byte[width * height];
        pixels.AsSpan().Fill(White);
        int top = Margin;
        foreach ((ImageBlock block, string label) in blocks.Zip(labels))
        {
            int tall = LabelScale * block.Rows;
            for (int y = 0; y < tall; y++)
            {
                int row = block.FirstRow + block.Rows - 1 - (y / LabelScale);
                for (int x = 0; x < LabelScale * frames; x++)
                {
                    pixels[((top + y) * width) + left + x] = Level(image[(x / LabelScale * FeatureExtractor.Rows) + row]);
                }
            }

            BitmapFont.Draw(label, pixels, width, Margin, top + ((tall - BitmapFont.Height) / 2), Ink);
            top += tall + Gap;
        }

        return PngFile.Encode(width, pixels, Palette);
    }

    private static int FramesOf(ReadOnlySpan<float> image) => image.Length > 0 && image.Length % FeatureExtractor.Rows == 0
        ? image.Length / FeatureExtractor.Rows
        : throw new ArgumentException($"{image.Length} values are no image of {FeatureExtractor.Rows} rows", nameof(image));

    private static bool IsEdge(ImageBox? box, int frame, int row) => box is { } b
        && frame >= b.FirstFrame && frame < b.EndFrame && row >= b.FirstRow && row < b.EndRow
        && (frame == b.FirstFrame || frame == b.EndFrame - 1 || row == b.FirstRow || row == b.EndRow - 1);

    private static byte Level(float value) => (byte)Math.Round((Math.Clamp(value, -1f, 1f) + 1) / 2 * (Levels - 1));

    private static byte[] MakePalette()
    {
        byte[] palette = new byte[3 * (Frame + 1)];
        for (int level = 0; level < Levels; level++)
        {
            double place = (double)level / (Levels - 1) * (Anchors.Length - 1);
            int lower = Math.Min((int)place, Anchors.Length - 2);
            (int Red, int Green, int Blue) a = Anchors[lower], b = Anchors[lower + 1];
            Set(level, Between(a.Red, b.Red), Between(a.Green, b.Green), Between(a.Blue, b.Blue));

            int Between(int from, int to) => (int)Math.Round(from + ((to - from) * (place - lower)));
        }

        Set(White, 255, 255, 255);
        Set(Ink, 20, 20, 20);
        Set(Frame, 0, 0, 0);
        return palette;

        void Set(int index, int red, int green, int blue) =>
            (palette[3 * index], palette[(3 * index) + 1], palette[(3 * index) + 2]) = ((byte)red, (byte)green, (byte)blue);
    }
}
