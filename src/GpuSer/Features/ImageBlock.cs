using GpuSer.Features.Image;

namespace GpuSer.Features;

/// <summary>Where a feature stands in the image.</summary>
/// <param name="Block">Which feature.</param>
/// <param name="Name">What figures call it, in few letters.</param>
/// <param name="FirstRow">Its first row, from 0.</param>
/// <param name="Rows">Number of its rows.</param>
public sealed record ImageBlock(FeatureBlock Block, string Name, int FirstRow, int Rows)
{
    /// <summary>The blocks of an image, from its first row to its last; together they are all 230 rows.</summary>
    /// <param name="options">What the image holds.</param>
    public static IReadOnlyList<ImageBlock> Of(FeatureOptions options)
    {
        ImageLayout layout = new(options);
        return [.. options.Order.Select(block => new ImageBlock(block, NameOf(block), layout[block], ImageLayout.RowsOf(block)))];
    }

    private static string NameOf(FeatureBlock block) => block switch
    {
        FeatureBlock.Mfcc => "MFCC",
        FeatureBlock.HarmonicPercussive => "HPSS mel",
        _ => block.ToString().ToLowerInvariant(),
    };
}
