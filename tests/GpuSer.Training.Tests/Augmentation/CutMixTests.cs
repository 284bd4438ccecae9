using GpuSer.Training.Augmentation;
using GpuSer.Training.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Tests.Augmentation;

public class CutMixTests
{
    [Theory]
    [InlineData(0.75, 40, 100, 20, 60, 43, 158)] // sides int(80 * 0.5), int(230 * 0.5)
    [InlineData(0.75, 0, 229, 0, 20, 172, 230)] // clipped at two edges
    [InlineData(1.0, 40, 100, 40, 40, 100, 100)] // an empty box
    [InlineData(0.0, 40, 115, 0, 80, 0, 230)] // the whole image
    public void The_box_has_the_recipes_sides_round_its_centre(
        double lambda, int frame, int row, int firstFrame, int endFrame, int firstRow, int endRow)
    {
        Assert.Equal(new ImageBox(firstFrame, endFrame, firstRow, endRow), CutMix.Round(lambda, frame, row, 80, 230));
    }

    [Fact]
    public void A_fixed_box_comes_from_the_partner_and_nothing_else_changes()
    {
        using DisposeScope scope = NewDisposeScope();
        const int Frames = 5, Rows = 7;
        float[] before = [.. Enumerable.Range(0, 3 * Frames * Rows).Select(i => (float)i)];
        Tensor images = tensor(before, [3L, Frames, Rows]);
        CutMix mix = new(new ImageBox(1, 3, 2, 6), [2, 0, 1], Frames, Rows);

        mix.Apply(images);

        Assert.Equal(1 - (8.0 / 35), mix.Lambda, 1e-15);
        float[] after = TensorMemory.Floats(images).ToArray();
        for (int i = 0; i < after.Length; i++)
        {
            (int image, int frame, int row) = (i / (Frames * Rows), i / Rows % Frames, i % Rows);
            bool inside = frame is >= 1 and < 3 && row is >= 2 and < 6;
            Assert.Equal(before[inside ? (mix.Partner[image] * Frames * Rows) + (i % (Frames * Rows)) : i], after[i]);
        }
    }

    [Fact]
    public void The_loss_is_shared_between_own_and_partners_labels()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new float[] { 0, MathF.Log(3), 0, 0 }, [2L, 2]);
        CutMix mix = new(default, [1, 0], 0.25);

        // Cross entropies: own labels (1, 0) give -ln 3/4, ln 2; the partners' (0, 1) give ln 4, ln 2.
        double own = (-Math.Log(0.75) + Math.Log(2)) / 2, partners = (Math.Log(4) + Math.Log(2)) / 2;
        Assert.Equal((0.25 * own) + (0.75 * partners), mix.Loss(logits, [1, 0]).item<float>(), 1e-6);
    }

    [Fact]
    public void A_draw_depends_on_its_generator_alone_and_its_lambda_is_what_the_box_leaves()
    {
        for (uint step = 0; step < 200; step++)
        {
            CutMix first = CutMix.Draw(new Philox(1, RandomStream.CutMix, step), 0.4, 16, 87, 230);
            CutMix second = CutMix.Draw(new Philox(1, RandomStream.CutMix, step), 0.4, 16, 87, 230);

            Assert.Equal((first.Box, first.Lambda), (second.Box, second.Lambda));
            Assert.Equal(first.Partner, second.Partner);
            Assert.Equal(Enumerable.Range(0, 16), first.Partner.Order());
            Assert.InRange(first.Box.FirstFrame, 0, first.Box.EndFrame);
            Assert.InRange(first.Box.EndFrame, 0, 87);
            Assert.InRange(first.Box.EndRow, first.Box.FirstRow, 230);
            Assert.Equal(1 - (first.Box.Frames * first.Box.Rows / (87.0 * 230)), first.Lambda, 1e-12);
        }
    }
}
