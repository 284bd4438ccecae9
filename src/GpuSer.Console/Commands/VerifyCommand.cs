using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Verification;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser verify</c>: runs every kernel on a device and compares with golden files and with the CPU.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> golden = new("golden") { Description = "folder of the golden files" };
        Option<BatchShape> shape = BatchShape.Option("signals x samples of a batch of noise, compared with the CPU");
        Option<DeviceChoice> device = SharedOptions.Device(DeviceChoice.Cuda, DeviceChoice.Emulated);
        Option<StftMethod> stft = SharedOptions.Stft();
        Option<FilterBankMethod> filterBank = SharedOptions.FilterBank();
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("verify", "Run every kernel and compare with golden files and with the CPU, within the device's tolerances.")
        {
            golden, shape, device, stft, filterBank, noProgress, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            terminal,
            GoldenFolder.Open(parsed.GetValue(golden)!),
            parsed.GetValue(shape)!,
            parsed.GetValue(device),
            new FeatureOptions { Stft = parsed.GetValue(stft), FilterBank = parsed.GetValue(filterBank) },
            terminal.Interactive && !parsed.GetValue(noProgress),
            parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static int Run(
        Terminal terminal,
        GoldenFolder golden,
        BatchShape shape,
        DeviceChoice device,
        FeatureOptions options,
        bool live,
        bool json,
        CancellationToken cancellation)
    {
        using DeviceSession session = DeviceSession.Open(device, terminal.Notes);
        List<Comparison> comparisons = [];
        using (ProgressLine line = new(terminal.Notes, live))
        {
            foreach (Comparison comparison in KernelVerification.Run(session.Context!, golden, shape.Batch, shape.Samples, options))
            {
                cancellation.ThrowIfCancellationRequested();
                comparisons.Add(comparison);
                line.Show($"{comparisons.Count} compared, {comparison.Signal} {comparison.What}");
            }
        }

        VerificationReport report = new(session.Context!.Device.Name, session.Context.Driver.Version, DateTimeOffset.UtcNow, comparisons);
        if (json)
            JsonOutput.Write(terminal.Out, report);
        else
            VerificationTable.Write(terminal.Out, report);
        return report.Passed ? ExitCode.Success : ExitCode.Failure;
    }
}
