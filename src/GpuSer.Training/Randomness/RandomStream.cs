namespace GpuSer.Training.Randomness;

/// <summary>What random values are drawn for. Each has its own sequences, so that using one more of a kind moves no other.</summary>
internal enum RandomStream
{
    /// <summary>Which utterances <c>--limit</c> keeps.</summary>
    Limit = 1,

    /// <summary>Which utterances are held out for testing.</summary>
    Split,

    /// <summary>The order of the training utterances; one sequence an epoch.</summary>
    Order,

    /// <summary>Where long recordings are cropped; one sequence an epoch.</summary>
    Crop,

    /// <summary>CutMix: lambda, box and permutation; one sequence a step.</summary>
    CutMix,

    /// <summary>Seeds of torch's own generator, for weights and dropout.</summary>
    Torch,

    /// <summary>Which orders of the features are tried where nothing tells them apart.</summary>
    Orders,
}
