using GpuSer.Training;

namespace GpuSer.Console.Output;

/// <summary>Shows what one training came to.</summary>
internal static class TrainOutput
{
    public static void Write(TextWriter writer, TrainResult result, bool json)
    {
        if (json)
        {
            JsonOutput.Write(writer, Document(result));
            return;
        }

        ConfusionTable.Write(writer, result.BestTest);
        writer.WriteLine($"best epoch {result.Best.Epoch} of {result.Epochs.Count}; weights in {result.Run.BestWeights}, report in {result.Run.Report}");
    }

    /// <summary>The same for programs.</summary>
    public static object Document(TrainResult result) => new
    {
        Run = result.Run.Path,
        Split = result.BestTest.Split,
        result.Best,
        result.Epochs,
        Speakers = SpeakerTable.Document(result.BestTest.Speakers),
        result.BadFiles,
        Weights = result.Run.BestWeights,
        result.Run.Report,
    };
}
