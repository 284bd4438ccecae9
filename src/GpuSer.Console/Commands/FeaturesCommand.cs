using System.CommandLine;
using GpuSer.Audio;
using GpuSer.Console.Output;
using GpuSer.IO;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser features</c>: the image of each file, and every stage on the way to it, as <c>.npy</c> files.</summary>
internal static class FeaturesCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> files = new("files")
        {
            Description = "recordings (WAV, FLAC, OGG, MP3), or mono float32 .npy signals at 22,050 Hz",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> output = new("--out") { Description = "folder to write to; each input gets a folder of its own in it", Required = true };
        Option<bool> stages = new("--stages") { Description = "write every stage, not the image alone" };
        Option<bool> noTrim = new("--no-trim") { Description = "keep silent parts" };
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<StftMethod> stft = SharedOptions.Stft();
        Option<FilterBankMethod> filterBank = SharedOptions.FilterBank();
        Option<bool> noProgress = SharedOptions.NoProgress();

        Command command = new("features", "Compute the (T, 230) feature image of each file, on its own and unpadded.")
        {
            files, output, stages, noTrim, device, stft, filterBank, noProgress,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            terminal,
            parsed.GetValue(files)!,
            parsed.GetValue(output)!,
            parsed.GetValue(stages),
            !parsed.GetValue(noTrim),
            parsed.GetValue(device),
            FeatureOptions.Default with { Stft = parsed.GetValue(stft), FilterBank = parsed.GetValue(filterBank) },
            terminal.Interactive && !parsed.GetValue(noProgress),
            cancellation)));
        return command;
    }

    private static int Run(
        Terminal terminal, string[] files, string output, bool stages, bool trim, DeviceChoice device, FeatureOptions options, bool progress,
        CancellationToken cancellation)
    {
        string[] folders = OutputFolders.For(files);
        using FeatureDevice features = FeatureDevice.Open(device, options, terminal.Error);
        FeatureWriter writer = new(features, stages);
        using ProgressLine line = new(terminal.Error, progress);
        int bad = 0;
        for (int i = 0; i < files.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            line.Show($"{i}/{files.Length} {files[i]}");
            string folder = Path.Combine(output, folders[i]);
            try
            {
                float[] signal = AudioFile.ReadMono(files[i], ct: cancellation);
                float[] samples = trim ? VoicedSamples.SelectOrThrow(files[i], signal) : signal;
                AtomicFile.CreateFolder(folder);
                writer.Write(samples, folder);
            }
            catch (InvalidFileException error)
            {
                bad++;
                line.Clear();
                terminal.Error.WriteLine($"gpuser: {error.Message}");
                continue;
            }

            line.Clear();
            terminal.Out.WriteLine(folder);
        }

        if (bad > 0)
        {
            terminal.Error.WriteLine($"gpuser: {bad} of {files.Length} files could not be used; the others are done");
        }

        return bad > 0 ? ExitCode.BadInput : ExitCode.Success;
    }
}
