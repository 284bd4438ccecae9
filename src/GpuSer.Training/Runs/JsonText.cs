using System.Text.Json;
using GpuSer.IO;

namespace GpuSer.Training.Runs;

/// <summary>Reads the small JSON files of a run folder.</summary>
internal static class JsonText
{
    /// <exception cref="InvalidFileException">The file is missing or is not what it should be.</exception>
    public static T Read<T>(string path, Func<string, string, T> parse) => parse(path, InvalidFileException.Guard(path, () => File.ReadAllText(path)));

    /// <exception cref="InvalidFileException">The file is missing or is not what it should be.</exception>
    public static T Read<T>(string path, JsonSerializerOptions options)
    {
        byte[] bytes = InvalidFileException.Guard(path, () => File.ReadAllBytes(path));
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, options) ?? throw new JsonException("it is null");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, $"is damaged: {error.Message}", error);
        }
    }
}
