using GpuSer.Features;
using GpuSer.Training.Augmentation;
using GpuSer.Training.Reports;

namespace GpuSer.Training.Tests.Reports;

public class FeaturePictureTests
{
    private static readonly (byte, byte, byte) Blue = (5, 48, 97), White = (247, 247, 247), Red = (103, 0, 31), Paper = (255, 255, 255), Ink = (20, 20, 20);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(300, 230)]
    public void What_is_encoded_is_read_back(int width, int height)
    {
        byte[] palette = new byte[3 * 256], pixels = new byte[width * height];
        Random random = new(width);
        random.NextBytes(palette);
        random.NextBytes(pixels);

        PngReader read = new(PngFile.Encode(width, pixels, palette));

        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal(["IHDR", "PLTE", "IDAT", "IEND"], read.Blocks);
        for (int i = 0; i < pixels.Length; i++)
        {
            int index = 3 * pixels[i];
            Assert.Equal((palette[index], palette[index + 1], palette[index + 2]), read.Colours[i / width, i % width]);
        }
    }

    [Fact]
    public void What_is_no_picture_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PngFile.Encode(3, new byte[4], new byte[3]));
        Assert.Throws<ArgumentException>(() => PngFile.Encode(3, [], new byte[3]));
        Assert.Throws<ArgumentException>(() => PngFile.Encode(1, new byte[1], new byte[4]));
        Assert.Throws<ArgumentException>(() => PngFile.Encode(1, new byte[1], new byte[3 * 257]));
        Assert.Throws<ArgumentException>(() => FeaturePicture.Plain(new float[231]));
    }

    [Fact]
    public void The_first_row_is_at_the_bottom_and_time_goes_right()
    {
        float[] image = new float[2 * 230];
        (image[0], image[229], image[230]) = (-1, 1, 5); // first row and last of the first frame, first row of the second: beyond the scale

        PngReader read = new(FeaturePicture.Plain(image));

        Assert.Equal((2, 230), (read.Width, read.Height));
        Assert.Equal((Blue, Red), (read.Colours[229, 0], read.Colours[229, 1]));
        Assert.Equal((Red, White), (read.Colours[0, 0], read.Colours[0, 1]));
        Assert.Equal(White, read.Colours[100, 1]);
    }

    [Fact]
    public void A_box_gets_a_frame_on_its_edge_alone()
    {
        PngReader read = new(FeaturePicture.Plain(new float[10 * 230], new ImageBox(2, 6, 20, 30)));
        int framed = 0;
        for (int y = 0; y < 230; y++)
        {
            for (int x = 0; x < 10; x++)
            {
                framed += read.Colours[y, x] == (0, 0, 0) ? 1 : 0;
            }
        }

        Assert.Equal((2 * 4) + (2 * 8), framed);
        Assert.Equal((0, 0, 0), read.Colours[229 - 20, 2]);
        Assert.Equal((0, 0, 0), read.Colours[229 - 29, 5]);
        Assert.Equal(White, read.Colours[229 - 25, 3]);
    }

    [Fact]
    public void Every_block_is_drawn_twice_as_large_with_a_label_and_a_gap()
    {
        const int frames = 5;
        float[] image = new float[frames * 230];
        Array.Fill(image, 1);

        PngReader read = new(FeaturePicture.Labelled(image, FeatureOptions.Default));

        Assert.Equal(460 + (5 * 3) + 12, read.Height);
        int right = read.Width - 7, top = 6;
        foreach (ImageBlock block in ImageBlock.Of(FeatureOptions.Default).Reverse())
        {
            Assert.Equal(Red, read.Colours[top, right]);
            Assert.Equal(Red, read.Colours[top + (2 * block.Rows) - 1, right]);
            Assert.Equal(Paper, read.Colours[top + (2 * block.Rows), right]);
            bool labelled = false;
            for (int y = top; y < top + (2 * block.Rows); y++)
            {
                for (int x = 0; x < read.Width - (2 * frames) - 6; x++)
                {
                    labelled |= read.Colours[y, x] == Ink;
                }
            }

            Assert.True(labelled, block.Name);
            top += (2 * block.Rows) + 3;
        }
    }

    [Fact]
    public void Blocks_are_all_rows_in_the_options_order()
    {
        FeatureOptions turned = new() { Order = [.. FeatureOptions.Default.Order.Reverse()] };
        IReadOnlyList<ImageBlock> blocks = ImageBlock.Of(turned);

        Assert.Equal([64, 6, 7, 12, 128, 13], blocks.Select(block => block.Rows));
        Assert.Equal([0, 64, 70, 77, 89, 217], blocks.Select(block => block.FirstRow));
        Assert.Equal("HPSS mel", blocks[0].Name);
    }
}
