using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace GpuSer.Console.Commands;

/// <summary>Signals and samples of a batch, as <c>--shape 16x66150</c> spells them.</summary>
internal sealed record BatchShape(int Batch, int Samples)
{
    private const string Default = "16x66150";

    // A batch that the emulator's memory and patience bear.
    private const long MostSamples = 1L << 28;

    /// <summary>The option, with 16 signals of 3 s as its default.</summary>
    public static Option<BatchShape> Option(string description) => new("--shape")
    {
        Description = description,
        HelpName = "BATCHxSAMPLES",
        CustomParser = Parse,
        DefaultValueFactory = _ => TryParse(Default)!,
    };

    public override string ToString() => $"{Batch}x{Samples}";

    private static BatchShape? Parse(ArgumentResult argument)
    {
        string text = argument.Tokens[0].Value;
        if (TryParse(text) is { } shape)
            return shape;
        argument.AddError($"--shape {text}: two whole numbers from 1 up, such as {Default}, of at most {MostSamples:N0} samples together");
        return null;
    }

    private static BatchShape? TryParse(string text)
    {
        string[] parts = text.Split('x');
        return parts.Length == 2 && Number(parts[0]) is { } batch && Number(parts[1]) is { } samples && (long)batch * samples <= MostSamples
            ? new BatchShape(batch, samples)
            : null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : null;
}
