using System.CommandLine;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser weights</c>: fetches, shows and converts weights to start from.</summary>
internal static class WeightsCommand
{
    public static Command Create(Terminal terminal) => new("weights", "Fetch, show and convert pretrained weights.")
    {
        WeightsGetCommand.Create(terminal),
        WeightsInspectCommand.Create(terminal),
        WeightsConvertCommand.Create(terminal),
    };

    /// <summary>The file that is read.</summary>
    public static Argument<string> File() => new("file")
    {
        Description = "state dict of PyTorch's (.pth, ZIP or legacy format) or safetensors file",
    };
}
