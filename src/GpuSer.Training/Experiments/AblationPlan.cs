using System.Text.Json;
using System.Text.Json.Serialization;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Experiments;

/// <summary>Which models are trained with which seeds: the contents of <c>ablation.json</c>, from which an ablation is continued.</summary>
/// <param name="Data">Folder of the recordings, as it was given.</param>
/// <param name="Dataset">What the recordings were taken for.</param>
/// <param name="Models">Letters of the models, in the table's order.</param>
/// <param name="Seeds">Seeds of the trainings: each model is trained once with each.</param>
/// <param name="Split">How the recordings are split; each seed draws its own where the plan draws.</param>
/// <param name="Options">How the complete model is trained; the seed is taken from <paramref name="Seeds"/>.</param>
internal sealed record AblationPlan(
    string Data, string Dataset, IReadOnlyList<string> Models, IReadOnlyList<long> Seeds, SplitPlan Split, TrainOptions Options)
{
    internal const string FileName = "ablation.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Pretrained weights of models without batch normalisation, whose layers are others than those of <see cref="TrainOptions.Weights"/>; null where there are none.</summary>
    public string? PlainWeights { get; init; }

    /// <summary>How a model is trained: the options without what it leaves out, over the weights that fit it.</summary>
    internal TrainOptions OptionsOf(ModelPreset model, long seed)
    {
        TrainOptions options = model.Apply(Options with { Seed = seed });
        return options.Network.BatchNorm == Options.Network.BatchNorm ? options : options with { Weights = PlainWeights };
    }

    /// <summary>What is wrong with this plan; empty where nothing is.</summary>
    public IReadOnlyList<string> Errors()
    {
        OptionErrors errors = new();
        errors.Require(Models.Count > 0, "no model is named").Require(Seeds.Count > 0, "no seed is named")
            .Require(Models.Distinct(StringComparer.OrdinalIgnoreCase).Count() == Models.Count, "a model is named twice")
            .Require(Seeds.Distinct().Count() == Seeds.Count, "a seed is named twice")
            .Include(Options.Errors()).Include(Split.Errors());
        foreach (string name in Models)
        {
            ModelPreset? preset = ModelPreset.Find(name);
            errors.Require(preset is not null, $"there is no model {name}; the paper's are {string.Join(", ", ModelPreset.All.Select(model => model.Name))}");
            errors.Require(
                preset is null || Options.Weights is null || OptionsOf(preset, 0).Weights is not null,
                $"model {name} has no batch normalisation, which {Options.Weights} is for: name weights without it with --weights-plain, or leave the model away with --models");
            errors.Require(
                preset is null || preset == ModelPreset.A || preset.Apply(Options) != Options,
                $"model {name} leaves out {preset?.LeavesOut}, which these options leave out of every model already");
        }

        return errors.List;
    }

    /// <summary>Whether a folder holds an ablation.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Reads a folder's plan.</summary>
    /// <exception cref="InvalidFileException">There is none, or it is damaged.</exception>
    public static AblationPlan Read(string folder) => JsonText.Read<AblationPlan>(Path.Combine(folder, FileName), Json);

    /// <summary>Writes the plan into a folder. A plan that is there may have other models and seeds, whose runs stay; the rest must be the same.</summary>
    /// <exception cref="InvalidFileException">The folder holds an ablation of other options, or cannot be written.</exception>
    internal void Write(string folder)
    {
        AtomicFile.CreateFolder(folder);
        if (IsIn(folder) && Read(folder).Common() != Common())
        {
            throw new InvalidFileException(folder, "holds an ablation of other options or another split; give another folder with --out, or remove it");
        }

        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");
    }

    // Where it runs and where its recordings lie makes no difference.
    private string Common() => JsonSerializer.Serialize(
        this with { Data = "", Models = [], Seeds = [], Options = Options with { Threads = 0, CheckpointMinutes = 0, Cache = null, Seed = 0 } }, Json);
}
