using System.Collections.Immutable;
using GpuSer.Features.Image;

namespace GpuSer.Features;

/// <summary>Orders of the six blocks as people write them: <c>mfcc,mel,chroma,contrast,tonnetz,harmonic-percussive</c>.</summary>
internal static class FeatureOrder
{
    private static readonly (FeatureBlock Block, string Name)[] Names =
    [
        (FeatureBlock.Mfcc, "mfcc"), (FeatureBlock.Mel, "mel"), (FeatureBlock.Chroma, "chroma"), (FeatureBlock.Contrast, "contrast"),
        (FeatureBlock.Tonnetz, "tonnetz"), (FeatureBlock.HarmonicPercussive, "harmonic-percussive"),
    ];

    /// <summary>Writes an order.</summary>
    public static string Format(IEnumerable<FeatureBlock> order) => string.Join(',', order.Select(block => Names.First(pair => pair.Block == block).Name));

    /// <summary>Reads an order.</summary>
    /// <exception cref="GpuSerException">A name is no feature's, or a feature is not there exactly once.</exception>
    public static ImmutableArray<FeatureBlock> Parse(string text)
    {
        List<FeatureBlock> order = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            (FeatureBlock Block, string Name)[] found = [.. Names.Where(pair => pair.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
            if (found.Length == 0)
            {
                throw new GpuSerException($"feature order: '{name}' is no feature; give all six of {string.Join(',', Names.Select(pair => pair.Name))} in the order wanted");
            }

            order.Add(found[0].Block);
        }

        new FeatureOptions { Order = [.. order] }.Validate();
        return [.. order];
    }

    /// <summary>All 720 orders, the paper's first.</summary>
    public static IEnumerable<ImmutableArray<FeatureBlock>> All() => Permutations([.. FeatureOptions.Default.Order]);

    /// <summary>Where each row of an image in an order stands in the paper's image. [length = 230]</summary>
    public static IReadOnlyList<int> Rows(ImmutableArray<FeatureBlock> order)
    {
        ImageLayout paper = new(FeatureOptions.Default);
        return [.. order.SelectMany(block => Enumerable.Range(paper[block], ImageLayout.RowsOf(block)))];
    }

    private static IEnumerable<ImmutableArray<FeatureBlock>> Permutations(ImmutableArray<FeatureBlock> left) => left.IsEmpty
        ? [[]]
        : left.SelectMany(first => Permutations(left.Remove(first)).Select(rest => rest.Insert(0, first)));
}
