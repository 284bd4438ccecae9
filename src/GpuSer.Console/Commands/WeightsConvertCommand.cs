using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training.Weights;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser weights convert</c>: writes weights of any known format as safetensors, bit for bit.</summary>
internal static class WeightsConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = WeightsCommand.File();
        Option<string> output = new("--out") { Description = "safetensors file to write", HelpName = "FILE.safetensors", Required = true };
        Option<bool> json = SharedOptions.Json();
        Command command = new("convert", "Write weights as safetensors: the same names, types and values.") { file, output, json };
        command.SetAction(parsed => Run(terminal, parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, string path, string output, bool json)
    {
        using WeightsFile file = WeightsFile.Open(path);
        WeightsConversion.ToSafetensors(file, output);
        if (json)
        {
            JsonOutput.Write(terminal.Out, new { File = output, Tensors = file.Entries.Count, Bytes = new FileInfo(output).Length });
        }
        else
        {
            terminal.Out.WriteLine($"{file.Entries.Count} tensors in {output}");
        }

        return ExitCode.Success;
    }
}
