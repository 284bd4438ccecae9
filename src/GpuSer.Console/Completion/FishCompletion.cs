namespace GpuSer.Console.Completion;

/// <summary>Writes a completion script for fish.</summary>
internal static class FishCompletion
{
    private const string Head = """
        # Completes gpuser's commands, options, choices and file names in fish. For this shell:
        #   gpuser completion fish | source
        # For every shell to come:
        #   gpuser completion fish > ~/.config/fish/completions/gpuser.fish
        function __gpuser_at
            set -l path ''
            for word in (commandline -opc)[2..]
                # After a command's first option a word may be that option's value.
                if test -n "$path"; and string match -q -- '-*' $word
                    break
                end
                switch "$path $word"

        """;

    private const string Tail = """
                end
            end
            test "$path" = "$argv[1]"
        end

        complete -c gpuser -f

        """;

    public static void Write(TextWriter writer, CompletedCommand tree)
    {
        writer.Write(Head);
        foreach (CompletedCommand command in tree.All().Where(command => command.Path.Length > 0))
        {
            string above = command.Path[..^command.Name.Length].TrimEnd();
            writer.WriteLine($"            case '{above} {command.Name}'\n                set path '{command.Path}'");
        }

        writer.Write(Tail);
        foreach (CompletedCommand command in tree.All())
        {
            WriteCommand(writer, command, $"complete -c gpuser -n '__gpuser_at \"{command.Path}\"'");
        }
    }

    private static void WriteCommand(TextWriter writer, CompletedCommand command, string begin)
    {
        foreach (CompletedCommand inner in command.Subcommands)
        {
            writer.WriteLine($"{begin} -a {inner.Name} -d {Quoted(inner.Description)}");
        }

        if (command.Arguments is { } arguments)
        {
            writer.WriteLine(arguments.Kind == ValueKind.File ? $"{begin} -F" : $"{begin} -a {Quoted(string.Join(' ', arguments.Words))}");
        }

        foreach (CompletedOption option in command.Options)
        {
            writer.WriteLine($"{begin} -l {option.Name.TrimStart('-')} -d {Quoted(option.Description)}{Action(option)}");
        }
    }

    private static string Action(CompletedOption option) => option.Kind switch
    {
        ValueKind.None => "",
        ValueKind.Choice => $" -x -a {Quoted(string.Join(' ', option.Words))}",
        ValueKind.Folder => " -x -a '(__fish_complete_directories)'",
        ValueKind.File => " -r -F",
        ValueKind.Setting => $" -x -a {Quoted(string.Join(' ', option.Words.Select(key => key + "=")))}",
        _ => " -x",
    };

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
