using GpuSer.Features.Image;

namespace GpuSer.PtxEmulator.Tests.Kernels;

public sealed class CutMixKernelTests
{
    private const int Rows = ImageLayout.Rows;

    public static TheoryData<int[], int, int, int, int, int> Boxes => new()
    {
        // partner, frames, box: fixed points, swaps, one long cycle, several cycles; the whole image, one value, edges.
        { [0], 5, 0, 5, 0, Rows },
        { [1, 0], 40, 3, 17, 10, 75 },
        { [1, 2, 3, 4, 0], 33, 0, 33, 0, Rows },
        { [2, 1, 0, 4, 5, 3, 6], 9, 8, 9, 229, 230 },
        { [3, 2, 1, 0], 10, 2, 10, 100, 133 },
        { [1, 0], 10, 4, 4, 0, Rows },
    };

    [Theory]
    [MemberData(nameof(Boxes))]
    public void Boxes_come_from_the_partners_and_nothing_else_changes(int[] partner, int frames, int firstFrame, int endFrame, int firstRow, int endRow)
    {
        using KernelDevice device = new(detectRaces: true);
        using GuardedMemory images = new(device.Context, partner.Length * frames * Rows);
        for (int i = 0; i < images.Values.Length; i++)
            images.Values[i] = i;
        float[] before = images.Values.ToArray();
        using CutMixCuda mix = new(device.Context, 8);

        mix.Run(images.Address, frames, partner, firstFrame, endFrame, firstRow, endRow, device.Stream);

        images.AssertGuards();
        for (int i = 0; i < before.Length; i++)
        {
            int row = i % Rows, frame = i / Rows % frames, image = i / Rows / frames;
            bool inside = frame >= firstFrame && frame < endFrame && row >= firstRow && row < endRow;
            Assert.Equal(before[i + (inside ? (partner[image] - image) * frames * Rows : 0)], images.Values[i]);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 2)]
    [InlineData(1, -1)]
    [InlineData(1, 1)]
    public void Partners_that_are_no_permutation_are_refused(int first, int second)
    {
        using KernelDevice device = new();
        using CutMixCuda mix = new(device.Context, 2);
        Assert.Throws<ArgumentException>(() => mix.Run(0, 5, [first, second], 0, 5, 0, Rows, device.Stream));
    }

    [Fact]
    public void Boxes_outside_and_batches_too_large_are_refused()
    {
        using KernelDevice device = new();
        using CutMixCuda mix = new(device.Context, 2);
        Assert.Throws<ArgumentException>(() => mix.Run(0, 5, [1, 0], 0, 6, 0, Rows, device.Stream));
        Assert.Throws<ArgumentException>(() => mix.Run(0, 5, [1, 2, 0], 0, 5, 0, Rows, device.Stream));
    }
}
