using System.Text.Json;
using System.Text.Json.Serialization;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Models;

namespace GpuSer.Training.Runs;

/// <summary>What a run was made with: the contents of <c>config.json</c>.</summary>
internal sealed record RunConfiguration
{
    /// <summary>The only version so far.</summary>
    internal const int CurrentVersion = 1;

    /// <summary>Name of the device that needs no driver.</summary>
    internal const string Cpu = "cpu";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Version of this file's format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Folder of the recordings, as it was given.</summary>
    public required string Data { get; init; }

    /// <summary>What the recordings were taken for, as <c>--dataset</c> calls it.</summary>
    public string Dataset { get; init; } = EmoDbCorpus.Name;

    /// <summary>How the test part was chosen.</summary>
    public required string Split { get; init; }

    /// <summary>Where features were computed.</summary>
    public string Device { get; init; } = Cpu;

    /// <summary>Adam's step size that the options came to.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The options.</summary>
    public required TrainOptions Options { get; init; }

    /// <summary>What was trained.</summary>
    public required ModelDescription Model { get; init; }

    /// <summary>Where and with what it was begun; null in runs of before this was kept.</summary>
    public RunEnvironment? Environment { get; init; }

    /// <summary>Whether another training would go the same way: where it runs and where its recordings lie makes no difference.</summary>
    internal bool IsSameTraining(RunConfiguration other) => Plain(this).ToJson() == Plain(other).ToJson();

    internal string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    internal static RunConfiguration Read(string path) => JsonText.Read<RunConfiguration>(path, Json) is { } configuration
        && configuration.Version == CurrentVersion
            ? configuration
            : throw new InvalidFileException(path, "was written by another version of gpuser; use that one");

    private static RunConfiguration Plain(RunConfiguration run) =>
        run with { Data = "", Device = "", Environment = null, Options = run.Options with { Threads = 0, CheckpointMinutes = 0, Cache = null } };
}
