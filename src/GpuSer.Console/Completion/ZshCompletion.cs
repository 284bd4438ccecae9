namespace GpuSer.Console.Completion;

/// <summary>Writes a completion script for zsh.</summary>
internal static class ZshCompletion
{
    private const string Head = """
        #compdef gpuser
        # Completes gpuser's commands, options, choices and file names in zsh. For this shell:
        #   source <(gpuser completion zsh)
        # For every shell to come, put it into a folder of $fpath, before compinit:
        #   gpuser completion zsh > ~/.zsh/completions/_gpuser
        _gpuser() {
          local taken= i last=1
          local -a commands
          for ((i = 2; i < CURRENT; i++)); do
            # After a command's first option a word may be that option's value.
            [[ -n $taken && ${words[i]} == -* ]] && break
            case "$taken ${words[i]}" in

        """;

    private const string Tail = """
          esac
        }

        if [[ $funcstack[1] == _gpuser ]]; then
          _gpuser "$@"
        else
          (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
          compdef _gpuser gpuser
        fi

        """;

    public static void Write(TextWriter writer, CompletedCommand tree)
    {
        writer.Write(Head);
        foreach (CompletedCommand command in tree.All().Where(command => command.Path.Length > 0))
        {
            string above = command.Path[..^command.Name.Length].TrimEnd();
            writer.WriteLine($"      '{above} {command.Name}') taken='{command.Path}' last=$i ;;");
        }

        // _arguments counts from the command, so that the names before it go.
        writer.WriteLine("    esac\n  done\n  words=(gpuser \"${(@)words[last+1,-1]}\")\n  (( CURRENT -= last - 1 ))\n  case $taken in");
        foreach (CompletedCommand command in tree.All())
        {
            WriteCommand(writer, command);
        }

        writer.Write(Tail);
    }

    private static void WriteCommand(TextWriter writer, CompletedCommand command)
    {
        writer.WriteLine($"    '{command.Path}')");
        if (command.Subcommands.Count > 0)
        {
            writer.WriteLine("      commands=(");
            foreach (CompletedCommand inner in command.Subcommands)
            {
                writer.WriteLine($"        {Quoted($"{inner.Name}:{inner.Description}")}");
            }

            writer.WriteLine("      )\n      [[ $words[CURRENT] == -* ]] || _describe command commands");
        }

        writer.WriteLine("      _arguments -s \\");
        foreach (CompletedOption option in command.Options)
        {
            string again = option.Repeats ? "*" : "", value = option.Kind == ValueKind.None ? "" : $":{Plain(option.ValueName)}:{Action(option)}";
            writer.WriteLine($"        {Quoted($"{again}{option.Name}{(option.Kind == ValueKind.None ? "" : "=")}[{Plain(option.Description)}]{value}")} \\");
        }

        if (command.Arguments is { } arguments)
        {
            writer.WriteLine($"        {Quoted($"{(arguments.Repeats ? "*" : "1")}:{arguments.Name}:{Action(arguments)}")} \\");
        }

        writer.WriteLine("        && return 0\n      ;;");
    }

    private static string Action(CompletedOption option) => option.Kind switch
    {
        ValueKind.Choice => $"({string.Join(' ', option.Words)})",
        ValueKind.Folder => "_files -/",
        ValueKind.File => "_files",
        ValueKind.Setting => $"{{compadd -S \"\" -- {string.Join(' ', option.Words.Select(key => key + "="))}}}",
        _ => " ",
    };

    // Brackets and colons part a specification.
    private static string Plain(string text) => text.Replace('[', '(').Replace(']', ')').Replace(":", "\\:", StringComparison.Ordinal);

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
