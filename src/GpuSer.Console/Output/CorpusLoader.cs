using GpuSer.Training;
using GpuSer.Training.Data;

namespace GpuSer.Console.Output;

/// <summary>Reads the corpus that <c>--data</c> and <c>--dataset</c> name, and says on standard error what it was taken for and how it was decoded.</summary>
internal static class CorpusLoader
{
    public static Corpus Load(Terminal terminal, string data, string dataset)
    {
        Corpus corpus = Datasets.Load(data, dataset);
        int speakers = corpus.Utterances.Select(u => u.Speaker).Where(speaker => speaker != Utterance.UnknownSpeaker).Distinct().Count();
        terminal.Notes.WriteLine(
            $"gpuser: {data}: {(dataset == Datasets.Auto ? "taken as" : "read as")} {corpus.Dataset}: {corpus.Utterances.Count} recordings, "
            + $"{corpus.Labels.Count} classes, {(speakers == 0 ? "no speakers named" : $"{speakers} speakers")}");
        if (corpus.Excluded.Count > 0)
        {
            terminal.Notes.WriteLine(
                $"gpuser: {corpus.Excluded.Sum(e => e.Count)} left out by the data set's rule: {string.Join(", ", corpus.Excluded.Select(e => $"{e.Reason} {e.Count}"))}");
        }

        return corpus;
    }

    public static TrainingData Decode(Terminal terminal, Corpus corpus, TrainOptions options, CancellationToken cancellation)
    {
        TrainingData data = TrainingData.Load(corpus, options, cancellation);
        DecodingNote.Tell(terminal);
        return data;
    }
}
