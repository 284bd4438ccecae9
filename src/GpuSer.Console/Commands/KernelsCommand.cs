using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GpuSer.Console.Output;
using GpuSer.PtxEmulator.Reports;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser kernels</c>: what each kernel does for a batch, counted on the emulator, against its floor.</summary>
internal static class KernelsCommand
{
    private const string DefaultShape = "16x66150";

    // A batch that the emulator's memory and patience bear.
    private const long MostSamples = 1L << 28;

    public static Command Create(Terminal terminal)
    {
        Option<(int Batch, int Samples)> shape = new("--shape")
        {
            Description = "signals x samples of each",
            HelpName = "BATCHxSAMPLES",
            CustomParser = ParseShape,
            DefaultValueFactory = _ => TryParse(DefaultShape)!.Value,
        };
        Option<DeviceChoice> device = SharedOptions.Device(DeviceChoice.Emulated);
        Option<bool> json = SharedOptions.Json();

        Command command = new("kernels", "Run the kernels on the emulator and show their counters, floors and predicted times.")
        {
            shape, device, json,
        };
        command.SetAction(parsed =>
        {
            (int batch, int samples) = parsed.GetValue(shape);
            KernelReport report = KernelReport.Measure(batch, samples);
            if (parsed.GetValue(json))
                JsonOutput.Write(terminal.Out, report);
            else
                KernelTable.Write(terminal.Out, report);
            return ExitCode.Success;
        });
        return command;
    }

    private static (int Batch, int Samples) ParseShape(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (TryParse(text) is { } shape)
            return shape;
        argument.AddError($"--shape {text}: two whole numbers from 1 up, such as {DefaultShape}, of at most {MostSamples:N0} samples together");
        return default;
    }

    private static (int Batch, int Samples)? TryParse(string text)
    {
        string[] parts = text.Split('x');
        return parts.Length == 2 && Number(parts[0]) is { } batch && Number(parts[1]) is { } samples && (long)batch * samples <= MostSamples
            ? (batch, samples)
            : null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;
}
