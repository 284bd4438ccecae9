using System.Text.Json;
using System.Text.Json.Serialization;
using GpuSer.IO;
using GpuSer.Training.Data;

namespace GpuSer.Training.Runs;

/// <summary>What several trainings in one folder were begun with, so that they can be continued: the contents of <c>plan.json</c>.</summary>
/// <param name="Data">Folder of the recordings, as it was given.</param>
/// <param name="Dataset">What the recordings were taken for.</param>
/// <param name="Plan">How they are split.</param>
/// <param name="Options">How each split is trained.</param>
internal sealed record StoredPlan(string Data, string Dataset, SplitPlan Plan, TrainOptions Options)
{
    internal const string FileName = "plan.json";

    /// <summary>How many trainings that comes to; null in plans of before this was kept.</summary>
    public int? Trainings { get; init; }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Whether a folder holds a plan.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Reads a folder's plan.</summary>
    /// <exception cref="InvalidFileException">There is none, or it is damaged.</exception>
    public static StoredPlan Read(string folder) => JsonText.Read<StoredPlan>(Path.Combine(folder, FileName), Json);

    internal void Write(string folder) => AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
}
