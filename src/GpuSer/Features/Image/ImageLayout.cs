using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Mel;
using GpuSer.Features.Mfcc;
using GpuSer.Features.Tonnetz;

namespace GpuSer.Features.Image;

/// <summary>Where each feature's rows begin in the image.</summary>
internal sealed class ImageLayout
{
    /// <summary>Rows of all features.</summary>
    public const int Rows = MfccTables.Coefficients + MelTables.Bands + ChromaTables.Classes + ContrastTables.Count
        + TonnetzTables.Dimensions + MelTables.HpssBands;

    private readonly int[] _first = new int[Enum.GetValues<FeatureBlock>().Length];

    /// <summary>Lays the blocks out in the options' order.</summary>
    public ImageLayout(FeatureOptions options)
    {
        int row = 0;
        foreach (FeatureBlock block in options.Order)
        {
            _first[(int)block] = row;
            row += RowsOf(block);
        }
    }

    /// <summary>First row of a block.</summary>
    public int this[FeatureBlock block] => _first[(int)block];

    /// <summary>Rows of a block.</summary>
    public static int RowsOf(FeatureBlock block) => block switch
    {
        FeatureBlock.Mfcc => MfccTables.Coefficients,
        FeatureBlock.Mel => MelTables.Bands,
        FeatureBlock.Chroma => ChromaTables.Classes,
        FeatureBlock.Contrast => ContrastTables.Count,
        FeatureBlock.Tonnetz => TonnetzTables.Dimensions,
        _ => MelTables.HpssBands,
    };
}
