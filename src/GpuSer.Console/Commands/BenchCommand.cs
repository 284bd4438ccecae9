using System.CommandLine;
using GpuSer.Console.Bench;
using GpuSer.Console.Output;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser bench</c>: how fast images are made here, in some seconds.</summary>
internal static class BenchCommand
{
    private const double DefaultSeconds = 10;
    private const string Librosa = "librosa";

    public static Command Create(Terminal terminal)
    {
        Option<string?> data = new("--data") { Description = "folder of recordings; without it, 2 s signals made by formula", HelpName = "DIR" };
        Option<int> threads = SharedOptions.Threads();
        Option<double> seconds = new("--seconds")
        {
            Description = "time to measure for, roughly",
            HelpName = "S",
            DefaultValueFactory = _ => DefaultSeconds,
        };
        Option<DeviceChoice> device = SharedOptions.Device(DeviceChoice.Cpu, DeviceChoice.Cuda, DeviceChoice.Emulated);
        device.Description = "where images are made; on a device the CPU's are measured too";
        Option<string?> peer = new("--peer") { Description = "also run another library on the same utterances, and tell the ratio", HelpName = Librosa };
        peer.AcceptOnlyFromAmong(Librosa);
        Option<string> python = new("--python")
        {
            Description = "the Python that has the peer",
            HelpName = "PATH",
            DefaultValueFactory = _ => "python3",
        };
        Option<bool> json = SharedOptions.Json();

        Command command = new("bench", "Measure how fast images are made: milliseconds an utterance, times real time, stages, memory.")
        {
            data, threads, seconds, device, peer, python, json, BenchStepCommand.Create(terminal),
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(threads) < 0 || !(result.GetValue(seconds) is >= 0 and <= 3600))
            {
                result.AddError("--threads cannot be negative, and --seconds is from 0 to 3600");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            using DeviceSession session = DeviceSession.Open(parsed.GetValue(device), terminal.Notes);
            string? folder = parsed.GetValue(data);
            Measurement measurement = new(
                session,
                parsed.GetValue(device),
                // One number for ours and the peer's: a peer knows nothing of "0 for one a core".
                parsed.GetValue(threads) is > 0 and int asked ? asked : Environment.ProcessorCount,
                parsed.GetValue(seconds),
                parsed.GetValue(peer) is null ? null : parsed.GetValue(python));
            BenchReport report = measurement.Run(folder is null ? BenchSignals.Make() : BenchSignals.Read(folder, terminal.Error, cancellation), cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(terminal.Out, report);
            }
            else
            {
                BenchTable.Write(terminal.Out, report);
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private sealed record Measurement(DeviceSession Session, DeviceChoice Device, int Threads, double Seconds, string? Python)
    {
        public BenchReport Run(BenchSignals signals, CancellationToken ct)
        {
            // A device makes one batch: whatever it is set beside makes the same signals.
            signals = Session.Context is null ? signals : signals.First(DeviceBench.Batch);

            // The peer comes first: it is the slower one, and ours then makes those that it could.
            PeerFigures? peer = Python is null ? null : LibrosaPeer.Run(signals, Python, Threads, Seconds, ct);
            BenchSignals chosen = peer is null ? signals : signals.First(peer.Utterances);
            BenchReport report = Cpu(chosen, ct);
            if (Session.Context is { } context)
            {
                report = DeviceBench.Run(Device.ToString().ToLowerInvariant(), context, chosen, Seconds, ct) with { Cpu = report };
            }

            return peer is null ? report : report with { Peer = peer with { Ratio = peer.MillisecondsPerUtterance / report.MillisecondsPerUtterance } };
        }

        private BenchReport Cpu(BenchSignals signals, CancellationToken ct)
        {
            using CpuBench bench = new(signals, Threads, Seconds, ct);
            return bench.Run();
        }
    }
}
