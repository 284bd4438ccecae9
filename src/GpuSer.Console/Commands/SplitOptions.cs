using System.CommandLine;
using System.CommandLine.Parsing;
using GpuSer.Training.Data;

namespace GpuSer.Console.Commands;

/// <summary>
/// The options that choose a split. <c>--split</c> names the way; the option that only one way needs names it as well, so that
/// <c>--test-speakers 15,16</c>, <c>--folds 10</c> and <c>--split-file FILE</c> are enough.
/// </summary>
internal sealed class SplitOptions
{
    private readonly Option<SplitKind?> _kind = new("--split")
    {
        Description = "random: a share of each emotion is held out (the paper's, and the default); kfold: stratified cross-validation; "
            + "speakers: those of --test-speakers; loso: each speaker in turn; file: the lists of --split-file",
        HelpName = string.Join('|', Enum.GetNames<SplitKind>().Select(name => name.ToLowerInvariant())),
    };

    private readonly Option<string[]> _speakers = new("--test-speakers")
    {
        Description = "hold out these speakers, as in 15,16",
        HelpName = "LIST",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int?> _folds = new("--folds") { Description = $"folds of kfold [default: {SplitPlan.DefaultFolds}]", HelpName = "K" };
    private readonly Option<int?> _fold = new("--fold") { Description = "of kfold, hold out this fold alone, from 1", HelpName = "I" };
    private readonly Option<string?> _file = new("--split-file") { Description = "lists to train on and hold out: a run's split.json, or a CSV file path,part", HelpName = "FILE" };

    public SplitOptions()
    {
        _kind.AcceptOnlyFromAmong([.. Enum.GetNames<SplitKind>().Select(name => name.ToLowerInvariant())]);
    }

    /// <summary>Adds the options to a command, and the check that they fit each other.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_kind, _speakers, _folds, _fold, _file])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Validate);
    }

    /// <summary>The plan that was asked for.</summary>
    public SplitPlan Plan(ParseResult parsed) => Plan(
        parsed.GetValue(_kind), parsed.GetValue(_speakers)!, parsed.GetValue(_folds), parsed.GetValue(_fold), parsed.GetValue(_file));

    private static SplitPlan Plan(SplitKind? kind, string[] speakers, int? folds, int? fold, string? file) => new()
    {
        Kind = kind ?? (speakers.Length > 0 ? SplitKind.Speakers : folds is not null || fold is not null ? SplitKind.KFold : file is not null ? SplitKind.File : SplitKind.Random),
        TestSpeakers = [.. speakers.SelectMany(list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        Folds = folds ?? SplitPlan.DefaultFolds,
        Fold = fold,
        File = file,
    };

    private void Validate(CommandResult result)
    {
        SplitPlan plan;
        string[] speakers;
        int? folds, fold;
        string? file;
        try
        {
            (speakers, folds, fold, file) = (result.GetValue(_speakers) ?? [], result.GetValue(_folds), result.GetValue(_fold), result.GetValue(_file));
            plan = Plan(result.GetValue(_kind), speakers, folds, fold, file);
        }
        catch (InvalidOperationException)
        {
            return; // A value that cannot be read has its own message.
        }

        foreach (string problem in plan.Errors())
        {
            result.AddError($"{problem} (--test-speakers, --folds, --fold, --split-file)");
        }

        Refuse(speakers.Length > 0 && plan.Kind != SplitKind.Speakers, "--test-speakers");
        Refuse((folds is not null || fold is not null) && plan.Kind != SplitKind.KFold, "--folds and --fold");
        Refuse(file is not null && plan.Kind != SplitKind.File, "--split-file");

        void Refuse(bool idle, string option)
        {
            if (idle)
            {
                result.AddError($"{option} has nothing to say to a split by {plan.Kind.ToString().ToLowerInvariant()}; leave one of them away");
            }
        }
    }
}
