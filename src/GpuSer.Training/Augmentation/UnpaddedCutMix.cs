using GpuSer.Training.Randomness;
using static TorchSharp.torch;

namespace GpuSer.Training.Augmentation;

/// <summary>
/// CutMix between images of different lengths: as <see cref="CutMix"/>, with one lambda, centre and permutation for the batch, and a box of its own for
/// each image, drawn in the frames that it has in common with its partner. So a box lies at the same place of both, and has the sides that it
/// would have in two images of the shorter's length; lambda is then what the box leaves of the image itself. Among images of one length it
/// is CutMix.
/// </summary>
/// <param name="Boxes">What is replaced in each image. [length = batch]</param>
/// <param name="Partner">Image i gets its box from image Partner[i]. [length = batch]</param>
/// <param name="Lambdas">Share of its own that each image keeps, in [0, 1]. [length = batch]</param>
internal sealed record UnpaddedCutMix(IReadOnlyList<ImageBox> Boxes, IReadOnlyList<int> Partner, IReadOnlyList<double> Lambdas)
{
    /// <summary>Draws what to do to a batch.</summary>
    /// <param name="random">Where the values come from.</param>
    /// <param name="alpha">Parameter of the Beta distribution, positive.</param>
    /// <param name="frames">Frames of each image. [length = batch]</param>
    /// <param name="rows">Rows of an image.</param>
    public static UnpaddedCutMix Draw(Philox random, double alpha, IReadOnlyList<int> frames, int rows)
    {
        double lambda = random.NextBeta(alpha, alpha), centre = random.NextDouble();
        int row = random.NextInt(rows);
        int[] partner = random.NextPermutation(frames.Count);
        ImageBox[] boxes = new ImageBox[frames.Count];
        double[] lambdas = new double[frames.Count];
        for (int i = 0; i < boxes.Length; i++)
        {
            int common = Math.Min(frames[i], frames[partner[i]]);
            boxes[i] = CutMix.Round(lambda, (int)(centre * common), row, common, rows);
            lambdas[i] = 1 - ((double)boxes[i].Frames * boxes[i].Rows / ((double)frames[i] * rows));
        }

        return new UnpaddedCutMix(boxes, partner, lambdas);
    }

    /// <summary>Nothing is mixed.</summary>
    public static UnpaddedCutMix None(int batch) => new(new ImageBox[batch], [.. Enumerable.Range(0, batch)], [.. Enumerable.Repeat(1.0, batch)]);

    /// <summary>An image with its box, a new tensor where there is one.</summary>
    /// <param name="images">The images as they were made. [shape = (1, frames of each, rows)]</param>
    /// <param name="i">Which.</param>
    public Tensor Mixed(IReadOnlyList<Tensor> images, int i)
    {
        ImageBox box = Boxes[i];
        if (box.Frames == 0 || box.Rows == 0 || Partner[i] == i)
        {
            return images[i];
        }

        Tensor mixed = images[i].clone();
        Cut(mixed, box).copy_(Cut(images[Partner[i]], box));
        return mixed;
    }

    private static Tensor Cut(Tensor image, ImageBox box) => image.narrow(1, box.FirstFrame, box.Frames).narrow(2, box.FirstRow, box.Rows);
}
