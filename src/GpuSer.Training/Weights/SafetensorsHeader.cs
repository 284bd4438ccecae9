using System.Text;
using System.Text.Json;
using GpuSer.IO;

namespace GpuSer.Training.Weights;

/// <summary>
/// The parsed header of a safetensors file. Nothing in it is trusted: each tensor must be of a known type, fill exactly the bytes its shape
/// asks for, and together they must tile the data without gap or overlap.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 4 };

    public static SafetensorsHeader Parse(string path, byte[] bytes, long dataBytes)
    {
        List<SafetensorsEntry> entries = [];
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        HashSet<string> names = new(StringComparer.Ordinal);
        try
        {
            // The strict encoding refuses bytes that are not UTF-8 instead of replacing them.
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            using JsonDocument document = JsonDocument.Parse(text, JsonOptions);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (!names.Add(property.Name))
                {
                    throw Damaged(path, $"names '{ShortText.Of(property.Name)}' twice");
                }

                if (property.Name == "__metadata__")
                {
                    foreach (JsonProperty pair in property.Value.EnumerateObject())
                    {
                        metadata.Add(pair.Name, pair.Value.GetString() ?? throw Damaged(path, "has metadata that are not text"));
                    }
                }
                else
                {
                    entries.Add(Entry(path, property));
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or KeyNotFoundException or FormatException)
        {
            throw Damaged(path, "is not the JSON that safetensors asks for", error);
        }

        CheckTiling(path, entries, dataBytes);
        return new SafetensorsHeader(entries, metadata);
    }

    private static SafetensorsEntry Entry(string path, JsonProperty property)
    {
        string name = property.Name;
        string? dtype = property.Value.GetProperty("dtype").GetString();
        SafetensorsType type = dtype switch
        {
            "F32" => SafetensorsType.F32,
            "I64" => SafetensorsType.I64,
            "F16" => SafetensorsType.F16,
            "BF16" => SafetensorsType.BF16,
            "F64" => SafetensorsType.F64,
            _ => throw Damaged(
                path, $"gives '{ShortText.Of(name)}' the type '{ShortText.Of(dtype ?? "null")}'; only F32, F16, BF16, F64 and I64 can be read, so save the weights as float32"),
        };
        long[] shape = Numbers(property.Value.GetProperty("shape"));
        long[] offsets = Numbers(property.Value.GetProperty("data_offsets"));
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
        {
            throw Damaged(path, $"gives '{ShortText.Of(name)}' impossible data_offsets");
        }

        if (Size(shape, type.Width()) != offsets[1] - offsets[0])
        {
            throw Damaged(path, $"gives '{ShortText.Of(name)}' the shape ({string.Join(", ", shape)}), which does not fill its {offsets[1] - offsets[0]} bytes");
        }

        return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1] - offsets[0]);
    }

    private static long[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt64())];

    /// <summary>Bytes of a shape; -1 where an extent is negative or the product leaves 64 bits.</summary>
    private static long Size(long[] shape, long width)
    {
        UInt128 size = (UInt128)width;
        foreach (long extent in shape)
        {
            if (extent < 0)
            {
                return -1;
            }

            size *= (UInt128)extent;
            if (size > long.MaxValue)
            {
                return -1;
            }
        }

        return (long)size;
    }

    private static void CheckTiling(string path, List<SafetensorsEntry> entries, long dataBytes)
    {
        long end = 0;
        foreach (SafetensorsEntry entry in entries.OrderBy(e => e.Offset).ThenBy(e => e.Bytes))
        {
            if (entry.Offset != end)
            {
                throw Damaged(path, $"leaves a {(entry.Offset > end ? "gap" : "overlap")} in the data before '{ShortText.Of(entry.Name)}'");
            }

            end += entry.Bytes;
        }

        if (end != dataBytes)
        {
            throw Damaged(path, $"describes {end:N0} bytes of data, but the file holds {dataBytes:N0}");
        }
    }

    private static InvalidFileException Damaged(string path, string problem, Exception? cause = null) =>
        new(path, $"its header {problem}; the weights are damaged, so take another copy", cause);
}
