using System.Text.Json;
using System.Text.Unicode;
using GpuSer.IO;

namespace GpuSer.Console.Configuration;

/// <summary>
/// Reads the file of <c>--config</c>: one JSON object in UTF-8, whose keys are options without their dashes. Comments and trailing commas are taken,
/// since people write it by hand. Which keys and values a command takes is checked when they meet its options.
/// </summary>
public static class ConfigurationFile
{
    /// <summary>The most bytes that are read: far more than all options of a command need.</summary>
    public const int MostBytes = 1 << 20;

    private const int MostKeys = 1000;
    private const int MostNested = 16;

    private static readonly JsonReaderOptions Options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = MostNested,
    };

    /// <summary>Reads a file, or a pipe.</summary>
    /// <exception cref="InvalidFileException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="InvalidConfigurationException">It is no JSON object, or too large.</exception>
    public static IReadOnlyList<Setting> Read(string path)
    {
        byte[] bytes = InvalidFileException.Guard(path, () =>
        {
            using FileStream stream = File.OpenRead(path);
            byte[] read = new byte[MostBytes + 1];
            return read[..stream.ReadAtLeast(read, read.Length, throwOnEndOfStream: false)];
        });
        return Parse(path, bytes);
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="path">The file's name, for messages.</param>
    /// <param name="json">Its bytes, with a byte order mark or without.</param>
    /// <returns>Keys and values in the file's order; a key may be there twice, and values may be nested.</returns>
    /// <exception cref="InvalidConfigurationException">It is no JSON object, or too large.</exception>
    public static IReadOnlyList<Setting> Parse(string path, ReadOnlySpan<byte> json)
    {
        if (json.Length > MostBytes)
        {
            throw Error($"{path}: is larger than {MostBytes >> 20} MiB, which no configuration is; give the file that --print-config wrote");
        }

        json = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        if (!Utf8.IsValid(json))
        {
            throw Error($"{path}: is no text in UTF-8; give JSON as --print-config writes it");
        }

        try
        {
            return ReadObject(path, json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The reader refuses half a surrogate pair ("\ud800") with InvalidOperationException, which has no place in it.
            string where = error is JsonException { LineNumber: long line } ? $", line {line + 1}" : "";
            string what = error is JsonException ? error.Message.Split(" LineNumber:")[0].TrimEnd('.') : "a text holds half of a surrogate pair";
            throw Error($"{path}{where}: is no JSON: {ShownText.Long(what)}; give an object such as {{ \"epochs\": 10 }}", error);
        }
    }

    private static InvalidConfigurationException Error(string message, Exception? cause = null) => new([message], cause);

    private static List<Setting> ReadObject(string path, ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, Options);
        if (json.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw Error($"{path}: holds nothing; give keys and values such as {{ \"epochs\": 10 }}");
        }

        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw Error($"{path}: holds no object; give keys and values such as {{ \"epochs\": 10 }}");
        }

        List<Setting> settings = [];
        int line = 1, counted = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (settings.Count == MostKeys)
            {
                throw Error($"{path}: has more than {MostKeys:N0} keys, which no command has options for");
            }

            line += json[counted..(int)reader.TokenStartIndex].Count((byte)'\n');
            counted = (int)reader.TokenStartIndex;
            string key = reader.GetString()!;
            reader.Read();
            (SettingKind kind, List<string> texts) = ReadValue(ref reader);
            settings.Add(new Setting($"{path}, line {line}", key, kind, texts));
        }

        // Anything after the object is an error of the reader's.
        while (reader.Read())
        {
        }

        return settings;
    }

    private static (SettingKind Kind, List<string> Texts) ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return (SettingKind.Nothing, []);
            case JsonTokenType.True or JsonTokenType.False:
                return (SettingKind.Flag, [reader.TokenType == JsonTokenType.True ? "true" : "false"]);
            case JsonTokenType.StartArray:
                return ReadList(ref reader);
            case JsonTokenType.StartObject:
                reader.Skip();
                return (SettingKind.Nested, []);
            default:
                return (reader.TokenType == JsonTokenType.Number ? SettingKind.Number : SettingKind.Text, [Scalar(ref reader)]);
        }
    }

    private static (SettingKind Kind, List<string> Texts) ReadList(ref Utf8JsonReader reader)
    {
        List<string> items = [];
        bool nested = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
            {
                items.Add(Scalar(ref reader));
                continue;
            }

            nested = true;
            reader.Skip();
        }

        return nested ? (SettingKind.Nested, []) : (SettingKind.List, items);
    }

    // A number as it is written: which numbers an option takes is the option's matter.
    private static string Scalar(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString()!;
}
