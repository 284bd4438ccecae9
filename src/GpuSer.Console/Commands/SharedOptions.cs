using System.CommandLine;
using System.CommandLine.Parsing;
using GpuSer.Console.Configuration;
using GpuSer.Training.Data;

namespace GpuSer.Console.Commands;

/// <summary>Options that several commands have, so that they are spelt and described alike.</summary>
internal static class SharedOptions
{
    public static Option<string> Data() =>
        new("--data") { Description = "folder of recordings, or a CSV file path,label,speaker", HelpName = "DIR|FILE", Required = true };

    public static Option<string> Dataset()
    {
        string[] names = [Datasets.Auto, .. Datasets.All.Select(dataset => dataset.Name)];
        Option<string> option = new("--dataset")
        {
            Description = "how the recordings are laid out; auto looks and says",
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => Datasets.Auto,
        };
        option.AcceptOnlyFromAmong(names);
        return option;
    }

    public static Option<int> Limit() =>
        new("--limit") { Description = "use that many recordings, a seeded draw with every emotion's share kept; 0 uses all", HelpName = "N" };

    public static Option<int> Seed() =>
        new("--seed") { Description = "seed of every random draw", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static Option<int> Threads() =>
        new("--threads") { Description = "threads of features and network; 0 for one a core", HelpName = "N" };

    public static Option<string?> Cache() =>
        new("--cache") { Description = "folder to keep images in that the CPU makes of recordings alone; they are found again by their samples", HelpName = "DIR" };

    /// <summary>The device, of those that a command can use; the first is the default.</summary>
    public static Option<DeviceChoice> Device(params DeviceChoice[] choices) => Choice(
        "--device", choices[0] == DeviceChoice.Auto ? "where to compute; auto is a GPU where there is one, else the CPU" : "where the kernels run", choices);

    /// <summary>How a device makes the STFT.</summary>
    public static Option<StftMethod> Stft() =>
        Choice("--stft", "how a device makes the STFT: in one kernel, or by cuFFT", Enum.GetValues<StftMethod>());

    /// <summary>How a device applies filter banks.</summary>
    public static Option<FilterBankMethod> FilterBank() =>
        Choice("--filter-bank", "how a device applies filter banks: sparse in kernels, or dense by cuBLAS", Enum.GetValues<FilterBankMethod>());

    public static Option<bool> Json() => new("--json") { Description = "one JSON document on standard output" };

    public static Option<bool> NoProgress() => new("--no-progress") { Description = "no progress line, on a terminal either" };

    /// <summary>The address to download from, with no default where it depends on what is asked for.</summary>
    public static Option<Uri> Url(string description, Uri? published = null) => new("--url")
    {
        Description = description,
        HelpName = "URL",
        DefaultValueFactory = published is null ? null : _ => published,
        CustomParser = Address,
    };

    private static Uri? Address(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address))
        {
            return address;
        }

        result.AddError($"'{text}' is no address; give one that begins with http:// or https://");
        return null;
    }

    /// <summary>Asks for one of two options, unless the options are only to be printed.</summary>
    /// <param name="command">The command.</param>
    /// <param name="one">An option.</param>
    /// <param name="other">Another.</param>
    /// <param name="message">What to say where neither is given.</param>
    /// <param name="both">Whether both may be given.</param>
    public static void RequireOne(Command command, Option<string?> one, Option<string?> other, string message, bool both) => command.Validators.Add(result =>
    {
        bool first = result.GetValue(one) is not null, second = result.GetValue(other) is not null;
        if ((first && second && !both) || (!first && !second && !CommonOptions.Prints(result)))
        {
            result.AddError(message);
        }
    });

    /// <summary>Refuses the options that say nothing beside one that goes on with something as it was begun.</summary>
    public static void RefuseWith(Command command, Option resume, params Option[] allowed) => command.Validators.Add(result =>
    {
        if (result.GetResult(resume) is not { Implicit: false })
        {
            return;
        }

        foreach (Option option in command.Options.Where(option => option != resume && !allowed.Contains(option) && !CommonOptions.SaysHow(option) && result.GetResult(option) is { Implicit: false }))
        {
            result.AddError($"{option.Name} has nothing to say to {resume.Name}, which goes on as it was begun; leave it away");
        }
    });

    /// <summary>A choice of words; the first is the default.</summary>
    public static Option<T> Choice<T>(string name, string description, T[] choices)
        where T : struct, Enum
    {
        string[] names = [.. choices.Select(choice => choice.ToString().ToLowerInvariant())];
        Option<T> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => choices[0],
        };
        option.AcceptOnlyFromAmong(names);
        return option;
    }
}
