using System.CommandLine;
using System.Text.RegularExpressions;
using GpuSer.Console.Output;
using GpuSer.Training.Downloads;
using GpuSer.Training.Weights;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser weights inspect</c>: what a weights file holds, and which network it fits.</summary>
internal static partial class WeightsInspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> file = WeightsCommand.File();
        Option<bool> json = SharedOptions.Json();
        Command command = new("inspect", "Show what a weights file holds, and which network it fits.") { file, json };
        command.SetAction((parsed, cancellation) => RunAsync(terminal, parsed.GetValue(file)!, parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, bool json, CancellationToken cancellation)
    {
        using WeightsFile file = WeightsFile.Open(path);
        WeightsFit? fit = WeightsFit.Of(file);
        string sha256 = await FileHash.Sha256Async(path, cancellation).ConfigureAwait(false);
        if (json)
        {
            JsonOutput.Write(terminal.Out, new
            {
                File = path,
                Format = WeightsTable.Name(file.Format),
                Bytes = file.Length,
                Sha256 = sha256,
                file.Metadata,
                Tensors = file.Entries.Select(entry => new { entry.Name, Type = entry.Type.ToString(), entry.Shape }),
                Elements = file.Entries.Sum(entry => entry.Count),
                Fits = fit is null ? null : new { Name = fit.Network.Name(), fit.Network, fit.Report.Missing, fit.Report.Extra, fit.Report.Misshapen },
            });
            return ExitCode.Success;
        }

        WeightsTable.Write(terminal.Out, file, fit, sha256);
        // Published weights carry the first digits of their checksum in their names.
        if (PublishedName().Match(Path.GetFileName(path)) is { Success: true } published
            && !sha256.StartsWith(published.Groups[1].Value, StringComparison.Ordinal))
        {
            terminal.Error.WriteLine($"gpuser: {path}: its SHA-256 does not begin with {published.Groups[1].Value}, as its name says: it is not the published file, or damaged");
        }

        return ExitCode.Success;
    }

    [GeneratedRegex("-([0-9a-f]{8})\\.(pth|pt|bin|safetensors)$", RegexOptions.CultureInvariant)]
    private static partial Regex PublishedName();
}
