namespace GpuSer.Training.Evaluation;

/// <summary>
/// How often each class was taken for each: rows are the truth, columns the prediction. Threads may read it together, but not while one adds to it.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly int[][] _counts;

    /// <summary>An empty matrix.</summary>
    /// <param name="labels">Names of the classes.</param>
    public ConfusionMatrix(IReadOnlyList<string> labels)
    {
        Labels = labels;
        _counts = [.. labels.Select(_ => new int[labels.Count])];
    }

    /// <summary>Counts judgements.</summary>
    /// <param name="labels">Names of the classes.</param>
    /// <param name="judgements">What is counted.</param>
    public static ConfusionMatrix Of(IReadOnlyList<string> labels, IEnumerable<Judgement> judgements)
    {
        ConfusionMatrix matrix = new(labels);
        foreach (Judgement judgement in judgements)
        {
            matrix.Add(judgement.Truth, judgement.Prediction);
        }

        return matrix;
    }

    /// <summary>Names of the classes, in the order of rows and columns.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Counts. [shape = (truth, prediction)]</summary>
    public IReadOnlyList<IReadOnlyList<int>> Counts => _counts;

    /// <summary>How many predictions were counted.</summary>
    public int Total => _counts.Sum(row => row.Sum());

    /// <summary>Share of right predictions; 0 where there are none.</summary>
    public double Accuracy => Ratio(Enumerable.Range(0, Labels.Count).Sum(c => _counts[c][c]), Total);

    /// <summary>Unweighted average recall: the mean over the classes that occur of the share of each that was found.</summary>
    public double UnweightedAverageRecall => Mean(Occurring(_ => false), Recall);

    /// <summary>Macro F1: the mean over the classes that occur or were predicted of 2 * right / (occurring + predicted).</summary>
    public double MacroF1 => Mean(Occurring(c => Predicted(c) > 0), c => Ratio(2 * _counts[c][c], _counts[c].Sum() + Predicted(c)));

    /// <summary>Counts one prediction.</summary>
    public void Add(int truth, int prediction) => _counts[truth][prediction]++;

    /// <summary>Share of a class that was found; 0 where it does not occur.</summary>
    public double Recall(int label) => Ratio(_counts[label][label], _counts[label].Sum());

    private int Predicted(int label) => _counts.Sum(row => row[label]);

    private int[] Occurring(Func<int, bool> also) =>
        [.. Enumerable.Range(0, Labels.Count).Where(c => _counts[c].Sum() > 0 || also(c))];

    private static double Mean(int[] labels, Func<int, double> value) => labels.Length == 0 ? 0 : labels.Average(value);

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
