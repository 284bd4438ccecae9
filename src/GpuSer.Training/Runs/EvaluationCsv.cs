using System.Globalization;
using System.Text;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;

namespace GpuSer.Training.Runs;

/// <summary>Writes an evaluation's tables as CSV.</summary>
internal static class EvaluationCsv
{
    /// <summary>Rows are the truth, columns the prediction.</summary>
    public static string Of(ConfusionMatrix confusion)
    {
        string[] labels = [.. confusion.Labels.Select(CsvTable.Quoted)];
        StringBuilder text = new("truth\\prediction," + string.Join(',', labels) + "\n");
        for (int truth = 0; truth < labels.Length; truth++)
        {
            text.Append(labels[truth]).Append(',').AppendJoin(',', confusion.Counts[truth]).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A line a recording, with the probability of each class.</summary>
    public static string Of(IReadOnlyList<string> labels, IReadOnlyList<Judgement> judgements)
    {
        StringBuilder text = new("recording,speaker,truth,prediction,");
        text.AppendJoin(',', labels.Select(CsvTable.Quoted)).Append('\n');
        foreach (Judgement judgement in judgements)
        {
            string[] fields = [judgement.Recording, judgement.Speaker, labels[judgement.Truth], labels[judgement.Prediction]];
            text.AppendJoin(',', fields.Select(CsvTable.Quoted)).Append(',')
                .AppendJoin(',', judgement.Probabilities.Select(probability => probability.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A line a speaker.</summary>
    public static string Of(IReadOnlyList<SpeakerResult> speakers)
    {
        StringBuilder text = new("speaker,count,accuracy,uar,macro_f1\n");
        foreach ((string speaker, ConfusionMatrix confusion) in speakers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{CsvTable.Quoted(speaker)},{confusion.Total},{confusion.Accuracy:R},{confusion.UnweightedAverageRecall:R},{confusion.MacroF1:R}\n");
        }

        return text.ToString();
    }
}
