using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using GpuSer.Console.Commands;
using GpuSer.Console.Configuration;
using GpuSer.Training;

namespace GpuSer.Console;

/// <summary>The whole command line: parses, runs one command, and turns every error into a line and an exit code.</summary>
public static class CommandLine
{
    /// <summary>Runs one command to its end.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, Terminal terminal)
    {
        InvocationConfiguration configuration = new()
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            // A step of a wide network takes seconds, and so does its checkpoint.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(5),
        };

        // The parser's own handler cancels on both signals; this one remembers which it was.
        bool terminated = false;
        using PosixSignalRegistration onTermination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => terminated = true);

        try
        {
            CommonOptions common = new();
            ParseResult parsed = common.Parse(Build(terminal, common), args);
            if (parsed.Errors.Count > 0)
            {
                return Refuse(parsed, terminal);
            }

            if (common.Print(parsed, terminal.Out))
            {
                return ExitCode.Success;
            }

            if (common.IsQuiet(parsed))
            {
                terminal.Silence();
            }

            return parsed.InvokeAsync(configuration).GetAwaiter().GetResult();
        }
        catch (InvalidConfigurationException error)
        {
            foreach (string problem in error.Errors)
            {
                terminal.Error.WriteLine($"gpuser: {problem}");
            }

            return ExitCode.BadInput;
        }
        catch (GpuSerException error)
        {
            terminal.Error.WriteLine($"gpuser: {error.Message}");
            return error switch
            {
                RunNotSavedException => ExitCode.NotSaved,
                TrainingDivergedException => ExitCode.Diverged,
                _ => ExitCode.BadInput,
            };
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine(terminated ? "gpuser: terminated" : "gpuser: interrupted");
            return terminated ? ExitCode.Terminated : ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // the last stop before the runtime's own crash report: no exit without a message
        catch (Exception error)
#pragma warning restore CA1031
        {
            terminal.Error.WriteLine($"gpuser: unexpected {error.GetType().Name}: {error.Message}");
            terminal.Error.WriteLine(error.StackTrace);
            return ExitCode.Failure;
        }
    }

    /// <summary>How arguments are parsed: a name that begins with @ is a file's, and nothing else.</summary>
    internal static ParserConfiguration Parser { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>A parser's message, which may be a list, on one line.</summary>
    internal static string OnOneLine(string message) => string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The names of a command and of those it is under, the tool's first.</summary>
    internal static IReadOnlyList<string> PathOf(CommandResult? command) => command is null ? [] : [.. PathOf(command.Parent as CommandResult), command.Command.Name];

    private static int Refuse(ParseResult parsed, Terminal terminal)
    {
        foreach (ParseError problem in parsed.Errors)
        {
            terminal.Error.WriteLine($"gpuser: {OnOneLine(problem.Message)}");
        }

        terminal.Error.WriteLine($"gpuser: see {string.Join(' ', PathOf(parsed.CommandResult))} --help");
        return ExitCode.BadInput;
    }

    // A plain command under the tool's own name: a RootCommand would be called after the assembly.
    internal static Command Build(Terminal terminal, CommonOptions common)
    {
        Command root = new("gpuser", "Emotion in speech: features on the device, VGG-16-BN on top.")
        {
            new HelpOption { Recursive = true },
            new VersionOption(),
            DemoCommand.Create(terminal),
            TrainCommand.Create(terminal),
            AblateCommand.Create(terminal),
            OrderCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            PredictCommand.Create(terminal),
            ReportCommand.Create(terminal),
            FeaturesCommand.Create(terminal),
            WeightsCommand.Create(terminal),
            BenchCommand.Create(terminal),
            KernelsCommand.Create(terminal),
            VerifyCommand.Create(terminal),
            DataCommand.Create(terminal),
            DoctorCommand.Create(terminal),
            EnvCommand.Create(terminal),
            CompletionCommand.Create(terminal),
        };
        common.AddTo(root);
        return root;
    }
}
