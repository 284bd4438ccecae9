using System.Collections;

namespace GpuSer;

/// <summary>One intermediate result.</summary>
/// <param name="Name">Its name, as in the golden files.</param>
/// <param name="Shape">Extents: (rows, frames), (samples) or (1).</param>
/// <param name="Data">Elements, last axis fastest.</param>
public sealed record FeatureStage(string Name, int[] Shape, float[] Data);

/// <summary>Every intermediate result of one signal, in the order in which they follow from each other, and the image last. It does not change, so that threads may share it.</summary>
public sealed class FeatureStages : IReadOnlyList<FeatureStage>
{
    private readonly List<FeatureStage> _stages;

    /// <summary>Holds stages of different names.</summary>
    public FeatureStages(IEnumerable<FeatureStage> stages) => _stages = [.. stages];

    /// <inheritdoc/>
    public int Count => _stages.Count;

    /// <inheritdoc/>
    public FeatureStage this[int index] => _stages[index];

    /// <summary>The stage of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public FeatureStage this[string name] =>
        _stages.Find(stage => stage.Name == name) ?? throw new KeyNotFoundException($"there is no stage '{name}'");

    /// <inheritdoc/>
    public IEnumerator<FeatureStage> GetEnumerator() => _stages.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
