using System.CommandLine;
using System.CommandLine.Completions;
using GpuSer.Console.Configuration;

namespace GpuSer.Console.Completion;

/// <summary>What an option or argument takes, as far as a shell can complete it.</summary>
internal enum ValueKind
{
    /// <summary>No value: a flag.</summary>
    None,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A file or a folder.</summary>
    File,

    /// <summary>A key of the command's configuration with its value.</summary>
    Setting,

    /// <summary>Something that only a person knows.</summary>
    Other,
}

/// <summary>An option of a command.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="ValueName">What its value is called in the help.</param>
/// <param name="Words">The words of a choice, or the keys of a setting.</param>
/// <param name="Repeats">Whether it may be given again.</param>
internal sealed record CompletedOption(string Name, string Description, ValueKind Kind, string ValueName, IReadOnlyList<string> Words, bool Repeats);

/// <summary>A command as a completion script needs to know it, read off the parser's own tree, so that the two cannot differ.</summary>
/// <param name="Path">The names that lead to it, without the tool's: empty for the tool itself.</param>
/// <param name="Description">What it does.</param>
/// <param name="Subcommands">Those under it.</param>
/// <param name="Options">Its options.</param>
/// <param name="Arguments">What stands without a name; null where nothing does.</param>
internal sealed record CompletedCommand(
    string Path, string Description, IReadOnlyList<CompletedCommand> Subcommands, IReadOnlyList<CompletedOption> Options, CompletedOption? Arguments)
{
    /// <summary>The command's own name.</summary>
    public string Name => Path.Split(' ')[^1];

    /// <summary>Reads a tree.</summary>
    public static CompletedCommand Of(Command command, string path = "") => new(
        path,
        (command.Description ?? "").Split(". ")[0].TrimEnd('.'),
        [.. command.Subcommands.Where(inner => !inner.Hidden).Select(inner => Of(inner, $"{path} {inner.Name}".TrimStart()))],
        [.. command.Options.Where(option => !option.Hidden).Select(option => Of(option, command)), .. Help(path)],
        command.Arguments.Count == 0 ? null : Of(command.Arguments[0]));

    /// <summary>This command and all under it.</summary>
    public IEnumerable<CompletedCommand> All() => [this, .. Subcommands.SelectMany(inner => inner.All())];

    // The option for help is the tool's, and goes with every command.
    private static CompletedOption[] Help(string path) => path.Length == 0 ? [] : [new("--help", "show help", ValueKind.None, "", [], false)];

    private static CompletedOption Of(Option option, Command command)
    {
        IReadOnlyList<string> choices = OptionValue.Choices(option);
        ValueKind kind = OptionValue.TypeOf(option) == typeof(bool) || option.Arity.MaximumNumberOfValues == 0 ? ValueKind.None
            : choices.Count > 0 ? ValueKind.Choice
            : option.HelpName switch
            {
                "DIR" => ValueKind.Folder,
                "KEY=VALUE" => ValueKind.Setting,
                { } name when name.Contains("FILE", StringComparison.Ordinal) || name == "PATH" => ValueKind.File,
                _ => ValueKind.Other,
            };
        IReadOnlyList<string> words = kind == ValueKind.Setting ? [.. CommonOptions.Settable(command).Select(OptionValue.Key)] : choices;
        return new CompletedOption(option.Name, option.Description ?? "", kind, option.HelpName ?? "", words, kind == ValueKind.Setting);
    }

    private static CompletedOption Of(Argument argument)
    {
        string[] choices = [.. argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];
        return new CompletedOption(
            argument.Name, argument.Description ?? "", choices.Length > 0 ? ValueKind.Choice : ValueKind.File, argument.Name, choices, argument.Arity.MaximumNumberOfValues > 1);
    }
}
