namespace GpuSer.Console.Completion;

/// <summary>Writes a completion script for bash, 4 or later.</summary>
internal static class BashCompletion
{
    private const string Head = """
        # Completes gpuser's commands, options, choices and file names in bash. For this shell:
        #   source <(gpuser completion bash)
        # For every shell to come, put it where bash-completion looks:
        #   gpuser completion bash > ~/.local/share/bash-completion/completions/gpuser
        _gpuser_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2"); }
        _gpuser_files() { mapfile -t COMPREPLY < <(compgen "$1" -- "$2"); compopt -o filenames 2>/dev/null; }

        _gpuser() {
          local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= options= arguments= i
          # bash parts --device=cpu into three words.
          if [[ $current == = ]]; then
            current=
          elif [[ $previous == = ]]; then
            previous=${COMP_WORDS[COMP_CWORD-2]}
          fi
          for ((i = 1; i < COMP_CWORD; i++)); do
            # After a command's first option a word may be that option's value.
            [[ $path && ${COMP_WORDS[i]} == -* ]] && break
            case "$path ${COMP_WORDS[i]}" in

        """;

    private const string Tail = """
          if [[ $current == -* ]]; then
            _gpuser_words "$options" "$current"
          elif [[ $arguments == -f ]]; then
            _gpuser_files -f "$current"
          else
            _gpuser_words "$arguments" "$current"
          fi
        }

        complete -F _gpuser gpuser

        """;

    public static void Write(TextWriter writer, CompletedCommand tree)
    {
        writer.Write(Head);
        foreach (CompletedCommand command in tree.All().Where(command => command.Path.Length > 0))
        {
            string above = command.Path[..^command.Name.Length].TrimEnd();
            writer.WriteLine($"      '{above} {command.Name}') path='{command.Path}' ;;");
        }

        writer.WriteLine("    esac\n  done\n  case $path in");
        foreach (CompletedCommand command in tree.All())
        {
            WriteCommand(writer, command);
        }

        writer.WriteLine("  esac");
        writer.Write(Tail);
    }

    private static void WriteCommand(TextWriter writer, CompletedCommand command)
    {
        string[] words = [.. command.Subcommands.Select(inner => inner.Name), .. command.Arguments?.Words ?? []];
        writer.WriteLine($"    '{command.Path}')");
        writer.WriteLine($"      options='{string.Join(' ', command.Options.Select(option => option.Name))}'");
        writer.WriteLine($"      arguments='{(command.Arguments?.Kind == ValueKind.File ? "-f" : string.Join(' ', words))}'");
        writer.WriteLine("      case $previous in");
        foreach (IGrouping<string, CompletedOption> alike in command.Options.Where(option => option.Kind != ValueKind.None).GroupBy(Action))
        {
            writer.WriteLine($"        {string.Join('|', alike.Select(option => option.Name))}) {alike.Key}return ;;");
        }

        writer.WriteLine("      esac\n      ;;");
    }

    private static string Action(CompletedOption option) => option.Kind switch
    {
        ValueKind.Choice => $"_gpuser_words '{string.Join(' ', option.Words)}' \"$current\"; ",
        ValueKind.Folder => "_gpuser_files -d \"$current\"; ",
        ValueKind.File => "_gpuser_files -f \"$current\"; ",
        ValueKind.Setting => $"_gpuser_words '{string.Join(' ', option.Words.Select(key => key + "="))}' \"$current\"; compopt -o nospace 2>/dev/null; ",
        _ => "",
    };
}
