using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.PtxEmulator;
using GpuSer.PtxEmulator.Reports;

namespace GpuSer.Console.Commands;

/// <summary>
/// <c>gpuser kernels</c>: what each kernel does for a batch, counted on the emulator, against its floor; on a GPU its time, beside the predicted one.
/// </summary>
internal static class KernelsCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<BatchShape> shape = BatchShape.Option("signals x samples of each");
        Option<DeviceChoice> device = SharedOptions.Device(DeviceChoice.Emulated, DeviceChoice.Cuda);
        Option<bool> race = new("--race") { Description = "also look for two threads at one shared address without a barrier between; slower" };
        Option<bool> json = SharedOptions.Json();

        Command command = new("kernels", "Run the kernels on the emulator and show their counters, floors and predicted times, or time them on a GPU.")
        {
            shape, device, race, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(race) && result.GetValue(device) == DeviceChoice.Cuda)
                result.AddError("only the emulator looks for races; give --race without --device cuda");
        });
        command.SetAction(parsed =>
        {
            (int batch, int samples) = parsed.GetValue(shape)!;
            if (parsed.GetValue(device) == DeviceChoice.Cuda)
                Time(terminal, batch, samples, parsed.GetValue(json));
            else
                Count(terminal, batch, samples, parsed.GetValue(race), parsed.GetValue(json));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Count(Terminal terminal, int batch, int samples, bool race, bool json)
    {
        KernelReport report = KernelReport.Measure(batch, samples, new EmulatorOptions { DetectRaces = race });
        if (json)
            JsonOutput.Write(terminal.Out, report);
        else
            KernelTable.Write(terminal.Out, report);
    }

    private static void Time(Terminal terminal, int batch, int samples, bool json)
    {
        using DeviceSession session = DeviceSession.Open(DeviceChoice.Cuda, terminal.Notes);
        KernelTimings timings = KernelTimings.Measure(session.Context!, batch, samples);
        if (json)
            JsonOutput.Write(terminal.Out, timings);
        else
            TimingTable.Write(terminal.Out, timings);
    }
}
