using GpuSer.Training.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Augmentation;

/// <summary>A part of an image: frames and rows from the first to the one before the end.</summary>
internal readonly record struct ImageBox(int FirstFrame, int EndFrame, int FirstRow, int EndRow)
{
    /// <summary>Number of frames.</summary>
    public int Frames => EndFrame - FirstFrame;

    /// <summary>Number of rows.</summary>
    public int Rows => EndRow - FirstRow;
}

/// <summary>What CutMix does to one batch (Yun et al. 2019): each image gets a box out of its partner, and the loss is shared by area.</summary>
/// <param name="Box">What is replaced in every image.</param>
/// <param name="Partner">Image i gets its box from image Partner[i]. [length = batch]</param>
/// <param name="Lambda">Share of its own that an image keeps, in [0, 1]: the weight of its own label in the loss.</param>
internal sealed record CutMix(ImageBox Box, IReadOnlyList<int> Partner, double Lambda)
{
    /// <summary>Draws lambda from Beta(alpha, alpha), a box of that share round a uniform centre, and the partners.</summary>
    /// <param name="random">Where the values come from.</param>
    /// <param name="alpha">Parameter of the Beta distribution, positive.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="frames">Frames of an image.</param>
    /// <param name="rows">Rows of an image.</param>
    public static CutMix Draw(Philox random, double alpha, int batch, int frames, int rows)
    {
        double lambda = random.NextBeta(alpha, alpha);
        int frame = random.NextInt(frames), row = random.NextInt(rows);
        return new CutMix(Round(lambda, frame, row, frames, rows), random.NextPermutation(batch), frames, rows);
    }

    /// <summary>A box and the partners; lambda is what the box leaves.</summary>
    internal CutMix(ImageBox box, IReadOnlyList<int> partner, int frames, int rows)
        : this(box, partner, 1 - ((double)box.Frames * box.Rows / ((double)frames * rows)))
    {
    }

    /// <summary>The box with sides int(frames sqrt(1 - lambda)) and int(rows sqrt(1 - lambda)) round a centre, clipped to the image.</summary>
    internal static ImageBox Round(double lambda, int frame, int row, int frames, int rows)
    {
        double scale = Math.Sqrt(1 - lambda);
        int height = (int)(frames * scale), width = (int)(rows * scale);
        int firstFrame = frame - (height / 2), firstRow = row - (width / 2);
        return new ImageBox(
            Math.Max(firstFrame, 0), Math.Min(firstFrame + height, frames), Math.Max(firstRow, 0), Math.Min(firstRow + width, rows));
    }

    /// <summary>Replaces the boxes, in place.</summary>
    /// <param name="images">The one buffer behind the three channels. [shape = (batch, frames, rows)]</param>
    public void Apply(Tensor images)
    {
        if (Box.Frames == 0 || Box.Rows == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor box = images.narrow(1, Box.FirstFrame, Box.Frames).narrow(2, Box.FirstRow, Box.Rows);
        Tensor partner = tensor(Partner.Select(i => (long)i).ToArray(), device: images.device);
        box.copy_(box.index_select(0, partner));
    }

    /// <summary>lambda * CE(own labels) + (1 - lambda) * CE(partners' labels).</summary>
    /// <param name="logits">Output of the network. [shape = (batch, classes)]</param>
    /// <param name="labels">Own labels. [shape = (batch)]</param>
    public Tensor Loss(Tensor logits, IReadOnlyList<long> labels) => new MixedLabels(labels, [.. Partner.Select(i => labels[i])], Lambda).Loss(logits);
}
