namespace GpuSer.Training.Weights;

/// <summary>Texts out of a file, fit for a message however long they are.</summary>
internal static class ShortText
{
    private const int Most = 80;

    public static string Of(string text) => text.Length <= Most ? text : text[..Most] + "...";
}
