namespace GpuSer.Features.Image;

/// <summary>
/// Where the kernels keep a frame's feature values before they become an image row: a block each, beginning a 32-byte sector, so that
/// no two kernels write one sector. The options' order only matters for the image.
/// </summary>
internal static class RowColumns
{
    /// <summary>Floats from one frame to the next.</summary>
    public const int Pitch = 240;

    /// <summary>First column of a block.</summary>
    public static int Of(FeatureBlock block) => block switch
    {
        FeatureBlock.Mel => 0,
        FeatureBlock.HarmonicPercussive => 128,
        FeatureBlock.Mfcc => 192,
        FeatureBlock.Chroma => 208,
        FeatureBlock.Contrast => 224,
        _ => 232,
    };
}
