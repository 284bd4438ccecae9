using GpuSer.Training.Models;
using GpuSer.Training.Weights;
using Spectre.Console;

namespace GpuSer.Console.Output;

/// <summary>Shows a weights file to a person.</summary>
internal static class WeightsTable
{
    private const int MostMetadata = 200;

    public static void Write(TextWriter writer, WeightsFile file, WeightsFit? fit, string sha256)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("tensor").AddColumn("type").AddColumn(new TableColumn("shape").RightAligned());
        foreach (WeightsEntry entry in file.Entries)
        {
            table.AddRow(Markup.Escape(Clean(entry.Name)), entry.Type.ToString(), $"({string.Join(", ", entry.Shape)})");
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
        });
        console.Profile.Width = 160;
        console.Write(table);
        writer.WriteLine($"{file.Entries.Count} tensors, {file.Entries.Sum(entry => entry.Count):N0} elements; {Name(file.Format)}, {file.Length:N0} bytes, SHA-256 {sha256}");
        foreach ((string key, string value) in file.Metadata)
        {
            writer.WriteLine($"{Clean(key)}: {Clean(value)}");
        }

        writer.WriteLine(fit is null ? "fits no VGG-16" : Fit(file.Path, fit));
    }

    /// <summary>A format's name, for people and programs.</summary>
    public static string Name(WeightsFormat format) => format switch
    {
        WeightsFormat.PyTorchZip => "PyTorch, ZIP",
        WeightsFormat.PyTorchLegacy => "PyTorch, legacy",
        _ => "safetensors",
    };

    private static string Fit(string path, WeightsFit fit)
    {
        VggOptions network = fit.Network;
        string options = (network.WidthDivisor == 1 ? "" : $" --width-divisor {network.WidthDivisor}") + (network.BatchNorm ? "" : " --no-batch-norm");
        string rest = fit.Report.Complete ? "" : $" ({fit.Report.Summary()})";
        return $"fits {network.Name()}, {network.HiddenWidth():N0} hidden units, {network.Classes:N0} classes{rest}; start from it with train --weights {path}{options}";
    }

    /// <summary>Texts out of a file, on one line and without anything that moves a terminal's cursor.</summary>
    private static string Clean(string text) => new([.. text.Take(MostMetadata).Select(c => char.IsControl(c) ? ' ' : c), .. text.Length > MostMetadata ? "..." : ""]);
}
