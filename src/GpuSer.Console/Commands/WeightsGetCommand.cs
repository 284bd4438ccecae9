using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training.Downloads;
using GpuSer.Training.Weights;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser weights get</c>: downloads weights that torchvision publishes, resumed and checked.</summary>
internal static class WeightsGetCommand
{
    public static Command Create(Terminal terminal)
    {
        string[] names = [.. PublishedWeights.All.Select(weights => weights.Name)];
        Argument<string> name = new("model") { Description = "which weights", HelpName = string.Join('|', names), DefaultValueFactory = _ => names[0] };
        name.AcceptOnlyFromAmong(names);
        Option<string> output = new("--out") { Description = "folder to write to", HelpName = "DIR", DefaultValueFactory = _ => "weights" };
        Option<Uri> url = SharedOptions.Url("another address of the same file [default: the published one]");
        Option<bool> json = SharedOptions.Json();
        Option<bool> noProgress = SharedOptions.NoProgress();

        Command command = new("get", "Download the weights that torchvision publishes (about 550 MB); an interrupted download is gone on with.")
        {
            name, output, url, json, noProgress,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            terminal,
            PublishedWeights.All.Single(weights => weights.Name == parsed.GetValue(name)),
            parsed.GetValue(output)!,
            parsed.GetValue(url),
            terminal.Interactive && !parsed.GetValue(noProgress),
            parsed.GetValue(json),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, PublishedWeights weights, string folder, Uri? url, bool live, bool json, CancellationToken cancellation)
    {
        Download download = new(new DownloadOptions
        {
            Url = url ?? weights.Url,
            Destination = Path.Combine(folder, weights.FileName),
            Sha256 = weights.Sha256,
        });
        DownloadResult result;
        using (DownloadLine line = new(terminal.Notes, weights.FileName, live))
        {
            result = await download.RunAsync(line, cancellation).ConfigureAwait(false);
        }

        if (json)
        {
            JsonOutput.Write(terminal.Out, new { File = result.Path, result.Bytes, result.Sha256, result.Fetched });
            return ExitCode.Success;
        }

        terminal.Notes.WriteLine(result.Fetched == 0
            ? $"gpuser: was there already; its SHA-256 begins with {weights.Sha256}, as it should"
            : $"gpuser: {result.Fetched:N0} of {result.Bytes:N0} bytes fetched; the SHA-256 begins with {weights.Sha256}, as it should");
        terminal.Out.WriteLine(result.Path);
        return ExitCode.Success;
    }
}
