using System.CommandLine;
using GpuSer.Console.Completion;

namespace GpuSer.Console.Commands;

/// <summary>
/// <c>gpuser completion</c>: a script with which a shell completes what is typed. It is written once from the tree of commands and asks nobody
/// afterwards: a start of gpuser at each Tab would take a fifth of a second, and needs gpuser built.
/// </summary>
internal static class CompletionCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> shell = new("shell") { Description = "which shell the script is for" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command command = new(
            "completion",
            "Print a script that completes commands, options, choices and file names on Tab. For this shell: source <(gpuser completion bash), the same with zsh, "
            + "or gpuser completion fish | source; the script's first lines say where to keep it.")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            CompletedCommand tree = CompletedCommand.Of(parsed.RootCommandResult.Command);
            Action<TextWriter, CompletedCommand> write = parsed.GetValue(shell) switch
            {
                "zsh" => ZshCompletion.Write,
                "fish" => FishCompletion.Write,
                _ => BashCompletion.Write,
            };
            write(terminal.Out, tree);
            return ExitCode.Success;
        });
        return command;
    }
}
