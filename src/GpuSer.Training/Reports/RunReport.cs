using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Reports;

/// <summary>
/// Writes what trainings came to as one page, <c>report.html</c>: figures with their split and spread, learning curves, confusion matrix, tables by class and
/// speaker, example images, the surest errors, configuration and environment. It needs no network, and can be read on a phone and printed.
/// </summary>
internal static class RunReport
{
    /// <summary>Its name in a run folder.</summary>
    public const string FileName = "report.html";

    /// <summary>Writes a report; nothing in the folders is changed.</summary>
    /// <param name="folders">Folders that a training wrote: of a run, or of the runs of a plan. Several are compared.</param>
    /// <param name="output">Where to write the page.</param>
    /// <param name="recordings">The recordings of the first folder, and of others on the same data, for images and players; null for looking where its configuration has them.</param>
    /// <param name="audio">Whether to embed small recordings of the surest errors.</param>
    /// <exception cref="InvalidFileException">A folder holds no run, no epoch or no training of a plan that is done, a file in it is damaged, or the page cannot be written.</exception>
    public static void Write(IReadOnlyList<string> folders, string output, Corpus? recordings = null, bool audio = true)
    {
        ArgumentOutOfRangeException.ThrowIfZero(folders.Count);
        RunGroup[] groups = [.. folders.Select(RunGroup.Read)];
        List<string> notes = [];
        ReportRecordings found = new(notes);
        if (recordings is not null)
        {
            found.Give(groups[0], recordings);
        }

        IReadOnlyDictionary<string, Utterance> first = found.Of(groups[0], "No images and no players");
        EmbeddedAudio embedded = new();
        ReportGroup[] reported = [.. groups.Select(group => group.ToReport(embedded, Playable(group)))];
        if (embedded.Count > 0)
        {
            notes.Add(
                $"{embedded.Count} recordings ({embedded.Bytes / 1024.0:0} KiB) are embedded; at most {EmbeddedAudio.MostBytes >> 10} KiB each and "
                + $"{EmbeddedAudio.MostBytesTogether >> 20} MiB together are. Mind their licence before you pass this page on; gpuser report --no-audio leaves them out.");
        }

        notes.AddRange(groups.SelectMany(group => group.LeftOut.Select(run => $"Not in the figures: {RunGroup.NameOf(group.Folder)}, {run.Key}: {run.Value}")));
        notes.AddRange(groups.SelectMany(group => group.Mixed.Select(run =>
            $"{RunGroup.NameOf(group.Folder)}{(run == RunGroup.NameOf(group.Folder) ? "" : $", {run}")}: matrix, classes, speakers and errors are of another epoch than the figures of the best one, "
            + "because the training ended while it saved them; gpuser train --resume brings them together.")));
        ReportImages? images = new ReportImagesMaker(groups[0].First, first).Make();
        string title = string.Join(" and ", reported.Select(group => group.Name));
        AtomicFile.WriteText(output, ReportPage.Of(new ReportData(title, $"gpuser {RunEnvironment.Version}", reported, images, notes)));

        // A name says which recording it is only together with its data.
        IReadOnlyDictionary<string, Utterance> Playable(RunGroup group) => !audio ? new Dictionary<string, Utterance>()
            : group == groups[0] ? first
            : found.Of(group, $"No players of {RunGroup.NameOf(group.Folder)}");
    }

    /// <summary>What a folder's training, or the first of its runs, was made with.</summary>
    /// <exception cref="InvalidFileException">It holds no run, no epoch of it is done, or a file in it is damaged.</exception>
    public static RunConfiguration ConfigurationOf(string folder) => RunGroup.Read(folder).First.Configuration;

    /// <summary>Writes the page of a training, or of a plan, into its folder; what fails is told, because a training that is done does not fail for its report.</summary>
    internal static void TryWrite(string folder, Corpus recordings, IProgress<TrainEvent>? progress) =>
        Try(() => Write([folder], Path.Combine(folder, FileName), recordings), progress);

    /// <summary>Writes the model card of a training that has come to its end beside its weights. It is written once: from then on it is its reader's to change.</summary>
    internal static void TryWriteModelCard(RunFolder run, IProgress<TrainEvent>? progress) => Try(() => RunGroup.Read(run.Path).WriteModelCard(), progress);

    private static void Try(Action write, IProgress<TrainEvent>? progress)
    {
        try
        {
            write();
        }
        catch (GpuSerException error)
        {
            progress?.Report(new SaveFailed(error.Message));
        }
    }
}
