using GpuSer.Training.Data;

namespace GpuSer.Training.Reports;

/// <summary>Puts recordings into a page as long as they are small: what is embedded is bounded, one and all together.</summary>
internal sealed class EmbeddedAudio
{
    /// <summary>The largest recording that is embedded, and all of them together; in the page they take a third more.</summary>
    public const int MostBytes = 512 << 10, MostBytesTogether = 2 << 20;

    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".wav"] = "audio/wav",
        [".flac"] = "audio/flac",
        [".ogg"] = "audio/ogg",
        [".oga"] = "audio/ogg",
        [".opus"] = "audio/ogg",
        [".mp3"] = "audio/mpeg",
    };

    /// <summary>How many recordings were embedded.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of them.</summary>
    public long Bytes { get; private set; }

    /// <summary>A recording as a data address; null where it is not at hand, too large, or of a kind that browsers do not play.</summary>
    public string? Of(Utterance? utterance)
    {
        if (utterance is null || !Types.TryGetValue(Path.GetExtension(utterance.Path), out string? type))
        {
            return null;
        }

        try
        {
            long length = new FileInfo(utterance.Path).Length;
            if (length > MostBytes || Bytes + length > MostBytesTogether)
            {
                return null;
            }

            byte[] content = File.ReadAllBytes(utterance.Path);
            Bytes += content.Length;
            Count++;
            return $"data:{type};base64,{Convert.ToBase64String(content)}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // a page without it is still a page
        }
    }
}
