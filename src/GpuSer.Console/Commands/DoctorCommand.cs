using System.CommandLine;
using GpuSer.Console.Doctor;
using GpuSer.Console.Output;
using GpuSer.Cuda;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser doctor</c>: looks whether all that GpuSer needs is there and works, and says what to do about what does not.</summary>
internal static class DoctorCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<DeviceChoice> device = SharedOptions.Choice(
            "--device", "what is to be used: cuda needs a GPU that works, auto takes one where there is one, else the emulator, emulated that alone, cpu neither", Enum.GetValues<DeviceChoice>());
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();
        Command command = new("doctor", "Check libraries, GPU, kernels, disk and memory, and say what to do about each fault; takes seconds. Ends with 1 where something needed is at fault.")
        {
            device, noProgress, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            terminal, parsed.GetValue(device), terminal.Interactive && !parsed.GetValue(noProgress), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, DeviceChoice device, bool live, bool json, CancellationToken cancellation)
    {
        using GpuProbe probe = new(CudaDrivers.Open);
        return Run(terminal, Checkup.For(probe, device), device, live, json, cancellation);
    }

    /// <summary>Runs checks one after the other, and says which one runs: a driver may hang.</summary>
    internal static int Run(
        Terminal terminal, IEnumerable<DoctorCheck> checks, DeviceChoice device, bool live, bool json, CancellationToken cancellation)
    {
        List<CheckResult> results = [];
        using (ProgressLine line = new(terminal.Notes, live))
        {
            foreach (DoctorCheck check in checks)
            {
                cancellation.ThrowIfCancellationRequested();
                line.Show($"looking at {check.Name}");
                results.Add(check.Run());
                line.Clear();
                if (!json)
                {
                    DoctorOutput.Write(terminal.Out, results[^1]);
                }
            }
        }

        if (json)
        {
            DoctorOutput.WriteJson(terminal.Out, results, device);
        }
        else
        {
            DoctorOutput.WriteSum(terminal.Out, results);
        }

        return results.Any(result => result.Status == CheckStatus.Fault) ? ExitCode.Failure : ExitCode.Success;
    }
}
