using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GpuSer.Console.Output;
using GpuSer.PtxEmulator;
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
        Option<Shape> shape = new("--shape")
        {
            Description = "signals x samples of each",
            HelpName = "BATCHxSAMPLES",
            CustomParser = ParseShape,
            DefaultValueFactory = _ => TryParse(DefaultShape)!,
        };
        Option<DeviceChoice> device = SharedOptions.Device(DeviceChoice.Emulated);
        Option<bool> race = new("--race") { Description = "also look for two threads at one shared address without a barrier between; slower" };
        Option<bool> json = SharedOptions.Json();

        Command command = new("kernels", "Run the kernels on the emulator and show their counters, floors and predicted times.")
        {
            shape, device, race, json,
        };
        command.SetAction(parsed =>
        {
            (int batch, int samples) = parsed.GetValue(shape)!;
            KernelReport report = KernelReport.Measure(batch, samples, new EmulatorOptions { DetectRaces = parsed.GetValue(race) });
            if (parsed.GetValue(json))
                JsonOutput.Write(terminal.Out, report);
            else
                KernelTable.Write(terminal.Out, report);
            return ExitCode.Success;
        });
        return command;
    }

    private static Shape? ParseShape(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (TryParse(text) is { } shape)
            return shape;
        argument.AddError($"--shape {text}: two whole numbers from 1 up, such as {DefaultShape}, of at most {MostSamples:N0} samples together");
        return null;
    }

    private static Shape? TryParse(string text)
    {
        string[] parts = text.Split('x');
        return parts.Length == 2 && Number(parts[0]) is { } batch && Number(parts[1]) is { } samples && (long)batch * samples <= MostSamples
            ? new Shape(batch, samples)
            : null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;

    private sealed record Shape(int Batch, int Samples)
    {
        public override string ToString() => $"{Batch}x{Samples}";
    }
}
