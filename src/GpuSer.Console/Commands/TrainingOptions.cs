using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using GpuSer.Features;
using GpuSer.Training;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;

namespace GpuSer.Console.Commands;

/// <summary>The options that say how a network is trained; without them it is the paper's way.</summary>
internal sealed class TrainingOptions
{
    private static readonly TrainOptions Paper = new();

    private readonly Option<int> _epochs;
    private readonly Option<int> _batch = new("--batch") { Description = "recordings a step", HelpName = "N", DefaultValueFactory = _ => Paper.Batch };
    private readonly Option<double?> _rate = new("--lr") { Description = "Adam's rate [default: 1e-5 over --weights, 1e-4 without]", HelpName = "RATE" };
    private readonly Option<LearningRateSchedule> _schedule = SharedOptions.Choice(
        "--lr-schedule", "how the rate goes: it stays, or falls to zero by the last step", Enum.GetValues<LearningRateSchedule>());

    private readonly Option<double?> _clip = new("--clip-norm") { Description = "scale gradients down to this norm where theirs is larger [default: off]", HelpName = "NORM" };
    private readonly Option<int?> _patience = new("--patience") { Description = "stop after so many epochs without a better test [default: off]", HelpName = "N" };
    private readonly Option<bool> _freeze = new("--freeze-features") { Description = "train the classifier alone" };
    private readonly Option<double> _alpha = new("--cutmix-alpha") { Description = "parameter of CutMix's Beta distribution; 0 for no CutMix", HelpName = "A", DefaultValueFactory = _ => Paper.CutMixAlpha };
    private readonly Option<bool> _plainSignals = new("--no-augment") { Description = "leave recordings as they are: no noise, gain, shift or change of speed" };
    private readonly Option<int> _seed = SharedOptions.Seed();
    private readonly Option<int> _limit = SharedOptions.Limit();
    private readonly Option<double> _seconds = new("--max-seconds") { Description = "crop longer recordings to this length", HelpName = "S", DefaultValueFactory = _ => Paper.MaxSeconds };
    private readonly Option<int> _divisor;
    private readonly Option<bool> _plain = new("--no-batch-norm") { Description = "VGG-16 without batch normalisation" };
    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "pretrained weights to start from: torchvision's .pth files, or safetensors with torchvision's or timm's names; the classifier starts fresh",
        HelpName = "FILE",
    };

    private readonly Option<ClassifierInitialisation> _initialisation = SharedOptions.Choice(
        "--initialisation", "how the classifier's fresh weights are drawn: He et al. 2015, or as torchvision does", [ClassifierInitialisation.He, ClassifierInitialisation.Torchvision]);

    private readonly Option<bool> _unpadded = new("--no-padding") { Description = "each recording at its own length, one at a time through the network, instead of batches padded to one" };
    private readonly Option<ImmutableArray<FeatureBlock>?> _order = new("--order")
    {
        Description = $"order of the image's six features [default: the paper's, {FeatureOrder.Format(FeatureOptions.Default.Order)}]",
        HelpName = "LIST",
        CustomParser = Order,
    };

    private readonly Option<double> _minutes = new("--checkpoint-minutes") { Description = "minutes between checkpoints, besides one an epoch; 0 for those alone", HelpName = "M", DefaultValueFactory = _ => Paper.CheckpointMinutes };
    private readonly Option<string?> _cache = SharedOptions.Cache();
    private readonly Option<int> _threads = SharedOptions.Threads();

    /// <summary>Makes the options.</summary>
    /// <param name="epochs">Default of the epochs; null for the paper's.</param>
    /// <param name="divisor">Default of the width divisor.</param>
    public TrainingOptions(int? epochs = null, int divisor = 1)
    {
        _epochs = new("--epochs") { Description = "passes over the training part", HelpName = "N", DefaultValueFactory = _ => epochs ?? Paper.Epochs };
        _divisor = new("--width-divisor")
        {
            Description = "make every layer this many times narrower (for trials without a GPU)",
            HelpName = "N",
            DefaultValueFactory = _ => divisor,
        };
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="without">Options that the command has in another form.</param>
    public void AddTo(Command command, params string[] without)
    {
        Option[] options =
        [
            _epochs, _batch, _rate, _schedule, _clip, _patience, _freeze, _alpha, _plainSignals, _unpadded, _order, _seed, _limit, _seconds, _divisor, _plain,
            _weights, _initialisation, _minutes, _cache, _threads,
        ];
        foreach (Option option in options.Where(option => !without.Contains(option.Name)))
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    public TrainOptions Read(ParseResult parsed) => Paper with
    {
        Epochs = parsed.GetValue(_epochs),
        Batch = parsed.GetValue(_batch),
        LearningRate = parsed.GetValue(_rate),
        Schedule = parsed.GetValue(_schedule),
        MaxGradientNorm = parsed.GetValue(_clip),
        Patience = parsed.GetValue(_patience),
        FreezeFeatures = parsed.GetValue(_freeze),
        CutMixAlpha = parsed.GetValue(_alpha),
        Augmentation = parsed.GetValue(_plainSignals) ? null : Paper.Augmentation,
        PadBatches = !parsed.GetValue(_unpadded),
        Features = new FeatureOptions { Order = Value(parsed, _order, null) ?? FeatureOptions.Default.Order },
        Seed = Value(parsed, _seed, (int)Paper.Seed),
        Limit = parsed.GetValue(_limit) is 0 ? null : parsed.GetValue(_limit),
        MaxSeconds = parsed.GetValue(_seconds),
        Weights = parsed.GetValue(_weights) is { } file ? Path.GetFullPath(file) : null,
        Initialisation = parsed.GetValue(_initialisation),
        CheckpointMinutes = parsed.GetValue(_minutes),
        Cache = parsed.GetValue(_cache),
        Threads = parsed.GetValue(_threads),
        Network = new VggOptions { WidthDivisor = parsed.GetValue(_divisor), BatchNorm = !parsed.GetValue(_plain) },
    };

    private static ImmutableArray<FeatureBlock>? Order(ArgumentResult result)
    {
        try
        {
            return FeatureOrder.Parse(result.Tokens[0].Value);
        }
        catch (GpuSerException error)
        {
            result.AddError(error.Message);
            return null;
        }
    }

    // A command that is without an option has no value of it either.
    private static T Value<T>(ParseResult parsed, Option<T> option, T otherwise) =>
        parsed.CommandResult.Command.Options.Contains(option) ? parsed.GetValue(option)! : otherwise;
}
