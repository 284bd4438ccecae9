using System.Globalization;
using System.Text;
using GpuSer.IO;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Reports;

/// <summary>Writes what those who are given weights must know: <c>weights/README.md</c>, a model card as Hugging Face has them.</summary>
internal static class ModelCard
{
    /// <summary>Writes the card of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="figures">Its figures.</param>
    /// <param name="confusion">The best epoch's test.</param>
    /// <exception cref="InvalidFileException">The folder cannot be written.</exception>
    public static void Write(RunFolder run, ReportRun figures, ConfusionMatrix confusion) => AtomicFile.WriteText(run.ModelCard, Text(run, figures, confusion));

    private static string Text(RunFolder run, ReportRun figures, ConfusionMatrix confusion)
    {
        RunConfiguration made = run.Configuration;
        EpochResult best = figures.Epochs[figures.BestEpoch - 1], last = figures.Epochs[^1];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"""
            ---
            library_name: gpuser
            pipeline_tag: audio-classification
            tags: [speech-emotion-recognition, vgg16, {made.Model.Recipe}]
            ---

            # Emotion in speech: {made.Model.Network.Name()} on {Code(made.Dataset)}

            | | |
            |---|---|
            | network | {made.Model.Network.Name()}, hidden layers of {made.Model.Network.HiddenWidth()}, {made.Model.Labels.Count} classes |
            | input | `(3, T, 230)` images of GpuSer's features, recipe `{made.Model.Recipe}`, speech at 22,050 Hz, silent parts left out |
            | labels, in the order of the outputs | {string.Join(", ", made.Model.Labels.Select(Code))} |
            | data | {Code(RunGroup.NameOf(made.Data))}, read as {Code(made.Dataset)} |
            | split | {Code(figures.Split)}: {figures.Train} recordings to train on, {figures.Test} to test with |
            | started from | {(made.Options.Weights is null ? "random weights" : Code(Path.GetFileName(made.Options.Weights)))} |
            | trained | {figures.Epochs.Count} of {figures.Planned} epochs, batch {made.Options.Batch}, Adam at {made.LearningRate:0.####e+0}, CutMix alpha {made.Options.CutMixAlpha}, seed {made.Options.Seed} |

            ## Figures on the test recordings

            | weights | epoch | accuracy | unweighted average recall | macro F1 |
            |---|---|---|---|---|
            | `best.safetensors` | {best.Epoch} | {Percent(best.Accuracy)} | {Percent(best.Uar)} | {Percent(best.MacroF1)} |
            | `last.safetensors` | {last.Epoch} | {Percent(last.Accuracy)} | {Percent(last.Uar)} | {Percent(last.MacroF1)} |

            The best epoch was chosen by the test that it is judged on, which flatters it; nothing chose the last.

            | class | test recordings | found (recall) |
            |---|---|---|

            """);
        for (int c = 0; c < confusion.Labels.Count; c++)
        {
            int count = confusion.Counts[c].Sum();
            text.Append(CultureInfo.InvariantCulture, $"| {Code(confusion.Labels[c])} | {count} | {(count == 0 ? "" : Percent(confusion.Recall(c)))} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"""

            ## How to use

                gpuser predict --weights best.safetensors speech.wav

            The file describes itself: labels, network and features are in its metadata. Another recipe than `{made.Model.Recipe}` makes other images, which these weights do not know.

            ## Limits

            The figures hold for recordings like those of the data set: its language, its speakers, its microphones, and emotions as they are played or labelled there. Where the split does not
            hold speakers out, voices of the test were heard in training. A label is the likeliest class of a closed list; it says nothing certain about what a person feels,
            and is no ground for decisions about people.

            ## Licence

            GpuSer is under the MIT licence. These weights are made from the recordings named above, and from the weights that they started from: their terms decide who may use them and for what.

            """);
        return text.ToString();
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    // Names of others' making must not become markup or end a row of a table.
    private static string Code(string name) => "`" + name.Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ") + "`";
}
