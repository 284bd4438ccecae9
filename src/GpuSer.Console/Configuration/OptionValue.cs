using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json.Nodes;
using GpuSer.Features;

namespace GpuSer.Console.Configuration;

/// <summary>Options and their values as a configuration writes them.</summary>
internal static class OptionValue
{
    private const StringSplitOptions Parts = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    /// <summary>The key: the option's name without its dashes.</summary>
    public static string Key(Option option) => option.Name.TrimStart('-');

    /// <summary>The type of an option's value, without <see cref="Nullable{T}"/>.</summary>
    public static Type TypeOf(Option option) => Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;

    /// <summary>Whether the option takes a list, which the command line spells with commas.</summary>
    public static bool IsList(Option option) =>
        option.ValueType.IsArray || (TypeOf(option) is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>));

    /// <summary>The words that the option is a choice of; empty where it is none.</summary>
    public static IReadOnlyList<string> Choices(Option option) =>
        TypeOf(option) == typeof(bool) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    /// <summary>The value that the option has where it is not given.</summary>
    public static JsonNode? Default(Option option) => ToJson(
        option.HasDefaultValue ? option.GetDefaultValue() : option.ValueType.IsValueType ? Activator.CreateInstance(option.ValueType) : null);

    /// <summary>A value in JSON.</summary>
    public static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        int number => number,
        long number => number,
        double number => double.IsFinite(number) ? number : FormattableString.Invariant($"{number}"),
        Enum choice => choice.ToString().ToLowerInvariant(),
        ImmutableArray<FeatureBlock> order => FeatureOrder.Format(order),
        string[] list => new JsonArray([.. list.SelectMany(items => items.Split(',', Parts)).Select(item => (JsonNode)item)]), // some options part them later
        System.Collections.IEnumerable list and not string => new JsonArray([.. list.Cast<object?>().Select(ToJson)]),
        _ => value.ToString(),
    };
}
