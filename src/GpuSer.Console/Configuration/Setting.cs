namespace GpuSer.Console.Configuration;

/// <summary>What a value is, as it is written.</summary>
public enum SettingKind
{
    /// <summary><c>null</c>: as if the key were not there.</summary>
    Nothing,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A JSON string.</summary>
    Text,

    /// <summary>An array of numbers and strings.</summary>
    List,

    /// <summary>Text of <c>--set</c>, as it would be typed after the option.</summary>
    Typed,

    /// <summary>An object, or an array of something else: nothing that an option takes.</summary>
    Nested,
}

/// <summary>A value for an option, out of a configuration file or <c>--set</c>.</summary>
/// <param name="Source">Where it is written, for messages: <c>conf.json, line 3</c>.</param>
/// <param name="Key">The option's name without its dashes.</param>
/// <param name="Kind">What the value is.</param>
/// <param name="Texts">The value; the items of a list; empty for <see cref="SettingKind.Nothing"/> and <see cref="SettingKind.Nested"/>.</param>
public sealed record Setting(string Source, string Key, SettingKind Kind, IReadOnlyList<string> Texts)
{
    /// <summary>The value as it is written, for messages.</summary>
    public string Shown => Kind switch
    {
        SettingKind.Nothing => "null",
        SettingKind.Text => ShownText.Quoted(Texts[0]),
        SettingKind.List => ShownText.Plain($"[{string.Join(", ", Texts)}]"),
        SettingKind.Nested => "a nested value",
        _ => ShownText.Plain(Texts[0]),
    };
}
