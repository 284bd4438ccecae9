using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GpuSer.Training.Experiments;

namespace GpuSer.Console.Commands;

/// <summary>The options that name the paper's models, and seeds.</summary>
internal static class ModelOptions
{
    private static readonly string[] Names = [.. ModelPreset.All.Select(model => model.Name)];

    /// <summary>One of the six models.</summary>
    public static Option<string> Model()
    {
        string parts = string.Join(", ", ModelPreset.All.Skip(1).Select(model => $"{model.Name} without {model.LeavesOut}"));
        Option<string> option = new("--model")
        {
            Description = $"model of the paper's table 2: A as the other options say, {parts}",
            HelpName = string.Join('|', Names),
            DefaultValueFactory = _ => ModelPreset.A.Name,
        };
        option.AcceptOnlyFromAmong(Names);
        return option;
    }

    /// <summary>Several of the six models; see <see cref="ModelsOf"/>.</summary>
    public static Option<string[]> Models() => new("--models")
    {
        Description = "models of the paper's table 2 to train, as in A,C,F [default: all six]",
        HelpName = "LIST",
        CustomParser = result => List(result),
    };

    /// <summary>The models that were asked for: all six where none were. Without a value the parser gives an empty list.</summary>
    public static string[] ModelsOf(ParseResult parsed, Option<string[]> models) => parsed.GetValue(models) is { Length: > 0 } given ? given : Names;

    /// <summary>The seeds that were asked for: 1 to <paramref name="count"/> where none were.</summary>
    public static long[] SeedsOf(ParseResult parsed, Option<long[]> seeds, int count) => parsed.GetValue(seeds) is { Length: > 0 } given ? given : From1(count);

    /// <summary>Several seeds; see <see cref="SeedsOf"/>.</summary>
    /// <param name="count">How many there are where none are given.</param>
    public static Option<long[]> Seeds(int count) => new("--seeds")
    {
        Description = $"seeds to train with: how many, from 1, or a list as in 1,5,7; 7, is seed 7 alone [default: {count}]",
        HelpName = "N|LIST",
        CustomParser = Seeds,
    };

    private static long[] From1(int count) => [.. Enumerable.Range(1, count).Select(i => (long)i)];

    private static string[] List(ArgumentResult result)
    {
        string[] names = [.. result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(name => name.ToUpperInvariant())];
        if (names.Length == 0)
        {
            result.AddError($"--models names no model; the paper's are {string.Join(", ", Names)}");
        }

        foreach (string name in names.Where(name => ModelPreset.Find(name) is null))
        {
            result.AddError($"there is no model {name}; the paper's are {string.Join(", ", Names)}");
        }

        return names;
    }

    private static long[] Seeds(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= 1000)
        {
            return From1(count);
        }

        string[] parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long[] seeds = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int seed) ? seed : -1L)];
        if (!text.Contains(',', StringComparison.Ordinal) || seeds.Length == 0 || seeds.Contains(-1) || seeds.Distinct().Count() < seeds.Length)
        {
            result.AddError($"--seeds '{text}': give how many, 1 to 1000, or a list of different seeds as in 1,5,7");
        }

        return seeds;
    }
}
