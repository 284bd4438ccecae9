using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using GpuSer.Console.Output;

namespace GpuSer.Console.Configuration;

/// <summary>The options that every command has: quiet, and others' values out of a file.</summary>
internal sealed class CommonOptions
{
    private const string ConfigName = "--config", SetName = "--set", PrintName = "--print-config", QuietName = "--quiet";

    private readonly Option<string?> _config = new(ConfigName)
    {
        Description = "JSON file of options, by their names without dashes; --set and options typed here come before it",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _set = new(SetName) { Description = "one option as the file would have it; may be given again", HelpName = "KEY=VALUE" };
    private readonly Option<bool> _print = new(PrintName) { Description = "print what the options come to, as JSON for --config, and do nothing" };
    private readonly Option<bool> _quiet = new(QuietName) { Description = "nothing on standard error but errors" };

    /// <summary>Whether an option says how to run and not what, so that it goes with everything.</summary>
    public static bool SaysHow(Option option) => option.Name is ConfigName or SetName or QuietName;

    /// <summary>Whether the options are only to be printed, so that none need be given yet.</summary>
    public static bool Prints(SymbolResult result) => result.GetResult(PrintName) is OptionResult { Implicit: false };

    /// <summary>The options of a command that a file can set.</summary>
    public static IReadOnlyList<Option> Settable(Command command) =>
        [.. command.Options.Where(option => option is not HelpOption && option.Name is not (ConfigName or SetName or PrintName))];

    /// <summary>Adds them to each command that can be run.</summary>
    public void AddTo(Command command)
    {
        foreach (Command inner in command.Subcommands)
        {
            AddTo(inner);
        }

        if (command.Action is not null)
        {
            foreach (Option option in (Option[])[_config, _set, _print, _quiet])
            {
                command.Options.Add(option);
            }
        }
    }

    /// <summary>Whether notes and progress are not wanted.</summary>
    public bool IsQuiet(ParseResult parsed) => IsTyped(parsed, _quiet) && parsed.GetValue(_quiet);

    /// <summary>Parses the arguments together with the settings that they name.</summary>
    /// <exception cref="GpuSerException">The file or a setting is at fault.</exception>
    public ParseResult Parse(Command root, string[] args)
    {
        ParseResult typed = root.Parse(args, CommandLine.Parser);
        Command command = typed.CommandResult.Command;
        if (typed.Action is HelpAction || !command.Options.Contains(_config))
        {
            return typed;
        }

        if (IsTyped(typed, _print))
        {
            Relax(command);
            typed = root.Parse(args, CommandLine.Parser);
        }

        IReadOnlyList<string> files = Texts(typed, _config), sets = Texts(typed, _set);
        if (files.Count > 1)
        {
            throw new InvalidConfigurationException([$"{ConfigName} names {files.Count} files; give one, and {SetName} for what differs"]);
        }

        if (files.Count + sets.Count == 0)
        {
            return typed;
        }

        IReadOnlyList<string> settings = OptionSettings.Arguments(
            string.Join(' ', CommandLine.PathOf(typed.CommandResult).Skip(1)),
            Settable(command),
            files.Count == 0 ? [] : ConfigurationFile.Read(files[0]),
            [.. sets.Select(OptionSettings.Typed)],
            option => IsTyped(typed, option));
        int after = NamesOf(typed, args);
        return root.Parse([.. args[..after], .. settings, .. args[after..]], CommandLine.Parser);
    }

    /// <summary>Prints what the options come to, if that is asked for.</summary>
    /// <returns>Whether it is.</returns>
    public bool Print(ParseResult parsed, TextWriter writer)
    {
        if (!IsTyped(parsed, _print))
        {
            return false;
        }

        JsonObject document = [];
        foreach (Option option in Settable(parsed.CommandResult.Command))
        {
            document[OptionValue.Key(option)] = parsed.GetResult(option) is { Implicit: false } given
                ? OptionValue.ToJson(given.GetValueOrDefault<object>())
                : OptionValue.Default(option);
        }

        JsonOutput.Write(writer, document);
        return true;
    }

    private static bool IsTyped(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static IReadOnlyList<string> Texts(ParseResult parsed, Option option) =>
        parsed.GetResult(option) is { Implicit: false } result ? [.. result.Tokens.Select(token => token.Value)] : [];

    // A printed configuration may be a template, so that nothing needs be there yet. The tree of commands is this run's alone.
    private static void Relax(Command command)
    {
        foreach (Option option in command.Options)
        {
            option.Required = false;
        }

        foreach (Argument argument in command.Arguments)
        {
            argument.Arity = new ArgumentArity(0, argument.Arity.MaximumNumberOfValues);
        }
    }

    // Settings stand directly after the command's names, where no argument and no -- can take them for itself.
    private static int NamesOf(ParseResult parsed, string[] args)
    {
        int after = 0;
        foreach (string name in CommandLine.PathOf(parsed.CommandResult).Skip(1))
        {
            after = Array.IndexOf(args, name, after) + 1;
        }

        return after;
    }
}
