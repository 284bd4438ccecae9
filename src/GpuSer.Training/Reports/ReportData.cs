using System.Text.Json;
using GpuSer.Training.Evaluation;

namespace GpuSer.Training.Reports;

/// <summary>All that a report shows: the one JSON document in its page.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Made">By which version.</param>
/// <param name="Groups">What is compared: a run, or the runs of a plan.</param>
/// <param name="Images">Examples of the first group's images; null where its recordings are not at hand.</param>
/// <param name="Notes">What a reader should know of what is missing or embedded.</param>
internal sealed record ReportData(
    string Title, string Made, IReadOnlyList<ReportGroup> Groups, ReportImages? Images, IReadOnlyList<string> Notes);

/// <summary>A run, or the runs of a plan, judged together.</summary>
/// <param name="Name">Its folder's name.</param>
/// <param name="Data">Folder of the recordings, as it was given.</param>
/// <param name="Dataset">What the recordings were taken for.</param>
/// <param name="Network">What was trained, in words.</param>
/// <param name="Labels">Names of the classes.</param>
/// <param name="Runs">The trainings; of a plan those that are done.</param>
/// <param name="Planned">How many trainings were planned; null where that is not known.</param>
/// <param name="Best">Figures of each run's best epoch, which its test chose.</param>
/// <param name="Last">Figures of each run's last epoch.</param>
/// <param name="Confusion">Tests of the best epochs together. [shape = (truth, prediction)]</param>
/// <param name="Classes">The same by class.</param>
/// <param name="Speakers">The same by speaker.</param>
/// <param name="Confused">Recordings that were taken for something else, the surest errors first.</param>
/// <param name="Errors">How many such there are.</param>
/// <param name="Configuration"><c>config.json</c> of the first run, and <c>plan.json</c> where there is one.</param>
internal sealed record ReportGroup(
    string Name,
    string Data,
    string Dataset,
    string Network,
    IReadOnlyList<string> Labels,
    IReadOnlyList<ReportRun> Runs,
    int? Planned,
    ReportFigures Best,
    ReportFigures Last,
    IReadOnlyList<IReadOnlyList<int>> Confusion,
    IReadOnlyList<ClassFigures> Classes,
    IReadOnlyList<SpeakerFigures> Speakers,
    IReadOnlyList<ConfusedRecording> Confused,
    int Errors,
    IReadOnlyDictionary<string, JsonElement> Configuration);

/// <summary>One training.</summary>
/// <param name="Name">Its folder's name.</param>
/// <param name="Split">How its test part was chosen.</param>
/// <param name="Train">Recordings trained on.</param>
/// <param name="Test">Recordings held out.</param>
/// <param name="BestEpoch">The epoch whose figures and weights are kept.</param>
/// <param name="Planned">Epochs that were asked for.</param>
/// <param name="Done">Whether the training came to its end.</param>
/// <param name="Epochs">Figures of each epoch.</param>
internal sealed record ReportRun(
    string Name, string Split, int Train, int Test, int BestEpoch, int Planned, bool Done, IReadOnlyList<EpochResult> Epochs);

/// <summary>Figures over runs.</summary>
internal sealed record ReportFigures(Spread Accuracy, Spread Uar, Spread MacroF1)
{
    public static ReportFigures Of(IReadOnlyCollection<EpochResult> epochs) => new(
        Spread.Of([.. epochs.Select(e => e.Accuracy)]), Spread.Of([.. epochs.Select(e => e.Uar)]), Spread.Of([.. epochs.Select(e => e.MacroF1)]));
}

/// <summary>How well one class is told.</summary>
/// <param name="Label">The class.</param>
/// <param name="Count">Its recordings.</param>
/// <param name="Predicted">How many were taken for it.</param>
/// <param name="Recall">Share of its recordings that were found; 0 where there are none.</param>
/// <param name="Precision">Share of what was taken for it that is; 0 where nothing was.</param>
/// <param name="F1">Their harmonic mean.</param>
internal sealed record ClassFigures(string Label, int Count, int Predicted, double Recall, double Precision, double F1);

/// <summary>How well one speaker is understood.</summary>
internal sealed record SpeakerFigures(string Speaker, int Count, double Accuracy, double Uar, double MacroF1);

/// <summary>A recording that was taken for something else.</summary>
/// <param name="Recording">Its name below the corpus folder.</param>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Truth">Index of its label.</param>
/// <param name="Prediction">Index of what it was taken for.</param>
/// <param name="Probabilities">Of each class.</param>
/// <param name="Audio">The recording itself as a data address; null where it is not embedded.</param>
internal sealed record ConfusedRecording(
    string Recording, string Speaker, int Truth, int Prediction, IReadOnlyList<double> Probabilities, string? Audio);

/// <summary>Examples of images.</summary>
/// <param name="Rows">Rows of an image.</param>
/// <param name="Blocks">Where each feature stands in it, from its first row up.</param>
/// <param name="Examples">Images of test recordings of different classes.</param>
/// <param name="Mix">What CutMix makes of two training recordings.</param>
internal sealed record ReportImages(int Rows, IReadOnlyList<ReportBlock> Blocks, IReadOnlyList<ReportImage> Examples, ReportMix? Mix);

/// <summary>A feature's rows.</summary>
internal sealed record ReportBlock(string Name, int FirstRow, int Rows);

/// <summary>An image.</summary>
/// <param name="Caption">What it is of.</param>
/// <param name="Frames">Its frames.</param>
/// <param name="Png">The picture as a data address.</param>
internal sealed record ReportImage(string Caption, int Frames, string Png);

/// <summary>CutMix before and after.</summary>
/// <param name="Own">The image that is changed.</param>
/// <param name="Partner">The one that gives it a box.</param>
/// <param name="Mixed">What comes of it.</param>
/// <param name="Text">How the label is shared, in words.</param>
internal sealed record ReportMix(ReportImage Own, ReportImage Partner, ReportImage Mixed, string Text);
