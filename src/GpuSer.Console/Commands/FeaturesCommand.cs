using System.CommandLine;
using System.Diagnostics;
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
        Option<string> output = new("--out") { Description = "folder to write to; each input gets a folder of its own in it", HelpName = "DIR", Required = true };
        Option<bool> stages = new("--stages") { Description = "write every stage, not the image alone" };
        Option<bool> png = new("--png") { Description = "draw the image too, as image.png with its feature blocks labelled" };
        Option<bool> noTrim = new("--no-trim") { Description = "keep silent parts" };
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<StftMethod> stft = SharedOptions.Stft();
        Option<FilterBankMethod> filterBank = SharedOptions.FilterBank();
        Option<int> threads = SharedOptions.Threads();
        Option<string?> cache = SharedOptions.Cache();
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("features", "Compute the (T, 230) feature image of each file, on its own and unpadded.")
        {
            files, output, stages, png, noTrim, device, stft, filterBank, threads, cache, noProgress, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(threads) < 0)
            {
                result.AddError("--threads cannot be negative");
            }

            if (result.GetValue(stages) && (result.GetValue(threads) != 0 || result.GetValue(cache) is not null))
            {
                result.AddError("--stages takes one file at a time and keeps nothing: leave --threads and --cache away");
            }
        });
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            terminal,
            parsed.GetValue(files)!,
            parsed.GetValue(output)!,
            parsed.GetValue(stages),
            parsed.GetValue(png),
            !parsed.GetValue(noTrim),
            parsed.GetValue(device),
            FeatureOptions.Default with { Stft = parsed.GetValue(stft), FilterBank = parsed.GetValue(filterBank) },
            parsed.GetValue(threads),
            parsed.GetValue(cache),
            terminal.Interactive && !parsed.GetValue(noProgress),
            parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static int Run(
        Terminal terminal, string[] files, string output, bool stages, bool png, bool trim, DeviceChoice device, FeatureOptions options,
        int threads, string? cacheFolder, bool progress, bool json, CancellationToken cancellation)
    {
        string[] folders = [.. OutputFolders.For(files).Select(folder => Path.Combine(output, folder))];
        ImageCache? cache = cacheFolder is null ? null : new ImageCache(cacheFolder, options);
        using FeatureDevice features = FeatureDevice.Open(device, options, terminal.Notes, threads, cache);
        if (cache is not null && features.Cpu is null)
        {
            throw new GpuSerException("--cache keeps images that the CPU makes: leave it away, or use --device cpu");
        }

        FeatureOptions? drawn = png ? options : null;
        using ProgressLine line = new(terminal.Notes, progress);
        FileResults results = new(terminal, line, files, folders, json);
        Stopwatch clock = Stopwatch.StartNew();
        int used = 1;
        if (features.Cpu is { } extractor && !stages)
        {
            used = extractor.Threads;
            extractor.ComputeFiles(files, new ImageFiles(folders, results, drawn), keepSilence: !trim, cancellation);
        }
        else
        {
            OneByOne(files, folders, new FeatureWriter(features, stages, drawn), trim, results, cancellation);
        }

        line.Clear();
        results.WriteJson();
        if (files.Length > 1)
        {
            double seconds = clock.Elapsed.TotalSeconds;
            terminal.Notes.WriteLine(
                $"gpuser: {files.Length} files in {Figures.Number(seconds, "0.0")} s, {Figures.Number(files.Length / seconds, "0.0")} files a second "
                + $"from file to file on {used} {(used == 1 ? "thread" : "threads")}");
        }

        if (cache is not null)
        {
            string unsaved = cache.Unsaved == 0 ? "" : $", {cache.Unsaved} could not be kept in {cacheFolder}";
            terminal.Notes.WriteLine($"gpuser: cache: {cache.Found} images found, {cache.Missing} made{unsaved}");
        }

        DecodingNote.Tell(terminal);
        if (results.Bad > 0)
        {
            terminal.Error.WriteLine($"gpuser: {results.Bad} of {files.Length} files could not be used; the others are done");
        }

        return results.Bad > 0 ? ExitCode.BadInput : ExitCode.Success;
    }

    private static void OneByOne(
        string[] files, string[] folders, FeatureWriter writer, bool trim, FileResults results, CancellationToken cancellation)
    {
        for (int i = 0; i < files.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                float[] signal = AudioFile.ReadMono(files[i], ct: cancellation);
                float[] samples = trim ? VoicedSamples.SelectOrThrow(files[i], signal) : signal;
                AtomicFile.CreateFolder(folders[i]);
                writer.Write(samples, folders[i]);
                results.Done(i);
            }
            catch (InvalidFileException error)
            {
                results.Failed(i, error);
            }
        }
    }
}
