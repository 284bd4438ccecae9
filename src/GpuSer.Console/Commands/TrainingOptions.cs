using System.CommandLine;
using GpuSer.Training;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;

namespace GpuSer.Console.Commands;

/// <summary>The options that say how a network is trained; without them it is the paper's way.</summary>
internal sealed class TrainingOptions
{
    private static readonly TrainOptions Paper = new();

    private readonly Option<int> _epochs = new("--epochs") { Description = "passes over the training part", HelpName = "N", DefaultValueFactory = _ => Paper.Epochs };
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
    private readonly Option<int> _divisor = new("--width-divisor") { Description = "make every layer this many times narrower (for trials without a GPU)", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _plain = new("--no-batch-norm") { Description = "VGG-16 without batch normalisation" };
    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "pretrained weights to start from: torchvision's .pth files, or safetensors with torchvision's or timm's names; the classifier starts fresh",
        HelpName = "FILE",
    };

    private readonly Option<double> _minutes = new("--checkpoint-minutes") { Description = "minutes between checkpoints, besides one an epoch; 0 for those alone", HelpName = "M", DefaultValueFactory = _ => Paper.CheckpointMinutes };
    private readonly Option<string?> _cache = SharedOptions.Cache();
    private readonly Option<int> _threads = SharedOptions.Threads();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] options =
        [
            _epochs, _batch, _rate, _schedule, _clip, _patience, _freeze, _alpha, _plainSignals, _seed, _limit, _seconds, _divisor, _plain, _weights, _minutes,
            _cache, _threads,
        ];
        foreach (Option option in options)
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
        Seed = parsed.GetValue(_seed),
        Limit = parsed.GetValue(_limit) is 0 ? null : parsed.GetValue(_limit),
        MaxSeconds = parsed.GetValue(_seconds),
        Weights = parsed.GetValue(_weights),
        CheckpointMinutes = parsed.GetValue(_minutes),
        Cache = parsed.GetValue(_cache),
        Threads = parsed.GetValue(_threads),
        Network = new VggOptions { WidthDivisor = parsed.GetValue(_divisor), BatchNorm = !parsed.GetValue(_plain) },
    };
}
