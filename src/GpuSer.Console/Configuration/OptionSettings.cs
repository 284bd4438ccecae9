using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GpuSer.Console.Configuration;

/// <summary>Turns settings into the arguments that a user would have typed instead.</summary>
internal static class OptionSettings
{
    private const string SetName = "--set";

    /// <summary>
    /// The arguments of the settings that hold: of two for one option that of <paramref name="set"/> does, and neither does beside an option that was
    /// typed. A setting of the default's value is as if it were not there.
    /// </summary>
    /// <param name="command">The command's name, for messages.</param>
    /// <param name="options">The options that can be set.</param>
    /// <param name="file">The settings of a file.</param>
    /// <param name="set">The settings of <c>--set</c>.</param>
    /// <param name="typed">Whether an option was typed.</param>
    /// <exception cref="InvalidConfigurationException">Settings are wrong; all of them are told, also those that something else overrides.</exception>
    public static IReadOnlyList<string> Arguments(
        string command, IReadOnlyList<Option> options, IReadOnlyList<Setting> file, IReadOnlyList<Setting> set, Func<Option, bool> typed)
    {
        Dictionary<string, Option> known = options.ToDictionary(OptionValue.Key, StringComparer.Ordinal);
        Dictionary<string, Setting> first = new(StringComparer.Ordinal);
        Dictionary<Option, string?> arguments = [];
        List<string> errors = [];
        foreach (Setting setting in (Setting[])[.. file, .. set])
        {
            string where = $"{setting.Source}: {ShownText.Quoted(setting.Key)}";
            if (setting is { Source: SetName, Kind: SettingKind.Nested })
            {
                errors.Add($"{SetName} {ShownText.Plain(setting.Key)}: give key=value, as in {SetName} epochs=10");
            }
            else if (setting.Kind != SettingKind.Typed && !first.TryAdd(setting.Key, setting))
            {
                errors.Add($"{where} is there before, in {first[setting.Key].Source.Split(", ")[^1]}; leave one of them away");
            }
            else if (!known.TryGetValue(setting.Key, out Option? option))
            {
                errors.Add($"{where} is no option of {command}; {Advice(setting.Key, command, known.Keys)}");
            }
            else if (Problem(option, setting, out string? argument) is string problem)
            {
                errors.Add($"{where}: {setting.Shown} {problem}");
            }
            else
            {
                arguments[option] = argument;
            }
        }

        return errors.Count > 0
            ? throw new InvalidConfigurationException(errors)
            : [.. arguments.Where(pair => pair.Value is not null && !typed(pair.Key)).Select(pair => pair.Value!)];
    }

    /// <summary>Reads <c>--set key=value</c>; without a value it is <see cref="SettingKind.Nested"/>, which no option takes.</summary>
    public static Setting Typed(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 1
            ? new Setting(SetName, text, SettingKind.Nested, [])
            : new Setting(SetName, text[..equals].TrimStart('-'), SettingKind.Typed, [text[(equals + 1)..]]);
    }

    private static string Advice(string key, string command, IEnumerable<string> known) => NearestName.Of(key, known) is string near
        ? $"did you mean \"{near}\"?"
        : $"keys are options without their dashes, which gpuser {command} --help lists";

    /// <summary>What is wrong with a value; null where nothing is, and then the argument, null for none.</summary>
    private static string? Problem(Option option, Setting setting, out string? argument)
    {
        argument = null;
        if (setting.Kind == SettingKind.Nothing || setting is { Kind: SettingKind.Typed, Texts: ["null"] } or { Kind: SettingKind.List, Texts: [] })
        {
            return null;
        }

        if (Mismatch(option, setting) is string mismatch)
        {
            return mismatch;
        }

        // A list of one item keeps a comma, so that a lone number is no count: --seeds 7, is seed 7.
        string text = setting.Kind == SettingKind.List ? string.Join(',', setting.Texts) + (setting.Texts.Count == 1 ? "," : "") : setting.Texts[0];
        string candidate = $"{option.Name}={text}";
        ParseResult tried = new Command("setting") { option }.Parse([candidate], CommandLine.Parser);
        if (tried.Errors.Count > 0)
        {
            return $"is refused: {CommandLine.OnOneLine(tried.Errors[0].Message)}";
        }

        JsonNode? value = OptionValue.ToJson(tried.GetResult(option)!.GetValueOrDefault<object>());
        argument = JsonNode.DeepEquals(value, OptionValue.Default(option)) ? null : candidate;
        return null;
    }

    private static string? Mismatch(Option option, Setting setting)
    {
        Type type = OptionValue.TypeOf(option);
        bool typed = setting.Kind == SettingKind.Typed;
        string text = setting.Texts.Count > 0 ? setting.Texts[0] : "";
        if (OptionValue.IsList(option))
        {
            return setting.Kind is SettingKind.Flag or SettingKind.Nested ? "is no list; give an array, or a text with commas"
                : setting.Kind == SettingKind.List && setting.Texts.Any(item => item.Contains(',', StringComparison.Ordinal)) ? "has a comma in an item; give one item for each"
                : setting.Texts.Any(item => item.Length == 0) ? "has an empty item; leave it away"
                : null;
        }

        if (type == typeof(bool))
        {
            return setting.Kind == SettingKind.Flag || (typed && text is "true" or "false") ? null : "is no flag; give true or false";
        }

        if (type == typeof(int) || type == typeof(long))
        {
            return (typed || setting.Kind == SettingKind.Number) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? null
                : $"is no whole number up to {int.MaxValue}; give one such as 10, without quotes";
        }

        if (type == typeof(double))
        {
            return (typed || setting.Kind == SettingKind.Number) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? null
                : "is no number; give one such as 0.5 or 1e-4, without quotes";
        }

        if (!typed && setting.Kind != SettingKind.Text)
        {
            return "is no text; put it in quotes";
        }

        IReadOnlyList<string> choices = OptionValue.Choices(option);
        return text.Length == 0 ? "is empty; leave the key away"
            : choices.Count > 0 && !choices.Contains(text) ? $"is none of {string.Join(", ", choices)}"
            : null;
    }
}
